//! Folders for a while, below the system's folder for such. A process that is killed leaves its own behind; the next one takes it
//! away.

use std::fs::{self, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DirLock, Links, LockError, open_regular};

/// What the names of such folders begin with.
const PREFIX: &str = "pllab-scratch-";
/// The lock in such a folder. It is the mark that the folder is one of ours as well: held as long as its process lives.
const LOCK: &str = "scratch";

/// A folder that goes when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    // Let go of first: Windows deletes no file that is open.
    _lock: DirLock,
    folder: TempDir,
}

impl Scratch {
    /// Makes a folder that only this user can read, after taking away those whose processes are gone.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn new() -> io::Result<Self> {
        Self::within(&Self::parent())
    }

    /// The system's folder for such folders.
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
                // Another process looked whether it was left behind, before it was locked; it is gone now.
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

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Takes away the folders in `parent` that carry our mark, are this user's, and are held by nobody. Follows no links: what is not
/// certainly ours stays.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
    for folder in entries.flatten().filter(ours).map(|entry| entry.path()) {
        let Some(lock) = left_behind(&folder) else { continue };
        // What cannot be deleted is tried again by the next one.
        let _ = fs::remove_dir_all(&folder);
        drop(lock);
    }
}

/// The lock of a folder whose process is gone, held by us now; `None` for anything else.
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

/// The folder for such things is this user's own where there are no owners to ask for.
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
