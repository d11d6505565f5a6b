//! Exit codes, and why a verb did not do what it was asked.

use std::path::PathBuf;

use crate::engine::event::{AskError, FaultClass};
use crate::engine::{End, Ended};
use crate::i18n::{Text, m};
use crate::ui::{ErrorReport, NextStep};

/// The exit codes that scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// All met.
    Met = 0,
    /// Something is not met, or is left over.
    NotMet = 1,
    /// Wrong usage, or a bad lab or journal file.
    Usage = 2,
    /// The target cannot be reached or signed in to, or lacks what the lab needs.
    Unreachable = 3,
    /// Refused for safety.
    Refused = 4,
    /// Interrupted; the run can be resumed.
    Interrupted = 130,
}

impl Code {
    /// The one of two that tells more of what is wrong.
    #[must_use]
    pub fn graver(self, other: Self) -> Self {
        if other as i32 > self as i32 { other } else { self }
    }
}

/// An end that is not the one asked for: what to say, and the exit code.
#[derive(Debug)]
pub(super) struct Failed {
    /// What to say; nothing where it has been said.
    pub report: Option<ErrorReport>,
    /// The exit code.
    pub code: Code,
}

impl Failed {
    /// With one sentence, and commands that help.
    pub fn new(code: Code, title: Text, details: Vec<Text>, next: &[&str]) -> Self {
        let next = next.iter().map(|command| NextStep::Command((*command).to_owned())).collect();
        Self { report: Some(ErrorReport { title, details, next }), code }
    }

    /// A question without an answer; `next` answers it.
    pub fn unanswered(error: AskError, next: &str) -> Self {
        match error {
            AskError::Interrupted => Self { report: None, code: Code::Interrupted },
            AskError::NobodyToAsk => Self::new(Code::Usage, m::cli_nobody_to_ask(), Vec::new(), &[next]),
            AskError::Unclear => Self::new(Code::Usage, m::cli_unclear(), Vec::new(), &[next]),
        }
    }

    /// A variable of the environment that holds bytes which are no text.
    pub fn no_text(variable: &str) -> Self {
        Self::new(Code::Usage, m::cli_no_text(variable), Vec::new(), &[&format!("unset {variable}")])
    }

    /// The machine gives too little memory, or too few threads.
    pub fn no_room(error: &std::io::Error) -> Self {
        Self::new(Code::NotMet, m::cli_no_room(), vec![Text::literal(error.to_string())], &["pllab doctor"])
    }

    /// Standard output cannot be written.
    pub fn no_output(error: &std::io::Error) -> Self {
        Self::new(Code::NotMet, m::cli_no_output(), vec![Text::literal(error.to_string())], &[])
    }

    /// A file or folder that cannot be used.
    pub fn io(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let path = path.into().display().to_string();
        let (title, next) = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                (m::cli_disk_full(path), "pllab resume")
            }
            _ => (m::cli_file_trouble(path), "pllab status --state-dir DIR"),
        };
        Self::new(Code::NotMet, title, vec![Text::literal(error.to_string())], &[next])
    }
}

/// The exit code of a pass.
pub(super) fn of(ended: &Ended) -> Code {
    match (ended.end, ended.fault) {
        (End::Met, _) => Code::Met,
        (End::Interrupted, _) => Code::Interrupted,
        (_, Some(FaultClass::Unreachable | FaultClass::SignIn | FaultClass::NoAnswer | FaultClass::Unsupported)) => {
            Code::Unreachable
        }
        (End::Left | End::NotMet, _) => Code::NotMet,
    }
}
