//! Exit codes, and why a verb did not do what it was asked to.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::engine::event::{AskError, FaultClass, Verdict};
use crate::engine::{End, Ended};
use crate::i18n::{Text, m};
use crate::ui::ErrorReport;

/// The exit codes that scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Everything asked for is met.
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
    /// Of two codes, the one that says more about what is wrong.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other as i32 > self as i32 { other } else { self }
    }
}

/// A failure: what to say, and the exit code.
#[derive(Debug)]
pub struct Failed {
    /// `None` if it has already been said.
    pub report: Option<ErrorReport>,
    pub code: Code,
}

impl Failed {
    /// One sentence, and commands that help.
    pub fn new(code: Code, title: Text, details: Vec<Text>, next: &[&str]) -> Self {
        let next = next.iter().map(|command| (*command).to_owned()).collect();
        Self { report: Some(ErrorReport { title, details, next }), code }
    }

    /// A folder in which locks do not work.
    pub fn no_locks(path: &Path) -> Self {
        let details = vec![m::cli_no_locks_detail()];
        let next = ["pllab start --state-dir DIR", "pllab doctor"];
        Self::new(Code::Usage, m::cli_no_locks(path.display().to_string()), details, &next)
    }

    /// A question without an answer. `next` is the flag that answers it.
    pub fn unanswered(error: AskError, next: &str) -> Self {
        match error {
            AskError::Interrupted => Self { report: None, code: Code::Interrupted },
            AskError::NobodyToAsk => Self::new(Code::Usage, m::cli_nobody_to_ask(), Vec::new(), &[next]),
            AskError::Unclear => Self::new(Code::Usage, m::cli_unclear(), Vec::new(), &[next]),
        }
    }

    /// A variable of the environment that is not valid text.
    pub fn no_text(variable: &str) -> Self {
        Self::new(Code::Usage, m::cli_no_text(variable), Vec::new(), &[&format!("unset {variable}")])
    }

    /// The machine gives too little memory, or too few threads.
    pub fn no_room(error: &std::io::Error) -> Self {
        Self::new(Code::NotMet, m::cli_no_room(), vec![Text::literal(error.to_string())], &["pllab doctor"])
    }

    pub fn no_output(error: &std::io::Error) -> Self {
        Self::new(Code::NotMet, m::cli_no_output(), vec![Text::literal(error.to_string())], &[])
    }

    /// A file or folder that cannot be used.
    pub fn io(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let path = path.into().display().to_string();
        let elsewhere = "pllab start --state-dir DIR";
        let (title, next) = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (m::cli_disk_full(path), "pllab resume"),
            ErrorKind::ReadOnlyFilesystem => (m::cli_read_only(path), elsewhere),
            ErrorKind::PermissionDenied => (m::cli_not_allowed(path), elsewhere),
            ErrorKind::NotFound => (m::cli_not_there(path), "pllab status"),
            ErrorKind::FileTooLarge => (m::cli_file_too_large(path), "pllab resume"),
            ErrorKind::OutOfMemory => (m::cli_no_memory(path), "pllab resume"),
            _ if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                (m::cli_out_of_files(path), "pllab resume")
            }
            _ => (m::cli_file_trouble(path), "pllab status --state-dir DIR"),
        };
        Self::new(Code::NotMet, title, vec![Text::literal(error.to_string())], &[next])
    }
}

pub fn of(ended: &Ended) -> Code {
    match (ended.end, ended.fault) {
        (End::Met | End::Wishes(_), _) => Code::Met,
        (End::Interrupted, _) => Code::Interrupted,
        (_, Some(FaultClass::Unreachable | FaultClass::SignIn | FaultClass::NoAnswer | FaultClass::Unsupported)) => {
            Code::Unreachable
        }
        (End::Left | End::NotMet, _) => Code::NotMet,
    }
}

pub fn of_verdict(verdict: Verdict) -> Code {
    match verdict {
        Verdict::Met => Code::Met,
        Verdict::NotYet | Verdict::Broken => Code::NotMet,
        Verdict::CannotTell => Code::Unreachable,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn what_the_system_says_of_a_file_is_what_is_told() {
        for (errno, en, ja) in [
            (libc::ENOSPC, "the disk is full", "ディスクに空きがなく"),
            (libc::EDQUOT, "the disk is full", "ディスクに空きがなく"),
            (libc::EROFS, "can only be read", "読み取り専用"),
            (libc::EACCES, "you may not use", "権限がありません"),
            (libc::EPERM, "you may not use", "権限がありません"),
            (libc::ENOENT, "is not there", "がありません"),
            (libc::EFBIG, "ulimit -f", "ulimit -f"),
            (libc::ENOMEM, "not enough memory", "メモリが足りず"),
            (libc::EMFILE, "ulimit -n", "ulimit -n"),
            (libc::ENFILE, "ulimit -n", "ulimit -n"),
            (libc::EIO, "/x cannot be used", "/x を使えません"),
        ] {
            let failed = Failed::io("/x", &std::io::Error::from_raw_os_error(errno));
            let title = failed.report.map(|report| report.title).expect("a report");
            for (lang, words) in [(Lang::En, en), (Lang::Ja, ja)] {
                let said = title.render(lang);
                assert!(said.contains(words) && said.contains("/x"), "{errno}: {said}");
            }
        }
    }
}
