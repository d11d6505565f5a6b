//! A folder that is deleted after the test, with the program's state in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Line, Program, written};

/// A temporary folder: home, working directory and state of the programs run in it.
pub struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("pllab-it-").tempdir().expect("the temporary folder is writable");
        Self { dir }
    }

    /// A copy with the same content.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        for file in self.files() {
            let to = copy.path().join(file.strip_prefix(self.path()).expect("it is below the folder"));
            fs::create_dir_all(to.parent().expect("a file has a folder")).expect("the folder can be made");
            fs::copy(&file, &to).expect("the file can be copied");
        }
        copy
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// The program in this folder, with these words, which are separated by spaces.
    pub fn pllab(&self, words: &str) -> Program {
        Program::new(self, words)
    }

    /// The run's folder. There must be exactly one run.
    #[track_caller]
    pub fn run(&self) -> PathBuf {
        let mut runs: Vec<_> = fs::read_dir(self.state().join("runs"))
            .expect("there are runs")
            .map(|entry| entry.expect("the folder can be listed").path())
            .collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }

    #[track_caller]
    pub fn run_id(&self) -> String {
        self.run().file_name().expect("a run has a name").to_string_lossy().into_owned()
    }

    #[track_caller]
    pub fn journal_path(&self) -> PathBuf {
        self.run().join("journal.jsonl")
    }

    #[track_caller]
    pub fn journal(&self) -> Vec<Line> {
        written(&self.journal_path())
    }

    /// Writes a file below the folder, and creates the folders it needs.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(&path, text).expect("the file can be written");
        path
    }

    /// Every file below the folder.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
                if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
            }
        }
        files.sort();
        files
    }
}
