//! The learner's turn: what they need to work by hand, and how pllab sees their work.

use super::part::to_copy;
use crate::engine::event::{Event, LostThing, TurnView};
use crate::i18n::{Text, m};
use crate::lab::Leaves;
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// Kept in sight during the learner's turn: what to do, and the settings for a second terminal; `menu` says how to get
/// more.
pub fn turn(view: &TurnView, menu: Option<Text>, style: &Style) -> Vec<Line> {
    // Only the sandbox hands out keys of its own.
    let title = if view.access.is_empty() { m::turn_title() } else { m::turn_title_sandbox() };
    let mut blocks = vec![style.inside(style.words(Tone::Strong, &title))];
    if !view.access.is_empty() {
        blocks.push(access(view, style));
    }
    if let Some(words) = menu {
        blocks.push(style.inside(style.words(Tone::Plain, &words)));
    }
    stack(blocks)
}

/// What is to be made, one line each.
pub fn plan(view: &TurnView, style: &Style) -> Vec<Line> {
    let item = |text: &Text| fill(&Line::plain(style.render(text)), style.measure().saturating_sub(2), "- ", "  ");
    style.inside(view.plan.iter().flat_map(item).collect())
}

/// The scripts of instances, to copy.
pub fn scripts(view: &TurnView, style: &Style) -> Vec<Line> {
    stack(view.scripts.iter().map(|(name, script)| {
        let mut lines = style.inside(style.words(Tone::Plain, &m::turn_script(name)));
        lines.push(Line::blank());
        lines.extend(to_copy(script));
        lines
    }))
}

/// The commands, with the settings that direct them to the right account.
pub fn commands(view: &TurnView, style: &Style) -> Vec<Line> {
    let mut lines = if view.access.is_empty() { Vec::new() } else { access(view, style) };
    if !lines.is_empty() {
        lines.push(Line::blank());
    }
    lines.extend(style.inside(vec![Line::of(Tone::Strong, style.render(&m::step_cli_all()))]));
    for command in &view.commands {
        lines.push(Line::blank());
        lines.extend(to_copy(command));
    }
    lines
}

fn access(view: &TurnView, style: &Style) -> Vec<Line> {
    let mut lines = style.inside(style.words(Tone::Plain, &m::turn_access()));
    lines.push(Line::blank());
    lines.extend(view.access.iter().map(|line| Line::to_copy(Tone::Code, line.as_str())));
    lines
}

/// What pllab sees of the learner's work.
pub fn event(event: &Event, style: &Style) -> Vec<Line> {
    match event {
        Event::Recognised { resource, facts, .. } => {
            let id = facts.get("arn").or_else(|| facts.get("id")).map_or("", String::as_str);
            let text = if id.is_empty() {
                m::turn_done(resource)
            } else {
                m::TurnRecognised { id: short(id), name: resource }.text()
            };
            style.inside(marked(Tone::Good, style.tick(), &text, style))
        }
        Event::Sighted { resource, kind, id, differs, .. } if !id.is_empty() => {
            let text = if kind.leaves() == Leaves::Change {
                m::turn_setting(resource)
            } else {
                m::TurnSighted { id: short(id), name: resource }.text()
            };
            let mut lines = marked(Tone::Wait, style.open(), &text, style);
            for it in differs {
                let text = m::TurnDiffers { expected: &it.expected, seen: &it.seen, what: &it.what }.text();
                let line = Line::plain(style.render(&text));
                lines.extend(
                    fill(&line, style.measure().saturating_sub(6), "", "  ").into_iter().map(|it| it.indented(4)),
                );
            }
            style.inside(lines)
        }
        Event::Lost { things, again, commands, .. } => {
            let mut lines: Vec<Line> =
                things.iter().flat_map(|it| marked(Tone::Bad, style.cross(), &lost(it), style)).collect();
            let along: Vec<&str> = again
                .iter()
                .filter(|name| things.iter().all(|thing| thing.resource != **name))
                .map(String::as_str)
                .collect();
            if !along.is_empty() {
                let words = m::lost_along(along.join(", "));
                lines.extend(fill(&Line::plain(style.render(&words)), style.measure(), "", "  "));
            }
            if !commands.is_empty() {
                lines.extend(fill(&Line::plain(style.render(&m::lost_yours())), style.measure(), "", "  "));
            }
            let mut lines = style.inside(lines);
            for command in commands {
                lines.push(Line::blank());
                lines.extend(to_copy(command));
            }
            lines
        }
        Event::Hint { rung, text, commands, .. } => {
            let title = format!("{}: {}", style.render(&m::turn_hint(*rung)), style.render(text));
            let mut lines = style.inside(fill(&Line::plain(title), style.measure(), "", "  "));
            for command in commands {
                lines.push(Line::blank());
                lines.extend(to_copy(command));
            }
            lines
        }
        _ => Vec::new(),
    }
}

/// What has become of a thing that can never be used again.
fn lost(thing: &LostThing) -> Text {
    let name = thing.resource.as_str();
    // pllab deleted it itself, to make it again.
    let id = if thing.id.is_empty() { name } else { short(&thing.id) };
    match thing.state.as_str() {
        "" => m::LostGone { id, name }.text(),
        "rejected" => m::LostRejected { id, name }.text(),
        state => m::LostState { id, name, state }.text(),
    }
}

fn marked(ink: Tone, mark: &str, text: &Text, style: &Style) -> Vec<Line> {
    let words = style.render(text);
    let line =
        if style.is_plain() { Line::plain(words) } else { Line::of(ink, mark).and(Tone::Plain, format!(" {words}")) };
    fill(&line, style.measure(), "", "  ")
}

/// An ARN's last part.
fn short(id: &str) -> &str {
    id.rsplit(':').next().unwrap_or(id)
}
