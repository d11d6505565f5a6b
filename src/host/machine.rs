//! What a run is given of the machine. Tests give something else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Clock, Output, Random};

/// Called with the number of each journal line once it is on the disk. Crash tests end the process here.
pub type LineHook = Arc<dyn Fn(u64) + Send + Sync>;

/// The machine, as far as a run may see it.
pub struct Host {
    /// The environment.
    pub env: BTreeMap<String, OsString>,
    /// Standard output.
    pub out: Output,
    /// Standard error.
    pub err: Output,
    /// Whether standard input is a terminal.
    pub input_is_terminal: bool,
    /// Whether standard output and standard error are terminals.
    pub output_is_terminal: bool,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Told of each journal line.
    pub after_line: Option<LineHook>,
    /// This program, to be run anew; `None` where that cannot be, or where the process is another program that has this one in
    /// it, as tests are.
    pub program: Option<PathBuf>,
}

impl Host {
    /// The machine this process runs on.
    #[must_use]
    pub fn this() -> Self {
        Self {
            // Names that are not Unicode are none of ours.
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

    /// A variable of the environment, which may be a path; `None` where it is unset or empty.
    #[must_use]
    pub fn var_os(&self, name: &str) -> Option<OsString> {
        self.env.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A variable of the environment; `None` where it is unset or empty, or no text. What must not be passed over is in
    /// [`Self::unreadable`].
    #[must_use]
    pub fn var(&self, name: &str) -> Option<String> {
        self.var_os(name)?.into_string().ok()
    }

    /// The first of these variables whose value is no text.
    #[must_use]
    pub fn unreadable<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.env.get(*name).is_some_and(|value| value.to_str().is_none()))
    }
}

/// The program that this process runs, to run it anew. On Linux not by its name: the file may have been replaced since, by a
/// newer version.
#[must_use]
pub fn own_program() -> Option<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && own.exists() { Some(own) } else { std::env::current_exe().ok() }
}

/// What this machine calls itself; `None` where it does not say.
#[must_use]
pub fn machine_name(host: &Host) -> Option<String> {
    let known = host.var("HOSTNAME").or_else(|| host.var("COMPUTERNAME"));
    let written = || std::fs::read_to_string("/etc/hostname").ok();
    // Only macOS is left here, which keeps its name in no file.
    let asked = || {
        let output = std::process::Command::new("hostname").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let name = known.or_else(written).or_else(asked)?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
