//! An instance's imitated disk: the files its boot script wrote, and the logs its servers write.

use std::collections::{BTreeMap, BTreeSet};

use super::program::Sink;

/// A log is cut to this when it has grown to twice as much.
const KEPT: usize = 64 * 1024;

/// Files, and what is installed and running.
#[derive(Debug, Default)]
pub struct Disk {
    files: BTreeMap<String, Vec<u8>>,
    /// Files that `tail -F` shows, and where.
    follows: BTreeMap<String, Sink>,
    /// The working folder; empty for `/`.
    pub folder: String,
    /// Installed packages.
    pub packages: BTreeSet<String>,
    /// The ports nginx listens on.
    pub nginx: Vec<u16>,
}

impl Disk {
    /// The absolute form of a path.
    pub fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            return path.to_owned();
        }
        format!("{}/{}", self.folder.trim_end_matches('/'), path.trim_start_matches("./"))
    }

    /// A file's bytes.
    pub fn read(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Every file below a folder (its path ending in `/`).
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let files = self.files.range(folder.to_owned()..).take_while(move |(path, _)| path.starts_with(folder));
        files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Writes a file, and says where what was written is followed.
    pub fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Option<Sink> {
        let file = self.files.entry(path.to_owned()).or_default();
        if !append {
            file.clear();
        }
        file.extend_from_slice(bytes);
        if file.len() > 2 * KEPT {
            file.drain(..file.len() - KEPT);
        }
        self.follows.get(path).cloned()
    }

    /// Follows a file, and gives what `tail` shows at once; nothing when it was followed before.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_followed_file_says_where_it_goes_and_starts_with_its_end() {
        let mut disk = Disk::default();
        for line in 0..20 {
            assert_eq!(disk.write("/log", format!("{line}\n").as_bytes(), true), None);
        }
        assert_eq!(disk.follow("/log", false, Sink::Console), b"10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n");
        assert_eq!(disk.follow("/log", false, Sink::Console), b"");
        assert_eq!(disk.write("/log", b"x", true), Some(Sink::Console));
        assert!(disk.follow("/none", true, Sink::Console).is_empty());
    }

    #[test]
    fn paths_are_taken_from_the_working_folder() {
        let disk = Disk { folder: "/srv".to_owned(), ..Disk::default() };
        assert_eq!(disk.absolute("a"), "/srv/a");
        assert_eq!(disk.absolute("./a"), "/srv/a");
        assert_eq!(disk.absolute("/a"), "/a");
    }
}
