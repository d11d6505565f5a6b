//! Who may stay connected. Connections are few on purpose; when all are taken, one that does nothing makes room, so that
//! whoever merely connects cannot lock out a client that signs.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

/// Most connections at a time. A client of an SDK keeps some ten.
pub const CONNECTIONS: usize = 256;

/// Has sent nothing that was signed.
const STRANGER: u8 = 0;
/// Has sent something signed, and has its answer.
const KNOWN: u8 = 1;
/// Waits for the answer to something signed.
const WORKING: u8 = 2;
/// Has to go.
const EVICTED: u8 = 3;

/// One connection's place.
#[derive(Debug, Default)]
pub struct ConnectionSlot {
    state: AtomicU8,
    /// When it last did something: a number that only grows.
    last: AtomicU64,
}

/// A signed request under way, which nobody takes the place of.
#[derive(Debug)]
pub struct Work<'a>(&'a ConnectionSlot);

impl ConnectionSlot {
    /// Begins to work on a signed request. `None` where the place was just given to another: nothing may be done then.
    pub fn begin(&self) -> Option<Work<'_>> {
        for idle in [KNOWN, STRANGER] {
            if self.state.compare_exchange(idle, WORKING, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                return Some(Work(self));
            }
        }
        None
    }

    fn evict(&self, rank: u8) -> bool {
        self.state.compare_exchange(rank, EVICTED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.last.store(next(), Ordering::SeqCst);
        self.0.state.store(KNOWN, Ordering::SeqCst);
    }
}

/// The next number in the order of all that happens.
fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::SeqCst)
}

/// All places.
#[derive(Debug, Default)]
pub struct ConnectionSlots(Mutex<Vec<(Arc<ConnectionSlot>, AbortHandle)>>);

impl ConnectionSlots {
    /// Makes room for one more, if need be by ending a connection that does nothing: first one that has never sent anything
    /// signed, the longest there of these. `false` where everybody is at work.
    pub fn make_room(&self) -> bool {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.retain(|(_, connection)| !connection.is_finished());
        if seats.len() < CONNECTIONS {
            return true;
        }
        let of_rank = |rank: u8| {
            let idle = seats.iter().enumerate().filter(move |(_, (seat, _))| seat.state.load(Ordering::SeqCst) == rank);
            idle.min_by_key(|(_, (seat, _))| seat.last.load(Ordering::SeqCst)).map(|(at, _)| (at, rank))
        };
        let Some((at, rank)) = of_rank(STRANGER).or_else(|| of_rank(KNOWN)) else { return false };
        if !seats[at].0.evict(rank) {
            // It has begun to work this very moment.
            return false;
        }
        seats.swap_remove(at).1.abort();
        true
    }

    /// A place for a new connection; `connect` starts it.
    pub fn take(&self, connect: impl FnOnce(Arc<ConnectionSlot>) -> AbortHandle) {
        let seat = Arc::new(ConnectionSlot { last: AtomicU64::new(next()), ..ConnectionSlot::default() });
        let connection = connect(Arc::clone(&seat));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((seat, connection));
    }
}

#[cfg(test)]
mod tests {
    use super::{CONNECTIONS, ConnectionSlots};

    #[tokio::test]
    async fn idle_strangers_go_first_and_work_is_left_alone() {
        let seats = ConnectionSlots::default();
        let mut all = Vec::new();
        for _ in 0..CONNECTIONS {
            assert!(seats.make_room());
            seats.take(|seat| {
                all.push(seat);
                tokio::spawn(std::future::pending::<()>()).abort_handle()
            });
        }
        drop(all[0].begin().unwrap());
        let work: Vec<_> = all[2..].iter().map(|seat| seat.begin().unwrap()).collect();
        // The second is a stranger; the first is known, and idle; the others work.
        assert!(seats.make_room());
        assert!(all[1].begin().is_none() && all[0].begin().is_some());
        seats.take(|_| tokio::spawn(std::future::pending::<()>()).abort_handle());
        assert!(seats.make_room(), "the new one is a stranger");
        seats.take(|seat| {
            std::mem::forget(seat.begin());
            tokio::spawn(std::future::pending::<()>()).abort_handle()
        });
        assert!(seats.make_room(), "the first is idle again");
        assert!(all[0].begin().is_none());
        seats.take(|seat| {
            std::mem::forget(seat.begin());
            tokio::spawn(std::future::pending::<()>()).abort_handle()
        });
        assert!(!seats.make_room(), "everybody works");
        drop(work);
        assert!(seats.make_room());
    }
}
