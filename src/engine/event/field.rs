//! What the fields of the journal's lines may say.

use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::lab::Kind;

/// The way through a lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// pllab does it after the learner agrees.
    #[default]
    Guided,
    /// The learner does it, pllab watches.
    HandsOn,
    /// Read only: nothing is called, nothing is written.
    Explain,
}

impl Mode {
    // By reference: serde's `skip_serializing_if` hands the field over so.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub(super) fn is_guided(&self) -> bool {
        *self == Self::Guided
    }
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It makes the resource, or a part of it.
    Make,
    /// It deletes the resource, or a part of it.
    Delete,
}

/// One thing that is not as the lab wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What.
    pub what: Text,
    /// What it should be.
    pub expected: Text,
    /// What it is.
    pub seen: Text,
}

/// A prediction in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionWords {
    /// What was asked.
    pub question: Text,
    /// What the learner said.
    pub said: Text,
    /// What is right.
    pub right: Text,
    /// Why, Markdown.
    pub because: Text,
}

/// What a drill's call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillPurpose {
    /// It plants the fault.
    Plant,
    /// It undoes what was planted.
    Undo,
}

/// How a rung of the path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungState {
    /// It holds.
    Holds,
    /// It fails: the path ends here.
    Broken,
    /// It is on its way: only time is missing.
    NotYet,
    /// The run has not made it yet.
    NotMade,
    /// It could not be asked. That is no failure.
    CannotTell,
    /// A rung before it failed, so it was not asked.
    NotReached,
}

/// A line of the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The resource, by name in the lab; empty for something that only the second look found.
    pub resource: String,
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What the second look found.
    pub state: ItemState,
    /// Whether the learner made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub yours: bool,
    /// Whether it stands in a VPC of the run and is not the run's: it is not deleted, and the VPC cannot go before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
}

/// What the second look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It is gone.
    Gone,
    /// It is still there.
    Left,
    /// It could not be looked at.
    Unknown,
}
