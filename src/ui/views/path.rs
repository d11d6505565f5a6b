//! The path from the client to the page: one line per rung, then where it ends.

use super::part::to_copy;
use crate::engine::event::{Event, RungState, Verdict};
use crate::i18n::{Text, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// A rung's lines: one if it holds, everything known if it fails. All that come after a failed one share a line.
pub fn rung(event: &Event, style: &Style) -> Vec<Line> {
    let Event::Rung { title, number, state, expected, seen, command, rest, .. } = event else { return Vec::new() };
    if *state == RungState::NotReached {
        return rest.map(|last| unchecked(*number, last, style)).unwrap_or_default();
    }
    let (ink, mark, word) = match state {
        RungState::Holds => (Tone::Good, style.tick(), m::rung_holds()),
        RungState::Broken => (Tone::Bad, style.cross(), m::rung_broken()),
        RungState::NotYet => (Tone::Wait, style.open(), m::rung_not_yet()),
        RungState::NotMade => (Tone::Wait, style.open(), m::rung_not_made()),
        RungState::CannotTell => (Tone::Wait, "?", m::rung_cannot_tell()),
        RungState::NotReached => (Tone::Dim, style.open(), m::rung_rest()),
    };
    let (title, word, told) = (style.render(title), style.render(&word), style.render(seen));
    let line = match (style.is_plain(), state) {
        (true, RungState::Holds) => Line::plain(format!("{number}. {word}: {title}: {told}")),
        (true, _) => Line::plain(format!("{number}. {word}: {title}")),
        (false, RungState::Holds) => {
            Line::of(ink, mark).and(Tone::Plain, format!(" {number:>2}  {title}  ")).and(Tone::Dim, told.clone())
        }
        (false, _) => Line::of(ink, mark).and(Tone::Strong, format!(" {number:>2}  {title}  ")).and(ink, word),
    };
    let mut lines = fill(&line, style.measure(), "", "       ");
    if *state == RungState::Holds {
        lines.extend(asked(expected, command, style));
    }
    if *state != RungState::Holds {
        let body = match state {
            // Nothing could be asked.
            RungState::NotMade if *expected == Text::literal("") => Vec::new(),
            RungState::CannotTell => fill(&Line::plain(told), style.measure().saturating_sub(7), "", ""),
            _ => style.expected_and_seen(expected, seen),
        };
        let by = if style.is_plain() { 2 } else { 7 };
        lines.extend(body.into_iter().map(|line| line.indented(by)));
        if !command.is_empty() {
            lines.push(Line::plain(style.render(&m::check_look())).indented(by));
            lines.extend(to_copy(command));
        }
    }
    style.inside(lines)
}

/// The rungs that were not reached, on one line.
fn unchecked(first: usize, last: usize, style: &Style) -> Vec<Line> {
    let numbers = if first == last { first.to_string() } else { format!("{first}-{last}") };
    let word = style.render(&m::rung_rest());
    let line = if style.is_plain() {
        Line::plain(format!("{numbers}. {word}"))
    } else {
        Line::of(Tone::Dim, format!("{} {numbers:>2}  {word}", style.open()))
    };
    style.inside(fill(&line, style.measure(), "", "       "))
}

/// The expectation and the command to check it, a line each: complete for a careful reader, and easy to skip.
fn asked(expected: &Text, command: &str, style: &Style) -> Vec<Line> {
    let whole = command.replace(" \\\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let (room, by) = if style.is_plain() { (style.measure(), "   ") } else { (style.measure(), "       ") };
    let mut lines = fill(&Line::of(Tone::Dim, style.render(&m::rung_asked(expected))), room, by, by);
    // A command that is too long for a line is broken at its options, so that it still reads as one.
    let rows = if by.len() + whole.len() <= room { vec![whole.as_str()] } else { command.lines().collect() };
    let rows = rows.into_iter().filter(|row| !row.is_empty());
    lines.extend(rows.map(|row| Line::of(Tone::Code, row).indented(by.len())));
    lines
}

/// Where the path ends, why, and what to change.
pub fn diagnosis(event: &Event, style: &Style) -> Vec<Line> {
    let Event::Diagnosis { title, verdict, why, repair, commands, .. } = event else { return Vec::new() };
    let (ink, mark, words) = match verdict {
        Verdict::Met => (Tone::Good, style.tick(), m::path_whole()),
        Verdict::CannotTell => (Tone::Wait, "?", m::path_unsure()),
        Verdict::NotYet => (Tone::Wait, style.open(), m::path_not_yet(title)),
        Verdict::Broken => (Tone::Bad, style.cross(), m::path_ends(title)),
    };
    let line = if style.is_plain() {
        Line::plain(style.render(&words))
    } else {
        Line::of(ink, mark).and(Tone::Strong, format!(" {}", style.render(&words)))
    };
    let mut lines = fill(&line, style.measure(), "", "  ");
    let by = if style.is_plain() { 0 } else { 2 };
    for text in [why, repair].into_iter().filter(|text| **text != Text::literal("")) {
        let room = style.measure().saturating_sub(by);
        lines.extend(fill(&Line::plain(style.render(text)), room, "", "").into_iter().map(|line| line.indented(by)));
    }
    let commands = commands.iter().flat_map(|command| to_copy(command)).collect();
    stack([style.inside(lines), commands])
}
