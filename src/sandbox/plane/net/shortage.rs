//! Running out of open files. It is trouble of this machine and must not look like trouble of the virtual network: a
//! caller that needs a file waits for a while, and a connection that cannot wait is lost like a packet, never
//! refused. It is reported once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// The pauses between attempts, in milliseconds: short at first, then twice as long each time. Their sum is less than
/// the shortest time-out of a health check.
const PAUSES: [u64; 5] = [50, 100, 200, 400, 800];

/// Whether open files have run out.
#[derive(Clone, Debug)]
pub struct Shortage {
    seen: Arc<watch::Sender<bool>>,
    /// How many files this process may have open.
    pub limit: u64,
}

impl Shortage {
    /// Raises the limit of open files as far as the system allows. If the system refuses, the limit stays as it was.
    #[must_use]
    pub fn begin() -> Self {
        let limit = rlimit::increase_nofile_limit(u64::MAX).or_else(|_| rlimit::increase_nofile_limit(0));
        let limit = limit.unwrap_or_default();
        Self { seen: Arc::new(watch::Sender::new(false)), limit }
    }

    /// Becomes true when open files run out for the first time.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.seen.subscribe()
    }

    /// Runs `open` again until it no longer fails for lack of a file, or the pauses are used up.
    ///
    /// # Errors
    /// The error of `open`.
    pub async fn patiently<T>(&self, open: impl Fn() -> io::Result<T>) -> io::Result<T> {
        for pause in PAUSES {
            match open() {
                Err(error) if self.notes(&error) => sleep(Duration::from_millis(pause)).await,
                done => return done,
            }
        }
        open()
    }

    /// For a listener that could not accept a connection: waits a little, so that others can end. The connection
    /// stays queued.
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
