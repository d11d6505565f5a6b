//! Text processing: measuring, line breaking, columns, reading Markdown.
//! Must not know: terminals, runs.
//! Next: `style.rs` is how a screen should look, `line.rs` a line before it is painted, `wrap.rs` decides where lines break.

pub mod line;
pub mod markdown;
pub mod measure;
pub mod style;
pub mod table;
pub mod time;
pub mod wrap;
