//! The least-privilege IAM policy of a lab, made of what its steps declare.
//! Must not know: verbs and flags; how a policy is printed.
//! Next: `needs.rs` is what the steps need, `statements.rs` makes statements of it, `document.rs` fits them into IAM's limits.

pub mod document;
pub mod drill_needs;
pub mod needs;
pub mod statements;
