//! How a drill ended.

use std::time::Duration;

use crate::i18n::{Text, m};
use crate::ui::text::line::{Ink, Line};
use crate::ui::text::style::Look;
use crate::ui::text::time::clock;
use crate::ui::text::wrap::fill;

/// The grade: mended or not, what was opened, time and hints.
pub fn finished(mended: bool, given_up: bool, opened: &[Text], hints: usize, seconds: u64, look: &Look) -> Vec<Line> {
    let (ink, mark, words) = match (mended, given_up, opened.is_empty()) {
        (true, ..) => (Ink::Good, look.tick(), m::drill_mended()),
        (_, true, _) => (Ink::Wait, look.open(), m::drill_given_up()),
        (_, _, false) => (Ink::Bad, look.cross(), m::drill_opened()),
        _ => (Ink::Bad, look.cross(), m::drill_not_mended()),
    };
    let line = if look.told() {
        Line::plain(look.say(&words))
    } else {
        Line::of(ink, mark).and(Ink::Strong, format!(" {}", look.say(&words)))
    };
    let mut lines = vec![line];
    let by = if look.told() { 0 } else { 2 };
    let room = look.measure().saturating_sub(by);
    for text in opened {
        lines.extend(fill(&Line::plain(look.say(text)), room, "", "").into_iter().map(|line| line.indented(by)));
    }
    let used = m::drill_used(hints, clock(Duration::from_secs(seconds)));
    lines.push(Line::of(Ink::Dim, look.say(&used)).indented(by));
    look.inside(lines)
}
