//! What is known of a run: the journal's lines on disk, and the state they come to.
//! Must not know: calls, screens, wording.
//! Next: `journal.rs` is the file, `fold.rs` turns a line into `state.rs`, `ledger.rs` is what exists now, `money.rs` what it costs.

pub mod fold;
pub mod journal;
pub mod ledger;
pub mod money;
pub mod state;
