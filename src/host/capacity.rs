//! Finds out whether the machine has enough memory, threads and open files, before anything is begun. A later shortage would not be
//! an error that the language or the libraries return, but an abort.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The address space that a run takes at its peak besides the program itself, in bytes. It is twice the memory of a
/// run, because stacks and each thread's allocator reserve more than they use.
const MEMORY: usize = 128 << 20;
/// The threads of a run at its peak: the runtime's, a prompt, a reader of answers, live lines.
const THREADS: usize = 6;
/// The open files that a run needs besides the three streams: its lock and journal, the runtime's own (without which it
/// panics), the sandbox's listener, and a few connections.
#[cfg(unix)]
const FILES: usize = 16;

/// Asks for as much memory and as many threads and open files as a run, and gives them back.
///
/// # Errors
/// Whatever the system refuses.
pub fn check_capacity() -> io::Result<()> {
    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(MEMORY).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    drop(memory);
    #[cfg(unix)]
    let _files: Vec<_> = (0..FILES).map(|_| std::fs::File::open("/dev/null")).collect::<io::Result<_>>()?;
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let mut waiting = Vec::new();
    let mut refused = None;
    for _ in 0..THREADS {
        let gate = Arc::clone(&gate);
        // A run has them all at the same time.
        match thread::Builder::new().spawn(move || drop(gate.lock())) {
            Ok(thread) => waiting.push(thread),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    drop(closed);
    for thread in waiting {
        // The thread does nothing that could fail.
        let _ = thread.join();
    }
    refused.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_machine_that_runs_tests_has_room() {
        super::check_capacity().unwrap();
    }
}
