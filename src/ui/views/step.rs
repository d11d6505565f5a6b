//! A step as it opens.

use super::diagram::{Drawn, draw};
use super::diagram_words::diagram_in_words;
use crate::engine::event::{Mode, Picture, StepView};
use crate::i18n::{Text, m};
use crate::lab::{PredictProse, Side};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// The step's blocks, in reading order. The explain mode shows everything, since it asks nothing.
pub fn step(view: &StepView, style: &Style) -> Vec<Vec<Line>> {
    let prose = view.prose.get(style.lang);
    let explain = view.mode == Mode::Explain;
    let mut blocks = vec![
        style.inside(header(view, style)),
        picture(&view.picture, style, Drawn { mark_new: true, details: false }),
    ];
    blocks.push(style.inside(style.prose(&prose.lesson, 0)));
    if let Some(note) = &prose.two_accounts {
        blocks.push(style.inside(style.under(&m::step_two_accounts(), style.prose(note, 2))));
    }
    if explain && let Some(note) = &prose.then_and_now {
        blocks.push(style.inside(style.under(&m::step_then_and_now(), style.prose(note, 2))));
    }
    if explain {
        blocks.extend(view.questions.get(style.lang).iter().map(|words| asked(words, style)));
    }
    blocks.push(style.inside(style.under(&m::step_plan(), numbered(&view.plan, style))));
    // A screen with a menu offers the console instructions there, which keeps the step short.
    if style.is_plain() || explain {
        blocks.push(style.inside(style.under(&m::step_console(), style.prose(&prose.console, 2))));
    }
    if explain {
        blocks.push(commands(view, style));
    } else if let Some(command) = view.commands.first() {
        blocks.push(style.inside(style.under(&m::step_cli(), vec![style.short_command(command)])));
    }
    blocks.push(style.inside(style.under(&m::step_checks(), bulleted(&view.checks, style))));
    if explain {
        // Separate from the questions, so that the reader can guess first.
        blocks.extend(view.answers.get(style.lang).iter().map(|words| answered(words, style)));
        for (heading, part) in [(m::step_more(), &prose.more), (m::step_after(), &prose.after)] {
            if let Some(part) = part {
                blocks.push(style.inside(style.under(&heading, style.prose(part, 2))));
            }
        }
        blocks.push(detours(view, style));
    }
    blocks
}

/// A question that the other modes ask, with its options.
fn asked(words: &PredictProse, style: &Style) -> Vec<Line> {
    let width = style.measure().saturating_sub(2);
    let mut body = fill(&Line::plain(words.question.as_str()), width, "", "");
    for (_, option) in &words.options {
        body.extend(fill(&Line::plain(option.as_str()), width, "- ", "  "));
    }
    style.inside(style.under(&m::step_predict(), body))
}

/// The question's answer.
fn answered(words: &PredictProse, style: &Style) -> Vec<Line> {
    let width = style.measure().saturating_sub(2);
    let mut body = fill(&Line::plain(style.render(&m::step_predict_answer(&words.right))), width, "", "");
    body.extend(style.prose(&words.because, 2));
    style.inside(style.under(&m::predict_title(&words.question), body))
}

/// What "tell me more" shows.
pub fn more(view: &StepView, style: &Style) -> Vec<Line> {
    let prose = view.prose.get(style.lang);
    let mut blocks = Vec::new();
    for (heading, part) in [
        (m::step_more(), prose.more.as_deref()),
        (m::step_then_and_now(), prose.then_and_now.as_deref()),
        (m::step_console(), Some(prose.console.as_str())),
    ] {
        blocks.push(style.inside(style.under(&heading, style.prose(part.unwrap_or_default(), 2))));
    }
    let lines = stack(blocks);
    if lines.is_empty() { style.inside(style.words(Tone::Plain, &m::step_more_none())) } else { lines }
}

/// Every command, whole, alone on its lines at the left edge, because the learner copies them.
pub fn commands(view: &StepView, style: &Style) -> Vec<Line> {
    if view.commands.is_empty() {
        return style.inside(style.words(Tone::Plain, &m::step_cli_none()));
    }
    let mut lines = style.inside(vec![Line::of(Tone::Strong, style.render(&m::step_cli_all()))]);
    for command in &view.commands {
        lines.push(Line::blank());
        lines.extend(super::part::to_copy(command));
    }
    lines
}

/// What the step's detour is about.
pub fn detours(view: &StepView, style: &Style) -> Vec<Line> {
    let words = view.prose.get(style.lang).detours.values();
    stack(words.map(|words| style.inside(style.under(&m::step_detour(), style.prose(words, 2)))))
}

/// What to read once the step is met.
pub fn after(view: &StepView, style: &Style) -> Vec<Line> {
    let words = view.prose.get(style.lang).after.as_deref().unwrap_or_default();
    style.inside(style.prose(words, 0))
}

/// What to read while the step's work is in progress.
pub fn waiting(view: &StepView, style: &Style) -> Vec<Line> {
    let words = view.prose.get(style.lang).then_and_now.as_deref().unwrap_or_default();
    style.inside(style.under(&m::step_waiting(), style.prose(words, 2)))
}

/// The architecture, as a drawing or in words.
pub fn picture(picture: &Picture, style: &Style, drawn: Drawn) -> Vec<Line> {
    if style.is_plain() {
        return diagram_in_words(picture, style.lang)
            .iter()
            .flat_map(|sentence| fill(&Line::plain(sentence), style.width, "", ""))
            .collect();
    }
    draw(picture, style, drawn)
}

fn header(view: &StepView, style: &Style) -> Vec<Line> {
    let mut lines = Vec::new();
    if !style.is_plain() {
        lines.extend(style.sides(&Line::of(Tone::Dim, view.lab.get(style.lang)), &style.render(&view.place)));
    }
    lines.extend(style.sides(
        &title_line(view, style),
        &format!("{} / {}", style.render(&side(view.side)), style.render(&m::minutes(view.minutes))),
    ));
    lines
}

fn title_line(view: &StepView, style: &Style) -> Line {
    let position = style.render(&m::StepPosition { number: view.number, total: view.total }.text());
    Line::of(Tone::Strong, position)
        .and(Tone::Plain, if style.is_plain() { ": " } else { "  " })
        .and(Tone::Title, &view.prose.get(style.lang).title)
}

/// The step's number and title.
pub fn title(view: &StepView, style: &Style) -> Vec<Line> {
    style.inside(fill(&title_line(view, style), style.measure(), "", "  "))
}

fn side(side: Side) -> Text {
    match side {
        Side::Provider => m::side_provider(),
        Side::Consumer => m::side_consumer(),
    }
}

fn numbered(texts: &[Text], style: &Style) -> Vec<Line> {
    let item = |(number, text): (usize, &Text)| {
        let marker = format!("{}. ", number + 1);
        let rest = " ".repeat(marker.len());
        fill(&Line::plain(style.render(text)), style.measure().saturating_sub(2), &marker, &rest)
    };
    texts.iter().enumerate().flat_map(item).collect()
}

fn bulleted(texts: &[Text], style: &Style) -> Vec<Line> {
    let item = |text: &Text| fill(&Line::plain(style.render(text)), style.measure().saturating_sub(2), "- ", "  ");
    texts.iter().flat_map(item).collect()
}
