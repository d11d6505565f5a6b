//! The keeper: starts the confined web server as its child, and ends it when its own input closes. The system closes
//! that input when the sandbox ends, even if it is killed.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::process_args::{BEGINS, Order, own_program};
use super::report::Report;
use crate::host::standard_input;

/// The time the web server may take to end after SIGTERM. Then it is killed.
const GRACE: Duration = Duration::from_millis(500);
/// How often the keeper looks at the web server's use of the processor.
const LOOK: Duration = Duration::from_secs(1);
/// Bytes of an error log that are kept. The rest is read and dropped.
const LOG: usize = 1024 * 1024;

/// Why the watch ends.
enum News {
    /// The sandbox wants the web server to end, or is gone.
    Closed,
    /// The web server has ended.
    Ended,
}

/// Runs the web server until it or the sandbox ends. Returns whether the server could be started.
pub fn keep(order: &Order) -> bool {
    close_what_was_inherited();
    Report::Keeps.tell();
    let mut child = match start(order) {
        Ok(child) => child,
        Err(error) => {
            Report::Ended(format!("it cannot be started: {error}")).tell();
            return false;
        }
    };
    let (tell, told) = mpsc::channel();
    let closed = tell.clone();
    thread::spawn(move || {
        let _ = io::copy(&mut standard_input(), &mut io::sink());
        let _ = closed.send(News::Closed);
    });
    let id = Pid::from_child(&child);
    thread::spawn(move || {
        // `NOWAIT` leaves the process for the handle to wait for, so its id stays its own until then.
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(id), options), Err(rustix::io::Errno::INTR)) {}
        let _ = tell.send(News::Ended);
    });
    let log = child.stderr.take().map(|errors| {
        let path = order.folder.join("error.log");
        thread::spawn(move || read_errors(errors, File::create(path).ok()))
    });
    let busy = watch(&told, id);
    if let Some(seconds) = busy {
        Report::Busy(seconds).tell();
    }
    let how = match end(&mut child) {
        Ok(status) => words(status),
        Err(error) => format!("nobody knows how: {error}"),
    };
    if let Some(log) = log {
        // Its last lines. A process that it started may hold the pipe open for longer.
        let end = Instant::now() + GRACE;
        while !log.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(2));
        }
    }
    Report::Ended(how).tell();
    true
}

fn start(order: &Order) -> io::Result<Child> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    let child = Command::new(own_program())
        .args(order.confine(std::process::id()))
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::inherit())
        .stderr(Stdio::piped())
        .spawn()?;
    // From now on only the web server writes to the pipe, so the pipe ends when it ends.
    rustix::stdio::dup2_stdout(&nothing)?;
    Ok(child)
}

/// Waits until the web server or the sandbox ends. Returns the seconds for which the web server was busy without a
/// rest, if that is the reason to end it.
fn watch(told: &mpsc::Receiver<News>, id: Pid) -> Option<u64> {
    #[cfg(target_os = "linux")]
    let mut pulse = super::pulse::Pulse::of(id);
    #[cfg(not(target_os = "linux"))]
    let _ = id;
    loop {
        match told.recv_timeout(LOOK) {
            Ok(News::Closed | News::Ended) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) =>
            {
                #[cfg(target_os = "linux")]
                if let Some(seconds) = pulse.look() {
                    return Some(seconds);
                }
            }
        }
    }
}

/// Ends the web server: SIGTERM first, then SIGKILL. It is always waited for, and its id is never used after that.
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    // The child has not been waited for, so its id still belongs to it.
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
    let end = Instant::now() + GRACE;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()
}

/// Passes on what the confined process reports about its walls, and logs what the web server writes after that.
fn read_errors(errors: impl Read, mut log: Option<File>) {
    let mut errors = BufReader::new(errors);
    let (mut begun, mut kept) = (false, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        match errors.by_ref().take(64 * 1024).read_until(b'\n', &mut line) {
            Ok(1..) => {}
            _ => return,
        }
        let text = String::from_utf8_lossy(&line);
        if begun {
            kept += line.len();
            if let Some(log) = log.as_mut().filter(|_| kept <= LOG) {
                // If the log cannot be written, there is none.
                let _ = log.write_all(&line);
            }
        } else if text.trim_end() == BEGINS {
            begun = true;
        } else if let Some(report) = Report::read(text.trim_end()) {
            report.tell();
        }
    }
}

fn words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it ended with status {code}"),
        (None, Some(signal)) => format!("it was ended by signal {signal}"),
        (None, None) => "it ended".to_owned(),
    }
}

/// Marks every file that was inherited by accident as close-on-exec: it may give access to another user's files.
fn close_what_was_inherited() {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    let Ok(open) = std::fs::read_dir("/dev/fd") else { return };
    let numbers = open.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    for number in numbers.filter(|number| *number > 2).collect::<Vec<i32>>() {
        // The descriptor that listed the folder is closed by now, so this may fail.
        let _ = fcntl(number, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
    }
}
