//! `pllab labs`: lists, shows, proves and creates labs.
//! Must not know: what makes a lab valid; `lab` and `proving` do.
//! Next: `verb.rs` lists and shows, `check.rs` reports what was proved, `new.rs` writes a skeleton.

mod check;
mod new;
mod verb;

pub use verb::{Labs, LabsVerb, labs, tell_broken};
