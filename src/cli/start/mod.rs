//! `pllab start`: begins a lab, or only reads it.
//! Must not know: how a lab goes on once it is begun; `session` does.
//! Next: `verb.rs` is the verb, `begin.rs` opens the run, `explain.rs` reads the lab aloud.

mod args;
mod begin;
mod explain;
mod verb;

pub use args::Start;
pub use begin::begin;
pub use explain::{Example, example, is_asked};
pub use verb::start;
