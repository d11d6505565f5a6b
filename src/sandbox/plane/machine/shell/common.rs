//! What all shells of an instance share, and what a stream needs of the shell around it.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::limits::Meter;
use super::unknown_files::UnknownFiles;
use super::world::{Told, World};
use crate::sandbox::plane::lock::lock;

/// The limit of their output together, in bytes.
const LONGEST_RESULTS: usize = 16 * 1024;
/// How many results of an earlier process are remembered.
const MOST_RESULTS: usize = 256;
/// The limit of a path that is remembered, in bytes.
const LONGEST_PATH: usize = 4096;
/// How many lines are told of, and how many files and folders are remembered as not known or made.
const MOST_NOTED: usize = 1000;

/// What is not known of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsure {
    /// Whether its package is there.
    Installed,
    /// Whether it runs, and with which configuration.
    Running,
}

/// What all shells of an instance share.
#[derive(Debug, Default)]
pub struct Common {
    /// The lines that were told of.
    lines: Mutex<BTreeSet<u32>>,
    /// The lines after which nothing was run.
    losses: Mutex<BTreeSet<u32>>,
    unknown_files: Mutex<UnknownFiles>,
    /// What is not known of the services.
    unsure: Mutex<BTreeSet<(String, Unsure)>>,
    folders: Mutex<BTreeSet<String>>,
    /// Files that were opened for writing and are empty, but are not written yet.
    emptied: Mutex<BTreeSet<String>>,
    /// What programs from outside have answered since the last finished step, or what they answered in an earlier
    /// process.
    pub results: Mutex<Results>,
    /// Whether it was said that dnf does not give up.
    pub told_patience: AtomicBool,
    pub told_jobs: AtomicBool,
}

/// What programs from outside have answered: the status, and the output as far as it is kept.
#[derive(Debug, Default)]
pub struct Results {
    pub known: Vec<(u8, String)>,
    pub next: usize,
}

impl Results {
    pub fn add(&mut self, told: &Told) {
        let length: usize = self.known.iter().map(|(_, text)| text.len()).sum();
        if self.known.len() < MOST_RESULTS && length + told.out.len() <= LONGEST_RESULTS {
            self.known.push((told.code, String::from_utf8_lossy(&told.out).into_owned()));
            self.next = self.known.len();
        }
    }

    pub fn take(&mut self) -> Told {
        let known = self.known.get(self.next).cloned();
        self.next += 1;
        known.map_or_else(Told::default, |(code, text)| Told { code, out: text.into_bytes(), ..Told::default() })
    }
}

impl Common {
    /// Whether a line is told of for the first time.
    pub fn is_new_line(&self, line: u32) -> bool {
        let mut lines = lock(&self.lines);
        lines.len() < MOST_NOTED && lines.insert(line)
    }

    /// As [`Common::is_new_line`], for what is not run because the shell might have ended.
    pub fn is_new_loss(&self, line: u32) -> bool {
        let mut losses = lock(&self.losses);
        losses.len() < MOST_NOTED && losses.insert(line)
    }

    pub fn forget_file(&self, path: &str) {
        lock(&self.unknown_files).forget(path);
    }

    /// Forgets what is at a path and everything below it.
    pub fn forget_tree(&self, path: &str) {
        lock(&self.unknown_files).forget_tree(path);
    }

    pub fn know_file(&self, path: &str) {
        lock(&self.unknown_files).know(path);
    }

    /// As [`Common::know_file`], with everything below it.
    pub fn know_tree(&self, path: &str) {
        lock(&self.unknown_files).know_tree(path);
    }

    /// Whether any file that begins with this path is not known.
    pub fn is_clouded(&self, path: &str) -> bool {
        lock(&self.unknown_files).any_below(path)
    }

    pub fn is_unknown(&self, path: &str) -> bool {
        lock(&self.unknown_files).has(path)
    }

    /// It is not known any more whether a service runs.
    pub fn forget_service(&self, service: &str) {
        self.unsure(service, Unsure::Running, true);
    }

    pub fn unsure(&self, service: &str, what: Unsure, is: bool) {
        let mut unsure = lock(&self.unsure);
        if is {
            unsure.insert((service.to_owned(), what));
        } else {
            unsure.remove(&(service.to_owned(), what));
        }
    }

    pub fn is_unsure(&self, service: &str, what: Unsure) -> bool {
        lock(&self.unsure).contains(&(service.to_owned(), what))
    }

    /// Whether it is not known what answers on the instance itself.
    pub fn is_any_unsure(&self) -> bool {
        !lock(&self.unsure).is_empty()
    }

    pub fn make_folder(&self, path: &str) {
        let mut folders = lock(&self.folders);
        if folders.len() < MOST_NOTED && path.len() <= LONGEST_PATH {
            folders.insert(path.trim_end_matches('/').to_owned());
            lock(&self.unknown_files).know(path);
        } else {
            lock(&self.unknown_files).forget_tree(path);
        }
    }

    pub fn has_folder(&self, path: &str) -> bool {
        lock(&self.folders).contains(path)
    }

    pub fn has_folder_below(&self, prefix: &str) -> bool {
        lock(&self.folders).range(prefix.to_owned()..).next().is_some_and(|it| it.starts_with(prefix))
    }

    /// The names of the folders that were made right in this one, whose path ends in a slash.
    pub fn folders_in(&self, prefix: &str) -> Vec<String> {
        let folders = lock(&self.folders);
        let below = folders.range(prefix.to_owned()..).take_while(|it| it.starts_with(prefix));
        below.filter(|it| !it.get(prefix.len()..).unwrap_or_default().contains('/')).cloned().collect()
    }

    /// Removes a folder that was made, with those in it; `false` if there was none.
    pub fn remove_folders(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        let mut folders = lock(&self.folders);
        let before = folders.len();
        folders.retain(|it| it != path && !it.starts_with(&inside));
        folders.len() < before
    }

    /// A file was opened for writing, which empties it.
    pub fn empty_file(&self, path: &str) {
        let mut emptied = lock(&self.emptied);
        if emptied.len() < MOST_NOTED {
            emptied.insert(path.to_owned());
        }
    }

    /// It was written.
    pub fn fill_file(&self, path: &str) {
        lock(&self.emptied).remove(path);
    }

    pub fn is_emptied(&self, path: &str) -> bool {
        lock(&self.emptied).contains(path)
    }
}

/// What a stream needs of the shell around it.
pub struct Around<'a> {
    pub world: &'a dyn World,
    pub meter: &'a Arc<Meter>,
    pub common: &'a Common,
    /// Whether nothing is shown.
    pub quiet: bool,
}
