//! What to say about a run that cannot be read or cannot continue.

use super::exit::{Code, Failed};
use crate::engine::{JournalError, RunError};
use crate::host::shell_word;
use crate::i18n::{Text, m};

/// Why a journal cannot be used.
pub fn journal_trouble(error: &JournalError, run: &str) -> Failed {
    match error {
        JournalError::Io { path, source } => Failed::io(path, source),
        JournalError::Shared { path } => Failed::new(
            Code::Usage,
            m::cli_journal_shared(path.display().to_string()),
            vec![m::cli_journal_shared_detail()],
            &[&format!("pllab status {}", shell_word(run)), &format!("pllab resume {}", shell_word(run))],
        ),
        // The interruption itself is reported elsewhere.
        JournalError::Closed => Failed { report: None, code: Code::Interrupted },
        JournalError::Damaged { path, line } => Failed::new(
            Code::Usage,
            m::CliJournalDamaged { line: *line, path: path.display().to_string() }.text(),
            vec![m::cli_journal_damaged_detail()],
            &[&format!("pllab status {}", shell_word(run)), &format!("pllab clean {}", shell_word(run))],
        ),
        JournalError::Newer { path, format } => Failed::new(
            Code::Usage,
            m::CliJournalNewer { format: *format, path: path.display().to_string() }.text(),
            vec![Text::literal(format!("pllab {}", env!("CARGO_PKG_VERSION")))],
            &[&format!("pllab status {}", shell_word(run))],
        ),
    }
}

/// Why a session could not continue.
pub fn stuck(stuck: &RunError, run: &str) -> Failed {
    match stuck {
        RunError::Journal(error) => journal_trouble(error, run),
        RunError::NobodyToAsk(_) | RunError::Unclear(_) => Failed::new(
            Code::Usage,
            if matches!(stuck, RunError::Unclear(_)) { m::cli_unclear() } else { m::cli_nobody_to_ask() },
            vec![m::cli_nobody_to_ask_detail()],
            &["resume", "clean"]
                .map(|verb| format!("pllab {verb} --yes {}", shell_word(run)))
                .each_ref()
                .map(String::as_str),
        ),
    }
}

/// The command that gives up a sandbox run that cannot be cleaned up any more.
pub fn drop_command(run: &str) -> String {
    format!("pllab clean {} --drop", shell_word(run))
}
