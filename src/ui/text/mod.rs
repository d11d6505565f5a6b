//! Text before it is anything else: measured, broken into lines, laid out in columns, read from Markdown.
//! Must not know: terminals, runs.
//! Next: `style.rs` is how a screen is to look, `line.rs` a line before it is painted, `wrap.rs` where lines break.

pub mod line;
pub mod markdown;
pub mod measure;
pub mod style;
pub mod table;
pub mod time;
pub mod wrap;
