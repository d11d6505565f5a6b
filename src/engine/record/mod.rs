//! What is known of a run: the journal's lines on disk, and the state that they fold into.
//! Must not know: calls, screens, wording.
//! Next: `journal.rs` is the file, `fold.rs` turns lines into `state.rs`, `ledger.rs` is what exists, `money.rs` what it costs.

pub mod fold;
pub mod journal;
pub mod ledger;
pub mod money;
pub mod state;
