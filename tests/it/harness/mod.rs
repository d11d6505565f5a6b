//! What the tests share: a folder of one's own, the program run in it, what it left behind.
//! Must not know: what any feature should do.
//! Next: `program.rs` runs pllab and states facts about what it said; `journal.rs` reads what it wrote.

mod account;
mod apart;
mod cloud;
mod folder;
mod front;
mod journal;
mod lone;
mod path;
mod place;
mod program;
mod redact;
#[cfg(unix)]
mod screen;
mod signed;
mod wire;

pub use account::Account;
pub use apart::Apart;
pub use cloud::{Cloud, ec2, elb, get, route53};
pub use folder::Folder;
pub use front::Front;
pub use journal::{Line, events, made, receipt, sequence, wait_for, written};
pub use lone::Lone;
pub use path::Path;
pub use place::{ELB, ENDPOINT, Place};
pub use program::{Program, Running};
pub use redact::redact;
#[cfg(unix)]
pub use screen::{Key, Screen};
pub use signed::Signer;
pub use wire::{Exchange, Fate, Wire};

/// Whether the long forms run, which take minutes and more: `PLLAB_FULL=1 cargo test --test it -- --nocapture`.
pub fn full() -> bool {
    std::env::var("PLLAB_FULL").is_ok_and(|value| value == "1")
}

/// Prints a line of a table past the test runner, which shows the output of failed tests only.
pub fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}
