//! Events as they are shown.

use super::bill::bill;
use super::hands_on as turn;
use super::part::to_copy;
use super::path;
use super::receipt::receipt;
use super::step::after;
use super::{drill, error};
use crate::engine::event::{Event, PredictionWords, StepView, TurnView, Verdict};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::ui::text::line::{Ink, Line, stack};
use crate::ui::text::style::Look;
use crate::ui::text::wrap::fill;

/// What stood before an event and gives it its words.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The step that is open.
    pub step: Option<StepView>,
    /// What the learner needs to do it by hand, once it is their turn.
    pub turn: Option<TurnView>,
}

/// An event's lines; none where progress or the menu has said it already.
pub fn event(event: &Event, context: &Context, look: &Look) -> Vec<Line> {
    match event {
        Event::RunStarted { run, .. } if look.told() => look.words(Ink::Plain, &m::run_started(run)),
        // What recovery finds not done is done again; that is no fault.
        Event::Outcome { error: Some(fault), recovered: false, .. } => error::fault(fault, look),
        Event::Gone { resource, id } if look.told() && !id.is_empty() => {
            look.words(Ink::Plain, &m::item_gone(id, resource))
        }
        Event::Check { check, title, verdict, expected, seen, why, command, .. } => {
            let title = Some(look.say(title)).filter(|title| !title.is_empty()).unwrap_or_else(|| check.clone());
            checked(&Asked { title, verdict: *verdict, expected, seen, why: why.as_ref(), command }, look)
        }
        Event::Proof { url, status, token_ok, seen_source } => proof(url, *status, *token_ok, seen_source, look),
        Event::Rung { .. } => path::rung(event, look),
        Event::Diagnosis { .. } => path::diagnosis(event, look),
        Event::DrillFinished { mended, opened, hints, seconds, given_up, .. } => {
            drill::finished(*mended, *given_up, opened, *hints, *seconds, look)
        }
        Event::DrillUndone { .. } => look.inside(look.words(Ink::Plain, &m::drill_undone())),
        Event::StepFinished { step, verdict } => step_finished(step, *verdict, context, look),
        Event::Notice { text } => look.inside(look.words(Ink::Plain, text)),
        Event::Interrupted { run } => {
            look.inside(look.under_to_copy(&m::run_interrupted(), &[format!("pllab resume {}", shell_word(run))]))
        }
        Event::Receipt { gone, left, unknown, items } => receipt([*gone, *left, *unknown], items, look),
        Event::Bill { lines, total, prices_as_of } => bill(lines, *total, prices_as_of, look),
        Event::RunCleaned { .. } => look.inside(look.words(Ink::Plain, &m::run_cleaned())),
        Event::RunFinished { verdict, steps_met, steps } => {
            let words = if *verdict == Verdict::Met && steps_met == steps {
                m::run_finished_met(*steps)
            } else {
                m::run_finished_open(*steps_met, *steps)
            };
            look.inside(look.words(Ink::Strong, &words))
        }
        Event::Settled { answer, right, words, seen, .. } => predicted(answer == right, words, seen, look),
        Event::Recognised { .. } | Event::Sighted { .. } | Event::Hint { .. } => turn::event(event, look),
        Event::RunStarted { .. }
        | Event::DrillStarted { .. }
        | Event::DrillCall { .. }
        | Event::DrillKept { .. }
        | Event::DrillPlanted { .. }
        | Event::DrillHint { .. }
        | Event::Baseline { .. }
        | Event::Older { .. }
        | Event::Predicted { .. }
        | Event::Reopened { .. }
        | Event::Consented { .. }
        | Event::StepStarted { .. }
        | Event::Answered { .. }
        | Event::Intent { .. }
        | Event::Outcome { .. }
        | Event::Gone { .. }
        | Event::Unknown => Vec::new(),
    }
}

struct Asked<'a> {
    title: String,
    verdict: Verdict,
    expected: &'a Text,
    seen: &'a Text,
    why: Option<&'a Text>,
    command: &'a str,
}

fn checked(asked: &Asked<'_>, look: &Look) -> Vec<Line> {
    let (ink, mark, word, why) = match asked.verdict {
        Verdict::Met => (Ink::Good, look.tick(), m::check_met(), None),
        Verdict::NotYet => (Ink::Wait, look.open(), m::check_not_yet(), Some(m::check_why_not_yet())),
        Verdict::Broken => (Ink::Bad, look.cross(), m::check_broken(), Some(m::check_why_broken())),
        Verdict::CannotTell => (Ink::Wait, "?", m::check_cannot_tell(), Some(m::check_why_cannot_tell())),
    };
    // What the check itself knows of the cause outweighs what is true of every such answer.
    let why = why.map(|usual| asked.why.cloned().unwrap_or(usual));
    let (word, seen) = (look.say(&word), look.say(asked.seen));
    let Some(why) = why else {
        let line = if look.told() {
            Line::plain(format!("{word}: {}: {seen}", asked.title))
        } else {
            Line::of(ink, mark).and(Ink::Plain, format!(" {}  ", asked.title)).and(Ink::Dim, seen)
        };
        return look.inside(fill(&line, look.measure(), "", "    "));
    };
    let mut lines = if look.told() {
        vec![Line::plain(format!("{word}: {}", asked.title))]
    } else {
        let line = Line::of(ink, mark).and(Ink::Strong, format!(" {}  ", asked.title)).and(ink, word);
        fill(&line, look.measure(), "", "    ")
    };
    let mut body = look.expected_and_seen(asked.expected, asked.seen);
    body.extend(fill(&Line::plain(look.say(&why)), look.measure().saturating_sub(4), "", ""));
    if !asked.command.is_empty() {
        body.push(Line::plain(look.say(&m::check_look())));
    }
    body.extend(to_copy(asked.command));
    lines.extend(body.into_iter().map(|line| line.indented(if look.told() { 2 } else { 4 })));
    look.inside(lines)
}

fn predicted(right: bool, words: &PredictionWords, seen: &Text, look: &Look) -> Vec<Line> {
    let (ink, mark) = if right { (Ink::Good, look.tick()) } else { (Ink::Wait, look.open()) };
    let verdict = if right { m::predict_right(&words.right) } else { m::predict_wrong(&words.right, &words.said) };
    let line = if look.told() {
        Line::plain(look.say(&verdict))
    } else {
        Line::of(ink, mark).and(Ink::Plain, format!(" {}", look.say(&verdict)))
    };
    let mut body = fill(&line, look.measure().saturating_sub(2), "", "  ");
    body.extend(look.words(Ink::Dim, &m::predict_seen(seen)));
    let why = look.prose(&look.say(&words.because), 2);
    let title = m::predict_title(&words.question);
    stack([look.inside(look.under(&title, body)), look.inside(why)])
}

fn proof(url: &str, status: u16, token_ok: bool, source: &str, look: &Look) -> Vec<Line> {
    let mut words = Vec::new();
    if status == 0 {
        words.push((Ink::Bad, look.cross(), m::proof_none()));
    } else {
        let fine = (200..300).contains(&status);
        let (ink, mark) = if fine { (Ink::Good, look.tick()) } else { (Ink::Bad, look.cross()) };
        words.push((ink, mark, m::proof_status(status)));
        let (ink, mark, token) = if token_ok {
            (Ink::Good, look.tick(), m::proof_token_ok())
        } else {
            (Ink::Bad, look.cross(), m::proof_token_bad())
        };
        words.push((ink, mark, token));
        if !source.is_empty() {
            words.push((Ink::Plain, " ", m::proof_source(source)));
        }
    }
    let line = |(ink, mark, text): &(Ink, &str, Text)| {
        if look.told() {
            Line::plain(look.say(text))
        } else {
            Line::of(*ink, *mark).and(Ink::Plain, " ").and(Ink::Plain, look.say(text))
        }
    };
    let body = words.iter().flat_map(|words| fill(&line(words), look.measure().saturating_sub(2), "", "  ")).collect();
    let mut blocks = vec![look.inside(look.under(&m::proof_title(), body))];
    if !url.is_empty() {
        let heading = Line::plain(look.say(&m::proof_url()));
        blocks.push(look.inside(vec![heading, Line::to_copy(Ink::Link, url)]));
    }
    stack(blocks)
}

fn step_finished(step: &str, verdict: Verdict, context: &Context, look: &Look) -> Vec<Line> {
    let Some(view) = context.step.as_ref().filter(|view| view.step == step) else { return Vec::new() };
    let met = verdict == Verdict::Met;
    let (ink, mark, words) = if met {
        (Ink::Good, look.tick(), m::step_finished_met(view.number, view.total))
    } else {
        (Ink::Bad, look.cross(), m::step_finished_open(view.number, view.total))
    };
    let line = if look.told() {
        Line::plain(look.say(&words))
    } else {
        Line::of(ink, mark).and(Ink::Strong, format!(" {}", look.say(&words)))
    };
    let first = look.inside(vec![line]);
    if met { stack([first, after(view, look)]) } else { first }
}
