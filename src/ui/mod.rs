//! The terminal, and nobody else writes to it: screens in three forms, and the pure views they show.
//! Must not know: actions, the cloud, the sandbox.
//! Next: `open.rs` chooses the form, `step.rs` is a step as a learner sees it, `menu.rs` how choices are offered.

mod canvas;
mod clean;
mod diagram;
mod line;
mod look;
mod markdown;
mod measure;
mod table;
mod words;
mod wrap;

pub use look::Glyphs;
pub use words::diagram_in_words;
pub use wrap::wrap;
