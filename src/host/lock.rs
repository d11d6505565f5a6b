//! One process at a time per folder.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::{Links, open_append, read_regular, write_atomic};

/// Holds a folder's lock until it is dropped, or the process dies.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
}

/// Why a folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it; its process id where it could be read.
    #[error("locked by process {}", .pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()))]
    Held {
        /// The other process.
        pid: Option<u32>,
    },
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl DirLock {
    /// Locks `dir` by a file `name.lock` in it, without waiting. The lock file is separate from the data: on Windows
    /// a lock is mandatory and would keep readers out of the data itself.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process holds it, [`LockError::Io`] otherwise.
    pub fn acquire(dir: &Path, name: &str) -> Result<Self, LockError> {
        let pid_path = dir.join(format!("{name}.pid"));
        let file = open_append(&dir.join(format!("{name}.lock")))?;
        match file.try_lock() {
            Ok(()) => {
                // Only for the other side's message; the lock does not depend on it.
                let _ = write_atomic(&pid_path, std::process::id().to_string().as_bytes(), false);
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let pid = read_regular(&pid_path, 64, Links::Followed).ok();
                let pid = pid.and_then(|text| String::from_utf8(text).ok()?.trim().parse().ok());
                Err(LockError::Held { pid })
            }
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}
