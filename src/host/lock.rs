//! One process at a time per folder, on whatever file system: a lock that does not lock is found out, and who holds a folder on
//! another machine is seen by a mark that he renews.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Random, open_append, write_atomic};

/// How often the holder renews its mark.
const BEAT: Duration = Duration::from_secs(5);
/// How often somebody who waits for it looks.
const LOOK: Duration = Duration::from_millis(200);

/// Holds a folder's lock until it is dropped, or the process dies.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
    mark: PathBuf,
    /// Our own mark, without the number of its beat.
    own: Mark,
    /// Dropping it ends the thread that renews the mark.
    renewing: Option<(Sender<()>, JoinHandle<()>)>,
}

/// Why a folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it; its process id where it could be read, and its machine where that is another one.
    #[error("locked by process {}", .pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()))]
    Held {
        /// The other process.
        pid: Option<u32>,
        /// The other machine's name.
        machine: Option<String>,
    },
    /// The folder's file system gives the same lock to two at once, so that it says nothing.
    #[error("the file system grants every lock")]
    Worthless,
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How a file is locked: the system's own way, or a test's.
type TryLock<'a> = &'a dyn Fn(&File) -> Result<(), TryLockError>;

/// Who holds a folder, as it stands in the file beside the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    pid: u32,
    /// The name of the machine, for people.
    machine: String,
    /// What tells this start of this machine's system from any other; empty where the system does not say.
    boot: String,
    /// Drawn anew for each lock.
    nonce: String,
    beat: u64,
}

impl DirLock {
    /// Locks `dir` by a file `name.lock` in it, without waiting. The lock file is separate from the data: on Windows
    /// a lock is mandatory and would keep readers out of the data itself.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process holds it, here or on another machine; [`LockError::Worthless`] where locks are
    /// granted to everybody, so that this would be no protection; [`LockError::Io`] otherwise.
    pub fn acquire(dir: &Path, name: &str) -> Result<Self, LockError> {
        Self::acquire_with(dir, name, &File::try_lock, BEAT)
    }

    fn acquire_with(dir: &Path, name: &str, try_lock: TryLock<'_>, beat: Duration) -> Result<Self, LockError> {
        let path = dir.join(format!("{name}.lock"));
        // `.pid`, for those who look for a process.
        let mark = dir.join(format!("{name}.pid"));
        let file = open_append(&path)?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(Mark::read(&mark).as_ref())),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        // A second open file is a stranger to the first one: where it gets the lock too, anybody does.
        if try_lock(&open_append(&path)?).is_ok() {
            return Err(LockError::Worthless);
        }
        let own = Mark::own();
        // On a network file system the lock may be known on this machine only.
        if let Some(other) = Mark::read(&mark).filter(|other| other.boot != own.boot)
            && is_renewed(&mark, &other, beat)
        {
            return Err(held(Some(&other)));
        }
        // The mark is a second wall. Where it cannot be written, on a full disk, the lock has to do.
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
            // It cannot fail but by a panic, of which there is nothing to say here.
            let _ = thread.join();
        }
        if Mark::read(&self.mark).is_some_and(|mark| mark.nonce == self.own.nonce) {
            // Left behind it would only make another machine wait.
            let _ = fs::remove_file(&self.mark);
        }
    }
}

fn held(mark: Option<&Mark>) -> LockError {
    let machine = mark.filter(|mark| mark.boot != boot()).map(|mark| mark.machine.clone());
    LockError::Held { pid: mark.map(|mark| mark.pid), machine: machine.filter(|name| !name.is_empty()) }
}

/// Renews the mark until the sender is dropped, or another mark stands in its place. `None` where no thread can be had: the
/// lock itself does not depend on it.
fn renew(path: PathBuf, mut own: Mark, beat: Duration) -> Option<(Sender<()>, JoinHandle<()>)> {
    let (stop, stopped) = channel();
    let renew = move || {
        while stopped.recv_timeout(beat) == Err(RecvTimeoutError::Timeout) {
            if Mark::read(&path).is_some_and(|mark| mark.nonce != own.nonce) {
                return;
            }
            own.beat += 1;
            // Missed, the next beat does.
            let _ = own.write(&path);
        }
    };
    let thread = std::thread::Builder::new().name("lock".to_owned()).spawn(renew).ok()?;
    Some((stop, thread))
}

/// Whether the holder of another machine's mark still renews it. One that is long past says so at once; else its next beats are
/// waited for.
fn is_renewed(path: &Path, first: &Mark, beat: Duration) -> bool {
    // The age by the file system's own clock, for machines differ.
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

/// How old a file is, told by a file that is written beside it now.
fn age(path: &Path) -> Option<Duration> {
    let written = fs::metadata(path).ok()?.modified().ok()?;
    let now = tempfile::NamedTempFile::new_in(path.parent()?).ok()?;
    now.as_file().metadata().ok()?.modified().ok()?.duration_since(written).ok()
}

/// What tells this start of this machine from others, as far as the system says.
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

    /// The mark in a file; earlier versions wrote the process id alone.
    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
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
        // Nothing of it is left that would keep others out.
        acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_holder_on_another_machine_is_seen_while_it_lives() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.pid");
        elsewhere(0).write(&path).unwrap();
        let (stop, thread) = renew(path.clone(), elsewhere(0), QUICK).unwrap();
        // Its lock is known on its own machine only: here, the folder looks free.
        let refused = DirLock::acquire_with(dir.path(), "run", &File::try_lock, Duration::from_secs(5));
        assert!(
            matches!(&refused, Err(LockError::Held { pid: Some(7), machine: Some(name) }) if name == "far"),
            "{refused:?}"
        );
        drop(stop);
        thread.join().unwrap();
        // It has died without taking its mark away.
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
