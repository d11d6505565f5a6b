//! Drills: a fault is planted, graded by its outcome, and everything is put back.
//! Must not know: the terminal; what a symptom reads like.
//! Next: `drilling.rs` is one drill, `act.rs` does what its file says, `snapshot.rs` is what is put back.

pub mod acls;
pub mod act;
pub mod drilling;
pub mod rules;
pub mod snapshot;
