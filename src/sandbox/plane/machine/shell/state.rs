//! The state of a shell: its variables, functions, streams and options.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::common::{Around, Common};
use super::limits::{COMMAND, Held, Limit, MOST_DEEP, Meter};
use super::outcome::{Halt, Outcome};
use super::sinks::{Input, Out, Sinks};
use super::tree::Command;
use super::variables::{Value, Variables};
use super::world::{Told, Wait, World};
use crate::sandbox::plane::lock::lock;

/// The path under which cloud-init runs user data.
pub const SCRIPT: &str = "/var/lib/cloud/instance/scripts/part-001";

#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the shell's `set`")]
pub struct Options {
    pub exit_on_error: bool,
    pub unset_is_error: bool,
    pub trace: bool,
    pub pipe_fail: bool,
}

/// A function that a script has defined.
#[derive(Clone)]
pub struct Function {
    pub body: Arc<Command>,
    /// As in [`Shell`].
    pub text: Option<Arc<Held>>,
}

pub struct Shell {
    pub world: Arc<dyn World>,
    pub meter: Arc<Meter>,
    pub common: Arc<Common>,
    pub variables: Variables,
    /// `None` where it is not known what the function does.
    pub functions: BTreeMap<String, Option<Function>>,
    /// The memory of the text that is run, where a command has given it. Its jobs and functions keep it.
    pub text: Option<Arc<Held>>,
    /// The words of a command that was reached and is not modelled.
    pub reached: Option<Vec<String>>,
    /// `$0`
    pub name: String,
    pub arguments: Vec<String>,
    /// `None` if it is not known.
    pub folder: Option<String>,
    pub sinks: Sinks,
    pub input: Input,
    pub status: Outcome,
    /// How the last command substitution ended, for a command that is nothing but an assignment.
    pub substituted: Option<Outcome>,
    pub options: Options,
    pub depth: usize,
    /// In how many `$(…)` the command is.
    pub level: usize,
    /// How many conditions are around the command.
    pub tested: usize,
    /// How many loops are around it in this function.
    pub loops: u32,
    /// Whether an earlier process has done this already: its effects are repeated, without output and waiting.
    pub quiet: bool,
    /// Whether anything outside was asked or waited for since this was last cleared.
    pub waited: bool,
    /// Whether what programs from outside answer is remembered. Jobs run in no fixed order, and their answers are not.
    pub records: bool,
    /// The line of the command that runs.
    pub line: u32,
}

impl Shell {
    pub fn new(world: Arc<dyn World>, meter: Arc<Meter>, common: Arc<Common>) -> Result<Self, Halt> {
        Ok(Self {
            world,
            variables: Variables::new(&meter)?,
            meter,
            common,
            functions: BTreeMap::new(),
            text: None,
            reached: None,
            name: SCRIPT.to_owned(),
            arguments: Vec::new(),
            folder: Some("/".to_owned()),
            sinks: Sinks::default(),
            input: Input::default(),
            status: Outcome::WELL,
            substituted: None,
            options: Options::default(),
            depth: 0,
            level: 0,
            tested: 0,
            loops: 0,
            quiet: false,
            records: true,
            waited: false,
            line: 1,
        })
    }

    /// A subshell, one level deeper.
    pub fn inner(&self) -> Result<Self, Halt> {
        let arguments: usize = self.arguments.iter().map(|it| it.len() + 8).sum();
        self.meter.charge(COMMAND + self.functions.len() * 4 + arguments)?;
        Ok(Self {
            world: Arc::clone(&self.world),
            meter: Arc::clone(&self.meter),
            common: Arc::clone(&self.common),
            variables: self.variables.again()?,
            functions: self.functions.clone(),
            text: self.text.clone(),
            reached: None,
            name: self.name.clone(),
            arguments: self.arguments.clone(),
            folder: self.folder.clone(),
            sinks: self.sinks.clone(),
            input: self.input.clone(),
            substituted: None,
            loops: 0,
            ..*self
        })
    }

    /// What its streams need of it.
    pub fn around(&self) -> Around<'_> {
        Around { world: &*self.world, meter: &self.meter, common: &self.common, quiet: self.quiet }
    }

    /// Goes one level deeper.
    pub fn deeper(&mut self) -> Result<(), Halt> {
        self.depth += 1;
        if self.depth > MOST_DEEP { Err(self.meter.end(Limit::Depth)) } else { Ok(()) }
    }

    /// Rests if the script has done much, and lets others run.
    pub async fn breathe(&self) -> Result<(), Halt> {
        while let Some(rest) = self.meter.rest() {
            if rest.is_zero() {
                tokio::task::yield_now().await;
            } else {
                self.world.wait(Wait::Rest(rest)).await;
            }
        }
        if self.meter.over().is_some() { Err(Halt::Over) } else { Ok(()) }
    }

    /// What a command does that never ends by itself: in a job it waits as long as the instance runs.
    pub async fn for_ever(&self) -> ! {
        loop {
            self.world.wait(Wait::Sleep(Duration::from_hours(24))).await;
            self.world.wait(Wait::EndlessTurn).await;
        }
    }

    /// Asks something outside, or takes what it answered in an earlier process.
    pub async fn outside(&mut self, asked: impl Future<Output = Told>) -> Told {
        self.waited = true;
        if self.quiet {
            return lock(&self.common.results).take();
        }
        let told = asked.await;
        if self.records {
            lock(&self.common.results).add(&told);
        }
        told
    }

    /// Says in the sandbox's own words that a command is not run, once for each line.
    pub fn note_skipped(&self, line: u32, text: &str) {
        if self.common.is_new_line(line) {
            self.note(&format!("line {line}: {text} is not run here; what depends on it is skipped"));
        }
    }

    /// Says that nothing after this is run, once for each line.
    pub fn note_lost(&self) {
        if self.common.is_new_loss(self.line) {
            let line = self.line;
            self.note(&format!(
                "line {line}: what was not run may end or change what follows, so that is not run either"
            ));
        }
    }

    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.world.note(&format!("[pllab sandbox] {text}"));
        }
    }

    /// An error message of the shell itself.
    pub fn complain(&mut self, words: &str) -> Result<Outcome, Halt> {
        let text = format!("{}: line {}: {words}\n", self.name, self.line);
        self.error(&text)?;
        Ok(Outcome::BADLY)
    }

    /// Writes to standard error.
    pub fn error(&mut self, text: &str) -> Result<(), Halt> {
        let err = self.sinks.err.clone();
        self.put(&err, text.as_bytes()).map(|_| ())
    }

    /// Writes to standard output. A file that is full is a failure.
    pub fn print(&mut self, bytes: &[u8]) -> Result<Outcome, Halt> {
        let out = self.sinks.out.clone();
        self.put(&out, bytes)
    }

    pub fn put(&mut self, out: &Out, bytes: &[u8]) -> Result<Outcome, Halt> {
        self.meter.charge(bytes.len())?;
        let mut failure = None;
        out.put(&self.around(), bytes, &mut failure)?;
        if let Some((path, words)) = failure {
            let text = format!("{}: line {}: {}: {words}\n", self.name, self.line, shortened(&path));
            // If the errors go to the full file too, nothing can be said.
            let err = self.sinks.err.clone();
            err.put(&self.around(), text.as_bytes(), &mut None)?;
            return Ok(Outcome::BADLY);
        }
        Ok(Outcome::WELL)
    }

    /// An absolute path.
    pub fn absolute(&self, path: &str) -> Result<String, Halt> {
        self.meter.charge(path.len())?;
        let folder = match &self.folder {
            _ if path.starts_with('/') => "",
            Some(folder) => folder.as_str(),
            None => return Err(Halt::Unknown),
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in folder.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                _ => parts.push(part),
            }
        }
        Ok(format!("/{}", parts.join("/")))
    }

    /// The paths of all files that begin with `prefix`.
    pub fn below(&self, prefix: &str) -> Result<Vec<String>, Halt> {
        let paths = self.world.below(prefix);
        self.meter.charge(paths.iter().map(|it| it.len() + 20).sum::<usize>() + 100)?;
        Ok(paths)
    }

    /// A file's content: `None` if there is none.
    ///
    /// # Errors
    /// If it is not known.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Halt> {
        if self.common.is_unknown(path) {
            return Err(Halt::Unknown);
        }
        if self.common.is_emptied(path) {
            return Ok(Some(Vec::new()));
        }
        let content = self.world.read(path);
        self.meter.charge(content.as_ref().map_or(10, Vec::len))?;
        if content.is_none() && !is_own(path) {
            // The image has thousands of files that are not here.
            return Err(Halt::Unknown);
        }
        Ok(content)
    }

    /// The value of a variable; `None` if it is not set.
    pub fn variable(&self, name: &str) -> Result<Option<Arc<str>>, Halt> {
        match self.variables.get(name) {
            Some(Value::Known(text)) => return Ok(Some(text)),
            Some(Value::Unknown) => return Err(Halt::Unknown),
            None => {}
        }
        match name {
            "PWD" => self.folder.as_deref().map(|it| Some(it.into())).ok_or(Halt::Unknown),
            "HOSTNAME" => Ok(Some(self.world.host_name().into())),
            "UID" | "EUID" => Ok(Some("0".into())),
            "LINENO" => Ok(Some(self.line.to_string().into())),
            // A real shell has them, with values that are not modelled.
            "HOME" | "PATH" | "USER" | "LOGNAME" | "LANG" | "SHELL" | "TERM" | "OLDPWD" | "RANDOM" | "SECONDS"
            | "PPID" | "IFS" | "EPOCHSECONDS" | "EPOCHREALTIME" | "SRANDOM" | "SHLVL" | "_" | "OPTIND" => {
                Err(Halt::Unknown)
            }
            _ if name.starts_with("BASH") => Err(Halt::Unknown),
            _ => Ok(None),
        }
    }
}

/// A path, shortened to 120 characters.
pub fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(121).collect();
    if shown.chars().count() > 120 {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// A text on one line, without control characters, shortened to 120 characters.
pub fn on_one_line(text: &str) -> String {
    shortened(&text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
}

/// What an image has right below its root.
const ROOTS: [&str; 21] = [
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib64",
    "local",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    ".autorelabel",
];

/// Whether nothing is at this path unless the script has put it there.
pub fn is_own(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if !first.is_empty() && !ROOTS.contains(&first) {
        return true;
    }
    ["/tmp/", "/srv/", "/opt/", "/root/", "/home/", "/var/www/", "/var/tmp/", "/mnt/"]
        .iter()
        .any(|folder| path.starts_with(folder) || path == folder.trim_end_matches('/'))
}
