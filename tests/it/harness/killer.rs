//! A wire that kills the program at a chosen call.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::{Exchange, Fate, Folder, Program, Wire};

/// A wire to the sandbox in the test's folder, which every pllab of the folder uses.
pub struct Killer {
    wire: Wire,
    /// How many calls pass before the kill; negative once it is done.
    left: Arc<AtomicI64>,
    /// The process to kill; 0 until its starter has set it.
    victim: Arc<AtomicU32>,
}

impl Killer {
    /// Stands between this folder's sandbox and its runs, and kills nobody yet. With `after`, the struck call takes
    /// effect.
    pub fn within(folder: &Folder, after: bool) -> Self {
        let (left, victim) = (Arc::new(AtomicI64::new(i64::MAX)), Arc::new(AtomicU32::new(0)));
        let (counted, marked) = (Arc::clone(&left), Arc::clone(&victim));
        let wire = Wire::within(folder, move |_| {
            if counted.fetch_sub(1, Ordering::SeqCst) != 0 {
                return Fate::Pass;
            }
            // The program may call before its starter has set the id.
            while marked.load(Ordering::SeqCst) == 0 {
                thread::sleep(Duration::from_millis(1));
            }
            let killed = Command::new("kill").arg("-KILL").arg(marked.load(Ordering::SeqCst).to_string()).status();
            assert!(killed.expect("there is a kill").success());
            if after { Fate::LoseAnswer } else { Fate::LoseRequest }
        });
        Self { wire, left, victim }
    }

    /// Runs the program and kills it once `calls` have passed; `false` if it ended before.
    pub fn kills(&self, program: Program, calls: i64) -> bool {
        self.victim.store(0, Ordering::SeqCst);
        self.left.store(calls, Ordering::SeqCst);
        let running = program.start();
        self.victim.store(running.id(), Ordering::SeqCst);
        let ran = running.wait();
        let struck = self.left.swap(i64::MAX, Ordering::SeqCst) < 0;
        assert_eq!(struck, ran.code.is_none(), "{ran:?}");
        struck
    }

    /// What went over the wire so far, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.wire.exchanges()
    }
}
