//! The content of a report, in one language. Its fields are the JSON form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::event::{ItemState, Verdict};
use crate::i18n::{Lang, Zone};
use crate::lab::{Kind, Side};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The language of every text in it.
    pub lang: Lang,
    /// The run's id.
    pub run: String,
    /// The learner's name.
    pub learner: String,
    /// The lab's id.
    pub lab: String,
    /// The lab's title.
    pub title: String,
    /// Where the run's calls went.
    pub place: String,
    /// Account ids.
    pub accounts: BTreeMap<Side, String>,
    /// The lab's variables.
    pub variables: BTreeMap<String, String>,
    pub started: Option<Timestamp>,
    /// The time of the journal's last line.
    pub ended: Option<Timestamp>,
    pub steps_met: usize,
    pub steps_total: usize,
    /// Whether a receipt found nothing left, and nothing was made since.
    pub cleaned: bool,
    /// The architecture with everything the run made, in words.
    pub picture: Vec<String>,
    pub steps: Vec<StepPart>,
    /// Each request for the page, successful or not.
    pub proofs: Vec<Proof>,
    /// What the learner predicted, and what the cloud answered.
    pub predictions: Vec<Prediction>,
    /// The questions over the whole lab, and what the learner answered.
    pub recap: Vec<Prediction>,
    /// The graded drills.
    pub drills: Vec<Drilled>,
    /// Each time the learner agreed to spend money.
    pub consents: Vec<Consent>,
    /// One sentence per item.
    pub cost: Vec<String>,
    /// The second look of the last clean-up.
    pub receipt: Option<Receipt>,
    /// Other events of the run.
    pub notes: Vec<Note>,
    /// The zone in which a person reads the times. In JSON they are UTC.
    #[serde(skip)]
    pub zone: Zone,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepPart {
    /// The step's id.
    pub step: String,
    pub title: String,
    /// The side whose account the step uses.
    pub side: Option<Side>,
    /// `None` until the step has ended.
    pub verdict: Option<Verdict>,
    pub began: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub made: Vec<Thing>,
    /// Each check with its last answer.
    pub checks: Vec<Evidence>,
    /// Where the learner's work differed from the lab, as it was reported.
    pub slips: Vec<Slip>,
    /// How often the learner asked for a hint.
    pub hints: usize,
    /// Each time the step was opened again.
    pub reopened: Vec<Timestamp>,
}

/// Something that the learner made in another way than the lab wants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slip {
    /// When pllab noticed it.
    pub at: Timestamp,
    /// The resource's name in the lab.
    pub resource: String,
    /// What the resource is, in words.
    pub label: String,
    /// Which property differs.
    pub what: String,
    pub expected: String,
    pub seen: String,
    /// When it was corrected; `None` while it is not.
    pub mended: Option<Timestamp>,
}

/// The learner's consent to spend money.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consent {
    pub at: Timestamp,
    /// The learner's name.
    pub who: String,
    /// In words.
    pub how: String,
    /// The cost of an hour, in words.
    pub per_hour: String,
    /// When the prices were last checked.
    pub prices_as_of: String,
}

/// Something that the run made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thing {
    /// What it is, in words.
    pub label: String,
    /// Its name in the lab.
    pub resource: String,
    pub kind: Kind,
    /// Its id or ARN.
    pub id: String,
    pub made: Timestamp,
    /// When it was gone.
    pub gone: Option<Timestamp>,
}

/// A check and its last answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The check's name.
    pub check: String,
    /// The check's question.
    pub title: String,
    pub verdict: Verdict,
    pub expected: String,
    pub seen: String,
    /// When it was last asked.
    pub at: Timestamp,
    /// How often it was asked before without being met.
    pub before: usize,
    /// What was wrong then, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// The AWS CLI command by which the reader can look.
    pub command: String,
}

/// A result that was not met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Earlier {
    pub at: Timestamp,
    pub seen: String,
}

/// One request for the page, successful or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proof {
    pub at: Timestamp,
    pub url: String,
    /// The HTTP status; 0 if no answer came.
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
    /// The step's id.
    pub step: String,
    pub question: String,
    /// The learner's answer; empty if they passed.
    pub said: String,
    /// The right answer.
    pub right: String,
    pub correct: bool,
    /// Why, Markdown.
    pub because: String,
    /// What the check that proves it saw.
    pub seen: String,
}

/// A graded drill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drilled {
    pub at: Timestamp,
    /// The drill's name.
    pub drill: String,
    pub title: String,
    /// Whether it was repaired, and nothing was opened too wide.
    pub mended: bool,
    /// What was opened wider than the path needs.
    pub opened: Vec<String>,
    /// How often the learner asked for a hint.
    pub hints: usize,
    /// How long it took.
    pub seconds: u64,
    /// Whether the learner asked for the answer.
    pub given_up: bool,
}

/// What a clean-up's second look found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    pub at: Timestamp,
    /// How many are gone.
    pub gone: usize,
    /// How many still exist.
    pub left: usize,
    /// How many could not be looked at.
    pub unknown: usize,
    pub items: Vec<Looked>,
}

/// A line of the receipt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Looked {
    /// What it is, in words.
    pub label: String,
    pub id: String,
    pub state: ItemState,
    /// What keeps it there; empty if it is gone or nothing is known.
    pub why: String,
}

/// An event worth mentioning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    pub at: Timestamp,
    /// The step in which it happened; empty between steps.
    pub step: String,
    pub text: String,
}
