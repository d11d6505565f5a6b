//! Locks for plain data, wherever it stands.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and ignores poisoning: every update here is one statement, so a holder that panicked left nothing half
/// done.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
