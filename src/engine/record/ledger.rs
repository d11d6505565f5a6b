//! The lines of the ledger: what is to be made, what exists, what is gone.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::engine::event::{Facts, Purpose};
use crate::lab::{Kind, Side};

#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    pub kind: Kind,
    pub side: Side,
    pub step: String,
    /// Once it has an `id` or `arn`, the resource exists.
    pub facts: Facts,
    /// The making calls that took effect.
    pub made: BTreeSet<String>,
    /// The deleting calls that took effect.
    pub deleted: BTreeSet<String>,
    pub round: usize,
    /// Every string it was made with. If another resource's id is among them, this resource needs that one.
    pub made_with: BTreeSet<String>,
    pub since: Option<Timestamp>,
    pub yours: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub resource: String,
    pub kind: Kind,
    /// An id or an ARN.
    pub id: String,
    pub side: Side,
    pub since: Option<Timestamp>,
    /// `None` while it exists.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    pub resource: String,
    pub kind: Kind,
    pub purpose: Purpose,
    pub part: String,
}

impl ResourceState {
    /// The ARN if there is one, else the id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.facts.get("arn").or_else(|| self.facts.get("id")).map(String::as_str)
    }

    /// Used if the resource does not exist any more, or if the match was wrong.
    pub fn forget(&mut self) {
        self.facts.clear();
        self.made.clear();
        self.deleted.clear();
        self.made_with.clear();
        self.since = None;
        self.yours = false;
    }
}
