//! A line before it is painted: words with tones.

use console::Style as ConsoleStyle;

use super::measure::width;
use crate::i18n::harmless;

/// The meaning of a piece of a line, not its appearance: without colour the words alone must be clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Title,
    Strong,
    /// Less important.
    Dim,
    /// Something to type: a command, a name.
    Code,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// In progress.
    Wait,
    /// A URL.
    Link,
}

impl Tone {
    fn style(self) -> ConsoleStyle {
        let style = ConsoleStyle::new();
        match self {
            Self::Plain => style,
            Self::Title | Self::Strong => style.bold(),
            Self::Dim => style.dim(),
            Self::Code => style.cyan(),
            Self::Good => style.green(),
            Self::Bad => style.red().bold(),
            Self::Wait => style.yellow(),
            Self::Link => style.cyan().underlined(),
        }
    }
}

/// Words of one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub ink: Tone,
    pub text: String,
}

/// One line of a screen. Text pushed onto it is cleaned of control characters.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line {
    spans: Vec<Span>,
    /// Whether it is meant to be copied, so that it stays at the left edge.
    to_copy: bool,
}

impl Line {
    pub fn blank() -> Self {
        Self::default()
    }

    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::blank().and(Tone::Plain, text)
    }

    pub fn of(ink: Tone, text: impl AsRef<str>) -> Self {
        Self::blank().and(ink, text)
    }

    /// A line of a value to copy: it stays whole, at the left edge.
    pub fn to_copy(ink: Tone, text: impl AsRef<str>) -> Self {
        Self { to_copy: true, ..Self::of(ink, text) }
    }

    pub fn and(mut self, ink: Tone, text: impl AsRef<str>) -> Self {
        self.push(ink, text);
        self
    }

    pub fn push(&mut self, ink: Tone, text: impl AsRef<str>) {
        let text = harmless::line(text.as_ref());
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.ink == ink => last.text.push_str(&text),
            _ => self.spans.push(Span { ink, text: text.into_owned() }),
        }
    }

    pub fn append(&mut self, other: Self) {
        for span in other.spans {
            self.push(span.ink, span.text);
        }
    }

    /// The same line, moved right by `by` cells unless it is meant to be copied.
    pub fn indented(self, by: usize) -> Self {
        if self.spans.is_empty() || self.to_copy {
            return self;
        }
        let mut line = Self::plain(" ".repeat(by));
        line.append(self);
        line
    }

    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether all of it has this tone.
    pub fn is(&self, ink: Tone) -> bool {
        !self.spans.is_empty() && self.spans.iter().all(|span| span.ink == ink)
    }

    pub fn is_to_copy(&self) -> bool {
        self.to_copy
    }

    pub fn is_blank(&self) -> bool {
        self.spans.iter().all(|span| span.text.trim().is_empty())
    }

    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// In cells, counting ambiguous characters as one.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| width(&span.text)).sum()
    }

    /// The line as written, without trailing spaces; what is meant to be copied stays as it is.
    pub fn paint(&self, color: bool) -> String {
        self.paint_with(color, str::to_owned)
    }

    /// [`Self::paint`], with every address as `link` writes it.
    pub fn paint_with(&self, color: bool, link: impl Fn(&str) -> String) -> String {
        let trimmed = |text: &'_ str| if self.to_copy { text.len() } else { text.trim_end().len() };
        if !color && !self.spans.iter().any(|span| span.ink == Tone::Link) {
            let mut text = self.text();
            text.truncate(trimmed(&text));
            return text;
        }
        let last = self.spans.iter().rposition(|span| trimmed(&span.text) > 0);
        let mut painted = String::new();
        for (index, span) in self.spans.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let text = if Some(index) == last { &span.text[..trimmed(&span.text)] } else { span.text.as_str() };
            let text = if span.ink == Tone::Link { &link(text) } else { text };
            if span.ink == Tone::Plain || !color {
                painted.push_str(text);
            } else {
                painted.push_str(&span.ink.style().force_styling(true).apply_to(text).to_string());
            }
        }
        painted
    }
}

/// The lines as written, each with a line end.
pub fn paint(lines: &[Line], color: bool) -> String {
    lines.iter().map(|line| line.paint(color) + "\n").collect()
}

/// Joins blocks with one blank line between them; empty blocks leave no gap.
pub fn stack(blocks: impl IntoIterator<Item = Vec<Line>>) -> Vec<Line> {
    let mut lines = Vec::new();
    for block in blocks.into_iter().filter(|block| !block.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        lines.extend(block);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Line, Tone};

    #[test]
    fn colour_adds_escapes_and_nothing_else() {
        let line = Line::of(Tone::Good, "ok").and(Tone::Plain, "  endpoint  ");
        assert_eq!(line.paint(false), "ok  endpoint");
        assert_eq!(line.paint(true), "\u{1b}[32mok\u{1b}[0m  endpoint");
        assert_eq!(Line::plain("a  ").paint(false), "a");
        assert_eq!(Line::to_copy(Tone::Plain, "a \\ ").paint(false), "a \\ ");
    }

    #[test]
    fn what_is_pushed_is_cleaned() {
        assert_eq!(Line::plain("a\u{1b}[31mb").paint(true), "ab");
    }
}
