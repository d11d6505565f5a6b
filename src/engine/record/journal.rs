//! The run's memory on disk: one JSON object a line, only ever appended to.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::engine::event::{Entry, Event};
use crate::host::{LineHook, Links, append_line, is_same_file, open_append, read_regular, sync_dir, write_atomic};

/// The journal format that this program writes.
pub const FORMAT: u32 = 1;

/// The most bytes of a journal that are read. No real journal comes near; it only limits memory.
const LONGEST: u64 = 1 << 30;

const NAME: &str = "journal.jsonl";

pub struct Journal {
    file: File,
    path: PathBuf,
    lines: u64,
    /// The length in bytes if nobody else writes to the file.
    length: u64,
    hook: Option<LineHook>,
}

#[derive(Debug)]
pub struct Read {
    pub entries: Vec<Entry>,
    /// A last line that was not written to its end.
    pub torn: Option<Torn>,
    /// The numbers (from 1) of unreadable lines before the last.
    pub damaged: Vec<usize>,
}

/// A last line that a crash cut short.
#[derive(Debug)]
pub struct Torn {
    offset: usize,
    bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused. If it was a write, the call that was about to be made was not made.
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    /// Another process writes to the file, so this one must not. The call that was about to be made was not made.
    #[error("{path}: written by another process")]
    Shared { path: PathBuf },
    #[error("the pass is over")]
    Closed,
    /// A line before the last cannot be read.
    #[error("{path}:{line}: not a journal line")]
    Damaged {
        path: PathBuf,
        /// The first such line, from 1.
        line: usize,
    },
    /// A newer program wrote it.
    #[error("{path}: format {format}")]
    Newer { path: PathBuf, format: u32 },
}

impl Journal {
    /// Begins a journal in `folder`, which must exist.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(folder: &Path, hook: Option<LineHook>) -> Result<Self, JournalError> {
        let path = folder.join(NAME);
        let file = open_append(&path).and_then(|file| sync_dir(folder).map(|()| file));
        let file = file.map_err(|source| JournalError::Io { path: path.clone(), source })?;
        let length = file.metadata().map_err(|source| JournalError::Io { path: path.clone(), source })?.len();
        Ok(Self { file, path, lines: 0, length, hook })
    }

    /// Opens a journal to append to it. A torn last line is cut off and kept beside the file; the returned path says
    /// where. With `lenient`, unreadable lines stay in the file and are skipped. That is good enough to delete what the
    /// other lines record, but not to make more.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] and [`JournalError::Newer`] leave the file as it is.
    pub fn open(
        folder: &Path,
        hook: Option<LineHook>,
        lenient: bool,
    ) -> Result<(Self, Vec<Entry>, Option<PathBuf>), JournalError> {
        let read = read(folder)?;
        let path = folder.join(NAME);
        if let Some(line) = read.damaged.first().filter(|_| !lenient) {
            return Err(JournalError::Damaged { path, line: *line });
        }
        if let Some(format) = newer(&read.entries) {
            return Err(JournalError::Newer { path, format });
        }
        let io_error = |source| JournalError::Io { path: path.clone(), source };
        let kept = match &read.torn {
            Some(torn) => {
                let kept = folder.join(format!("{NAME}.torn-{}", read.entries.len() + 1));
                write_atomic(&kept, &torn.bytes, true).map_err(io_error)?;
                let file = fs::OpenOptions::new().write(true).open(&path).map_err(io_error)?;
                file.set_len(torn.offset as u64).and_then(|()| file.sync_all()).map_err(io_error)?;
                Some(kept)
            }
            None => None,
        };
        let file = open_append(&path).map_err(io_error)?;
        let lines = read.entries.len() as u64;
        let length = file.metadata().map_err(io_error)?.len();
        Ok((Self { file, path, lines, length, hook }, read.entries, kept))
    }

    /// Appends `entry`. If a later step relies on the line, it is on the disk when this returns; other lines reach the
    /// disk together with the next such line.
    ///
    /// # Errors
    /// If the line cannot be written; a part that was written is taken back. [`JournalError::Shared`] if the file is longer than
    /// what this process wrote, which means that the folder's lock has failed.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let io_error = |path: &Path, source| JournalError::Io { path: path.to_owned(), source };
        self.is_in_place().map_err(|source| io_error(&self.path, source))?;
        let length = self.file.metadata().map_err(|source| io_error(&self.path, source))?.len();
        if length != self.length {
            return Err(JournalError::Shared { path: self.path.clone() });
        }
        let written = serde_json::to_string(entry).map_err(io::Error::from).and_then(|line| {
            append_line(&mut self.file, &line, must_last(&entry.event))?;
            Ok(line.len() as u64 + 1)
        });
        match written {
            Ok(more) => self.length += more,
            Err(source) => {
                // A full disk may have taken a part of the line.
                let _ = self.file.set_len(self.length);
                return Err(io_error(&self.path, source));
            }
        }
        self.lines += 1;
        if let Some(hook) = &self.hook {
            hook(self.lines);
        }
        Ok(())
    }
}

impl Journal {
    /// Whether the file is still at its path. If the folder is moved or deleted, writes through the open file still
    /// succeed, but no later command would find them.
    fn is_in_place(&self) -> io::Result<()> {
        if is_same_file(&fs::metadata(&self.path)?, &self.file)? {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "another file has taken its place"))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The last lines may not have been synced. Nothing relies on them, so an error is ignored.
        let _ = self.file.flush().and_then(|()| self.file.sync_data());
    }
}

/// Whether something relies on the line being on the disk: calls, and the lines that say a run began, was cleaned or
/// ended.
fn must_last(event: &Event) -> bool {
    matches!(
        event,
        Event::RunStarted { .. }
            | Event::Consented { .. }
            | Event::Intent { .. }
            | Event::Outcome { .. }
            | Event::DrillStarted { .. }
            | Event::DrillCall { .. }
            | Event::DrillKept { .. }
            | Event::DrillPlanted { .. }
            | Event::DrillFinished { .. }
            | Event::DrillUndone { .. }
            | Event::Gone { .. }
            | Event::Answered { .. }
            | Event::Older { .. }
            | Event::SetAside { .. }
            | Event::RunCleaned { .. }
            | Event::RunFinished { .. }
    )
}

fn newer(entries: &[Entry]) -> Option<u32> {
    match &entries.first()?.event {
        Event::RunStarted { format, .. } if *format > FORMAT => Some(*format),
        _ => None,
    }
}

/// Reads the journal in `folder` without changing anything.
///
/// # Errors
/// If the file cannot be read at all.
pub fn read(folder: &Path) -> Result<Read, JournalError> {
    let path = folder.join(NAME);
    let bytes = read_regular(&path, LONGEST, Links::Followed);
    let bytes = bytes.map_err(|error| JournalError::Io { path, source: error.into() })?;
    Ok(parse(&bytes))
}

#[must_use]
pub fn parse(bytes: &[u8]) -> Read {
    let mut result = Read { entries: Vec::new(), torn: None, damaged: Vec::new() };
    let mut offset = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let whole = line.ends_with(b"\n");
        let last = offset + line.len() == bytes.len();
        match serde_json::from_slice::<Entry>(line) {
            Ok(entry) if whole => result.entries.push(entry),
            // A line without its line end was not acknowledged, even if it happens to parse.
            _ if last => result.torn = Some(Torn { offset, bytes: line.to_vec() }),
            _ => result.damaged.push(index + 1),
        }
        offset += line.len();
    }
    result
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::i18n::Text;

    fn entry(text: &str) -> Entry {
        Entry { at: Timestamp::UNIX_EPOCH, event: Event::Notice { text: Text::literal(text) } }
    }

    #[test]
    fn two_that_write_at_once_are_found_out_before_the_second_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Journal::create(folder.path(), None).unwrap();
        first.append(&entry("one")).unwrap();
        // Simulate a folder lock that has failed.
        let (mut second, entries, _) = Journal::open(folder.path(), None, false).unwrap();
        assert_eq!(entries.len(), 1);
        second.append(&entry("two")).unwrap();
        let before = fs::read(folder.path().join(NAME)).unwrap();
        assert!(matches!(first.append(&entry("three")), Err(JournalError::Shared { .. })));
        assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), before);
        second.append(&entry("four")).unwrap();
        assert_eq!(read(folder.path()).unwrap().entries.len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_was_moved_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (here, elsewhere) = (folder.path().join("here"), folder.path().join("elsewhere"));
        fs::create_dir(&here).unwrap();
        let mut journal = Journal::create(&here, None).unwrap();
        journal.append(&entry("one")).unwrap();
        fs::rename(&here, &elsewhere).unwrap();
        let told = journal.append(&entry("two"));
        assert!(
            matches!(&told, Err(JournalError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound),
            "{told:?}"
        );
        fs::rename(&elsewhere, &here).unwrap();
        journal.append(&entry("two")).unwrap();
        assert_eq!(read(&here).unwrap().entries.len(), 2);
    }
}
