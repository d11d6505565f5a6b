//! The content of a screen, as lines: pure functions of what the engine reports.
//! Must not know: terminals, keys, progress.
//! Next: `step.rs` is a step as it opens, `diagram.rs` the drawing, `receipt.rs` the end.

pub mod bill;
pub mod canvas;
pub mod diagram;
pub mod diagram_words;
pub mod drill;
pub mod ending;
pub mod error;
pub mod events;
pub mod hands_on;
pub mod opening;
pub mod part;
pub mod path;
pub mod receipt;
pub mod step;
