//! Answers on their way out: how much memory they take together, and whether their reader reads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::watch;
use tokio::time::timeout;

/// Bytes of all answers together that have not been written yet. The largest answer of a full account has a few megabytes.
const MOST: usize = 256 * 1024 * 1024;
/// The longest time that an answer waits for a reader that does not read it.
pub const STALL: Duration = Duration::from_secs(30);

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// The answers of one connection.
#[derive(Clone, Debug)]
pub struct Outgoing(watch::Sender<bool>);

impl Default for Outgoing {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Outgoing {
    /// Tells whether an answer waits to be written.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Takes an answer, which counts until it is written. `None` if there is no room for it.
    pub fn take(&self, body: String) -> Option<Bytes> {
        self.take_within(body, MOST)
    }

    fn take_within(&self, body: String, most: usize) -> Option<Bytes> {
        let size = body.len();
        let room = |waiting: usize| waiting.checked_add(size).filter(|sum| *sum <= most);
        WAITING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, room).ok()?;
        self.0.send_replace(true);
        Some(Bytes::from_owner(Answer { body, waits: self.0.clone() }))
    }
}

/// Comes back when an answer has waited for its reader for too long.
pub async fn stalled(waits: &mut watch::Receiver<bool>, limit: Duration) {
    loop {
        if waits.wait_for(|waits| *waits).await.is_err() {
            return std::future::pending().await;
        }
        if timeout(limit, waits.wait_for(|waits| !*waits)).await.is_err() {
            return;
        }
    }
}

/// hyper drops it when the last byte is written, or the connection has ended.
struct Answer {
    body: String,
    waits: watch::Sender<bool>,
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        self.body.as_bytes()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        WAITING.fetch_sub(self.body.len(), Ordering::SeqCst);
        self.waits.send_replace(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_nobody_reads_ends_its_connection() {
        let outgoing = Outgoing::default();
        let mut waits = outgoing.watch();
        let read = outgoing.take("read".to_owned()).unwrap();
        drop(read);
        let limit = Duration::from_millis(20);
        assert!(timeout(5 * limit, stalled(&mut waits, limit)).await.is_err());
        let unread = outgoing.take("unread".to_owned()).unwrap();
        // It comes back, however busy the machine is.
        stalled(&mut waits, limit).await;
        drop(unread);
    }

    #[tokio::test]
    async fn there_is_an_end_to_what_waits() {
        let outgoing = Outgoing::default();
        // Other tests have answers on their way meanwhile.
        let most = 64 * 1024 * 1024;
        let first = outgoing.take_within("x".repeat(most - 1024), most);
        assert!(outgoing.take_within("x".repeat(2048), most).is_none());
        drop(first);
        assert!(outgoing.take_within("x".repeat(2048), most).is_some());
    }
}
