//! A run's journal as a document, and a lab as a handout: Markdown, HTML, JSON, and the picture as SVG.
//! Must not know: the terminal, the cloud.
//! Next: `document.rs` is the content of a report, `fold.rs` reads it from the journal, `templates/` is its appearance.

mod document;
mod fold;
mod handout;
#[cfg(test)]
mod html_tests;
mod lesson;
mod render;
mod svg;
mod words;

pub use document::Report;
pub use fold::{Told, fold};
pub use handout::{Handout, handout};
pub use render::{Drawing, handout_html, handout_markdown, report_html, report_markdown};
pub use svg::svg;
