//! How far a boot script has got, and how its steps end.

use super::script::program::{Sink, Step, When};

#[derive(Default)]
pub struct Boot {
    /// The index of the next step.
    pub next: usize,
    /// The number of steps that an earlier process did. Their effects are repeated without output.
    pub restored: usize,
    /// Whether the console says that the script has begun.
    pub begun: bool,
    /// Whether the script has ended.
    pub ended: bool,
    /// Background loops, at the instant pace.
    pub loops: Vec<(Step, Sinks)>,
}

impl Boot {
    /// The state of a script after an earlier process did `restored` steps; `None` if it had not begun.
    pub fn resumed(restored: Option<usize>) -> Self {
        Self { restored: restored.unwrap_or(0), begun: restored.is_some(), ..Self::default() }
    }
}

/// Where a step's output and errors go.
#[derive(Clone, Debug)]
pub struct Sinks {
    pub out: Sink,
    pub err: Sink,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With status 0.
    Well,
    /// With another status.
    Badly,
    /// It has not ended, and the script waits for it.
    Waiting,
    /// It ended the script (`exit`).
    Script,
}

impl Ended {
    /// Whether a step with this `when` runs after a step that ended like this.
    pub fn lets(self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Succeeded => self == Self::Well,
            When::Failed => self == Self::Badly,
        }
    }
}
