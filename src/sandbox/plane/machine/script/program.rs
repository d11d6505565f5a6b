//! A boot script as the steps that the sandbox imitates. It never runs the script itself.

use super::curl_args::Curl;

/// How many loops may be inside each other. Whatever reads or runs a program calls itself for each, and a stack has an
/// end.
pub const MOST_NESTED: usize = 16;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// In order.
    pub steps: Vec<Step>,
}

/// One command of the script.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub action: Action,
    /// Where its output goes; `None` for where its surroundings' output goes.
    pub out: Option<Sink>,
    /// Where its errors go; `None` as for `out`.
    pub err: Option<Sink>,
    /// Whether the script goes on without waiting for it.
    pub background: bool,
    pub when: When,
}

/// Whether a step depends on how the one before it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    #[default]
    Always,
    /// After `&&`.
    Succeeded,
    /// After `||`.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sink {
    /// The serial console, where a boot script's output ends up anyway.
    Console,
    Null,
    /// A file of the imitated disk.
    File {
        path: String,
        append: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `true`, `:`, `mkdir`, `set` and others that change nothing here.
    Nothing,
    /// `dnf install`. A patient one is repeated until it works; an impatient one is a loop's condition.
    Install { packages: Vec<String>, patient: bool },
    /// Prints text: `echo`, `printf`, `cat` with a heredoc.
    Print(String),
    /// `tee FILE` with a heredoc.
    Tee { path: String, append: bool, text: String },
    /// `systemctl VERB UNIT`.
    Unit {
        /// `start`, `enable` and so on; `enable --now` is `start`.
        verb: String,
        /// The unit, without `.service`.
        unit: String,
    },
    /// `tail -F FILE`.
    Follow {
        path: String,
        /// Whether all of it is shown first, not just its last ten lines.
        from_start: bool,
    },
    /// `python3 -m http.server PORT`.
    ServeFolder { port: u16 },
    /// `cd`.
    ChangeFolder(String),
    /// `curl`.
    Curl(Curl),
    /// `sleep`, in seconds.
    Sleep(f64),
    /// `while` and `until`.
    Loop {
        /// Runs before each turn. The loop ends when the last of these steps succeeds. Empty for an endless loop.
        until: Vec<Step>,
        body: Vec<Step>,
    },
    /// `exit`.
    Exit,
    /// A line that is not modelled.
    Skipped {
        /// Counted from 1.
        line: usize,
        text: String,
    },
}

impl Action {
    /// A step that is not modelled, shown by its first line, shortened to 120 characters.
    pub fn skipped(line: usize, text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default().trim();
        let text = match first.chars().count() {
            0..=120 => first.to_owned(),
            _ => first.chars().take(119).chain(['…']).collect(),
        };
        Self::Skipped { line, text }
    }

    /// A loop that is nested too deeply, as a step that is not modelled.
    pub fn too_deep(line: usize) -> Self {
        Self::skipped(line, &format!("a loop inside {MOST_NESTED} others, with all that is in it"))
    }
}

impl Program {
    /// Every distinct host and port that a curl of the script asks over HTTP, in order.
    pub fn hosts(&self) -> Vec<(String, u16)> {
        let mut hosts = Vec::new();
        collect_hosts(&self.steps, &mut hosts);
        hosts
    }
}

fn collect_hosts(steps: &[Step], hosts: &mut Vec<(String, u16)>) {
    for step in steps {
        match &step.action {
            Action::Curl(curl) if !curl.url.tls => {
                let host = (curl.url.host.clone(), curl.url.port);
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
            Action::Loop { until, body } => {
                collect_hosts(until, hosts);
                collect_hosts(body, hosts);
            }
            _ => {}
        }
    }
}
