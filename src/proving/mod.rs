//! What `labs check` proves: that a lab can be gone through, that its checks tell before from after, that nothing is left.
//! Must not know: verbs and flags; how the outcome is shown.
//! Next: `lab.rs` proves a lab on a sandbox of its own, `drills.rs` the drills on the finished lab.

pub mod drills;
pub mod lab;
