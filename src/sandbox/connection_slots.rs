//! Limits how many connections the API keeps open. When all slots are taken, an idle connection is closed to make
//! room, so that unsigned connections cannot lock out a client that signs its requests.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

/// The limit of open connections. An SDK's client keeps about ten.
pub const CONNECTIONS: usize = 256;

/// Has sent no signed request.
const STRANGER: u8 = 0;
/// Has sent a signed request and has its answer.
const KNOWN: u8 = 1;
/// Waits for the answer to a signed request.
const WORKING: u8 = 2;
/// Gave its slot to another connection.
const EVICTED: u8 = 3;

#[derive(Debug, Default)]
pub struct ConnectionSlot {
    state: AtomicU8,
    /// When it was last active, as a number from [`next`].
    last: AtomicU64,
}

/// A signed request that is being answered. Its slot is not given away until this is dropped.
#[derive(Debug)]
pub struct Work<'a>(&'a ConnectionSlot);

impl ConnectionSlot {
    /// Marks the slot as working on a signed request. `None` if the slot was just given away: the caller must then do
    /// nothing.
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

/// The next number in the order of all events.
fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::SeqCst)
}

#[derive(Debug, Default)]
pub struct ConnectionSlots(Mutex<Vec<(Arc<ConnectionSlot>, AbortHandle)>>);

impl ConnectionSlots {
    /// Makes room for one more connection. If all slots are taken, it closes an idle connection: the least recently
    /// active one of those that never sent a signed request, else of the others. `false` if all connections are
    /// working.
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
            // It has begun to work at this very moment.
            return false;
        }
        seats.swap_remove(at).1.abort();
        true
    }

    /// Gives a slot to a new connection, which `connect` starts.
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
        // The second is a stranger, the first is known and idle, the others work.
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
