//! The terminal, and nobody else writes to it: screens in three forms, and the pure views they show.
//! Must not know: actions, the cloud, the sandbox.
//! Next: `open.rs` chooses the form, `step.rs` is a step as a learner sees it, `menu.rs` how choices are offered.

mod bars;
mod bill;
mod canvas;
mod clean;
mod diagram;
mod drill;
mod error;
mod events;
mod heartbeat;
mod hush;
mod json;
mod keyboard;
mod keys;
mod line;
mod look;
mod markdown;
mod measure;
mod menu;
mod numbered;
mod open;
mod opening;
mod options;
mod part;
mod path;
mod plain;
mod prompter;
mod receipt;
mod step;
mod table;
mod terminal;
mod time;
mod turn;
mod words;
mod wrap;

pub use error::{ErrorReport, NextStep};
pub use hush::{give_back, give_back_for_good};
#[cfg(unix)]
pub use hush::{stand_still, take_again};
pub use look::Glyphs;
pub use open::{Sheet, color_allowed, error_report, markdown, open, table};
pub use options::{Form, UiOptions};
pub use prompter::has_room;
pub use words::diagram_in_words;
pub use wrap::wrap;
