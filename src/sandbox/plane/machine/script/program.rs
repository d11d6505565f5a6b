//! A boot script, understood: the steps that the sandbox imitates. It never runs the script itself.

use super::curl_args::Curl;

/// The steps of a boot script, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One command of the script.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// Where its output goes, when not where its surroundings' goes.
    pub out: Option<Sink>,
    /// Where its complaints go, likewise.
    pub err: Option<Sink>,
    /// Whether the script goes on without waiting for it.
    pub background: bool,
    /// When it is done at all.
    pub when: When,
}

/// Whether a step depends on how the one before it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Always.
    #[default]
    Always,
    /// After `&&`.
    Succeeded,
    /// After `||`.
    Failed,
}

/// Where output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sink {
    /// The serial console, which is where a boot script's output ends up anyway.
    Console,
    /// Nowhere.
    Null,
    /// A file of the imitated disk.
    File {
        /// Its path.
        path: String,
        /// Whether it is added to.
        append: bool,
    },
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `true`, `:`, `mkdir`, `set` and others that change nothing here.
    Nothing,
    /// `dnf install`. A patient one is repeated until it works; an impatient one is a loop's condition.
    Install {
        /// The packages.
        packages: Vec<String>,
        /// Whether it is repeated.
        patient: bool,
    },
    /// Prints text: `echo`, `printf`, `cat` with a heredoc.
    Print(String),
    /// `tee FILE` with a heredoc.
    Tee {
        /// The file.
        path: String,
        /// Whether it is added to.
        append: bool,
        /// The text.
        text: String,
    },
    /// `systemctl VERB UNIT`.
    Unit {
        /// `start`, `enable` and so on; `enable --now` is `start`.
        verb: String,
        /// The unit, without `.service`.
        unit: String,
    },
    /// `tail -F FILE`.
    Follow {
        /// The file.
        path: String,
        /// Whether all of it is shown first, not just its last ten lines.
        from_start: bool,
    },
    /// `python3 -m http.server PORT`.
    ServeFolder {
        /// The port.
        port: u16,
    },
    /// `cd`.
    ChangeFolder(String),
    /// `curl`.
    Curl(Curl),
    /// `sleep`, in seconds.
    Sleep(f64),
    /// `while` and `until`.
    Loop {
        /// Before each turn; the loop ends when the last of it succeeds. Empty for an endless loop.
        until: Vec<Step>,
        /// The turn.
        body: Vec<Step>,
    },
    /// `exit`.
    Exit,
    /// A line that is not modelled.
    Skipped {
        /// Its number.
        line: usize,
        /// Its text.
        text: String,
    },
}

impl Action {
    /// What is not modelled, named by its first line, and not too long.
    pub fn skipped(line: usize, text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default().trim();
        let text = match first.chars().count() {
            0..=120 => first.to_owned(),
            _ => first.chars().take(119).chain(['…']).collect(),
        };
        Self::Skipped { line, text }
    }
}

impl Program {
    /// Every distinct `host:port` that a curl of the script names, as written in a URL (no `:80`), in order.
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
