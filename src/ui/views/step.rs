//! A step as it opens.

use super::diagram::draw;
use super::diagram_words::diagram_in_words;
use crate::engine::event::{Picture, StepView, Way};
use crate::i18n::{Text, m};
use crate::lab::{PredictProse, Side};
use crate::ui::text::line::{Ink, Line, stack};
use crate::ui::text::style::Look;
use crate::ui::text::wrap::fill;

/// The step's blocks, in reading order. In the explaining way everything is shown, since nothing will be asked.
pub fn step(view: &StepView, look: &Look) -> Vec<Vec<Line>> {
    let prose = view.prose.get(look.lang);
    let explain = view.way == Way::Explain;
    let mut blocks = vec![look.inside(header(view, look)), picture(&view.picture, look, true)];
    blocks.push(look.inside(look.prose(&prose.lesson, 0)));
    if let Some(note) = &prose.two_accounts {
        blocks.push(look.inside(look.under(&m::step_two_accounts(), look.prose(note, 2))));
    }
    if explain && let Some(note) = &prose.then_and_now {
        blocks.push(look.inside(look.under(&m::step_then_and_now(), look.prose(note, 2))));
    }
    if explain {
        blocks.extend(view.questions.get(look.lang).iter().map(|words| asked(words, look)));
    }
    blocks.push(look.inside(look.under(&m::step_plan(), numbered(&view.plan, look))));
    // On a screen with a menu the way through the console is one choice away, and the step stays calm.
    if look.told() || explain {
        blocks.push(look.inside(look.under(&m::step_console(), look.prose(&prose.console, 2))));
    }
    if explain {
        blocks.push(commands(view, look));
    } else if let Some(command) = view.commands.first() {
        blocks.push(look.inside(look.under(&m::step_cli(), vec![look.short_command(command)])));
    }
    blocks.push(look.inside(look.under(&m::step_checks(), bulleted(&view.checks, look))));
    if explain {
        // Apart from the questions, so that there is something to guess.
        blocks.extend(view.answers.get(look.lang).iter().map(|words| answered(words, look)));
        for (heading, part) in [(m::step_more(), &prose.more), (m::step_after(), &prose.after)] {
            if let Some(part) = part {
                blocks.push(look.inside(look.under(&heading, look.prose(part, 2))));
            }
        }
        blocks.push(detours(view, look));
    }
    blocks
}

/// A question that is asked in the other ways, with what there is to choose from.
fn asked(words: &PredictProse, look: &Look) -> Vec<Line> {
    let width = look.measure().saturating_sub(2);
    let mut body = fill(&Line::plain(words.question.as_str()), width, "", "");
    for (_, option) in &words.options {
        body.extend(fill(&Line::plain(option.as_str()), width, "- ", "  "));
    }
    look.inside(look.under(&m::step_predict(), body))
}

/// Its answer, once what is read shows it.
fn answered(words: &PredictProse, look: &Look) -> Vec<Line> {
    let width = look.measure().saturating_sub(2);
    let mut body = fill(&Line::plain(look.say(&m::step_predict_answer(&words.right))), width, "", "");
    body.extend(look.prose(&words.because, 2));
    look.inside(look.under(&m::predict_title(&words.question), body))
}

/// What "tell me more" shows.
pub fn more(view: &StepView, look: &Look) -> Vec<Line> {
    let prose = view.prose.get(look.lang);
    let mut blocks = Vec::new();
    for (heading, part) in [
        (m::step_more(), prose.more.as_deref()),
        (m::step_then_and_now(), prose.then_and_now.as_deref()),
        (m::step_console(), Some(prose.console.as_str())),
    ] {
        blocks.push(look.inside(look.under(&heading, look.prose(part.unwrap_or_default(), 2))));
    }
    let lines = stack(blocks);
    if lines.is_empty() { look.inside(look.words(Ink::Plain, &m::step_more_none())) } else { lines }
}

/// Every command, whole, each alone on its lines at the left edge: they are there to be copied.
pub fn commands(view: &StepView, look: &Look) -> Vec<Line> {
    if view.commands.is_empty() {
        return look.inside(look.words(Ink::Plain, &m::step_cli_none()));
    }
    let mut lines = look.inside(vec![Line::of(Ink::Strong, look.say(&m::step_cli_all()))]);
    for command in &view.commands {
        lines.push(Line::blank());
        lines.extend(super::part::to_copy(command));
    }
    lines
}

/// What the step's detour is about.
pub fn detours(view: &StepView, look: &Look) -> Vec<Line> {
    let words = view.prose.get(look.lang).detours.values();
    stack(words.map(|words| look.inside(look.under(&m::step_detour(), look.prose(words, 2)))))
}

/// What is read once the step is met.
pub fn after(view: &StepView, look: &Look) -> Vec<Line> {
    let words = view.prose.get(look.lang).after.as_deref().unwrap_or_default();
    look.inside(look.prose(words, 0))
}

/// What is read while the step's work is under way.
pub fn waiting(view: &StepView, look: &Look) -> Vec<Line> {
    let words = view.prose.get(look.lang).then_and_now.as_deref().unwrap_or_default();
    look.inside(look.under(&m::step_waiting(), look.prose(words, 2)))
}

/// The architecture, drawn or told.
pub fn picture(picture: &Picture, look: &Look, mark_new: bool) -> Vec<Line> {
    if look.told() {
        return diagram_in_words(picture, look.lang)
            .iter()
            .flat_map(|sentence| fill(&Line::plain(sentence), look.width, "", ""))
            .collect();
    }
    draw(picture, look, mark_new)
}

fn header(view: &StepView, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    if !look.told() {
        lines.extend(look.sides(&Line::of(Ink::Dim, view.lab.get(look.lang)), &look.say(&view.place)));
    }
    let position = look.say(&m::step_position(view.number, view.total));
    let title = Line::of(Ink::Strong, position)
        .and(Ink::Plain, if look.told() { ": " } else { "  " })
        .and(Ink::Title, &view.prose.get(look.lang).title);
    lines.extend(
        look.sides(&title, &format!("{} / {}", look.say(&side(view.side)), look.say(&m::minutes(view.minutes)))),
    );
    lines
}

fn side(side: Side) -> Text {
    match side {
        Side::Provider => m::side_provider(),
        Side::Consumer => m::side_consumer(),
    }
}

fn numbered(texts: &[Text], look: &Look) -> Vec<Line> {
    let item = |(number, text): (usize, &Text)| {
        let marker = format!("{}. ", number + 1);
        let rest = " ".repeat(marker.len());
        fill(&Line::plain(look.say(text)), look.measure().saturating_sub(2), &marker, &rest)
    };
    texts.iter().enumerate().flat_map(item).collect()
}

fn bulleted(texts: &[Text], look: &Look) -> Vec<Line> {
    let item = |text: &Text| fill(&Line::plain(look.say(text)), look.measure().saturating_sub(2), "- ", "  ");
    texts.iter().flat_map(item).collect()
}
