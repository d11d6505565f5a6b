//! The result of a drill.

use std::time::Duration;

use crate::i18n::{Text, m};
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::style::Style;
use crate::ui::text::time::clock;
use crate::ui::text::wrap::fill;

/// The grade: repaired or not, what was opened, time and hints.
pub fn finished(mended: bool, given_up: bool, opened: &[Text], hints: usize, seconds: u64, style: &Style) -> Vec<Line> {
    let (ink, mark, words) = match (mended, given_up, opened.is_empty()) {
        (true, ..) => (Tone::Good, style.tick(), m::drill_mended()),
        (_, true, _) => (Tone::Wait, style.open(), m::drill_given_up()),
        (_, _, false) => (Tone::Bad, style.cross(), m::drill_opened()),
        _ => (Tone::Bad, style.cross(), m::drill_not_mended()),
    };
    let line = if style.is_plain() {
        Line::plain(style.render(&words))
    } else {
        Line::of(ink, mark).and(Tone::Strong, format!(" {}", style.render(&words)))
    };
    let mut lines = vec![line];
    let by = if style.is_plain() { 0 } else { 2 };
    let room = style.measure().saturating_sub(by);
    for text in opened {
        lines.extend(fill(&Line::plain(style.render(text)), room, "", "").into_iter().map(|line| line.indented(by)));
    }
    let used = m::DrillUsed { hints, time: clock(Duration::from_secs(seconds)) }.text();
    lines.push(Line::of(Tone::Dim, style.render(&used)).indented(by));
    style.inside(lines)
}
