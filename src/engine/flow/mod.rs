//! How a run goes on: the decisions, which are pure, and the actions, which are async.
//! Must not know: the terminal, wording.
//! Next: `decide.rs` decides, `plan.rs` is its vocabulary, `questions.rs` what is asked, `drive.rs` acts.

pub mod anew;
pub mod decide;
pub mod detour;
pub mod drive;
pub mod examine;
pub mod go_to;
mod picture;
pub mod plan;
pub mod predict;
pub mod prove;
pub mod questions;
pub mod view;
