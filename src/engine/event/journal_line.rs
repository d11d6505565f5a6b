//! The journal's lines. `--output json` prints the same lines.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answered::Decision;
use super::field::{Difference, DrillPurpose, Item, LostThing, Mode, PredictionWords, Purpose, RungState};
use super::money::{Money, Spent};
use crate::actions::Charge;
use crate::checks::{Hop, Verdict};
use crate::cloud::Fault;
use crate::i18n::Text;
use crate::lab::{Kind, Side};

pub type Facts = BTreeMap<String, String>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// UTC.
    pub at: Timestamp,
    #[serde(flatten)]
    pub event: Event,
}

/// What happened in a run. Fields may be added; none is ever renamed or removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    RunStarted {
        format: u32,
        run: String,
        lab: String,
        /// `sandbox`, `aws`, or an endpoint URL.
        target: String,
        region: String,
        /// A random word that the run's web page carries.
        token: String,
        /// Every variable of the lab, with its value.
        variables: BTreeMap<String, String>,
        /// Set if the target is the sandbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pace: Option<String>,
        /// The account ids of both sides. The run is never resumed or cleaned in other accounts.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        accounts: BTreeMap<Side, String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// Set if the consumer has a profile of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consumer_profile: Option<String>,
        /// Whether the target only keeps records. Checks that need machines or packets are then not asked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        api_only: bool,
        /// The folder that `--labs` named, if the lab comes from there: the run finds its lab again without the flag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        labs: Option<String>,
        /// The learner's name, which every resource of the run is tagged with.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        learner: String,
        /// The mode that the learner chose; guided if absent.
        // As it is called in journals.
        #[serde(default, rename = "way", skip_serializing_if = "Mode::is_guided")]
        mode: Mode,
    },
    /// The ids and ARNs in the accounts when the learner began to work by hand. None of them counts as the learner's
    /// work.
    Baseline {
        ids: BTreeSet<String>,
    },
    /// The learner was asked whether to use things that fit a step and existed before the run began.
    Older {
        step: String,
        ids: BTreeSet<String>,
        used: bool,
    },
    /// An object that the learner made was recognised as a resource of the lab. It may replace an earlier match.
    Recognised {
        step: String,
        resource: String,
        /// Its kind, as in the lab file.
        kind: Kind,
        side: Side,
        facts: Facts,
        /// Names of the things it depends on, as far as a name belongs to one thing only.
        uses: BTreeSet<String>,
        /// The calls that need not be made any more to make it.
        parts: BTreeSet<String>,
    },
    /// The object that is the nearest match for a resource but does not match it yet. An empty `id` means that nothing
    /// is near any more. Forget the earlier match if this is another object.
    Sighted {
        step: String,
        resource: String,
        kind: Kind,
        id: String,
        differs: Vec<Difference>,
    },
    /// The learner predicted what the cloud will answer, or passed.
    Predicted {
        step: String,
        prediction: String,
        /// The option's name; empty if the learner passed.
        answer: String,
    },
    /// The cloud's answer to a prediction is known.
    Settled {
        step: String,
        prediction: String,
        answer: String,
        /// The name of the right option.
        right: String,
        words: Box<PredictionWords>,
        /// The check that shows the answer.
        check: String,
        seen: Text,
    },
    /// A recap's question was answered, or passed.
    Recapped {
        question: String,
        /// The option's name; empty if the learner passed.
        answer: String,
        /// The name of the right option.
        right: String,
        words: Box<PredictionWords>,
        /// The check that shows the answer.
        check: String,
        seen: Text,
    },
    /// Steps are open again, because what they made is gone or must be recognised anew.
    Reopened {
        steps: Vec<String>,
    },
    /// Things that the step needs can never be used again, such as an endpoint whose request was rejected.
    Lost {
        step: String,
        things: Vec<LostThing>,
        /// What must be made again, in the order of making: the things and what uses them.
        again: Vec<String>,
        /// The commands that delete what the learner made of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
    },
    /// The resources are made again. What pllab made of them is gone; what the learner made of them stays, and counts
    /// only in the clean-up. The steps are open again.
    SetAside {
        steps: Vec<String>,
        resources: Vec<String>,
    },
    Hint {
        step: String,
        /// The resource's name in the lab.
        resource: String,
        /// How much it gives away: from 1 (where to look) to 3 (the commands).
        rung: usize,
        text: Text,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        commands: Vec<String>,
    },
    /// The learner agreed to the run's cost before anything was made.
    Consented {
        /// `typed`, or `accept-cost` with its limit per day.
        how: String,
        per_hour: Money,
        /// The date of the price list.
        prices_as_of: String,
        charges: Vec<Charge>,
    },
    StepStarted {
        step: String,
    },
    Answered {
        step: String,
        #[serde(flatten)]
        decision: Decision,
    },
    /// A call that changes something in the cloud is about to be made.
    Intent {
        /// The call's number in this run. The outcome repeats it.
        call: u64,
        step: String,
        /// The resource's name in the lab.
        resource: String,
        kind: Kind,
        side: Side,
        purpose: Purpose,
        /// The part of the resource's making or deletion, such as `create`.
        part: String,
        /// The API operation, such as `CreateVpc`.
        operation: String,
        /// As sent.
        params: serde_json::Value,
    },
    /// The result of a call. It has exactly one of `facts` (it took effect) and `error` (it did not, or nobody knows).
    Outcome {
        call: u64,
        /// What is known of the resource now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Facts>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Fault>,
        /// Whether the result was found out after a crash, by asking the cloud.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        recovered: bool,
    },
    /// A resource of this run is known to be gone.
    Gone {
        resource: String,
        id: String,
    },
    Check {
        step: String,
        /// The check's name, unique in the step.
        check: String,
        /// The question in words; empty in journals of versions that did not write it.
        #[serde(default = "no_words")]
        title: Text,
        verdict: Verdict,
        expected: Text,
        seen: Text,
        /// The usual cause and the remedy, if the check is not met.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Text>,
        /// The AWS CLI command with which the learner can look.
        command: String,
    },
    /// The result of asking for the page through endpoint, load balancer and web server.
    Proof {
        /// The URL in the learner's browser.
        url: String,
        /// The HTTP status; 0 if there was no answer.
        status: u16,
        token_ok: bool,
        /// The source address that the web server saw.
        seen_source: String,
        /// What the page says, without its markup; its beginning if it is long.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// What the request went through, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hops: Vec<Hop>,
    },
    /// A drill begins. This line is written before anything is changed, so that the drill can be undone from then on.
    DrillStarted {
        drill: String,
        /// The original rules of every security group in the lab's VPCs.
        rules: serde_json::Value,
    },
    /// A call of a drill is about to be made.
    DrillCall {
        drill: String,
        purpose: DrillPurpose,
        side: Side,
        operation: String,
        /// As sent.
        params: serde_json::Value,
    },
    /// Facts of something a drill made that the drill needs later.
    DrillKept {
        drill: String,
        /// The drill's own name for it.
        name: String,
        facts: Facts,
    },
    /// The fault is planted and was seen. The time counts from here.
    DrillPlanted {
        drill: String,
        /// The rules of the same security groups now.
        rules: serde_json::Value,
    },
    DrillHint {
        drill: String,
        /// From 1.
        number: usize,
    },
    /// A drill has its final grade.
    DrillFinished {
        drill: String,
        /// Whether the fault was repaired without opening anything on the way.
        mended: bool,
        /// What was opened wider than the path needs.
        opened: Vec<Text>,
        hints: usize,
        seconds: u64,
        /// Whether the learner asked for the answer.
        given_up: bool,
    },
    DrillUndone {
        drill: String,
    },
    /// A rung of the path from the client to the page. It is never in the journal, because it is only true for a
    /// moment.
    Rung {
        rung: String,
        /// The rung's question in words.
        title: Text,
        /// From 1.
        number: usize,
        state: RungState,
        /// Empty if it was not asked.
        expected: Text,
        seen: Text,
        /// The AWS CLI command with which the learner can look; empty if nothing was asked.
        command: String,
        /// At the first rung that was not reached: the number of the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rest: Option<usize>,
    },
    /// Where the path ends: at its first rung that fails. Never in the journal.
    Diagnosis {
        rung: Option<String>,
        /// The rung's question in words.
        title: Text,
        /// `met`, `broken`, `not_yet` if only time is missing, or `cannot_tell` if no rung fails and some could not be
        /// asked.
        verdict: Verdict,
        /// Why the path ends there.
        why: Text,
        /// What to change; empty if nothing is to be changed.
        repair: Text,
        /// The AWS CLI commands that change it.
        commands: Vec<String>,
        /// The step that makes what is missing, if the run has not come to it yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    StepFinished {
        step: String,
        verdict: Verdict,
    },
    /// A remark for whoever reads the journal.
    Notice {
        text: Text,
    },
    Interrupted {
        run: String,
    },
    /// The result of the clean-up's second look.
    Receipt {
        gone: usize,
        /// How many still exist.
        left: usize,
        /// How many could not be looked at.
        unknown: usize,
        items: Vec<Item>,
        /// Whether nothing costs anything where the run was, as on the sandbox.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        free: bool,
    },
    /// The run's cost at the clean-up; written only if it cost anything. Resources that no longer cost have an end.
    Bill {
        /// In the order of making.
        lines: Vec<Spent>,
        total: Money,
        /// The date of the price list.
        prices_as_of: String,
    },
    /// Nothing of this run is left. Written after the receipt.
    RunCleaned {
        run: String,
    },
    /// The session is over. A later one may resume the run.
    RunFinished {
        /// `met` if every step is met and nothing that was to be cleaned is left.
        verdict: Verdict,
        /// The number of met steps.
        steps_met: usize,
        /// The number of steps in the lab.
        steps: usize,
    },
    /// A line of a newer program. It stays in the file and has no effect.
    #[serde(other)]
    Unknown,
}

fn no_words() -> Text {
    Text::literal("")
}
