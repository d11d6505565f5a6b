//! How everything reaches the disk and is read from it: private folders, appended lines, atomic files, and reads that
//! neither wait nor grow without end.

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
        // A pipe that nobody reads gives an error instead of a wait.
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(ReadError::NotRegular.into());
    }
    Ok(file)
}

/// Appends one line in a single write. With `durable`, waits until it is on the disk.
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

/// The text of a file that the user named: a regular file of at most `limit` bytes. A device or a pipe might never end.
///
/// # Errors
/// Whatever the file system says; [`io::ErrorKind::InvalidInput`] if it is not a regular file, [`io::ErrorKind::FileTooLarge`].
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

/// Replaces `path` by `bytes` so that a reader, even after a crash, sees the old file or the new one, never a part.
/// With `durable`, the bytes are on the disk before the name changes.
///
/// # Errors
/// Whatever the file system says.
pub fn write_atomic(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // `tempfile` makes the temporary file with mode 0600.
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

/// Whether `named`, the metadata of a path, belongs to the open `file`: the path may lead to another file by now.
/// Always true where files have no numbers (Windows, which does not let an open file's folder be moved).
///
/// # Errors
/// Whatever the file system says.
pub fn is_same_file(named: &fs::Metadata, file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let open = file.metadata()?;
        Ok((named.dev(), named.ino()) == (open.dev(), open.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = (named, file);
        Ok(true)
    }
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

/// Whether the last part of a path may be a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Yes: the file is this user's own, who may keep it anywhere.
    Followed,
    /// No: somebody else packed the folder, so a link could lead to any file of this machine.
    Refused,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is a folder, a pipe, a socket, a device, or a link that is refused.
    #[error("not a regular file")]
    NotRegular,
    #[error("longer than {most} bytes")]
    TooLong {
        /// The most that may be read, in bytes.
        most: u64,
    },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => error,
            ReadError::NotRegular => Self::new(io::ErrorKind::InvalidInput, error.to_string()),
            ReadError::TooLong { .. } => Self::new(io::ErrorKind::FileTooLarge, error.to_string()),
        }
    }
}

/// Opens a regular file for reading. It never waits, as it would for a pipe, and never opens a device. The file is
/// examined before and after it is opened, so a file that is swapped in between is not read either.
///
/// # Errors
/// If the path is not a regular file, and whatever the file system says.
pub fn open_regular(path: &Path, links: Links) -> Result<File, ReadError> {
    let look = match links {
        Links::Followed => fs::metadata(path),
        Links::Refused => fs::symlink_metadata(path),
    };
    if !look?.is_file() {
        return Err(ReadError::NotRegular);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if links == Links::Refused {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ReadError::NotRegular) }
}

/// Reads a regular file of at most `most` bytes, opened as by [`open_regular`].
///
/// # Errors
/// If the path is not a regular file, if the file is longer, and whatever the file system says.
pub fn read_regular(path: &Path, most: u64, links: Links) -> Result<Vec<u8>, ReadError> {
    let file = open_regular(path, links)?;
    if file.metadata()?.len() > most {
        return Err(ReadError::TooLong { most });
    }
    // The file may grow while it is read.
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(ReadError::TooLong { most });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Links, ReadError, read_regular};

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read_regular(&path, 5, Links::Refused).unwrap(), b"12345");
        assert!(matches!(read_regular(&path, 4, Links::Refused), Err(ReadError::TooLong { most: 4 })));
        assert!(matches!(read_regular(folder.path(), 5, Links::Followed), Err(ReadError::NotRegular)));
        let gone = read_regular(&folder.path().join("gone"), 5, Links::Followed);
        assert!(matches!(gone, Err(ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_links_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, link, file) = (folder.path().join("pipe"), folder.path().join("link"), folder.path().join("file"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        fs::write(&file, b"x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for links in [Links::Followed, Links::Refused] {
            for path in [pipe.as_path(), Path::new("/dev/zero")] {
                assert!(matches!(read_regular(path, 5, links), Err(ReadError::NotRegular)), "{}", path.display());
            }
        }
        assert!(super::open_append(&pipe).is_err(), "it does not wait for a reader");
        assert_eq!(read_regular(&link, 5, Links::Followed).unwrap(), b"x");
        assert!(matches!(read_regular(&link, 5, Links::Refused), Err(ReadError::NotRegular)));
    }
}
