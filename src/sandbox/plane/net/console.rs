//! Console texts: what an instance wrote to its serial console. Like AWS, this keeps the last 64 KB.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use jiff::Timestamp;

use crate::host::{Clock, create_private_dir, open_append, write_atomic};

use crate::sandbox::plane::lock::lock;

/// How much AWS keeps (API:GetConsoleOutput: the most recent 64 KB).
const KEPT: usize = 64 * 1024;

#[derive(Debug)]
pub struct Console {
    /// Its last 64 KB.
    pub text: Vec<u8>,
    /// When it was last written; the current time if it never was.
    pub updated: Timestamp,
    /// Why earlier text cannot be read, if so. Then `text` is incomplete.
    pub trouble: Option<io::Error>,
}

/// The consoles of all instances, one append-only file each.
pub struct Consoles {
    folder: PathBuf,
    clock: Clock,
    open: Mutex<HashMap<String, Written>>,
}

#[derive(Default)]
struct Written {
    /// `None` if it is not open yet or could not be opened.
    file: Option<fs::File>,
    length: usize,
    updated: Timestamp,
    /// Whether the last byte ended a line.
    at_line_start: bool,
    /// The end of the text, which could not be written yet.
    unsaved: Vec<u8>,
}

impl Consoles {
    /// Keeps consoles in `folder`.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn new(folder: PathBuf, clock: Clock) -> io::Result<Self> {
        create_private_dir(&folder)?;
        Ok(Self { folder, clock, open: Mutex::default() })
    }

    /// Appends bytes. What cannot be written, as on a full disk, is kept in memory and written later: the machine
    /// goes on, and its console stays readable.
    pub fn write(&self, id: &str, bytes: &[u8]) {
        self.append(id, bytes, false);
    }

    /// Appends a line. Starts a new line first if the text before it did not end one.
    pub fn line(&self, id: &str, line: &str) {
        self.append(id, format!("{line}\n").as_bytes(), true);
    }

    pub fn read(&self, id: &str) -> Console {
        let open = lock(&self.open);
        let written = open.get(id);
        let path = self.path(id);
        let stored = || fs::metadata(&path).ok()?.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let updated = written.map(|it| it.updated).or_else(stored).unwrap_or_else(|| self.clock.now());
        let saved = written.is_some_and(|it| it.length > 0);
        let (mut text, trouble) = match fs::read(&path) {
            Ok(text) => (text, None),
            // Nothing was written yet. If the folder itself is missing, that is not certain.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !saved && self.folder.is_dir() => {
                (Vec::new(), None)
            }
            Err(error) => (Vec::new(), Some(error)),
        };
        text.extend(written.map(|it| it.unsaved.as_slice()).unwrap_or_default());
        text.drain(..text.len().saturating_sub(KEPT));
        Console { text, updated, trouble }
    }

    pub fn remove(&self, id: &str) {
        lock(&self.open).remove(id);
        // If the file stays, it does no harm: the id never comes back.
        let _ = fs::remove_file(self.path(id));
    }

    fn append(&self, id: &str, bytes: &[u8], own_line: bool) {
        if bytes.is_empty() {
            return;
        }
        let mut open = lock(&self.open);
        let written = open.entry(id.to_owned()).or_insert_with(|| {
            let stored = fs::read(self.path(id)).unwrap_or_default();
            let at_line_start = stored.last().is_none_or(|last| *last == b'\n');
            Written { length: stored.len(), at_line_start, ..Written::default() }
        });
        if own_line && !written.at_line_start {
            written.unsaved.push(b'\n');
        }
        written.unsaved.extend_from_slice(bytes);
        written.updated = self.clock.now();
        written.at_line_start = bytes.ends_with(b"\n");
        if self.save(id, written).is_err() {
            // Open it again next time: it may be another file by then.
            written.file = None;
            let more = written.unsaved.len().saturating_sub(KEPT);
            written.unsaved.drain(..more);
        }
    }

    fn save(&self, id: &str, written: &mut Written) -> io::Result<()> {
        let path = self.path(id);
        let file = match &mut written.file {
            Some(file) => file,
            none => none.insert(open_append(&path)?),
        };
        if let Err(error) = file.write_all(&written.unsaved) {
            // A part may have been written. Cut it off; the whole is written again.
            let _ = file.set_len(written.length as u64);
            return Err(error);
        }
        written.length += written.unsaved.len();
        written.unsaved.clear();
        if written.length > 2 * KEPT {
            let mut text = fs::read(&path)?;
            text.drain(..text.len().saturating_sub(KEPT));
            write_atomic(&path, &text, false)?;
            written.file = Some(open_append(&path)?);
            written.length = text.len();
        }
        Ok(())
    }

    fn path(&self, id: &str) -> PathBuf {
        // Ids come from the control plane. Still, only their own alphabet may become a file name.
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

    #[test]
    fn what_cannot_be_written_is_read_all_the_same_and_written_later() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let consoles = Consoles::new(folder.path().join("console"), Clock::System)?;
        // A folder in the file's place cannot be written to, not even by root.
        let path = consoles.path("i-1");
        fs::create_dir(&path)?;
        consoles.line("i-1", "one");
        consoles.write("i-1", b"two");
        fs::remove_dir(&path)?;
        let console = consoles.read("i-1");
        assert_eq!((console.text.as_slice(), console.trouble.is_none()), (b"one\ntwo".as_slice(), true));
        consoles.line("i-1", "three");
        assert_eq!(fs::read(&path)?, b"one\ntwo\nthree\n");
        assert_eq!(consoles.read("i-1").text, b"one\ntwo\nthree\n");
        Ok(())
    }

    #[test]
    fn a_console_whose_folder_has_gone_is_not_an_empty_one() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let consoles = Consoles::new(folder.path().join("console"), Clock::System)?;
        assert!(consoles.read("i-1").trouble.is_none());
        consoles.line("i-1", "one");
        fs::rename(folder.path().join("console"), folder.path().join("elsewhere"))?;
        for id in ["i-1", "i-2"] {
            let trouble = consoles.read(id).trouble.map(|error| error.kind());
            assert_eq!(trouble, Some(io::ErrorKind::NotFound), "{id}");
        }
        Ok(())
    }
}
