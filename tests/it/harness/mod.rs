//! What the tests share: a temporary folder, the program run in it, and what it left behind.
//! Must not know: what any feature should do.
//! Next: `program.rs` runs pllab and states facts about its output; `journal.rs` reads what it wrote.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

mod account;
mod cloud;
mod folder;
mod journal;
mod killer;
mod manual_learner;
mod path;
#[cfg(target_os = "linux")]
mod processes;
mod profiled_sandbox;
mod program;
mod redact;
mod refusal_lab;
#[cfg(unix)]
mod screen;
mod signed;
mod standalone_sandbox;
mod strangers;
mod tls_proxy;
mod wire;

pub use account::Account;
pub use cloud::{Cloud, ec2, elb, get, route53};
pub use folder::Folder;
pub use journal::{Line, events, made, receipt, sequence, wait_for, written};
pub use killer::Killer;
pub use manual_learner::{ManualLearner, by_hand};
pub use path::{Held, Path};
#[cfg(target_os = "linux")]
pub use processes::{nginx, processes, signal};
pub use profiled_sandbox::ProfiledSandbox;
pub use program::{Program, Ran, Running};
pub use redact::redact;
pub use refusal_lab::{ELB, ENDPOINT, RefusalLab};
#[cfg(unix)]
pub use screen::{Key, Screen};
pub use signed::Signer;
pub use standalone_sandbox::StandaloneSandbox;
pub use strangers::Strangers;
pub use tls_proxy::TlsProxy;
pub use wire::{Exchange, Fate, Wire, message};

/// Whether to run the long forms, which take minutes and more: `PLLAB_FULL=1 cargo test --test it -- --nocapture`.
pub fn full() -> bool {
    std::env::var("PLLAB_FULL").is_ok_and(|value| value == "1")
}

/// Prints a line of a table past the test runner, which shows the output of failed tests only.
pub fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs `work` for each item, a few at a time, and returns the results in the same order.
pub fn at_a_time<T: Sync, R: Send>(todo: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::SeqCst);
            let Some(one) = todo.get(index) else { return done };
            done.push((index, work(one)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
