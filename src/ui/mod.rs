//! The only writer to the terminal: screens in three forms, and the pure views they show.
//! Must not know: actions, the cloud, the sandbox.
//! Next: `screens/open.rs` chooses the form, `views/step.rs` is a step as a learner sees it, `screens/menu.rs` offers choices.

mod screens;
mod text;
mod views;

pub use screens::open::{PrintStyle, color_allowed, error_report, markdown, open, table};
pub use screens::options::{Form, UiOptions};
pub use screens::prompter::has_room;
pub use screens::reading::read;
pub use screens::terminal_mode::{give_back, give_back_for_good};
#[cfg(unix)]
pub use screens::terminal_mode::{stand_still, take_again};
pub use screens::terminal_notices::TerminalNotices;
pub use text::style::{GlyphSet, Glyphs};
pub use text::wrap::wrap;
pub use views::diagram_words::diagram_in_words;
pub use views::error::ErrorReport;
