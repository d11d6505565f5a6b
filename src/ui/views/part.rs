//! Building blocks of several screens: headings, paragraphs, commands to copy.

use crate::i18n::{Text, complete, m};
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::markdown::render;
use crate::ui::text::measure::{cut, wide_width, width};
use crate::ui::text::style::Style;
use crate::ui::text::table::pairs;
use crate::ui::text::wrap::fill;

/// The widest prose, in cells: longer lines are hard to read.
const READABLE: usize = 100;

impl Style {
    /// Cells for running text inside the margin.
    pub fn measure(&self) -> usize {
        if self.is_plain() { self.width } else { self.width.saturating_sub(2).clamp(10, READABLE) }
    }

    /// Moves lines inside the margin; the plain layout has none.
    pub fn inside(&self, lines: Vec<Line>) -> Vec<Line> {
        let by = usize::from(!self.is_plain());
        lines.into_iter().map(|line| line.indented(by)).collect()
    }

    /// The expected value and the seen one, one below the other.
    pub fn expected_and_seen(&self, expected: &Text, seen: &Text) -> Vec<Line> {
        let named =
            |name: Text, value: &Text| (Line::of(Tone::Dim, self.render(&name)), Line::plain(self.render(value)));
        let facts = [named(m::check_expected(), expected), named(m::check_seen(), seen)];
        if self.is_plain() {
            facts.iter().map(|(name, value)| Line::plain(format!("{}: {}", name.text(), value.text()))).collect()
        } else {
            pairs(&facts, self.measure().saturating_sub(7))
        }
    }

    /// Two texts on one line, left and right; on two lines if they do not fit.
    pub fn sides(&self, left: &Line, right: &str) -> Vec<Line> {
        if self.is_plain() {
            let mut line = left.clone();
            if !right.is_empty() {
                line.push(Tone::Plain, format!(" ({right})"));
            }
            return vec![line];
        }
        let room = self.measure();
        if wide_width(&left.text()) + 2 + wide_width(right) <= room {
            let mut line = left.clone();
            line.push(Tone::Plain, " ".repeat(room.saturating_sub(left.width() + width(right))));
            line.push(Tone::Dim, right);
            return vec![line];
        }
        let mut lines = fill(left, room, "", "");
        lines.extend(fill(&Line::of(Tone::Dim, right), room, "", ""));
        lines
    }

    /// A paragraph.
    pub fn words(&self, ink: Tone, text: &Text) -> Vec<Line> {
        fill(&Line::of(ink, self.render(text)), self.measure(), "", "")
    }

    /// A heading and its body; nothing if the body is empty.
    pub fn under(&self, heading: &Text, body: Vec<Line>) -> Vec<Line> {
        if body.is_empty() {
            return body;
        }
        let mut lines = fill(&Line::of(Tone::Strong, self.render(heading)), self.measure(), "", "");
        lines.extend(body.into_iter().map(|line| line.indented(2)));
        lines
    }

    /// Like [`Style::under`], for values to copy: they stay at the left edge, each on its own line.
    pub fn under_to_copy(&self, heading: &Text, values: &[String]) -> Vec<Line> {
        if values.is_empty() {
            return Vec::new();
        }
        let mut lines = fill(&Line::of(Tone::Strong, self.render(heading)), self.measure(), "", "");
        lines.extend(values.iter().flat_map(|value| to_copy(value)));
        lines
    }

    /// A lesson.
    pub fn prose(&self, source: &str, indent: usize) -> Vec<Line> {
        render(source, self.measure().saturating_sub(indent))
    }

    /// The first line of a command, cut to the room.
    pub fn short_command(&self, command: &str) -> Line {
        // Skip the variable that captures the reply, because here the call matters.
        let command = command.find("aws ").map_or(command, |start| &command[start..]);
        let first = command.lines().next().unwrap_or_default();
        let whole = first.trim_end_matches('\\').trim_end();
        let more = whole.len() < first.len() || command.lines().nth(1).is_some();
        let whole = if more { format!("{whole} ...") } else { whole.to_owned() };
        Line::of(Tone::Code, cut(&whole, self.measure().saturating_sub(3)))
    }
}

/// A value to copy: each of its lines whole. A command of pllab's own works as it stands.
pub fn to_copy(value: &str) -> Vec<Line> {
    complete(value).lines().map(|line| Line::to_copy(Tone::Code, line)).collect()
}
