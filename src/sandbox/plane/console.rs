//! Console texts: what an instance wrote to its serial console, kept as on AWS, the last 64 KB.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use jiff::Timestamp;

use crate::host::{Clock, create_private_dir, open_append, write_atomic};

use super::fabric::lock;

/// How much of it AWS keeps ([API:GetConsoleOutput]: the most recent 64 KB).
const KEPT: usize = 64 * 1024;

/// An instance's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    /// Its last 64 KB.
    pub text: Vec<u8>,
    /// When it was last written to; now when it never was.
    pub updated: Timestamp,
}

/// The consoles of all instances, one append-only file each.
pub struct Consoles {
    folder: PathBuf,
    clock: Clock,
    open: Mutex<HashMap<String, Written>>,
}

struct Written {
    file: fs::File,
    length: usize,
    updated: Timestamp,
    /// Whether the last byte ended a line.
    at_line_start: bool,
}

impl Consoles {
    /// Consoles kept in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: PathBuf, clock: Clock) -> io::Result<Self> {
        create_private_dir(&folder)?;
        Ok(Self { folder, clock, open: Mutex::default() })
    }

    /// Appends bytes. A console that cannot be written is lost like one that nobody watches: the machine runs on.
    pub fn write(&self, id: &str, bytes: &[u8]) {
        let _ = self.try_write(id, bytes, false);
    }

    /// Appends a line of its own, whatever the text before it ended with.
    pub fn line(&self, id: &str, line: &str) {
        let _ = self.try_write(id, format!("{line}\n").as_bytes(), true);
    }

    /// What the console shows.
    pub fn read(&self, id: &str) -> Console {
        let updated = lock(&self.open).get(id).map(|written| written.updated);
        let path = self.path(id);
        let stored = || fs::metadata(&path).ok()?.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let updated = updated.or_else(stored).unwrap_or_else(|| self.clock.now());
        let mut text = fs::read(&path).unwrap_or_default();
        text.drain(..text.len().saturating_sub(KEPT));
        Console { text, updated }
    }

    /// Forgets an instance's console.
    pub fn remove(&self, id: &str) {
        lock(&self.open).remove(id);
        // Nothing is lost when it stays: the id never comes back.
        let _ = fs::remove_file(self.path(id));
    }

    fn try_write(&self, id: &str, bytes: &[u8], own_line: bool) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut open = lock(&self.open);
        if !open.contains_key(id) {
            let stored = fs::read(self.path(id)).unwrap_or_default();
            let written = Written {
                file: open_append(&self.path(id))?,
                length: stored.len(),
                updated: self.clock.now(),
                at_line_start: stored.last().is_none_or(|last| *last == b'\n'),
            };
            open.insert(id.to_owned(), written);
        }
        let Some(written) = open.get_mut(id) else { return Ok(()) };
        let mut all = Vec::with_capacity(bytes.len() + 1);
        if own_line && !written.at_line_start {
            all.push(b'\n');
        }
        all.extend_from_slice(bytes);
        written.file.write_all(&all)?;
        written.length += all.len();
        written.updated = self.clock.now();
        written.at_line_start = all.ends_with(b"\n");
        if written.length > 2 * KEPT {
            let path = self.path(id);
            let mut text = fs::read(&path)?;
            text.drain(..text.len().saturating_sub(KEPT));
            write_atomic(&path, &text, false)?;
            written.file = open_append(&path)?;
            written.length = text.len();
        }
        Ok(())
    }

    fn path(&self, id: &str) -> PathBuf {
        // Ids come from the control plane; only its own alphabet may become a file name.
        let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        self.folder.join(format!("{name}.log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_keeps_its_end_and_survives() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let consoles = Consoles::new(folder.path().join("console"), Clock::System)?;
        consoles.write("i-1", b"no newline");
        consoles.line("i-1", "own line");
        assert_eq!(consoles.read("i-1").text, b"no newline\nown line\n");
        for _ in 0..3000 {
            consoles.line("i-1", &"x".repeat(99));
        }
        assert_eq!(consoles.read("i-1").text.len(), KEPT);
        assert!(fs::metadata(consoles.path("i-1"))?.len() <= 2 * KEPT as u64);
        let again = Consoles::new(folder.path().join("console"), Clock::System)?;
        again.line("i-1", "after a restart");
        assert!(again.read("i-1").text.ends_with(b"x\nafter a restart\n"));
        Ok(())
    }
}
