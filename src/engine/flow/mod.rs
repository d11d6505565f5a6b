//! How a run goes on: the thinking, which is pure, and the doing, which is async.
//! Must not know: the terminal, wording.
//! Next: `decide.rs` is the thinking and `plan.rs` its vocabulary, `questions.rs` what is asked, `drive.rs` the doing.

pub mod decide;
pub mod detour;
pub mod drive;
pub mod examine;
pub mod go_to;
pub mod plan;
pub mod predict;
pub mod prove;
pub mod questions;
pub mod view;
