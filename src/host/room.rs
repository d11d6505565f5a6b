//! Whether the machine gives a run what it needs, asked before anything is begun: what is refused later is no error that the
//! language or the libraries would hand over, but an abort.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a run takes of the address space at its height beside the program itself, in bytes: twice its memory, for stacks and what
/// the allocator sets aside for each thread are asked for and not used.
const MEMORY: usize = 128 << 20;
/// The threads of a run that has everything going: the runtime's, a prompt, answers that are read, live lines.
const THREADS: usize = 6;

/// Asks for memory and threads as a run would, and gives them back.
///
/// # Errors
/// What the system refuses.
pub fn room_for_a_run() -> io::Result<()> {
    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(MEMORY).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    drop(memory);
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let mut waiting = Vec::new();
    let mut refused = None;
    for _ in 0..THREADS {
        let gate = Arc::clone(&gate);
        // All at once, for that is how a run has them.
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
        // It does nothing that could fail.
        let _ = thread.join();
    }
    refused.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_machine_that_runs_tests_has_room() {
        super::room_for_a_run().unwrap();
    }
}
