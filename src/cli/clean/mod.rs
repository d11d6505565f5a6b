//! `pllab clean`: deletes what a run made, and prints a receipt.
//! Must not know: in which order things are deleted; `engine::cleanup` does.
//! Next: `verb.rs` cleans runs of this machine, `tagged.rs` those of an account, `drop.rs` gives up a damaged one.

mod args;
mod drop;
mod tagged;
mod verb;

pub use args::Clean;
pub use verb::clean;
