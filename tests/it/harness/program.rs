//! Runs the program as its users do, and states facts about its output.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Folder, Line, events};

/// The time after which a program counts as hanging, far above the normal one, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command line under construction.
pub struct Program {
    path: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    stdin: Option<String>,
    folder: PathBuf,
}

impl Program {
    /// The program in `folder` with these words, in English, with its state in the folder.
    pub fn new(folder: &Folder, words: &str) -> Self {
        let new = Self {
            path: env!("CARGO_BIN_EXE_pllab").into(),
            args: words.split_whitespace().map(Into::into).collect(),
            env: Vec::new(),
            stdin: Some(String::new()),
            folder: folder.path().to_owned(),
        };
        new.env("PLLAB_STATE_DIR", folder.state())
            .env("LANG", "C.UTF-8")
            .env("PLLAB_LANG", "en")
            .env("PLLAB_LEARNER", "tester")
            .env("PLLAB_NGINX", "builtin")
    }

    /// One more word, which may contain spaces.
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.args.push(word.as_ref().to_owned());
        self
    }

    /// More words, separated by spaces.
    pub fn words(mut self, words: &str) -> Self {
        self.args.extend(words.split_whitespace().map(Into::into));
        self
    }

    /// A variable of the environment. Of the test's own only `PATH` is passed on.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// In Japanese.
    pub fn ja(self) -> Self {
        self.env("PLLAB_LANG", "ja")
    }

    /// Typed input, before the end of input.
    pub fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }

    /// Runs `program` with the command line as its further words.
    pub fn under(mut self, program: &str, words: &[&str]) -> Self {
        let mut args: Vec<OsString> = words.iter().map(Into::into).collect();
        args.push(std::mem::replace(&mut self.path, program.into()));
        args.append(&mut self.args);
        self.args = args;
        self
    }

    /// Another program in the same place with the same environment.
    pub fn instead(mut self, program: impl AsRef<OsStr>) -> Self {
        program.as_ref().clone_into(&mut self.path);
        self
    }

    /// The same as a command that has not been started.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.args).env_clear().current_dir(&self.folder).env("HOME", &self.folder);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        // The search for credentials must not leave this machine.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    #[track_caller]
    pub fn start(self) -> Running {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        if let Some(text) = self.stdin {
            // A program that does not read closes the pipe.
            let _ = stdin.write_all(text.as_bytes());
        }
        drop(stdin);
        let stdout = collect(child.stdout.take().expect("standard output is a pipe"));
        let stderr = collect(child.stderr.take().expect("standard error is a pipe"));
        let what = self.args.join(OsStr::new(" ")).to_string_lossy().into_owned();
        Running { child, stdout, stderr, what, patience: PATIENCE }
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Ran {
        self.start().wait()
    }
}

type Collected = (std::sync::Arc<std::sync::Mutex<Vec<u8>>>, JoinHandle<()>);

fn collect(mut from: impl Read + Send + 'static) -> Collected {
    let bytes = std::sync::Arc::<std::sync::Mutex<Vec<u8>>>::default();
    let shared = std::sync::Arc::clone(&bytes);
    let reading = thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            shared.lock().expect("no reader panics").extend_from_slice(&buffer[..count]);
        }
    });
    (bytes, reading)
}

/// A running program. Killed when dropped.
pub struct Running {
    child: Child,
    stdout: Collected,
    stderr: Collected,
    what: String,
    patience: Duration,
}

impl Running {
    /// Sets the time after which it counts as hanging, for programs that take long even on an idle machine.
    pub fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended yet; a process that ended but was not waited for counts as ended.
    #[cfg(target_os = "linux")]
    pub fn is_under_way(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    }

    /// Waits until standard output contains `text`, and returns the output so far.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let out = said(&self.stdout);
            if out.contains(text) {
                return out;
            }
            let ended = self.child.try_wait().expect("the program can be waited for");
            assert!(ended.is_none(), "{} ended without {text:?}:\n{out}\n{}", self.what, said(&self.stderr));
            assert!(Instant::now() < deadline, "{}: no {text:?} in:\n{out}", self.what);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a sandbox reports that it is ready, and returns the report.
    #[track_caller]
    pub fn ready(&mut self) -> serde_json::Value {
        // Before the line end, the report may be incomplete.
        let said = self.until("\n");
        let ready = said.lines().find(|line| line.contains("sandbox_ready")).expect("the first line says it");
        serde_json::from_str(ready).expect("it is JSON")
    }

    /// Sends a signal by name, such as `INT`.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.id().to_string()).status();
        assert!(status.expect("there is a kill").success());
    }

    #[track_caller]
    pub fn wait(mut self) -> Ran {
        let deadline = Instant::now() + self.patience;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "{} hangs:\n{}\n{}", self.what, said(&self.stdout), said(&self.stderr));
            thread::sleep(Duration::from_millis(2));
        };
        // A child of the program may still hold the pipes; the program's own output is complete.
        let deadline = Instant::now() + Duration::from_secs(5);
        while !(self.stdout.1.is_finished() && self.stderr.1.is_finished()) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        Ran { code: status.code(), out: said(&self.stdout), err: said(&self.stderr), what: self.what.clone() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(collected: &Collected) -> String {
    String::from_utf8_lossy(&collected.0.lock().expect("no reader panics")).into_owned()
}

/// A program's output, and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    what: String,
}

impl Ran {
    /// Asserts the exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n--- stdout\n{}\n--- stderr\n{}", self.what, end(&self.out), self.err);
        self
    }

    /// Asserts that standard output is exactly this.
    #[track_caller]
    pub fn stdout(self, text: &str) -> Self {
        assert_eq!(self.out, text, "{}\n--- stderr\n{}", self.what, self.err);
        self
    }

    /// Asserts that standard error is exactly this.
    #[track_caller]
    pub fn stderr(self, text: &str) -> Self {
        assert_eq!(self.err, text, "{}\n--- stdout\n{}", self.what, self.out);
        self
    }

    /// Asserts that standard output contains this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{}: no {text:?} in:\n{}\n--- stderr\n{}", self.what, self.out, self.err);
        self
    }

    /// Asserts that standard error contains this.
    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{}: no {text:?} in:\n{}\n--- stdout\n{}", self.what, self.err, self.out);
        self
    }

    /// Asserts that the output has no terminal sequences and no trace of a panic.
    #[track_caller]
    pub fn clean(self) -> Self {
        for text in [&self.out, &self.err] {
            assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{}: escape sequences in:\n{text:?}", self.what);
            assert!(!text.contains("panicked at"), "{}:\n{text}", self.what);
        }
        self
    }

    /// Standard output as JSON, one event per line.
    #[track_caller]
    pub fn events(&self) -> Vec<Line> {
        events(&self.out)
    }
}

/// The last part of a long text, where errors are.
fn end(text: &str) -> &str {
    text.char_indices().rev().nth(3000).map_or(text, |(at, _)| &text[at..])
}
