//! How anything reaches the disk: private folders, appended lines, files that are whole or absent.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::path::Path;

/// Creates `path` and its parents, readable by this user only.
///
/// # Errors
/// Whatever the file system says.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Opens `path` for appending, created readable by this user only.
///
/// # Errors
/// Whatever the file system says.
pub fn open_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Appends one line in a single write and, with `durable`, waits until it is on the disk.
///
/// # Errors
/// Whatever the file system says; a full disk is [`io::ErrorKind::StorageFull`].
pub fn append_line(file: &mut File, line: &str, durable: bool) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(line.len() + 1);
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes)?;
    if durable {
        file.sync_data()?;
    }
    Ok(())
}

/// The text of a file that somebody named: a regular file of at most `limit` bytes. A device or a pipe might never end.
///
/// # Errors
/// Whatever the file system says; [`io::ErrorKind::InvalidInput`] for what is no file, [`io::ErrorKind::FileTooLarge`].
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut text = String::new();
    File::open(path)?.take(limit + 1).read_to_string(&mut text)?;
    if text.len() as u64 > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

/// Replaces `path` by `bytes` so that a reader, or a crash, sees the old file or the new one, never a part.
/// With `durable` the bytes are on the disk before the name changes.
///
/// # Errors
/// Whatever the file system says.
pub fn write_atomic(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The temporary file is made with mode 0600 by `tempfile`.
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(bytes)?;
    if durable {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    if durable {
        sync_dir(dir)?;
    }
    Ok(())
}

/// Waits until the names in `dir` are on the disk. A no-op where folders cannot be opened (Windows).
///
/// # Errors
/// Whatever the file system says.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
