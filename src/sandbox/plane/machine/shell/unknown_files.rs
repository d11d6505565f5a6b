//! Which files are not known, because a program that was not run may have changed them.

use std::collections::BTreeSet;

/// How many are remembered. With more, nothing is known of any file.
const MOST: usize = 1000;
/// The limit of a path that is remembered, in bytes. No longer one can be written.
const LONGEST: usize = 4096;

#[derive(Debug, Default)]
pub struct UnknownFiles {
    files: BTreeSet<String>,
    /// Folders, each with a slash at its end, in which no file is known but those in `known`.
    folders: BTreeSet<String>,
    /// What was written since.
    known: BTreeSet<String>,
}

impl UnknownFiles {
    pub fn forget(&mut self, path: &str) {
        self.known.remove(path);
        if path.len() <= LONGEST && !self.covers(path) {
            self.files.insert(path.to_owned());
            self.keep_small();
        }
    }

    /// Forgets what is at a path and everything below it.
    pub fn forget_tree(&mut self, path: &str) {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.forget(path);
        remove_below(&mut self.known, &folder);
        remove_below(&mut self.files, &folder);
        remove_below(&mut self.folders, &folder);
        if folder.len() <= LONGEST && !self.covers(&folder) {
            self.folders.insert(folder);
            self.keep_small();
        }
    }

    /// The file was written or removed.
    pub fn know(&mut self, path: &str) {
        self.files.remove(path);
        if path.len() <= LONGEST && self.covers(path) && self.known.len() < MOST {
            self.known.insert(path.to_owned());
        }
    }

    /// A folder was removed with everything below it.
    pub fn know_tree(&mut self, path: &str) {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.know(path);
        remove_below(&mut self.files, &folder);
        remove_below(&mut self.folders, &folder);
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains(path) || (self.covers(path) && !self.known.contains(path))
    }

    /// Whether any file that begins with this path is not known.
    pub fn any_below(&self, prefix: &str) -> bool {
        let begins =
            |set: &BTreeSet<String>| set.range(prefix.to_owned()..).next().is_some_and(|path| path.starts_with(prefix));
        begins(&self.files) || begins(&self.folders) || self.covers(prefix)
    }

    /// Whether a path is below one of the folders.
    fn covers(&self, path: &str) -> bool {
        !self.folders.is_empty()
            && path
                .match_indices('/')
                .any(|(at, _)| path.get(..=at).is_some_and(|folder| self.folders.contains(folder)))
    }

    fn keep_small(&mut self) {
        if self.files.len() + self.folders.len() > MOST {
            *self = Self { folders: BTreeSet::from(["/".to_owned()]), ..Self::default() };
        }
    }
}

fn remove_below(set: &mut BTreeSet<String>, folder: &str) {
    let below: Vec<String> =
        set.range(folder.to_owned()..).take_while(|path| path.starts_with(folder)).cloned().collect();
    for path in below {
        set.remove(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_known_again() {
        let mut files = UnknownFiles::default();
        files.forget("/tmp/a");
        files.forget_tree("/srv/www");
        assert!(files.has("/tmp/a") && files.has("/srv/www") && files.has("/srv/www/b/c") && !files.has("/srv/wwww"));
        assert!(files.any_below("/tmp/") && files.any_below("/srv/www/b/") && files.any_below("/srv/"));
        assert!(!files.any_below("/etc/"));
        files.know("/tmp/a");
        files.know("/srv/www/b/c");
        assert!(!files.has("/tmp/a") && !files.has("/srv/www/b/c") && files.has("/srv/www/b/d"));
        files.know_tree("/srv/www");
        assert!(!files.has("/srv/www/b/d") && !files.any_below("/srv/"));
        for number in 0..=MOST {
            files.forget(&format!("/tmp/{number}"));
        }
        assert!(files.has("/etc/passwd"));
    }
}
