//! Types of the fields in the journal's lines.

use serde::{Deserialize, Serialize};

use crate::i18n::Text;
use crate::lab::Kind;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// pllab does each step after the learner agrees.
    #[default]
    Guided,
    /// The learner does each step and pllab watches.
    HandsOn,
    /// Read only: no call is made and nothing is written.
    Explain,
}

impl Mode {
    // serde's `skip_serializing_if` passes the field by reference.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub(super) fn is_guided(&self) -> bool {
        *self == Self::Guided
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Make,
    Delete,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub what: Text,
    pub expected: Text,
    pub seen: Text,
    /// The commands that set it right on the object as it is; absent if the object must be made again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// Something that the run uses and that can never be used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostThing {
    /// Its name in the lab.
    pub resource: String,
    pub kind: Kind,
    pub id: String,
    /// Its state in the cloud's words; empty if it is gone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionWords {
    pub question: Text,
    pub said: Text,
    pub right: Text,
    /// Markdown.
    pub because: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillPurpose {
    Plant,
    Undo,
}

/// The state of one rung of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungState {
    Holds,
    /// It fails, so the path ends here.
    Broken,
    /// It is in progress; it only needs time.
    NotYet,
    NotMade,
    /// It could not be asked, which does not count as a failure.
    CannotTell,
    /// An earlier rung failed, so this one was not asked.
    NotReached,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The resource's name in the lab; empty for something that only the second look found.
    pub resource: String,
    pub kind: Kind,
    pub id: String,
    pub state: ItemState,
    /// Whether the learner made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub yours: bool,
    /// Whether it is in a VPC of the run but does not belong to the run. It is never deleted, and the VPC cannot be
    /// deleted before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
    /// What keeps it there, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Gone,
    Left,
    Unknown,
}
