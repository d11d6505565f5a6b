//! The world on disk: one JSON file, replaced whole, so that a killed process leaves the last answered call behind.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::host;

use super::model::World;

/// The version of the file's layout.
pub const FORMAT: u32 = 1;

/// Where the world is kept, and the bytes that are there.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    kept: Vec<u8>,
}

/// Why a folder's world cannot be used.
#[derive(Debug)]
pub enum StoreError {
    /// The file system refused.
    Io(io::Error),
    /// The file is not a world.
    Damaged(String),
    /// The file was written by a newer version.
    Newer,
}

/// What is read before the rest is believed.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

impl Store {
    /// Opens `folder`, and reads the world in it if there is one.
    ///
    /// # Errors
    /// A file that cannot be read, is not a world, or is newer than this program.
    pub fn open(folder: &Path) -> Result<(Self, Option<World>), StoreError> {
        let path = folder.join("world.json");
        sweep(folder);
        let kept = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Self { path, kept: Vec::new() }, None));
            }
            Err(error) => return Err(StoreError::Io(error)),
        };
        let damaged = |error: serde_json::Error| StoreError::Damaged(error.to_string());
        let head: Head = serde_json::from_slice(&kept).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(StoreError::Newer);
        }
        let world: World = serde_json::from_slice(&kept).map_err(damaged)?;
        if world.accounts.is_empty() {
            return Err(StoreError::Damaged("no accounts".to_owned()));
        }
        Ok((Self { path, kept }, Some(world)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `world` if it differs from what is kept; says whether it did. Not waiting for the disk: what must
    /// survive is the end of this process, not of the machine.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn keep(&mut self, world: &World) -> io::Result<bool> {
        let bytes = serde_json::to_vec(world)?;
        if bytes == self.kept {
            return Ok(false);
        }
        host::write_atomic(&self.path, &bytes, false)?;
        self.kept = bytes;
        Ok(true)
    }

    /// The world as it was last kept: what to go back to when [`Store::keep`] failed.
    pub fn kept(&self) -> Option<World> {
        serde_json::from_slice(&self.kept).ok()
    }
}

/// Removes what a process that was killed while writing left behind. The folder is locked, so nobody is writing now.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp")) {
        // A leftover does no harm but take space.
        let _ = std::fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, Store, StoreError};
    use crate::sandbox::world::{Account, Block, Kind, Life, Timing, Vpc, World};

    fn world() -> World {
        let timing = Timing { at: jiff::Timestamp::UNIX_EPOCH, pace: crate::sandbox::Pace::Real };
        let mut account = Account { name: "a".into(), id: "123456789012".into(), regions: [].into() };
        let vpc = Vpc {
            id: "vpc-1".into(),
            block: Block::ALL,
            life: Life::enter(Kind::Vpc, "pending", timing),
            dns_support: true,
            dns_hostnames: false,
            dhcp_options: "dopt-1".into(),
            association: "x".into(),
            tags: [("鍵".to_owned(), "値\n\"".to_owned())].into(),
        };
        account.regions.entry("r".into()).or_default().vpcs.insert("vpc-1".into(), vpc);
        World { format: FORMAT, accounts: vec![account] }
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, nothing) = Store::open(folder.path()).unwrap();
        assert!(nothing.is_none());
        assert!(store.keep(&world()).unwrap());
        assert!(!store.keep(&world()).unwrap());
        assert_eq!(Store::open(folder.path()).unwrap().1, Some(world()));
    }

    #[test]
    fn damaged_and_newer_files_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.json");
        for (text, newer) in [
            ("{\"format\":1,\"acc", false),
            ("", false),
            ("{\"format\":99,\"new\":1}", true),
            ("{\"format\":1,\"accounts\":[]}", false),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Store::open(folder.path()).unwrap_err();
            assert_eq!(matches!(error, StoreError::Newer), newer, "{text}");
        }
    }
}
