//! `pllab browse`: opens the lab's page in the learner's own browser.
//! Must not know: how the sandbox carries connections.
//! Next: `verb.rs` opens the page; on AWS `tunnel.rs` makes the route to it.

mod tunnel;
mod verb;

pub use verb::{Browse, browse};
