//! An instance's imitated disk: the files that its boot script wrote, and the logs of its servers.

use std::collections::{BTreeMap, BTreeSet};

use super::sink::Sink;

/// A log that has grown to twice this size is cut to this size, in bytes.
const KEPT: usize = 64 * 1024;
/// The limit of a path in bytes, as on Linux.
const LONGEST_PATH: usize = 4096;
/// The limit of names in a path. A folder is made for each where a real nginx serves the files.
const MOST_PARTS: usize = 64;
/// The limit of files.
const MOST_FILES: usize = 1000;
/// The limit of bytes in all files and their paths together.
const MOST_BYTES: usize = 16 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    Name,
    Space,
}

impl Full {
    /// The system's error message.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "File name too long",
            Self::Space => "No space left on device",
        }
    }
}

/// Whether a path is short enough, and leads through few enough folders, for a file or folder.
pub fn fits_a_path(path: &str) -> bool {
    path.len() <= LONGEST_PATH && path.split('/').filter(|part| !part.is_empty()).count() <= MOST_PARTS
}

/// Files, and what is installed and running.
#[derive(Debug, Default)]
pub struct Disk {
    files: BTreeMap<String, Vec<u8>>,
    /// The bytes of all files and their paths.
    used: usize,
    /// Files that `tail -F` follows, and where it shows them.
    follows: BTreeMap<String, Sink>,
    pub packages: BTreeSet<String>,
    pub nginx: Vec<u16>,
    /// Whether Apache runs.
    pub httpd: bool,
}

impl Disk {
    /// Whether there was such a file.
    pub fn remove(&mut self, path: &str) -> bool {
        let removed = self.files.remove(path);
        self.used -= removed.as_ref().map_or(0, |bytes| bytes.len() + path.len());
        removed.is_some()
    }

    pub fn read(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Every file below a folder, whose path ends in `/`.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let files = self.files.range(folder.to_owned()..).take_while(move |(path, _)| path.starts_with(folder));
        files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Writes a file. Returns where `tail -F` shows it, if it is followed.
    ///
    /// # Errors
    /// If it cannot be written. Nothing is changed then.
    pub fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Result<Option<Sink>, Full> {
        if !fits_a_path(path) {
            return Err(Full::Name);
        }
        let before = self.files.get(path).map(Vec::len);
        if before.is_none() && self.files.len() >= MOST_FILES {
            return Err(Full::Space);
        }
        let kept = before.filter(|_| append).unwrap_or(0);
        let after = cut(kept + bytes.len());
        let room = (MOST_BYTES + before.unwrap_or(0)).saturating_sub(self.used);
        let needed = after + if before.is_none() { path.len() } else { 0 };
        if needed > room {
            // A log goes on without its beginning, as on a host that rotates it.
            if !(append && before.is_some() && path.starts_with("/var/log/")) {
                return Err(Full::Space);
            }
            return Ok(self.put(path, bytes, append, room));
        }
        Ok(self.put(path, bytes, append, after))
    }

    /// Appends to a server's own log, however full the disk is: a lesson reads this log.
    pub fn log(&mut self, path: &str, bytes: &[u8]) -> Option<Sink> {
        let after = cut(self.files.get(path).map_or(0, Vec::len) + bytes.len());
        self.put(path, bytes, true, after)
    }

    /// Writes a file and keeps its last `kept` bytes.
    fn put(&mut self, path: &str, bytes: &[u8], append: bool, kept: usize) -> Option<Sink> {
        let file = self.files.entry(path.to_owned()).or_insert_with(|| {
            self.used += path.len();
            Vec::new()
        });
        self.used -= file.len();
        if !append {
            file.clear();
        }
        file.extend_from_slice(bytes);
        file.drain(..file.len().saturating_sub(kept));
        self.used += file.len();
        self.follows.get(path).cloned()
    }

    /// Follows a file, and returns what `tail` shows at once; nothing if it was followed already.
    pub fn follow(&mut self, path: &str, from_start: bool, to: Sink) -> Vec<u8> {
        if self.follows.insert(path.to_owned(), to).is_some() {
            return Vec::new();
        }
        let file = self.read(path).unwrap_or_default();
        if from_start {
            return file.to_vec();
        }
        let ends: Vec<usize> = (0..file.len()).filter(|at| file[*at] == b'\n').collect();
        let from = ends.len().checked_sub(11).map_or(0, |at| ends[at] + 1);
        file[from..].to_vec()
    }
}

/// The bytes that are kept of a file that has grown to `length`.
fn cut(length: usize) -> usize {
    if length > 2 * KEPT { KEPT } else { length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_some_time() {
        let mut disk = Disk::default();
        assert_eq!(disk.write(&"/".repeat(LONGEST_PATH + 1), b"x", false), Err(Full::Name));
        assert_eq!(disk.write(&"/".repeat(LONGEST_PATH), b"x", false), Ok(None));
        let deep = |parts| "/d".repeat(parts);
        assert_eq!(disk.write(&deep(MOST_PARTS + 1), b"x", false), Err(Full::Name));
        assert!(fits_a_path(&deep(MOST_PARTS)) && !fits_a_path(&deep(2000)));
        for file in 1..MOST_FILES {
            assert_eq!(disk.write(&format!("/{file}"), b"x", false), Ok(None));
        }
        assert_eq!(disk.write("/more", b"x", false), Err(Full::Space));
        assert_eq!(disk.write("/1", b"y", false), Ok(None), "what is there can be written anew");
        assert_eq!(disk.log("/log", b"x"), None);
        assert_eq!(disk.read("/log"), Some(b"x".as_slice()));
    }

    #[test]
    fn a_full_disk_stops_files_but_no_log() {
        let mut disk = Disk::default();
        let piece = vec![b'x'; KEPT];
        disk.write("/var/log/app.log", b"first ", true).unwrap();
        let held = (0..MOST_FILES).take_while(|file| disk.write(&format!("/{file}"), &piece, false).is_ok()).count();
        assert_eq!(held, MOST_BYTES / KEPT - 1);
        let room = MOST_BYTES - disk.used;
        disk.write("/rest", &vec![b'x'; room - "/rest".len()], false).unwrap();
        assert_eq!(disk.write("/rest", b"x", true), Err(Full::Space));
        assert_eq!(disk.write("/var/log/new.log", b"x", true), Err(Full::Space));
        assert_eq!(disk.write("/var/log/app.log", b"last", true), Ok(None));
        assert_eq!(disk.read("/var/log/app.log"), Some(b"t last".as_slice()));
        assert_eq!(disk.used, MOST_BYTES);
        for _ in 0..10 {
            disk.log("/log", &piece);
        }
        assert_eq!(disk.used, disk.files.iter().map(|(path, bytes)| path.len() + bytes.len()).sum::<usize>());
        assert!(disk.used <= MOST_BYTES + 2 * KEPT + "/log".len());
        disk.write("/0", b"", false).unwrap();
        assert_eq!(disk.read("/0"), Some(b"".as_slice()), "room can be made");
        let before = disk.used;
        assert!(disk.remove("/1") && !disk.remove("/1"));
        assert_eq!(disk.used, before - KEPT - "/1".len());
    }

    #[test]
    fn a_followed_file_says_where_it_goes_and_starts_with_its_end() {
        let mut disk = Disk::default();
        for line in 0..20 {
            assert_eq!(disk.write("/log", format!("{line}\n").as_bytes(), true), Ok(None));
        }
        assert_eq!(disk.follow("/log", false, Sink::Console), b"10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n");
        assert_eq!(disk.follow("/log", false, Sink::Console), b"");
        assert_eq!(disk.write("/log", b"x", true), Ok(Some(Sink::Console)));
        assert!(disk.follow("/none", true, Sink::Console).is_empty());
    }
}
