//! Running out of open files: trouble of this machine, which must not look like trouble of the virtual network. Whoever
//! needs one waits a while, and what cannot wait is lost like a packet, never refused. It is told once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// How long others get to end before it is tried again: a little first, then twice as long each time. Together it is less
/// than the shortest time that a health check may take. In milliseconds.
const PAUSES: [u64; 5] = [50, 100, 200, 400, 800];

/// Whether it has happened.
#[derive(Clone, Debug)]
pub struct Shortage {
    seen: Arc<watch::Sender<bool>>,
    /// How many files this process may have open.
    pub limit: u64,
}

impl Shortage {
    /// Asks for as many open files as the system allows. Where it grants none more, the limit stays what it was.
    #[must_use]
    pub fn begin() -> Self {
        let limit = rlimit::increase_nofile_limit(u64::MAX).or_else(|_| rlimit::increase_nofile_limit(0));
        let limit = limit.unwrap_or_default();
        Self { seen: Arc::new(watch::Sender::new(false)), limit }
    }

    /// Turns true when it happens for the first time.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.seen.subscribe()
    }

    /// Runs `open` until it does not fail for want of a file, or patience ends.
    ///
    /// # Errors
    /// What `open` says.
    pub async fn patiently<T>(&self, open: impl Fn() -> io::Result<T>) -> io::Result<T> {
        for pause in PAUSES {
            match open() {
                Err(error) if self.notes(&error) => sleep(Duration::from_millis(pause)).await,
                done => return done,
            }
        }
        open()
    }

    /// What a listener does that could not accept a connection: it gives others time to end. The connection waits.
    pub async fn rest(&self, error: &io::Error) {
        self.notes(error);
        sleep(Duration::from_millis(PAUSES[0])).await;
    }

    fn notes(&self, error: &io::Error) -> bool {
        let is_short = matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
        if is_short {
            self.seen.send_if_modified(|seen| !std::mem::replace(seen, true));
        }
        is_short
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn want_of_a_file_is_waited_out_and_told_and_other_errors_are_not() {
        let shortage = Shortage::begin();
        let told = shortage.watch();
        let failing = |code: i32, times: usize| {
            let left = Cell::new(times);
            move || match left.get() {
                0 => Ok(()),
                more => {
                    left.set(more - 1);
                    Err(io::Error::from_raw_os_error(code))
                }
            }
        };
        assert!(shortage.patiently(failing(libc::ECONNREFUSED, 1)).await.is_err() && !*told.borrow());
        assert!(shortage.patiently(failing(libc::EMFILE, 4)).await.is_ok() && *told.borrow());
        assert!(shortage.patiently(failing(libc::ENFILE, 100)).await.is_err());
    }
}
