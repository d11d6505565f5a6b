//! How commands end.

/// How a command ended. A command that is not modelled has no status: it is neither success nor failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Status(u8),
    Unknown,
}

impl Outcome {
    pub const WELL: Self = Self::Status(0);
    pub const BADLY: Self = Self::Status(1);

    pub fn of(well: bool) -> Self {
        if well { Self::WELL } else { Self::BADLY }
    }

    pub fn inverted(self) -> Self {
        match self {
            Self::Status(status) => Self::of(status != 0),
            Self::Unknown => Self::Unknown,
        }
    }
}

/// What commands that were not run might have ended, or changed so that nothing is known of what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leave {
    Loop,
    Function,
    Shell,
}

/// Why what was begun does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It depends on something that is not modelled.
    Unknown,
    /// An expansion failed; the console has said why.
    Failed,
    /// `exit`
    Exit(Outcome),
    /// `return`
    Return(Outcome),
    /// `break`, with the number of loops that are left.
    Break(u32),
    /// `continue`, likewise.
    Continue(u32),
    /// Commands that were not run might have ended this much. What follows in it is not run either.
    Lost(Leave),
    /// The script has used up what it may use.
    Over,
}
