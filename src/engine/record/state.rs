//! The state of a run, its steps and its drills. `fold.rs` computes it from the journal; `ledger.rs` is what exists.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::ledger::{Made, Pending, ResourceState};
use crate::actions::Charge;
use crate::engine::event::{Difference, Facts, Hop, Item, Mode, Verdict};
use crate::i18n::Text;
use crate::lab::{Kind, Leaves, Side};

/// A run, folded from its journal.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct State {
    pub run: String,
    pub lab: String,
    /// `sandbox`, `aws`, or an endpoint URL.
    pub target: String,
    pub region: String,
    /// The word that the page carries.
    pub token: String,
    pub variables: BTreeMap<String, String>,
    /// Set if the target is the sandbox.
    pub pace: Option<String>,
    /// Empty in journals that do not record it.
    pub learner: String,
    pub started: Option<Timestamp>,
    /// The steps that were begun, by id.
    pub steps: BTreeMap<String, StepState>,
    /// The ledger: every resource that was ever to be made, by name.
    pub resources: BTreeMap<String, ResourceState>,
    /// What is gone, with its id: it was deleted, or made again under the same name.
    pub gone: Vec<Made>,
    /// Calls with an unknown outcome, by number: there is no outcome line, or one that says that nobody knows.
    pub pending: BTreeMap<u64, Pending>,
    pub next_call: u64,
    /// The page as it last arrived.
    pub page: Option<PageSeen>,
    /// The learner's answers to the recap; empty where they passed.
    pub recap: BTreeMap<String, String>,
    pub receipt: Option<Vec<Item>>,
    /// Whether a clean-up has begun. From then on the run is taken down and not built on.
    pub cleaning: bool,
    pub cleaned: bool,
    /// The account ids of both sides; empty in journals that do not record them.
    pub accounts: BTreeMap<Side, String>,
    pub profile: Option<String>,
    /// The drill that is planted, or that was not fully undone.
    pub drill: Option<Planted>,
    pub drills: Vec<Graded>,
    pub mode: Mode,
    /// The ids and ARNs in the accounts when the learner began to work by hand; `None` until then.
    pub baseline: Option<BTreeSet<String>>,
    /// Ids and ARNs of what existed before the run began and is used in it. The run never deletes them.
    pub older: BTreeSet<String>,
    /// The nearest match of each resource that is not matched yet: its id, and the differences.
    pub sighted: BTreeMap<String, (String, Vec<Difference>)>,
    /// What the learner made and what came near to a resource, but never became one: kind and step, by id or ARN.
    pub near: BTreeMap<String, (Kind, String)>,
    /// What must be made again because something can never be used again, in the order of making.
    pub lost: Vec<String>,
    /// The step at which that is about to happen, and whether the learner does it.
    pub anew: Option<(String, bool)>,
    /// Whether the learner agrees that what they made is deleted.
    pub handed_over: bool,
    /// The step that the learner wants to go to, and whether they have confirmed it.
    pub goal: Option<(String, bool)>,
    /// The last answer of each check, by step and check.
    pub checked: BTreeMap<(String, String), (Verdict, Text)>,
    /// Set if the consumer has a profile of its own.
    pub consumer_profile: Option<String>,
    /// Whether the target only keeps records. Checks that need machines or packets are then not asked.
    pub api_only: bool,
    /// The folder of the lab, if it is not one of pllab's own.
    pub labs: Option<String>,
    /// What the learner agreed to spend; `None` if nothing costs anything.
    pub consent: Option<Consent>,
    /// The time of the journal's last line.
    pub last: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planted {
    pub drill: String,
    /// The original security-group rules.
    pub rules: Value,
    /// The rules after the fault was planted.
    pub after: Value,
    /// What the drill needs to know about the things it made.
    pub facts: BTreeMap<String, Facts>,
    /// The time at which the fault was planted; `None` until then.
    pub since: Option<Timestamp>,
    pub hints: usize,
    /// Whether it has its final grade.
    pub finished: bool,
}

impl Planted {
    /// Whether it stopped halfway through planting or undoing.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.since.is_none() || self.finished
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    pub drill: String,
    /// Whether the fault was repaired without opening anything on the way.
    pub mended: bool,
}

/// The price list that the learner agreed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consent {
    pub prices_as_of: String,
    pub charges: Vec<Charge>,
}

#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a journal line sets")]
pub struct StepState {
    /// Whether the learner went on to the step, so that it was shown.
    pub opened: bool,
    /// Whether the learner agreed to the step's work.
    pub started: bool,
    pub verdict: Option<Verdict>,
    pub detour: Detouring,
    /// How often each resource had been made before when the detour was chosen.
    pub detour_rounds: BTreeMap<String, usize>,
    /// Whether the learner does it by hand.
    pub by_hand: bool,
    /// Whether the learner was asked about using what existed before the run began.
    pub asked_older: bool,
    /// The hints already given about what is wrong now.
    pub hints: usize,
    /// The learner's answer by prediction; empty if they passed.
    pub predicted: BTreeMap<String, String>,
    /// The predictions that the cloud has answered.
    pub settled: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detouring {
    #[default]
    No,
    Open,
    Done,
}

/// A page that arrived through endpoint and load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSeen {
    pub url: String,
    /// What it says, without its markup.
    pub text: String,
    /// The source address that the web server saw.
    pub source: String,
    /// What the request went through, in order.
    pub hops: Vec<Hop>,
}

impl State {
    #[must_use]
    pub fn met(&self, step: &str) -> bool {
        self.steps.get(step).and_then(|step| step.verdict) == Some(Verdict::Met)
    }

    #[must_use]
    pub fn existing(&self) -> BTreeMap<&str, &ResourceState> {
        self.resources
            .iter()
            .filter(|(_, line)| line.id().is_some() && line.kind.leaves() == Leaves::Thing)
            .map(|(name, line)| (name.as_str(), line))
            .collect()
    }

    #[must_use]
    pub fn is_learners(&self, name: &str) -> bool {
        self.resources.get(name).is_some_and(|line| line.yours)
    }

    /// Whether it existed before the run began.
    #[must_use]
    pub fn is_older(&self, line: &ResourceState) -> bool {
        line.id().is_some_and(|id| self.older.contains(id))
    }

    /// What exists and must not be deleted, together with everything it depends on: what existed before the run began,
    /// and what the learner made unless they hand it over. Each with the one on whose account it stays, which may be
    /// itself.
    #[must_use]
    pub fn kept_for_learner(&self) -> BTreeMap<String, String> {
        let existing = self.existing();
        let stays = |line: &ResourceState| line.yours && (!self.handed_over || self.is_older(line));
        let own =
            existing.iter().filter(|(_, line)| stays(line)).map(|(name, _)| ((*name).to_owned(), (*name).to_owned()));
        let mut kept: BTreeMap<String, String> = own.collect();
        loop {
            let user =
                |name: &str| kept.iter().find(|(user, _)| self.needs(user, name)).map(|(_, cause)| cause.clone());
            let more: Vec<(String, String)> = existing
                .keys()
                .filter(|name| !kept.contains_key(**name))
                .filter_map(|name| Some(((*name).to_owned(), user(name)?)))
                .collect();
            if more.is_empty() {
                return kept;
            }
            kept.extend(more);
        }
    }

    /// What pllab made and must leave as well if it leaves what the learner made: that uses it.
    #[must_use]
    pub fn stays_along(&self) -> Vec<String> {
        let ours = |name: &String| !self.is_learners(name);
        self.kept_for_learner().into_keys().filter(ours).collect()
    }

    /// Facts by resource name.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, Facts> {
        self.resources.iter().map(|(name, line)| (name.clone(), line.facts.clone())).collect()
    }

    /// Whether `name` was made with a string that identifies `other`.
    #[must_use]
    pub fn needs(&self, name: &str, other: &str) -> bool {
        let (Some(one), Some(two)) = (self.resources.get(name), self.resources.get(other)) else { return false };
        // Only facts that identify one resource. A CIDR block or a zone may be another's too.
        let called = ["id", "arn", "name", "dns"].iter().filter_map(|fact| two.facts.get(*fact));
        name != other && called.into_iter().any(|fact| one.made_with.iter().any(|text| text.contains(fact.as_str())))
    }
}
