//! What a run is given of the machine. Tests give something else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Clock, Output, Random};

/// Called with the number of each journal line after it is on the disk. Crash tests end the process here.
pub type LineHook = Arc<dyn Fn(u64) + Send + Sync>;

/// The machine as far as a run may see it.
pub struct Host {
    /// The environment variables. Names that are not Unicode are left out.
    pub env: BTreeMap<String, OsString>,
    pub out: Output,
    pub err: Output,
    /// Whether standard input is a terminal.
    pub input_is_terminal: bool,
    /// Whether standard output and standard error both are terminals.
    pub output_is_terminal: bool,
    pub clock: Clock,
    pub random: Random,
    /// Called after each journal line.
    pub after_line: Option<LineHook>,
    /// The path of this program, to start it again. `None` if that is impossible, or if the process is another program
    /// that contains this one, such as a test.
    pub program: Option<PathBuf>,
}

impl Host {
    /// The machine that this process runs on.
    #[must_use]
    pub fn this() -> Self {
        Self {
            // pllab uses no variable whose name is not Unicode.
            env: std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect(),
            out: Output::new(Box::new(io::stdout())),
            err: Output::new(Box::new(io::stderr())),
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal: io::stdout().is_terminal() && io::stderr().is_terminal(),
            clock: Clock::System,
            random: Random::System,
            after_line: None,
            program: own_program(),
        }
    }

    /// An environment variable that may be a path; `None` if it is unset or empty.
    #[must_use]
    pub fn var_os(&self, name: &str) -> Option<OsString> {
        self.env.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// An environment variable; `None` if it is unset, empty, or not valid Unicode. [`Self::unreadable`] finds the
    /// variables that must not be ignored in the last case.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<String> {
        self.var_os(name)?.into_string().ok()
    }

    /// The first of these variables whose value is not valid Unicode.
    #[must_use]
    pub fn unreadable<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.env.get(*name).is_some_and(|value| value.to_str().is_none()))
    }
}

/// The program that this process runs, to start it again. On Linux it is not found by its name, because a newer version
/// may have replaced the file.
#[must_use]
pub fn own_program() -> Option<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && own.exists() { Some(own) } else { std::env::current_exe().ok() }
}

/// The machine's name for itself; `None` if it has none.
#[must_use]
pub fn machine_name(host: &Host) -> Option<String> {
    let known = host.var("HOSTNAME").or_else(|| host.var("COMPUTERNAME"));
    let written = || std::fs::read_to_string("/etc/hostname").ok();
    // Only macOS gets here; it keeps its name in no file.
    let asked = || {
        let output = std::process::Command::new("hostname").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let name = known.or_else(written).or_else(asked)?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
