//! The ledger: what exists because of a run, what hangs on what, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::{Facts, Purpose};
use super::state::State;
use crate::lab::Side;

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    /// Its kind.
    pub kind: String,
    /// Whose account.
    pub side: Side,
    /// The step that makes it.
    pub step: String,
    /// What is known of it; it exists once its `id` or `arn` is here.
    pub facts: Facts,
    /// Which of the calls that make it took effect.
    pub made: BTreeSet<String>,
    /// Which of the calls that delete it took effect.
    pub deleted: BTreeSet<String>,
    /// How often it was deleted.
    pub round: usize,
    /// Every string it was made with: where another resource's id is in here, it needs that resource.
    pub made_with: BTreeSet<String>,
    /// Since when it exists.
    pub since: Option<Timestamp>,
    /// Whether the learner made it.
    pub yours: bool,
}

/// Something that was made, and where to look for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The resource, by name.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// Its id, or its ARN.
    pub id: String,
    /// Whose account.
    pub side: Side,
    /// Since when it existed.
    pub since: Option<Timestamp>,
    /// Until when; `None` while it exists.
    pub until: Option<Timestamp>,
}

/// A call whose outcome is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The resource.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// What the call is for.
    pub purpose: Purpose,
    /// Which of the resource's calls.
    pub part: String,
}

impl ResourceState {
    /// Its id, or its ARN where that is what AWS goes by.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.facts.get("arn").or_else(|| self.facts.get("id")).map(String::as_str)
    }

    /// It does not exist, or is not this.
    pub(super) fn forget(&mut self) {
        self.facts.clear();
        self.made.clear();
        self.deleted.clear();
        self.made_with.clear();
        self.since = None;
        self.yours = false;
    }
}

impl State {
    /// What exists because of this run, by name.
    #[must_use]
    pub fn existing(&self) -> BTreeMap<&str, &ResourceState> {
        self.resources
            .iter()
            .filter(|(_, line)| line.id().is_some() && lasts(&line.kind))
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

/// Whether a kind leaves something in the account.
pub(super) fn lasts(kind: &str) -> bool {
    !matches!(kind, "service_lookup" | "acceptance")
}
