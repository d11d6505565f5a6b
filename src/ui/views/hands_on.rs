//! The learner's turn: what they need to work by hand, and what pllab makes of it.

use super::part::to_copy;
use crate::engine::event::{Event, TurnView};
use crate::i18n::{Text, m};
use crate::lab::changes;
use crate::ui::text::line::{Ink, Line, stack};
use crate::ui::text::style::Look;
use crate::ui::text::wrap::fill;

/// What is shown when it is the learner's turn; `menu` says how to get more.
pub fn turn(view: &TurnView, menu: Option<Text>, look: &Look) -> Vec<Line> {
    // Only the sandbox hands out keys of its own.
    let title = if view.access.is_empty() { m::turn_title() } else { m::turn_title_sandbox() };
    let mut blocks = vec![look.inside(look.words(Ink::Strong, &title))];
    if !view.access.is_empty() {
        blocks.push(access(view, look));
    }
    for (name, script) in &view.scripts {
        let mut lines = look.inside(look.words(Ink::Plain, &m::turn_script(name)));
        lines.push(Line::blank());
        lines.extend(to_copy(script));
        blocks.push(lines);
    }
    if let Some(words) = menu {
        blocks.push(look.inside(look.words(Ink::Plain, &words)));
    }
    stack(blocks)
}

/// The commands, with what makes them go to the right account.
pub fn commands(view: &TurnView, look: &Look) -> Vec<Line> {
    let mut lines = if view.access.is_empty() { Vec::new() } else { access(view, look) };
    if !lines.is_empty() {
        lines.push(Line::blank());
    }
    lines.extend(look.inside(vec![Line::of(Ink::Strong, look.say(&m::step_cli_all()))]));
    for command in &view.commands {
        lines.push(Line::blank());
        lines.extend(to_copy(command));
    }
    lines
}

fn access(view: &TurnView, look: &Look) -> Vec<Line> {
    let mut lines = look.inside(look.words(Ink::Plain, &m::turn_access()));
    lines.push(Line::blank());
    lines.extend(view.access.iter().map(|line| Line::to_copy(Ink::Code, line.as_str())));
    lines
}

/// What pllab sees of the learner's work.
pub fn event(event: &Event, look: &Look) -> Vec<Line> {
    match event {
        Event::Recognised { resource, facts, .. } => {
            let id = facts.get("arn").or_else(|| facts.get("id")).map_or("", String::as_str);
            let text = if id.is_empty() { m::turn_done(resource) } else { m::turn_recognised(short(id), resource) };
            look.inside(marked(Ink::Good, look.tick(), &text, look))
        }
        Event::Sighted { resource, kind, id, differs, .. } if !id.is_empty() => {
            let text = if changes(kind) { m::turn_setting(resource) } else { m::turn_sighted(short(id), resource) };
            let mut lines = marked(Ink::Wait, look.open(), &text, look);
            for it in differs {
                let text = m::turn_differs(&it.expected, &it.seen, &it.what);
                let line = Line::plain(look.say(&text));
                lines.extend(
                    fill(&line, look.measure().saturating_sub(6), "", "  ").into_iter().map(|it| it.indented(4)),
                );
            }
            look.inside(lines)
        }
        Event::Hint { rung, text, commands, .. } => {
            let title = format!("{}: {}", look.say(&m::turn_hint(*rung)), look.say(text));
            let mut lines = look.inside(fill(&Line::plain(title), look.measure(), "", "  "));
            for command in commands {
                lines.push(Line::blank());
                lines.extend(to_copy(command));
            }
            lines
        }
        _ => Vec::new(),
    }
}

fn marked(ink: Ink, mark: &str, text: &Text, look: &Look) -> Vec<Line> {
    let words = look.say(text);
    let line = if look.told() { Line::plain(words) } else { Line::of(ink, mark).and(Ink::Plain, format!(" {words}")) };
    fill(&line, look.measure(), "", "  ")
}

/// Of an ARN the end tells.
fn short(id: &str) -> &str {
    id.rsplit(':').next().unwrap_or(id)
}
