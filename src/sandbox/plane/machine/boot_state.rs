//! How far a boot script has got.

use super::gate::Coroutine;

#[derive(Default)]
pub struct Boot {
    /// The script while it waits, where calls run it.
    pub main: Option<Coroutine>,
    /// The number of steps that an earlier process did. Their effects are repeated without output.
    pub restored: usize,
    /// Whether the console says that the script has begun.
    pub begun: bool,
    /// Whether the script has ended.
    pub ended: bool,
}

impl Boot {
    /// The state of a script after an earlier process did `restored` steps; `None` if it had not begun.
    pub fn resumed(restored: Option<usize>) -> Self {
        Self { restored: restored.unwrap_or(0), begun: restored.is_some(), ..Self::default() }
    }
}
