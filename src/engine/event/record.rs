//! The journal's lines. The same, one per line, are what `--output json` prints.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answered::Decision;
use super::field::{Difference, DrillPurpose, Item, Mode, PredictionWords, Purpose, RungState};
use super::money::{Money, Spent};
use crate::actions::Charge;
use crate::checks::Verdict;
use crate::cloud::Fault;
use crate::i18n::Text;
use crate::lab::{Kind, Side};

/// Facts about a resource, such as `id` or `dns`.
pub type Facts = BTreeMap<String, String>;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened in a run. Fields may be added; none is renamed or removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first line: which lab, where, with what.
    RunStarted {
        /// The journal's format; this program writes 1.
        format: u32,
        /// The run's id.
        run: String,
        /// The lab's id.
        lab: String,
        /// `sandbox`, `aws`, or an endpoint URL.
        target: String,
        /// The AWS region.
        region: String,
        /// The random word that the web page carries.
        token: String,
        /// The lab's variables, all set.
        variables: BTreeMap<String, String>,
        /// The sandbox's pace, where the target is the sandbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pace: Option<String>,
        /// The accounts of both sides: the run is never gone on with, nor cleaned, in others.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        accounts: BTreeMap<Side, String>,
        /// The AWS profile, where the target needs one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// The consumer's AWS profile, where it has one of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consumer_profile: Option<String>,
        /// Whether the target only keeps records, so that what takes machines and packets is not asked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        api_only: bool,
        /// The learner's name: everything that the run makes is tagged with it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        learner: String,
        /// The way the learner chose; guided where nothing is said.
        #[serde(default, skip_serializing_if = "Mode::is_guided")]
        way: Mode,
    },
    /// What the accounts held when the learner began to work by hand: none of it is taken for the learner's work.
    Baseline {
        /// Ids and ARNs.
        ids: BTreeSet<String>,
    },
    /// The learner was asked about things that existed before the run began and fit a step.
    Older {
        /// The step.
        step: String,
        /// Their ids or ARNs.
        ids: BTreeSet<String>,
        /// Whether they are used.
        used: bool,
    },
    /// Something that the learner made was recognised as a resource of the lab, or another thing than before was.
    Recognised {
        /// The step.
        step: String,
        /// The resource, by its name in the lab.
        resource: String,
        /// Its kind, as in the lab file.
        kind: Kind,
        /// Whose account.
        side: Side,
        /// What is known of it.
        facts: Facts,
        /// What it hangs on: names that only one thing is called by.
        uses: BTreeSet<String>,
        /// Which of the calls that make it need not be made any more.
        parts: BTreeSet<String>,
    },
    /// Something was made that comes nearest to a resource of the lab and is not yet it; without `id`, nothing is near it any
    /// more. What was recognised as the resource before and is another thing is not the resource any more.
    Sighted {
        /// The step.
        step: String,
        /// The resource, by its name in the lab.
        resource: String,
        /// Its kind, as in the lab file.
        kind: Kind,
        /// Its id or ARN.
        id: String,
        /// What is not as the lab wants it.
        differs: Vec<Difference>,
    },
    /// The learner predicted what the cloud will answer, or passed.
    Predicted {
        /// The step.
        step: String,
        /// Which prediction.
        prediction: String,
        /// The option, by name; empty where the learner passed.
        answer: String,
    },
    /// The cloud answered what was predicted.
    Settled {
        /// The step.
        step: String,
        /// Which prediction.
        prediction: String,
        /// What the learner said, by name.
        answer: String,
        /// What is right, by name.
        right: String,
        /// The question, what the learner said, what is right, and why.
        words: Box<PredictionWords>,
        /// The check that proves it.
        check: String,
        /// What the check saw.
        seen: Text,
    },
    /// Steps are open again: what they made is gone, or will be recognised anew.
    Reopened {
        /// The steps.
        steps: Vec<String>,
    },
    /// The learner asked for a hint.
    Hint {
        /// The step.
        step: String,
        /// The resource it is about, by its name in the lab.
        resource: String,
        /// How much it tells: from 1, where to look, to 3, the commands.
        rung: usize,
        /// The hint.
        text: Text,
        /// AWS CLI commands, on the last rung.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
    },
    /// The learner agreed to what the run costs, before anything was made.
    Consented {
        /// How: `typed`, or `accept-cost` with its ceiling for a day.
        how: String,
        /// What an hour costs.
        per_hour: Money,
        /// When the prices were looked over.
        prices_as_of: String,
        /// What each thing costs.
        charges: Vec<Charge>,
    },
    /// A step's work begins: the learner agreed.
    StepStarted {
        /// The step.
        step: String,
    },
    /// The learner chose.
    Answered {
        /// The step.
        step: String,
        /// The question and the answer.
        #[serde(flatten)]
        decision: Decision,
    },
    /// A call to the cloud that changes something is about to be made.
    Intent {
        /// The call's number in this run.
        call: u64,
        /// The step.
        step: String,
        /// The resource, by its name in the lab.
        resource: String,
        /// Its kind, as in the lab file.
        kind: Kind,
        /// Whose account.
        side: Side,
        /// Whether it makes or deletes.
        purpose: Purpose,
        /// Which of the resource's calls it is, such as `create`.
        part: String,
        /// The API operation, such as `CreateVpc`.
        operation: String,
        /// Its parameters, as sent.
        params: serde_json::Value,
    },
    /// What became of a call: exactly one of `facts` (it took effect) and `error` (it did not, or nobody knows).
    Outcome {
        /// The call's number.
        call: u64,
        /// What is now known of the resource.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Facts>,
        /// Why it did not take effect.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Fault>,
        /// Whether this was found out later by asking the cloud, after a crash.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recovered: bool,
    },
    /// A resource of this run is known to be gone.
    Gone {
        /// The resource, by name.
        resource: String,
        /// Its id.
        id: String,
    },
    /// A check was asked.
    Check {
        /// The step.
        step: String,
        /// The check's name, unique in the step.
        check: String,
        /// What it asks, in words; empty in journals of versions that did not write it.
        #[serde(default = "no_words")]
        title: Text,
        /// The answer.
        verdict: Verdict,
        /// What should be.
        expected: Text,
        /// What is.
        seen: Text,
        /// Why that usually happens and what to do, when it is not met.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Text>,
        /// The AWS CLI command to look for oneself.
        command: String,
    },
    /// The page came, or did not, through endpoint, load balancer and web server.
    Proof {
        /// The URL in the learner's browser.
        url: String,
        /// The HTTP status; 0 when there was no answer.
        status: u16,
        /// Whether the page carries this run's token.
        token_ok: bool,
        /// The source address that the web server saw.
        seen_source: String,
    },
    /// A drill begins. Written before anything is changed: from then on it can be undone.
    DrillStarted {
        /// The drill.
        drill: String,
        /// The rules of every security group of the lab's VPCs as they were.
        rules: serde_json::Value,
    },
    /// A call of a drill is about to be made.
    DrillCall {
        /// The drill.
        drill: String,
        /// Whether it plants the fault or undoes it.
        purpose: DrillPurpose,
        /// Whose account.
        side: Side,
        /// The API operation.
        operation: String,
        /// Its parameters, as sent.
        params: serde_json::Value,
    },
    /// What a drill must know later of something that it made.
    DrillKept {
        /// The drill.
        drill: String,
        /// What it calls the thing.
        name: String,
        /// What is known of it.
        facts: Facts,
    },
    /// The fault is planted and was seen; the clock runs.
    DrillPlanted {
        /// The drill.
        drill: String,
        /// The rules of the same security groups as they are now.
        rules: serde_json::Value,
    },
    /// The learner asked for the next hint.
    DrillHint {
        /// The drill.
        drill: String,
        /// Which, from 1.
        number: usize,
    },
    /// A drill was graded for good.
    DrillFinished {
        /// The drill.
        drill: String,
        /// Whether it was mended, and nothing was opened on the way.
        mended: bool,
        /// What was opened wider than the path needs.
        opened: Vec<Text>,
        /// How many hints were asked for.
        hints: usize,
        /// How long it took, in seconds.
        seconds: u64,
        /// Whether the learner asked for the answer.
        given_up: bool,
    },
    /// What the drill changed is as it was before.
    DrillUndone {
        /// The drill.
        drill: String,
    },
    /// A rung of the path from the client to the page. Never in the journal: it tells of one moment.
    Rung {
        /// Its name.
        rung: String,
        /// What it asks, in words.
        title: Text,
        /// Its position, from 1.
        number: usize,
        /// How it stands.
        state: RungState,
        /// What should be; empty where it was not asked.
        expected: Text,
        /// What is.
        seen: Text,
        /// The AWS CLI command to look for oneself; empty where nothing was asked.
        command: String,
    },
    /// Where the path ends: its first rung that fails. Never in the journal.
    Diagnosis {
        /// The rung; `None` when the page arrives.
        rung: Option<String>,
        /// The rung's question, in words.
        title: Text,
        /// `met`, `broken`, or `cannot_tell` when no rung fails and some could not be asked.
        verdict: Verdict,
        /// Why the path ends there.
        why: Text,
        /// What to change; empty when nothing is to be changed.
        repair: Text,
        /// The AWS CLI commands that change it.
        commands: Vec<String>,
        /// The step that makes what is missing, where the run has not made it yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// A step is over.
    StepFinished {
        /// The step.
        step: String,
        /// Whether it is met.
        verdict: Verdict,
    },
    /// Something the reader of the journal should know.
    Notice {
        /// What.
        text: Text,
    },
    /// The run was interrupted and can be resumed.
    Interrupted {
        /// The run.
        run: String,
    },
    /// The clean-up's second look.
    Receipt {
        /// How many are gone.
        gone: usize,
        /// How many still exist.
        left: usize,
        /// How many could not be looked at.
        unknown: usize,
        /// Each of them.
        items: Vec<Item>,
    },
    /// What the run has cost, at the clean-up; only where it cost anything. What stopped costing has an end.
    Bill {
        /// Each thing that cost, in the order of making.
        lines: Vec<Spent>,
        /// Together.
        total: Money,
        /// When the prices were looked over.
        prices_as_of: String,
    },
    /// Nothing of this run is left; written after the receipt.
    RunCleaned {
        /// The run.
        run: String,
    },
    /// This pass is over.
    RunFinished {
        /// `met` when every step is met and nothing that was to be cleaned is left.
        verdict: Verdict,
        /// Steps met.
        steps_met: usize,
        /// Steps in the lab.
        steps: usize,
    },
    /// A line of a newer program. It is kept in the file and not acted on.
    #[serde(other)]
    Unknown,
}

fn no_words() -> Text {
    Text::literal("")
}
