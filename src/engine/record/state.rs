//! What a journal comes to: the run, its steps, its drills. `fold.rs` is how it comes to that, `ledger.rs` what exists.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::ledger::{Made, Pending, ResourceState};
use crate::actions::Charge;
use crate::engine::event::{Difference, Facts, Item, Mode, Verdict};
use crate::i18n::Text;
use crate::lab::{Leaves, Side};

/// A run, folded from its journal.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct State {
    /// The run's id.
    pub run: String,
    /// The lab's id.
    pub lab: String,
    /// Where calls go.
    pub target: String,
    /// The AWS region.
    pub region: String,
    /// The word that the page carries.
    pub token: String,
    /// The lab's variables.
    pub variables: BTreeMap<String, String>,
    /// The sandbox's pace, where the target is the sandbox.
    pub pace: Option<String>,
    /// The learner's name; empty in journals that do not say.
    pub learner: String,
    /// When the run began.
    pub started: Option<Timestamp>,
    /// The steps that were begun, by id.
    pub steps: BTreeMap<String, StepState>,
    /// The ledger: every resource that was ever to be made, by name.
    pub resources: BTreeMap<String, ResourceState>,
    /// What is gone, with its id: deleted, or made again under the same name.
    pub gone: Vec<Made>,
    /// Calls whose outcome is not known, by number: without an outcome line, or with one that says that nobody knows.
    pub pending: BTreeMap<u64, Pending>,
    /// The number of the next call.
    pub next_call: u64,
    /// The proof, once it came.
    pub proof: Option<(String, bool, String)>,
    /// The last receipt.
    pub receipt: Option<Vec<Item>>,
    /// Whether a clean-up was begun: from then on the run is taken down, not built on.
    pub cleaning: bool,
    /// Whether nothing of this run is left.
    pub cleaned: bool,
    /// The accounts of both sides; empty in journals that do not say.
    pub accounts: BTreeMap<Side, String>,
    /// The AWS profile, where the target needs one.
    pub profile: Option<String>,
    /// The drill that is planted, or was not undone whole.
    pub drill: Option<Planted>,
    /// The drills that were graded, in order.
    pub drills: Vec<Graded>,
    /// The way the learner chose.
    pub way: Mode,
    /// What the accounts held when the learner began to work by hand; `None` until then.
    pub baseline: Option<BTreeSet<String>>,
    /// What existed before the run began and is used in it: never deleted by it.
    pub older: BTreeSet<String>,
    /// What comes nearest to a resource and is not yet it: its id, and what differs.
    pub sighted: BTreeMap<String, (String, Vec<Difference>)>,
    /// Whether the learner lets what they made be deleted.
    pub handed_over: bool,
    /// The step that the learner goes to, and whether they have confirmed it.
    pub goal: Option<(String, bool)>,
    /// What each check said last, by step and check.
    pub checked: BTreeMap<(String, String), (Verdict, Text)>,
    /// The consumer's AWS profile, where it has one of its own.
    pub consumer_profile: Option<String>,
    /// Whether the target only keeps records, so that what takes machines and packets is not asked.
    pub api_only: bool,
    /// What the learner agreed to spend; `None` where nothing costs anything.
    pub consent: Option<Consent>,
    /// When the journal's last line was written.
    pub last: Option<Timestamp>,
}

/// A drill that is under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planted {
    /// The drill.
    pub drill: String,
    /// The rules of security groups as they were.
    pub rules: Value,
    /// The same once the fault was planted.
    pub after: Value,
    /// What it must know of what it made.
    pub facts: BTreeMap<String, Facts>,
    /// Since when the fault is there; `None` while it is being planted.
    pub since: Option<Timestamp>,
    /// How many hints were asked for.
    pub hints: usize,
    /// Whether it was graded for good.
    pub finished: bool,
}

impl Planted {
    /// Whether it ended in the middle: of planting, or of putting back.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.since.is_none() || self.finished
    }
}

/// A drill that was graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// The drill.
    pub drill: String,
    /// Whether it was mended, and nothing was opened on the way.
    pub mended: bool,
}

/// What was agreed to be spent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consent {
    /// When the prices were looked over.
    pub prices_as_of: String,
    /// What each thing costs.
    pub charges: Vec<Charge>,
}

/// A step that was begun.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepState {
    /// Whether the learner agreed to its work.
    pub started: bool,
    /// How it ended, if it did.
    pub verdict: Option<Verdict>,
    /// Whether its detour was chosen, and whether it is done.
    pub detour: Detouring,
    /// Whether the learner does it by hand.
    pub by_hand: bool,
    /// Whether the learner was asked to use what existed before the run began.
    pub asked_older: bool,
    /// How many hints were given on what is wrong now.
    pub hints: usize,
    /// What the learner predicted, by prediction; empty where they passed.
    pub predicted: BTreeMap<String, String>,
    /// The predictions that the cloud has answered.
    pub settled: BTreeSet<String>,
}

/// Where a step's detour stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detouring {
    /// Not chosen.
    #[default]
    No,
    /// Under way.
    Open,
    /// Over.
    Done,
}

impl State {
    /// Whether the step is met.
    #[must_use]
    pub fn met(&self, step: &str) -> bool {
        self.steps.get(step).and_then(|step| step.verdict) == Some(Verdict::Met)
    }

    /// What exists because of this run, by name.
    #[must_use]
    pub fn existing(&self) -> BTreeMap<&str, &ResourceState> {
        self.resources
            .iter()
            .filter(|(_, line)| line.id().is_some() && line.kind.leaves() == Leaves::Thing)
            .map(|(name, line)| (name.as_str(), line))
            .collect()
    }

    /// Whether the learner made the resource.
    #[must_use]
    pub fn is_learners(&self, name: &str) -> bool {
        self.resources.get(name).is_some_and(|line| line.yours)
    }

    /// Whether it existed before the run began.
    #[must_use]
    pub fn is_older(&self, line: &ResourceState) -> bool {
        line.id().is_some_and(|id| self.older.contains(id))
    }

    /// What exists and is not to be deleted, with everything that it hangs on: what existed before the run began, and what the
    /// learner made unless they hand it over.
    #[must_use]
    pub fn kept_for_learner(&self) -> BTreeSet<String> {
        let existing = self.existing();
        let stays = |line: &ResourceState| line.yours && (!self.handed_over || self.is_older(line));
        let mut kept: BTreeSet<String> =
            existing.iter().filter(|(_, line)| stays(line)).map(|(name, _)| (*name).to_owned()).collect();
        loop {
            let more: Vec<String> = existing
                .keys()
                .filter(|name| !kept.contains(**name) && kept.iter().any(|user| self.needs(user, name)))
                .map(|name| (*name).to_owned())
                .collect();
            if more.is_empty() {
                return kept;
            }
            kept.extend(more);
        }
    }

    /// Facts by resource name.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, Facts> {
        self.resources.iter().map(|(name, line)| (name.clone(), line.facts.clone())).collect()
    }

    /// Whether one of the names that `name` was made with belongs to `other`.
    #[must_use]
    pub fn needs(&self, name: &str, other: &str) -> bool {
        let (Some(one), Some(two)) = (self.resources.get(name), self.resources.get(other)) else { return false };
        // What only this resource is called by; a block or a zone may be another's too.
        let called = ["id", "arn", "name", "dns"].iter().filter_map(|fact| two.facts.get(*fact));
        name != other && called.into_iter().any(|fact| one.made_with.iter().any(|text| text.contains(fact.as_str())))
    }
}
