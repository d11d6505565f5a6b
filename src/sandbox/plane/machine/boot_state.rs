//! How far a boot script has got, and how its steps end.

use super::script::program::{Sink, Step, When};

/// How far a boot script has got.
#[derive(Default)]
pub struct Boot {
    /// The next step.
    pub next: usize,
    /// Steps that were done in an earlier process: their effects are made again, silently.
    pub restored: usize,
    /// Whether the script has been greeted.
    pub begun: bool,
    /// Whether the script told that it ended.
    pub ended: bool,
    /// Background loops, at the instant pace.
    pub loops: Vec<(Step, Sinks)>,
}

impl Boot {
    /// A script of which an earlier process did that many steps; `None` when it had not begun.
    pub fn resumed(restored: Option<usize>) -> Self {
        Self { restored: restored.unwrap_or(0), begun: restored.is_some(), ..Self::default() }
    }
}

/// Where a step's output and complaints go.
#[derive(Clone, Debug)]
pub struct Sinks {
    /// Its standard output.
    pub out: Sink,
    /// Its standard error.
    pub err: Sink,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With status 0.
    Well,
    /// With another status.
    Badly,
    /// Not yet: it holds the script up.
    Waiting,
    /// It ended the script.
    Script,
}

impl Ended {
    /// Whether a step is due after one that ended like this.
    pub fn lets(self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Succeeded => self == Self::Well,
            When::Failed => self == Self::Badly,
        }
    }
}
