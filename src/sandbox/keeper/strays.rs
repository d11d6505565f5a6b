//! Ends web servers that were left behind. Where the system cannot end a process with its parent, a web server goes
//! on after its keeper was killed. The next sandbox in the same folder ends it, once it is sure that it is the right
//! process.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use rustix::process::{Pid, Signal};

/// The time a web server may take to end.
const GRACE: Duration = Duration::from_millis(500);

/// Ends the web servers that an earlier sandbox left running in the folders below `folder`. No other sandbox uses
/// these folders: the caller holds the sandbox's lock.
pub fn end_strays(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let folder = entry.path();
        let note = folder.join("root/tmp/nginx.pid");
        if let Some(id) =
            fs::read_to_string(&note).ok().and_then(|text| text.trim().parse().ok().and_then(Pid::from_raw))
        {
            end(id, &folder);
            // The next web server writes its own file.
            let _ = fs::remove_file(&note);
        }
    }
}

/// Ends the process if it runs a web server in this folder. Its id may belong to another process by now.
fn end(id: Pid, folder: &Path) {
    let Some(process) = Process::of(id) else { return };
    if !runs_in(id, folder) {
        return;
    }
    process.signal(Signal::TERM);
    let end = Instant::now() + GRACE;
    while runs_in(id, folder) {
        if Instant::now() > end {
            return process.signal(Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether the process has this folder on its command line. A folder belongs to one sandbox and one instance.
fn runs_in(id: Pid, folder: &Path) -> bool {
    command_line(id).is_some_and(|words| words.iter().any(|word| Path::new(word) == folder))
}

#[cfg(target_os = "linux")]
fn command_line(id: Pid) -> Option<Vec<PathBuf>> {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = fs::read(format!("/proc/{}/cmdline", id.as_raw_nonzero())).ok()?;
    Some(bytes.split(|byte| *byte == 0).map(|word| std::ffi::OsStr::from_bytes(word).into()).collect())
}

#[cfg(not(target_os = "linux"))]
fn command_line(id: Pid) -> Option<Vec<PathBuf>> {
    let id = id.as_raw_nonzero().to_string();
    let output = std::process::Command::new("ps").args(["-ww", "-o", "command=", "-p", &id]).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    // `ps` does not separate the words; the folder's name ends where the next option begins.
    let folder = line.split_once(" -p ")?.1.split(" -c nginx.conf").next()?;
    Some(vec![folder.into()])
}

/// A process that keeps its identity. On Linux it is held by a handle, so that no signal reaches a later process with
/// the same id.
#[cfg(target_os = "linux")]
struct Process(rustix::fd::OwnedFd);

#[cfg(target_os = "linux")]
impl Process {
    fn of(id: Pid) -> Option<Self> {
        rustix::process::pidfd_open(id, rustix::process::PidfdFlags::empty()).ok().map(Self)
    }

    fn signal(&self, signal: Signal) {
        // It may have ended already.
        let _ = rustix::process::pidfd_send_signal(&self.0, signal);
    }
}

#[cfg(not(target_os = "linux"))]
struct Process(Pid);

#[cfg(not(target_os = "linux"))]
impl Process {
    fn of(id: Pid) -> Option<Self> {
        Some(Self(id))
    }

    fn signal(&self, signal: Signal) {
        let _ = rustix::process::kill_process(self.0, signal);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn sleeper(words: &[&str]) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; kill -STOP $$; exit 7", "sh"]).args(words);
        let child = command.stdin(Stdio::null()).spawn().expect("there is a shell");
        // For a moment after it was started it has no command line yet.
        let id = Pid::from_child(&child);
        while !command_line(id).is_some_and(|it| it.iter().any(|word| word == Path::new("-p"))) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child
    }

    #[test]
    fn only_what_runs_in_the_folder_is_ended_whatever_its_number_says() {
        let root = tempfile::tempdir().unwrap();
        let [mine, other] = ["i-1", "i-2"].map(|name| root.path().join(name));
        let mut left = sleeper(&["-p", mine.to_str().unwrap()]);
        let mut stranger = sleeper(&["-p", "/elsewhere"]);
        for (folder, child) in [(&mine, &left), (&other, &stranger)] {
            fs::create_dir_all(folder.join("root/tmp")).unwrap();
            fs::write(folder.join("root/tmp/nginx.pid"), format!("{}\n", child.id())).unwrap();
        }
        end_strays(root.path());
        assert!(left.wait().unwrap().code().is_none());
        assert!(stranger.try_wait().unwrap().is_none());
        assert!(!mine.join("root/tmp/nginx.pid").exists() && !other.join("root/tmp/nginx.pid").exists());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
