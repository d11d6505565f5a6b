//! `pllab drill`: plants a fault in a working lab for the learner to find.
//! Must not know: how a fault is planted and graded; `engine::drill` does.
//! Next: `verb.rs` finds or builds the run, `drill_session.rs` leads through the drill.

mod drill_session;
mod verb;

pub use verb::{DrillArgs, DrillVerb, drill};
