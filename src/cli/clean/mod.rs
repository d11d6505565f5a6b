//! `pllab clean`: what a run made is deleted, and a receipt says so.
//! Must not know: in which order things are deleted; `engine::cleanup` does.
//! Next: `verb.rs` cleans runs of this machine, `tagged.rs` those of an account, `drop.rs` lets go of a damaged one.

mod args;
mod drop;
mod tagged;
mod verb;

pub use args::Clean;
pub use verb::clean;
