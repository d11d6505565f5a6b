//! The world on disk: one file with the whole world, and a log of the changes since. Each call that changes something
//! appends a line before it is answered, so that every answered call survives a killed process.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::host;

use super::model::World;

/// The version of the file format. The first one had no log.
pub const FORMAT: u32 = 2;

/// The log is folded into the world's file when it is longer than this, in bytes, and longer than that file.
const LOG_LIMIT: u64 = 1 << 20;

/// The open files of a world.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    log_path: PathBuf,
    log: File,
    /// The log's length in bytes. Anything after that is an unfinished write.
    length: u64,
    /// The length at which the log is folded.
    limit: u64,
    /// Whether half a line of ours may stand at the log's end.
    torn: bool,
}

/// Why a folder's world cannot be used.
#[derive(Debug)]
pub enum StoreError {
    Io(io::Error),
    /// The file is not a world.
    Damaged(String),
    /// A newer version wrote the file.
    Newer,
}

/// What can be read of a file even if its format is unknown.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

impl Store {
    /// Opens `folder` and reads its world; if there is none, starts with the one that `new` makes. It never waits for
    /// the disk: the data must survive the end of this process, not of the machine.
    ///
    /// # Errors
    /// Files that cannot be read or written, are not a world, or are newer than this program.
    pub fn open(folder: &Path, new: impl FnOnce() -> World) -> Result<(Self, World), StoreError> {
        let path = folder.join("world.json");
        let log_path = folder.join("world.log");
        sweep(folder);
        let kept = read(&path)?;
        let log = host::open_append(&log_path).map_err(StoreError::Io)?;
        let mut store = Self { path, log_path, log, length: 0, limit: LOG_LIMIT, torn: false };
        let (mut world, whole) = match kept {
            Some((world, bytes)) => {
                store.limit = LOG_LIMIT.max(bytes);
                let whole = world.format == FORMAT;
                (world, whole)
            }
            None => (new(), false),
        };
        if whole {
            store.length = repeat(&store.log_path, &mut world)?;
            store.cut().map_err(StoreError::Io)?;
        } else {
            // A new world, or one of the first format, has no log: a log beside it belongs to another one.
            world.format = FORMAT;
            store.fold(&world).map_err(StoreError::Io)?;
        }
        Ok((store, world))
    }

    pub fn log_path(&self) -> &Path {
        &self.log_path
    }

    /// Writes the changes of `world` since the last commit, and returns whether there were any. The caller commits
    /// them.
    ///
    /// # Errors
    /// Any error of the file system. Nothing was written then.
    pub fn keep(&mut self, world: &World) -> io::Result<bool> {
        let Some(line) = world.changes()? else { return Ok(false) };
        // Look at the path, not the open file: in a moved or deleted folder the open file could be written for ever,
        // and nobody would find it again.
        let named = fs::metadata(&self.log_path)?;
        if !host::is_same_file(&named, &self.log)? {
            return Err(io::Error::new(io::ErrorKind::NotFound, "another file has taken its place"));
        }
        // An earlier write failed halfway, and what it left could not be cut then.
        if self.torn {
            self.cut()?;
        } else if named.len() != self.length {
            // The folder's lock has failed. These lines belong to another process: do not cut them.
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process writes to it"));
        }
        if let Err(error) = host::append_line(&mut self.log, &line, false) {
            // The next line must not follow half a line. If cutting fails too, it is tried again before the next
            // write.
            self.torn = true;
            let _ = self.cut();
            return Err(error);
        }
        self.length += line.len() as u64 + 1;
        if self.length > self.limit && self.fold(world).is_err() {
            // The log holds everything; it is only longer.
            self.limit = self.length.saturating_mul(2);
        }
        Ok(true)
    }

    /// Writes the whole world and empties the log. If the process is killed between the two, the log repeats changes
    /// that the file already has. Each change holds the complete row, so repeating it changes nothing.
    fn fold(&mut self, world: &World) -> io::Result<()> {
        let bytes = serde_json::to_vec(world)?;
        host::write_atomic(&self.path, &bytes, false)?;
        self.length = 0;
        self.limit = LOG_LIMIT.max(bytes.len() as u64);
        self.cut()
    }

    fn cut(&mut self) -> io::Result<()> {
        self.log.set_len(self.length)?;
        self.torn = false;
        self.log.flush()
    }
}

fn read(path: &Path) -> Result<Option<(World, u64)>, StoreError> {
    let bytes = match host::read_regular(path, u64::MAX - 1, host::Links::Followed) {
        Ok(bytes) => bytes,
        Err(host::ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::Io(error.into())),
    };
    // Parse once in the normal case: a large world takes time.
    let world: serde_json::Result<World> = serde_json::from_slice(&bytes);
    let format = match &world {
        Ok(world) => world.format,
        Err(_) => serde_json::from_slice(&bytes).map_or(FORMAT, |head: Head| head.format),
    };
    if format > FORMAT {
        return Err(StoreError::Newer);
    }
    let world = world.map_err(|error| StoreError::Damaged(error.to_string()))?;
    if world.accounts.is_empty() {
        return Err(StoreError::Damaged("no accounts".to_owned()));
    }
    Ok(Some((world, bytes.len() as u64)))
}

/// Makes the changes of the log at `path` in `world`. Returns the length of its complete lines in bytes: a last line
/// without an end was never acknowledged.
fn repeat(path: &Path, world: &mut World) -> Result<u64, StoreError> {
    let mut log =
        BufReader::new(host::open_regular(path, host::Links::Followed).map_err(|error| StoreError::Io(error.into()))?);
    let mut line = Vec::new();
    let mut length = 0;
    for number in 1_u64.. {
        line.clear();
        let read = log.read_until(b'\n', &mut line).map_err(StoreError::Io)?;
        if line.pop() != Some(b'\n') {
            break;
        }
        world.repeat(&line).map_err(|why| StoreError::Damaged(format!("world.log line {number}: {why}")))?;
        length += read as u64;
    }
    Ok(length)
}

/// Removes temporary files of a process that was killed while writing. The folder is locked, so no process is writing
/// now.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp")) {
        // A leftover only takes space.
        let _ = fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{FORMAT, LOG_LIMIT, Store, StoreError};
    use crate::sandbox::world::{Account, Cidr, Kind, Life, Timing, Vpc, World};

    fn world() -> World {
        let account = Account { name: "a".into(), id: "123456789012".into(), regions: [].into() };
        World { format: FORMAT, accounts: vec![account] }
    }

    fn add(world: &mut World, id: &str) {
        let timing = Timing { at: jiff::Timestamp::UNIX_EPOCH, pace: crate::sandbox::Pace::Real };
        let vpc = Vpc {
            id: id.into(),
            block: Cidr::ALL,
            life: Life::enter(Kind::Vpc, "pending", timing),
            dns_support: true,
            dns_hostnames: false,
            usage_metrics: false,
            dhcp_options: "dopt-1".into(),
            association: "x".into(),
            tags: [("鍵".to_owned(), "値\n\"".to_owned())].into(),
        };
        world.accounts[0].regions.entry("r".into()).or_default().vpcs.insert(id.into(), vpc);
    }

    fn open(folder: &Path) -> (Store, World) {
        Store::open(folder, world).unwrap()
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut world) = open(folder.path());
        for id in ["vpc-1", "vpc-2"] {
            add(&mut world, id);
            assert!(store.keep(&world).unwrap());
            world.commit();
            assert!(!store.keep(&world).unwrap());
        }
        world.accounts[0].regions.get_mut("r").unwrap().vpcs.remove("vpc-1");
        assert!(store.keep(&world).unwrap());
        world.commit();
        assert_eq!(open(folder.path()).1, world);
    }

    #[test]
    fn a_line_that_was_not_written_to_its_end_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut world) = open(folder.path());
        add(&mut world, "vpc-1");
        store.keep(&world).unwrap();
        world.commit();
        let log = folder.path().join("world.log");
        let whole = fs::read(&log).unwrap();
        for cut in [1, whole.len() / 2, whole.len() - 1] {
            fs::write(&log, [&whole[..], &whole[..cut]].concat()).unwrap();
            let (mut store, mut again) = open(folder.path());
            assert_eq!(again, world);
            assert_eq!(fs::read(&log).unwrap(), whole);
            add(&mut again, "vpc-2");
            store.keep(&again).unwrap();
            again.commit();
            assert_eq!(open(folder.path()).1, again);
        }
        fs::write(&log, b"[]\n[{\"account\":9}]\n").unwrap();
        assert!(
            matches!(Store::open(folder.path(), super::tests::world), Err(StoreError::Damaged(why)) if why.contains("line 2"))
        );
    }

    #[test]
    fn a_long_log_is_folded_and_a_kill_in_between_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut world) = open(folder.path());
        let log = folder.path().join("world.log");
        let mut before = Vec::new();
        for number in 0.. {
            add(&mut world, &format!("vpc-{number}"));
            store.keep(&world).unwrap();
            world.commit();
            let now = fs::read(&log).unwrap();
            if now.len() < before.len() {
                break;
            }
            before = now;
        }
        assert!(before.len() as u64 <= LOG_LIMIT && fs::read(&log).unwrap().is_empty());
        // As if killed after the world was written and before the log was emptied.
        fs::write(&log, before).unwrap();
        assert_eq!(open(folder.path()).1, world);
    }

    #[test]
    fn a_folder_that_was_moved_or_replaced_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (here, elsewhere) = (folder.path().join("here"), folder.path().join("elsewhere"));
        fs::create_dir(&here).unwrap();
        let (mut store, mut world) = open(&here);
        add(&mut world, "vpc-1");
        assert!(store.keep(&world).unwrap());
        world.commit();
        fs::rename(&here, &elsewhere).unwrap();
        add(&mut world, "vpc-2");
        let kind = |store: &mut Store, world: &World| store.keep(world).map_err(|error| error.kind());
        assert_eq!(kind(&mut store, &world), Err(std::io::ErrorKind::NotFound));
        fs::create_dir(&here).unwrap();
        fs::write(here.join("world.log"), "").unwrap();
        assert_eq!(kind(&mut store, &world), Err(std::io::ErrorKind::NotFound));
        // Once it is put back, writing works again.
        fs::remove_dir_all(&here).unwrap();
        fs::rename(&elsewhere, &here).unwrap();
        assert_eq!(kind(&mut store, &world), Ok(true));
        world.commit();
        assert_eq!(open(&here).1, world);
    }

    /// The log never exceeds its limit, and the files always hold the current world.
    #[test]
    fn the_log_stays_short_while_the_world_lives() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut world) = open(folder.path());
        let sizes = |name: &str| fs::metadata(folder.path().join(name)).map_or(0, |file| file.len());
        for number in 0..12_000 {
            // Change the same few rows again and again.
            add(&mut world, &format!("vpc-{}", number % 7));
            let region = world.accounts[0].regions.get_mut("r").unwrap();
            let vpc = region.vpcs.get_mut(&format!("vpc-{}", number % 7)).unwrap();
            vpc.tags.insert("n".to_owned(), number.to_string().repeat(40));
            assert!(store.keep(&world).unwrap());
            world.commit();
            assert!(sizes("world.log") <= LOG_LIMIT, "{number}");
        }
        assert!(sizes("world.json") > 0, "it was folded");
        assert!(sizes("world.json") < 20_000, "{}", sizes("world.json"));
        assert_eq!(open(folder.path()).1, world);
    }

    #[test]
    fn damaged_and_newer_files_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.json");
        for (text, newer) in [
            ("{\"format\":2,\"acc", false),
            ("", false),
            ("{\"format\":99,\"new\":1}", true),
            ("{\"format\":2,\"accounts\":[]}", false),
        ] {
            fs::write(&path, text).unwrap();
            let error = Store::open(folder.path(), world).unwrap_err();
            assert_eq!(matches!(error, StoreError::Newer), newer, "{text}");
        }
    }

    #[test]
    fn the_first_layout_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let mut old = world();
        add(&mut old, "vpc-1");
        let text = serde_json::to_string(&old).unwrap().replace("\"format\":2", "\"format\":1");
        fs::write(folder.path().join("world.json"), text).unwrap();
        let (_, taken_up) = open(folder.path());
        assert!(taken_up.accounts[0].regions["r"].vpcs.contains_key("vpc-1"));
        assert!(fs::read_to_string(folder.path().join("world.json")).unwrap().contains("\"format\":2"));
    }
}
