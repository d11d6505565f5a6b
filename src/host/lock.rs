//! Lets one process at a time work in a folder, on any file system. It finds out if locks do not work there, and
//! recognises a holder on another machine by a mark that the holder keeps renewing.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Links, Random, open_append, read_regular, write_atomic};

/// How often the holder renews its mark.
const BEAT: Duration = Duration::from_secs(5);
/// How often a waiting process looks for it.
const LOOK: Duration = Duration::from_millis(200);

/// Holds a folder's lock until it is dropped or the process dies.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
    mark: PathBuf,
    /// Our own mark as first written; its `beat` stays 0.
    own: Mark,
    /// Dropping the sender ends the thread that renews the mark.
    renewing: Option<(Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("locked by process {}", .pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()))]
    Held {
        /// The process id, if it could be read.
        pid: Option<u32>,
        /// The name of the machine, if it is another one.
        machine: Option<String>,
    },
    /// The file system gives the same lock to two processes at once, so a lock protects nothing.
    #[error("the file system grants every lock")]
    Worthless,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How a file is locked: by the system, or by a test.
type TryLock<'a> = &'a dyn Fn(&File) -> Result<(), TryLockError>;

/// Who holds a folder, as written in the file beside the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    pid: u32,
    /// For people.
    machine: String,
    /// Identifies this boot of this machine; empty if the system does not say.
    boot: String,
    /// Random for each lock.
    nonce: String,
    beat: u64,
}

impl DirLock {
    /// Locks `dir` by a file `name.lock` in it, without waiting. The lock file is separate from the data, because a
    /// lock on Windows is mandatory and would keep readers out of the data itself.
    ///
    /// # Errors
    /// [`LockError::Held`] if another process holds it, here or on another machine; [`LockError::Worthless`] if
    /// everybody gets the lock, so that it protects nothing; [`LockError::Io`] otherwise.
    pub fn acquire(dir: &Path, name: &str) -> Result<Self, LockError> {
        Self::acquire_with(dir, name, &File::try_lock, BEAT)
    }

    fn acquire_with(dir: &Path, name: &str, try_lock: TryLock<'_>, beat: Duration) -> Result<Self, LockError> {
        let path = dir.join(format!("{name}.lock"));
        // Named `.pid` for people who look for a process.
        let mark = dir.join(format!("{name}.pid"));
        let file = open_append(&path)?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(Mark::read(&mark).as_ref())),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        // The system treats a second open file like another process. If it gets the lock too, anybody does.
        if try_lock(&open_append(&path)?).is_ok() {
            return Err(LockError::Worthless);
        }
        let own = Mark::own();
        // On a network file system, the lock may only be known on the machine that holds it.
        if let Some(other) = Mark::read(&mark).filter(|other| other.boot != own.boot)
            && is_renewed(&mark, &other, beat)
        {
            return Err(held(Some(&other)));
        }
        // The mark is a second protection. If it cannot be written, as on a full disk, the lock must be enough.
        if own.write(&mark).is_ok()
            && let Some(other) = Mark::read(&mark).filter(|read| read.nonce != own.nonce)
        {
            return Err(held(Some(&other)));
        }
        let renewing = renew(mark.clone(), own.clone(), beat);
        Ok(Self { _file: file, mark, own, renewing })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.renewing.take() {
            drop(stop);
            // It only fails after a panic, and there is nothing to say about that here.
            let _ = thread.join();
        }
        if Mark::read(&self.mark).is_some_and(|mark| mark.nonce == self.own.nonce) {
            // If the mark stays behind, it only makes another machine wait.
            let _ = fs::remove_file(&self.mark);
        }
    }
}

fn held(mark: Option<&Mark>) -> LockError {
    let machine = mark.filter(|mark| mark.boot != boot()).map(|mark| mark.machine.clone());
    LockError::Held { pid: mark.map(|mark| mark.pid), machine: machine.filter(|name| !name.is_empty()) }
}

/// Renews the mark until the sender is dropped, or another mark has replaced it. `None` if no thread can be had: the
/// lock itself does not need one.
fn renew(path: PathBuf, mut own: Mark, beat: Duration) -> Option<(Sender<()>, JoinHandle<()>)> {
    let (stop, stopped) = channel();
    let renew = move || {
        while stopped.recv_timeout(beat) == Err(RecvTimeoutError::Timeout) {
            if Mark::read(&path).is_some_and(|mark| mark.nonce != own.nonce) {
                return;
            }
            own.beat += 1;
            // If this fails, the next beat tries again.
            let _ = own.write(&path);
        }
    };
    let thread = std::thread::Builder::new().name("lock".to_owned()).spawn(renew).ok()?;
    Some((stop, thread))
}

/// Whether the holder on another machine still renews its mark. An old mark answers at once; otherwise the next beats
/// are awaited.
fn is_renewed(path: &Path, first: &Mark, beat: Duration) -> bool {
    // Measured by the file system's own clock, because machines differ.
    if age(path).is_some_and(|age| age > beat * 6) {
        return false;
    }
    let until = Instant::now() + beat * 2 + beat / 2;
    while Instant::now() < until {
        match Mark::read(path) {
            None => return false,
            Some(now) if now != *first => return true,
            Some(_) => std::thread::sleep(LOOK.min(beat)),
        }
    }
    false
}

/// The age of a file, compared with a file that is written beside it now.
fn age(path: &Path) -> Option<Duration> {
    let written = fs::metadata(path).ok()?.modified().ok()?;
    let now = tempfile::NamedTempFile::new_in(path.parent()?).ok()?;
    now.as_file().metadata().ok()?.modified().ok()?.duration_since(written).ok()
}

/// Identifies this boot of this machine, as far as the system says.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

impl Mark {
    fn own() -> Self {
        let name = fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname"));
        Self {
            pid: std::process::id(),
            machine: name.unwrap_or_default().trim().to_owned(),
            boot: boot(),
            nonce: Random::System.hex(16),
            beat: 0,
        }
    }

    /// Earlier versions wrote only the process id.
    fn read(path: &Path) -> Option<Self> {
        let text = String::from_utf8(read_regular(path, 1024, Links::Followed).ok()?).ok()?;
        let mut lines = text.lines().map(str::trim);
        let pid = lines.next()?.parse().ok()?;
        let mut word = || lines.next().unwrap_or_default().to_owned();
        let (machine, boot, nonce) = (word(), word(), word());
        Some(Self { pid, machine, boot, nonce, beat: word().parse().unwrap_or(0) })
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let Self { pid, machine, boot, nonce, beat } = self;
        write_atomic(path, format!("{pid}\n{machine}\n{boot}\n{nonce}\n{beat}\n").as_bytes(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_millis(20);

    fn acquire(dir: &Path) -> Result<DirLock, LockError> {
        DirLock::acquire_with(dir, "run", &File::try_lock, QUICK)
    }

    fn elsewhere(beat: u64) -> Mark {
        Mark { pid: 7, machine: "far".into(), boot: "other".into(), nonce: "n".into(), beat }
    }

    #[test]
    fn one_at_a_time_and_the_next_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = acquire(dir.path()).unwrap();
        let own = std::process::id();
        assert!(matches!(acquire(dir.path()), Err(LockError::Held { pid: Some(pid), machine: None }) if pid == own));
        drop(first);
        assert!(!dir.path().join("run.pid").exists());
        acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_lock_that_is_granted_to_everybody_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let everybody: TryLock<'_> = &|_| Ok(());
        let refused = DirLock::acquire_with(dir.path(), "run", everybody, QUICK);
        assert!(matches!(refused, Err(LockError::Worthless)), "{refused:?}");
        // Nothing stays behind that would keep others out.
        acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_holder_on_another_machine_is_seen_while_it_lives() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.pid");
        elsewhere(0).write(&path).unwrap();
        let (stop, thread) = renew(path.clone(), elsewhere(0), QUICK).unwrap();
        // The lock is only known on its own machine, so the folder looks free here.
        let refused = DirLock::acquire_with(dir.path(), "run", &File::try_lock, Duration::from_secs(5));
        assert!(
            matches!(&refused, Err(LockError::Held { pid: Some(7), machine: Some(name) }) if name == "far"),
            "{refused:?}"
        );
        drop(stop);
        thread.join().unwrap();
        // The holder died without removing its mark.
        let lock = acquire(dir.path()).unwrap();
        assert_eq!(Mark::read(&path).map(|mark| mark.pid), Some(std::process::id()));
        drop(lock);
    }

    #[test]
    fn a_mark_that_another_put_in_ones_place_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.pid");
        let lock = acquire(dir.path()).unwrap();
        elsewhere(3).write(&path).unwrap();
        drop(lock);
        assert_eq!(Mark::read(&path), Some(elsewhere(3)));
    }

    #[test]
    fn the_mark_of_earlier_versions_is_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("run.pid"), "123").unwrap();
        assert_eq!(Mark::read(&dir.path().join("run.pid")).map(|mark| mark.pid), Some(123));
        fs::write(dir.path().join("run.pid"), "no number").unwrap();
        assert_eq!(Mark::read(&dir.path().join("run.pid")), None);
    }
}
