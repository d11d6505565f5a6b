//! Standard output that remembers errors: a screen can go on without it, and the end of the program still reports the
//! error.

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where results go. Clones share one output.
#[derive(Clone)]
pub struct Output(Arc<Mutex<Inner>>);

struct Inner {
    to: Box<dyn Write + Send>,
    /// The first error.
    trouble: Option<io::Error>,
    /// Whether the reader closed the pipe, which is not an error.
    closed: bool,
}

impl Output {
    #[must_use]
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Inner { to, trouble: None, closed: false })))
    }

    /// Discards everything.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::new(Box::new(io::sink()))
    }

    /// The error that kept something from being written, if there was one since the last call. A closed pipe is not an
    /// error.
    #[must_use]
    pub fn trouble(&self) -> Option<io::Error> {
        self.inner().trouble.take()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Returns `done` if the pipe is closed, and remembers any other error.
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
