//! The command line: flags, words, exit codes, dispatch, and one file or folder per verb.
//! Must not know: nothing is hidden from it; it is the one room that sees every other.
//! Next: `run.rs` goes from words to a verb; `verbs.rs` lists the verbs, each with a file or a folder of its name.

mod about;
mod account_flags;
mod browse;
mod check;
mod clean;
mod doctor;
mod drill;
mod flags;
mod generate;
mod handout;
mod home;
mod labs;
mod policy;
mod report;
mod resume;
mod run;
mod sandbox;
mod start;
mod status;
mod verbs;
mod why;
mod words;

pub use crate::session::exit::Code;
pub use run::{run, run_process};
