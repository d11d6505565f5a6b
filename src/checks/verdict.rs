//! What a check may answer.

use serde::{Deserialize, Serialize};

/// A check's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    /// In progress: look again.
    NotYet,
    /// Wrong, and waiting will not help.
    Broken,
    /// The cloud could not be asked.
    CannotTell,
}
