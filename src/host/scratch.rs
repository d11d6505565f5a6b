//! Temporary folders, inside the system's folder for them. A process that is killed leaves its folder behind, and the
//! next process deletes it.

use std::fs::{self, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DirLock, Links, LockError, open_regular};

/// The beginning of the folders' names.
const PREFIX: &str = "pllab-scratch-";
/// The lock in such a folder. It is held while the process lives, and also marks the folder as one of ours.
const LOCK: &str = "scratch";

#[derive(Debug)]
pub struct Scratch {
    // Dropped first, because Windows does not delete an open file.
    _lock: DirLock,
    folder: TempDir,
}

impl Scratch {
    /// Makes a folder that only this user can read, after deleting those whose processes are gone.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn new() -> io::Result<Self> {
        Self::within(&Self::parent())
    }

    /// The system's folder for temporary folders.
    #[must_use]
    pub fn parent() -> PathBuf {
        std::env::temp_dir()
    }

    fn within(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
            match DirLock::acquire(folder.path(), LOCK) {
                Ok(lock) => return Ok(Self { _lock: lock, folder }),
                // Another process took the folder for one that was left behind, before it was locked, and has deleted
                // it.
                Err(LockError::Held { .. }) => {}
                Err(LockError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Err(LockError::Io(error)) => return Err(error),
                Err(LockError::Worthless) => {
                    let words = format!("{}: the file system grants one lock to everybody", parent.display());
                    return Err(io::Error::new(io::ErrorKind::Unsupported, words));
                }
            }
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Deletes the folders in `parent` that have our mark, belong to this user, and are held by nobody. Follows no links: a
/// folder stays unless it is certainly ours.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
    for folder in entries.flatten().filter(ours).map(|entry| entry.path()) {
        let Some(lock) = left_behind(&folder) else { continue };
        // If it cannot be deleted, the next process tries again.
        let _ = fs::remove_dir_all(&folder);
        drop(lock);
    }
}

/// The lock of a folder whose process is gone, now held by us; `None` for anything else.
fn left_behind(folder: &Path) -> Option<fs::File> {
    let found = fs::symlink_metadata(folder).ok()?;
    if !found.is_dir() || !is_mine(&found) {
        return None;
    }
    let mark: PathBuf = folder.join(format!("{LOCK}.lock"));
    let lock = open_regular(&mark, Links::Refused).ok()?;
    match lock.try_lock() {
        Ok(()) => Some(lock),
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
    }
}

#[cfg(unix)]
fn is_mine(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == rustix::process::geteuid().as_raw()
}

/// A platform without owners gives each user a temporary folder of their own.
#[cfg(not(unix))]
fn is_mine(_: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LOCK, PREFIX, Scratch, sweep};

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(format!("{PREFIX}{name}"));
        let lock = format!("{LOCK}.lock");
        let make = |name: &str, file: &str| {
            fs::create_dir_all(at(name).join("sandbox")).unwrap();
            fs::write(at(name).join(file), "").unwrap();
        };
        make("killed", &lock);
        make("unmarked", "other");
        fs::write(at("file"), "").unwrap();
        fs::create_dir(parent.path().join("pllab-notes")).unwrap();
        fs::write(parent.path().join("pllab-notes").join(&lock), "").unwrap();
        let live = Scratch::within(parent.path()).unwrap();
        assert!(!at("killed").exists() && live.path().is_dir());
        sweep(parent.path());
        assert!(live.path().is_dir(), "a folder of a live process stays");
        for kept in [at("unmarked"), at("file"), parent.path().join("pllab-notes").join(&lock)] {
            assert!(kept.exists(), "{}", kept.display());
        }
        let path = live.path().to_owned();
        drop(live);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        use std::os::unix::fs::symlink;
        let (parent, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let lock = format!("{LOCK}.lock");
        fs::write(elsewhere.path().join(&lock), "").unwrap();
        fs::write(elsewhere.path().join("precious"), "").unwrap();
        let at = |name: &str| parent.path().join(format!("{PREFIX}{name}"));
        symlink(elsewhere.path(), at("folder")).unwrap();
        fs::create_dir(at("mark")).unwrap();
        symlink(elsewhere.path().join(&lock), at("mark").join(&lock)).unwrap();
        fs::create_dir(at("inside")).unwrap();
        fs::write(at("inside").join(&lock), "").unwrap();
        symlink(elsewhere.path(), at("inside").join("link")).unwrap();
        sweep(parent.path());
        assert!(elsewhere.path().join("precious").exists());
        assert!(at("folder").exists() && at("mark").exists() && !at("inside").exists());
    }
}
