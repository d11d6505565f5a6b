//! The program on a terminal: keys in, a screen out.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::Folder;

/// The longest wait for a screen, far above the normal one, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(45);
/// More lines than any of these sessions writes.
const TALL: u16 = 6000;
/// Wider than anything these sessions write.
const WIDE: u16 = 400;

#[derive(Clone, Copy, Debug)]
pub enum Key {
    Enter,
    Up,
    Down,
    Escape,
    CtrlC,
    CtrlZ,
    CtrlBackslash,
}

impl Key {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Enter => b"\r",
            Self::Up => b"\x1b[A",
            Self::Down => b"\x1b[B",
            Self::Escape => b"\x1b",
            Self::CtrlC => b"\x03",
            Self::CtrlZ => b"\x1a",
            Self::CtrlBackslash => b"\x1c",
        }
    }
}

/// A session of the program on a terminal.
pub struct Screen {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// The screen as the person sees it.
    seen: vt100::Parser,
    /// The same on a screen so tall that nothing scrolls away. This works because the program only moves the cursor
    /// relatively.
    all: vt100::Parser,
    /// The same on a much wider screen, where lines that are too long show.
    wide: vt100::Parser,
    /// The raw output.
    raw: Vec<u8>,
    columns: u16,
    /// The terminal's modes before the program began.
    found: String,
    master: Box<dyn MasterPty + Send>,
}

impl Screen {
    /// Starts the program with these words, in `folder`, on a terminal of this size.
    pub fn open(folder: &Folder, words: &str, size: (u16, u16), env: &[(&str, &str)]) -> Self {
        Self::under(folder, &[], words, size, env)
    }

    /// The same, with the command line as the further words of another program.
    pub fn under(
        folder: &Folder,
        program: &[&str],
        words: &str,
        (columns, rows): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("the system has terminals");
        let own = env!("CARGO_BIN_EXE_pllab");
        let mut command = CommandBuilder::new(program.first().unwrap_or(&own));
        command.args(program.iter().skip(1));
        command.args(program.first().map(|_| own));
        command.args(words.split_whitespace());
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.cwd(folder.path());
        command.env("HOME", folder.path());
        command.env("PLLAB_STATE_DIR", folder.state());
        command.env("PLLAB_LANG", "ja");
        command.env("PLLAB_LEARNER", "tester");
        command.env("PLLAB_NGINX", "builtin");
        command.env("LANG", "ja_JP.UTF-8");
        command.env("TERM", "xterm-256color");
        for (name, value) in env {
            command.env(name, value);
        }
        let found = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a terminal can be read");
        let (tell, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().expect("a terminal can be written");
        Self {
            child,
            writer,
            output,
            seen: parser(rows, columns),
            all: parser(TALL, columns),
            wide: parser(TALL, WIDE),
            raw: Vec::new(),
            columns,
            found,
            master: pair.master,
        }
    }

    pub fn press(&mut self, key: Key) {
        // Fails if the program has ended.
        let _ = self.writer.write_all(key.bytes()).and_then(|()| self.writer.flush());
    }

    /// Presses a key that the program answers; waits for the beginning of its answer, then until the screen is stable.
    #[track_caller]
    pub fn tap(&mut self, key: Key) {
        let before = self.raw.len();
        self.press(key);
        self.see_or_end("an answer to a key", |screen| screen.raw.len() > before);
        self.rest();
    }

    /// Sends raw bytes, and drops those that the program does not read in time.
    pub fn send(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(512) {
            // Fails if the program has ended.
            if self.writer.write_all(part).and_then(|()| self.writer.flush()).is_err() {
                return;
            }
            while let Ok(bytes) = self.output.try_recv() {
                self.take(&bytes);
            }
        }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a terminal can be resized");
        let size = |length| NonZero::new(length).expect("a screen has a size");
        self.seen.screen_mut().set_size(size(rows), size(columns));
    }

    /// Sends the program a signal by name, such as `INT`.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("it has an id").to_string();
        let status = std::process::Command::new("kill").arg(format!("-{name}")).arg(id).status();
        assert!(status.expect("there is a kill").success());
    }

    /// Whether the program is still running.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("the program can be waited for").is_none()
    }

    /// Whether the terminal's modes are as they were before the program began, and its cursor shows.
    pub fn is_given_back(&self) -> bool {
        modes(&*self.master) == self.found && self.cursor_shows()
    }

    pub fn type_line(&mut self, text: &str) {
        let _ = self.writer.write_all(format!("{text}\r").as_bytes()).and_then(|()| self.writer.flush());
    }

    /// Everything that was written, byte by byte.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.seen.process(bytes);
        self.all.process(bytes);
        self.wide.process(bytes);
    }

    /// Reads until nothing has come for a while, or for a limited time if something always moves.
    pub fn rest(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(3);
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(300)) {
            self.take(&bytes);
            if Instant::now() > deadline {
                break;
            }
        }
    }

    /// Waits until the screen contains `text`, then until it is stable.
    #[track_caller]
    pub fn wait(&mut self, text: &str) {
        self.wait_for(text, |screen| screen.visible().contains(text));
    }

    /// Waits until `wanted` holds, then until the screen is stable.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        self.see(what, wanted);
        self.rest();
    }

    /// Waits until `wanted` holds.
    #[track_caller]
    pub fn see(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("{what:?} does not come:\n{}", self.visible()),
                Err(RecvTimeoutError::Disconnected) if wanted(self) => break,
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {what:?}:\n{}", self.history().join("\n")),
            }
        }
    }

    /// Waits until `wanted` holds, but no longer than `within` and not beyond the program's end; says whether it holds.
    pub fn comes(&mut self, within: Duration, wanted: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + within;
        while !wanted(self) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => return wanted(self),
            }
        }
        true
    }

    /// Waits until `wanted` holds, or the program ends; says whether it goes on.
    #[track_caller]
    pub fn see_or_end(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(self) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("{what:?} does not come:\n{}", self.visible()),
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    /// What the person sees.
    pub fn visible(&self) -> String {
        self.seen.screen().contents()
    }

    /// The rows that the person sees, and whether each goes on in the next.
    pub fn rows(&self) -> Vec<(String, bool)> {
        let screen = self.seen.screen();
        screen.rows(0, self.columns).zip(0..).map(|(text, row)| (text, screen.row_wrapped(row))).collect()
    }

    /// Every line so far, without empty ones at the end.
    pub fn history(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.all.screen().rows(0, self.columns).map(|line| line.trim_end().to_owned()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    /// Lines that would not fit the terminal.
    pub fn too_wide(&self) -> Vec<String> {
        let beyond = self.wide.screen().rows(self.columns, WIDE - self.columns);
        let all = self.wide.screen().rows(0, WIDE);
        all.zip(beyond).filter(|(_, beyond)| !beyond.trim().is_empty()).map(|(line, _)| line).collect()
    }

    pub fn cursor_shows(&self) -> bool {
        !self.seen.screen().hide_cursor()
    }

    /// Waits for the end and returns the exit code.
    #[track_caller]
    pub fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.rest();
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                self.rest();
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.visible());
        }
    }
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal has modes"))
}

fn parser(rows: u16, columns: u16) -> vt100::Parser {
    let size = |length| NonZero::new(length).expect("a screen has a size");
    vt100::Parser::new(size(rows), size(columns), 0)
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
