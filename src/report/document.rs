//! What a report holds, in one language. Its fields are the JSON form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::event::{ItemState, Verdict};
use crate::i18n::Lang;
use crate::lab::{Kind, Side};

/// A run's report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The language of every text in it.
    pub lang: Lang,
    /// The run's id.
    pub run: String,
    /// The lab's id.
    pub lab: String,
    /// The lab's title.
    pub title: String,
    /// Where it ran.
    pub place: String,
    /// The accounts of both sides.
    pub accounts: BTreeMap<Side, String>,
    /// The lab's variables.
    pub variables: BTreeMap<String, String>,
    /// When the run began.
    pub started: Option<Timestamp>,
    /// When the journal's last line was written.
    pub ended: Option<Timestamp>,
    /// How many steps are met.
    pub steps_met: usize,
    /// How many steps the lab has.
    pub steps_total: usize,
    /// Whether a receipt found nothing left, and nothing was made since.
    pub cleaned: bool,
    /// The architecture at its fullest, in words.
    pub picture: Vec<String>,
    /// The steps.
    pub steps: Vec<StepPart>,
    /// Each time the page came, or did not.
    pub proofs: Vec<Proof>,
    /// What the learner predicted, and what the cloud answered.
    pub predictions: Vec<Prediction>,
    /// The drills that were graded.
    pub drills: Vec<Drilled>,
    /// What the learner agreed to spend, each time they did.
    pub consents: Vec<Consent>,
    /// What it cost, one sentence each.
    pub cost: Vec<String>,
    /// What the last clean-up's second look found.
    pub receipt: Option<Receipt>,
    /// What else happened on the way.
    pub notes: Vec<Note>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepPart {
    /// Its id.
    pub step: String,
    /// Its title.
    pub title: String,
    /// Whose account.
    pub side: Option<Side>,
    /// How it ended; `None` while it has not.
    pub verdict: Option<Verdict>,
    /// When it was begun.
    pub began: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What it made.
    pub made: Vec<Thing>,
    /// What was checked, each with its last answer.
    pub checks: Vec<Evidence>,
    /// What the learner made otherwise than the lab wants it, as it was told.
    pub slips: Vec<Slip>,
    /// How many hints were asked for.
    pub hints: usize,
    /// Each time it was opened again.
    pub reopened: Vec<Timestamp>,
}

/// Something that the learner made otherwise than the lab wants it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slip {
    /// When it was seen.
    pub at: Timestamp,
    /// The resource, by its name in the lab.
    pub resource: String,
    /// What it is, in words.
    pub label: String,
    /// What about it.
    pub what: String,
    /// What should be.
    pub expected: String,
    /// What was.
    pub seen: String,
    /// When it was no longer so; `None` while it is.
    pub mended: Option<Timestamp>,
}

/// What the learner agreed to spend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consent {
    /// When.
    pub at: Timestamp,
    /// The learner's name.
    pub who: String,
    /// How: in words.
    pub how: String,
    /// What an hour costs, in words.
    pub per_hour: String,
    /// When the prices were looked over.
    pub prices_as_of: String,
}

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thing {
    /// What it is, in words.
    pub label: String,
    /// Its name in the lab.
    pub resource: String,
    /// Its kind.
    pub kind: Kind,
    /// Its id, or its ARN.
    pub id: String,
    /// When.
    pub made: Timestamp,
    /// Since when it is gone.
    pub gone: Option<Timestamp>,
}

/// A check and its last answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The check's name.
    pub check: String,
    /// What it asks.
    pub title: String,
    /// The last answer.
    pub verdict: Verdict,
    /// What should be.
    pub expected: String,
    /// What is.
    pub seen: String,
    /// When it was asked last.
    pub at: Timestamp,
    /// How often it was asked before and not met.
    pub before: usize,
    /// The AWS CLI command to look for oneself.
    pub command: String,
}

/// The page came, or did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proof {
    /// When.
    pub at: Timestamp,
    /// The URL.
    pub url: String,
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Whether the page carries this run's token.
    pub token_ok: bool,
    /// The source address that the web server saw.
    pub seen_source: String,
}

/// A prediction and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// When the cloud answered.
    pub at: Timestamp,
    /// The step.
    pub step: String,
    /// What was asked.
    pub question: String,
    /// What the learner said; empty where they passed.
    pub said: String,
    /// What is right.
    pub right: String,
    /// Whether the learner said what is right.
    pub correct: bool,
    /// Why, Markdown.
    pub because: String,
    /// What the check that proves it saw.
    pub seen: String,
}

/// A drill that was graded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drilled {
    /// When.
    pub at: Timestamp,
    /// Its name.
    pub drill: String,
    /// Its title.
    pub title: String,
    /// Whether it was mended, and nothing was opened on the way.
    pub mended: bool,
    /// What was opened wider than the path needs.
    pub opened: Vec<String>,
    /// How many hints were asked for.
    pub hints: usize,
    /// How long it took, in seconds.
    pub seconds: u64,
    /// Whether the learner asked for the answer.
    pub given_up: bool,
}

/// What the second look found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// When.
    pub at: Timestamp,
    /// How many are gone.
    pub gone: usize,
    /// How many still exist.
    pub left: usize,
    /// How many could not be looked at.
    pub unknown: usize,
    /// Each of them.
    pub items: Vec<Looked>,
}

/// A line of the receipt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Looked {
    /// What it is, in words.
    pub label: String,
    /// Its id.
    pub id: String,
    /// What was found.
    pub state: ItemState,
}

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// The step it happened in; empty between steps.
    pub step: String,
    /// What.
    pub text: String,
}
