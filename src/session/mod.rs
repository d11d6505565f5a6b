//! A run that somebody opens: where runs are kept, where calls go, who signs in and agrees to the cost, how it goes on.
//! Must not know: verbs, flags and help texts.
//! Next: `context.rs` is what verbs are given; `target.rs` is where calls go; `open_run.rs` opens a run, `work.rs` works on it.

pub mod consent;
pub mod context;
pub mod drills;
pub mod endpoints;
pub mod exit;
pub mod faults;
pub mod interrupt;
pub mod learner;
pub mod limits;
pub mod muted_screen;
pub mod nginx;
pub mod open_run;
pub mod path_view;
pub mod progress;
pub mod report_file;
pub mod sandbox_note;
pub mod settings;
pub mod shell_exports;
pub mod sign_in;
pub mod silent_screen;
pub mod start_sandbox;
pub mod store;
pub mod suggestions;
pub mod target;
pub mod trouble;
pub mod wishes;
pub mod work;
pub mod zone;
