//! The end of a run: what it made is deleted, looked for again, and told from what is not its own.
//! Must not know: steps and checks.
//! Next: `clean_up.rs` is the sequence, `teardown.rs` deletes, `receipt.rs` looks again.

pub mod clean_up;
pub mod foreign_resources;
pub mod leftovers;
pub mod receipt;
pub mod repairs;
pub mod teardown;
