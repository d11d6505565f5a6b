//! What all shells of an instance share, and what a stream needs of the shell around it.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::limits::Meter;
use super::unknown_files::UnknownFiles;
use super::unmodelled::Unsure;
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
    pub folders: Mutex<BTreeSet<String>>,
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
        }
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
