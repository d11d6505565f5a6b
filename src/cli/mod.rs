//! The command line: arguments, exit codes, wiring, one file per verb.
//! Must not know: nothing; it is the one room that sees every other.
//! Next: `run.rs` goes from words to a verb; each verb has a file of its name; `target.rs` is where calls go.

mod access;
mod args;
mod browse;
mod check;
mod clean;
mod clean_drop;
mod clean_tagged;
mod consent;
mod context;
mod doctor;
mod drill;
mod drill_session;
mod exit;
mod explain;
mod faults;
mod generate;
mod handout;
mod home;
mod interrupt;
mod labs;
mod labs_check;
mod labs_drills;
mod labs_new;
mod learner;
mod limits;
mod live;
pub mod muted_screen;
mod next;
mod nginx;
mod pass;
mod place;
mod policy;
mod policy_document;
mod policy_drill;
mod report;
mod resume;
mod run;
mod sandbox;
mod start;
mod status;
mod store;
mod target;
mod tunnel;
mod why;
mod words;
mod zone;

pub use exit::Code;
pub use run::{run, run_process};
