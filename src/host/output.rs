//! Standard output, which remembers what became of it: a screen goes on without, and the end still tells.

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where results go. Clones are the same output.
#[derive(Clone)]
pub struct Output(Arc<Mutex<Inner>>);

struct Inner {
    to: Box<dyn Write + Send>,
    /// The first thing that went wrong.
    trouble: Option<io::Error>,
    /// Whether the reader has what it wanted.
    closed: bool,
}

impl Output {
    /// Writes to `to`.
    #[must_use]
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Inner { to, trouble: None, closed: false })))
    }

    /// Writes nowhere.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::new(Box::new(io::sink()))
    }

    /// What kept something from being written since the last time this was asked; a reader that closed the pipe did not.
    #[must_use]
    pub fn trouble(&self) -> Option<io::Error> {
        self.inner().trouble.take()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Gives `done` in place of a closed pipe, and keeps any other error in mind.
    fn judge<T>(&mut self, result: io::Result<T>, done: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(done)
            }
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                let kept = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
                self.trouble.get_or_insert(kept);
                Err(error)
            }
            result => result,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.inner();
        if inner.closed {
            return Ok(bytes.len());
        }
        let result = inner.to.write(bytes);
        inner.judge(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut inner = self.inner();
        if inner.closed {
            return Ok(());
        }
        let result = inner.to.flush();
        inner.judge(result, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Refuses(ErrorKind);

    impl Write for Refuses {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_device_is_remembered_and_a_closed_pipe_is_not() {
        let mut full = Output::new(Box::new(Refuses(ErrorKind::StorageFull)));
        assert!(full.clone().write_all(b"x").is_err());
        assert_eq!(full.trouble().map(|error| error.kind()), Some(ErrorKind::StorageFull));
        assert!(full.trouble().is_none() && full.flush().is_ok());
        let mut closed = Output::new(Box::new(Refuses(ErrorKind::BrokenPipe)));
        assert!(closed.write_all(b"x").is_ok() && closed.write_all(b"y").is_ok() && closed.trouble().is_none());
    }
}
