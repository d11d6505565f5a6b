//! Chooses the screen, and formats what the command line prints outside a run.

use std::sync::Arc;

use super::json::Json;
use super::options::{Form, UiOptions};
use super::plain::Plain;
use super::terminal::Terminal;
use crate::engine::event::Screen;
use crate::i18n::{Lang, Text};
use crate::ui::text::line::{Line, Tone, paint};
use crate::ui::text::markdown::render;
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::text::table::{columns, told};
use crate::ui::views::error::{ErrorReport, painted};

#[must_use]
pub fn open(options: UiOptions) -> Arc<dyn Screen> {
    match options.form {
        Form::Json => Arc::new(Json::new(options)),
        Form::Plain => Arc::new(Plain::new(options)),
        Form::Pretty => Arc::new(Terminal::new(options)),
    }
}

/// Whether colours may be used: not if `NO_COLOR` is set, nor if standard output or error is not a terminal.
#[must_use]
pub fn color_allowed() -> bool {
    console::colors_enabled() && console::colors_enabled_stderr()
}

/// The layout of text outside a run.
#[derive(Clone, Copy, Debug)]
pub struct PrintStyle {
    pub lang: Lang,
    /// Whether a person at a terminal reads it. Otherwise it is plain: no frames, no marks, unbroken lines.
    pub pretty: bool,
    /// Cells in a line; `None` asks the terminal.
    pub width: Option<u16>,
    /// The characters for marks.
    pub glyphs: GlyphSet,
    pub color: bool,
}

impl PrintStyle {
    fn style(self) -> Style {
        let layout = if self.pretty { Layout::Rich } else { Layout::Plain };
        let width = match self.width {
            Some(width) => usize::from(width),
            None if self.pretty => usize::from(console::Term::stdout().size().1),
            None => usize::MAX,
        };
        Style { lang: self.lang, layout, width, glyphs: if self.pretty { self.glyphs } else { GlyphSet::Ascii } }
    }
}

/// Rows under a head. For a person, in columns, or one `head: cell` a line if columns do not fit; otherwise one row a
/// line. Every line has a line end.
#[must_use]
pub fn table(head: &[Text], rows: &[Vec<Text>], unread: PrintStyle) -> String {
    let style = unread.style();
    let head: Vec<Line> = head.iter().map(|text| Line::of(Tone::Strong, style.render(text))).collect();
    let cells = |row: &Vec<Text>| row.iter().map(|text| Line::plain(style.render(text))).collect();
    let rows: Vec<Vec<Line>> = rows.iter().map(cells).collect();
    let lines = if style.is_plain() { told(&head, &rows, style.width) } else { columns(&head, &rows, style.measure()) };
    paint(&style.inside(lines), unread.color)
}

/// Markdown as lines, each with a line end.
#[must_use]
pub fn markdown(source: &str, unread: PrintStyle) -> String {
    let style = unread.style();
    paint(&style.inside(render(source, style.measure())), unread.color)
}

/// An error: what happened, the facts, what the reader can do. Every line has a line end, and a command is alone on
/// its line.
#[must_use]
pub fn error_report(error: &ErrorReport, unread: PrintStyle) -> String {
    painted(error, &unread.style(), unread.color)
}
