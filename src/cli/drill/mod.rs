//! `pllab drill`: a fault is planted in a working lab, and the learner finds it.
//! Must not know: how a fault is planted and graded; `engine::drill` does.
//! Next: `verb.rs` finds or builds the run, `drill_session.rs` sees the drill through.

mod drill_session;
mod verb;

pub use verb::{DrillArgs, drill};
