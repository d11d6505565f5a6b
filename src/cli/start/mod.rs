//! `pllab start`: begins a lab, or only shows it.
//! Must not know: how a lab goes on once it is begun; `session` does.
//! Next: `verb.rs` is the verb, `begin.rs` opens the run, `explain.rs` only shows the lab.

mod args;
mod begin;
mod explain;
mod verb;

pub use args::Start;
pub use begin::begin;
pub use explain::{Example, example, is_asked};
pub use verb::start;
