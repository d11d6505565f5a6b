//! The lines of the ledger: what was to be made, what exists, what is gone.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::engine::event::{Facts, Purpose};
use crate::lab::{Kind, Side};

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    /// Its kind.
    pub kind: Kind,
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
    pub kind: Kind,
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
    pub kind: Kind,
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
    pub fn forget(&mut self) {
        self.facts.clear();
        self.made.clear();
        self.deleted.clear();
        self.made_with.clear();
        self.since = None;
        self.yours = false;
    }
}
