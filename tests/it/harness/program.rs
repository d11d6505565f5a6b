//! The program, run as its users run it, and facts about what it said.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Folder, Line, events};

/// After this a program hangs. Far above what anything here takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command line in the making.
pub struct Program {
    path: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    stdin: Option<String>,
    folder: PathBuf,
}

impl Program {
    /// The program with these words in `folder`, in English, with its state in the folder.
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

    /// One more word, which may hold spaces.
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

    /// What is typed, before the end of input.
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

    /// Another program in the same place and with the same environment.
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
        // Looking for credentials must end on this machine.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it.
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

/// A program under way. Killed when dropped.
pub struct Running {
    child: Child,
    stdout: Collected,
    stderr: Collected,
    what: String,
    patience: Duration,
}

impl Running {
    /// Waited for so long before it counts as hanging; for what takes its time even on an idle machine.
    pub fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended yet. One that has ended and was not waited for has.
    #[cfg(target_os = "linux")]
    pub fn is_under_way(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    }

    /// Waits until standard output holds `text`, and gives what stands there by then.
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

    /// Waits until a sandbox says that it is ready, and gives what it says.
    #[track_caller]
    pub fn ready(&mut self) -> serde_json::Value {
        // Before the line's end it may be there in part.
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

    /// Waits for its end.
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
        // A child of the program may still hold the pipes; what the program itself wrote is there.
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

/// What a program said, and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    what: String,
}

impl Ran {
    /// Its exit code is this one.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n--- stdout\n{}\n--- stderr\n{}", self.what, end(&self.out), self.err);
        self
    }

    /// Standard output is exactly this.
    #[track_caller]
    pub fn stdout(self, text: &str) -> Self {
        assert_eq!(self.out, text, "{}\n--- stderr\n{}", self.what, self.err);
        self
    }

    /// Standard error is exactly this.
    #[track_caller]
    pub fn stderr(self, text: &str) -> Self {
        assert_eq!(self.err, text, "{}\n--- stdout\n{}", self.what, self.out);
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{}: no {text:?} in:\n{}\n--- stderr\n{}", self.what, self.out, self.err);
        self
    }

    /// Standard error holds this.
    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{}: no {text:?} in:\n{}\n--- stdout\n{}", self.what, self.err, self.out);
        self
    }

    /// Nothing it said is for a terminal only, and nothing tells of a panic.
    #[track_caller]
    pub fn clean(self) -> Self {
        for text in [&self.out, &self.err] {
            assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{}: escape sequences in:\n{text:?}", self.what);
            assert!(!text.contains("panicked at"), "{}:\n{text}", self.what);
        }
        self
    }

    /// Standard output as JSON, one event a line.
    #[track_caller]
    pub fn events(&self) -> Vec<Line> {
        events(&self.out)
    }
}

/// The last part of a long text: what went wrong stands there.
fn end(text: &str) -> &str {
    text.char_indices().rev().nth(3000).map_or(text, |(at, _)| &text[at..])
}
