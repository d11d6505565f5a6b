//! Events as lines.

use super::bill::bill;
use super::hands_on;
use super::part::to_copy;
use super::path;
use super::receipt::receipt;
use super::step::after;
use super::{drill, error};
use crate::engine::event::{Event, PredictionWords, StepView, TurnView, Verdict};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// Earlier state that decides how an event is worded.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The open step.
    pub step: Option<StepView>,
    /// What the learner needs to do the step by hand, once it is their turn.
    pub turn: Option<TurnView>,
}

/// An event's lines; none if the progress display or the menu has shown it already.
pub fn event(event: &Event, context: &Context, style: &Style) -> Vec<Line> {
    match event {
        Event::RunStarted { run, .. } if style.is_plain() => style.words(Tone::Plain, &m::run_started(run)),
        // Recovery repeats what it finds undone, so this is not a failure.
        Event::Outcome { error: Some(fault), recovered: false, .. } => error::fault(fault, style),
        Event::Gone { resource, id } if style.is_plain() && !id.is_empty() => {
            style.words(Tone::Plain, &m::ItemGone { id, resource }.text())
        }
        Event::Check { check, title, verdict, expected, seen, why, command, .. } => {
            let title = Some(style.render(title)).filter(|title| !title.is_empty()).unwrap_or_else(|| check.clone());
            checked(&Asked { title, verdict: *verdict, expected, seen, why: why.as_ref(), command }, style)
        }
        Event::Proof { url, status, token_ok, seen_source, .. } => proof(url, *status, *token_ok, seen_source, style),
        Event::Rung { .. } => path::rung(event, style),
        Event::Diagnosis { .. } => path::diagnosis(event, style),
        Event::DrillFinished { mended, opened, hints, seconds, given_up, .. } => {
            drill::finished(*mended, *given_up, opened, *hints, *seconds, style)
        }
        Event::DrillUndone { .. } => style.inside(style.words(Tone::Plain, &m::drill_undone())),
        Event::StepFinished { step, verdict } => step_finished(step, *verdict, context, style),
        Event::Notice { text } => style.inside(style.words(Tone::Plain, text)),
        Event::Interrupted { run } => {
            style.inside(style.under_to_copy(&m::run_interrupted(), &[format!("pllab resume {}", shell_word(run))]))
        }
        Event::Receipt { gone, left, unknown, items, free } => receipt([*gone, *left, *unknown], items, *free, style),
        Event::Bill { lines, total, prices_as_of } => bill(lines, *total, prices_as_of, style),
        Event::RunCleaned { .. } => style.inside(style.words(Tone::Plain, &m::run_cleaned())),
        Event::RunFinished { verdict, steps_met, steps } => {
            let words = if *verdict == Verdict::Met && steps_met == steps {
                m::run_finished_met(*steps)
            } else {
                m::RunFinishedOpen { met: *steps_met, steps: *steps }.text()
            };
            style.inside(style.words(Tone::Strong, &words))
        }
        Event::Settled { answer, right, words, seen, .. } => predicted(
            &m::predict_title(&words.question),
            (answer.as_str(), right.as_str()),
            words,
            &m::predict_seen(seen),
            style,
        ),
        Event::Recapped { answer, right, words, seen, .. } => predicted(
            &m::recap_title(&words.question),
            (answer.as_str(), right.as_str()),
            words,
            &m::recap_seen(seen),
            style,
        ),
        Event::Recognised { .. } | Event::Sighted { .. } | Event::Hint { .. } | Event::Lost { .. } => {
            hands_on::event(event, style)
        }
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
        | Event::SetAside { .. }
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

fn checked(asked: &Asked<'_>, style: &Style) -> Vec<Line> {
    let (ink, mark, word, why) = match asked.verdict {
        Verdict::Met => (Tone::Good, style.tick(), m::check_met(), None),
        Verdict::NotYet => (Tone::Wait, style.open(), m::check_not_yet(), Some(m::check_why_not_yet())),
        Verdict::Broken => (Tone::Bad, style.cross(), m::check_broken(), Some(m::check_why_broken())),
        Verdict::CannotTell => (Tone::Wait, "?", m::check_cannot_tell(), Some(m::check_why_cannot_tell())),
    };
    // A known cause outweighs the usual explanation of such an answer.
    let why = why.map(|usual| asked.why.cloned().unwrap_or(usual));
    let (word, seen) = (style.render(&word), style.render(asked.seen));
    let Some(why) = why else {
        let line = if style.is_plain() {
            Line::plain(format!("{word}: {}: {seen}", asked.title))
        } else {
            Line::of(ink, mark).and(Tone::Plain, format!(" {}  ", asked.title)).and(Tone::Dim, seen)
        };
        return style.inside(fill(&line, style.measure(), "", "    "));
    };
    let mut lines = if style.is_plain() {
        vec![Line::plain(format!("{word}: {}", asked.title))]
    } else {
        let line = Line::of(ink, mark).and(Tone::Strong, format!(" {}  ", asked.title)).and(ink, word);
        fill(&line, style.measure(), "", "    ")
    };
    let mut body = style.expected_and_seen(asked.expected, asked.seen);
    body.extend(fill(&Line::plain(style.render(&why)), style.measure().saturating_sub(4), "", ""));
    if !asked.command.is_empty() {
        body.push(Line::plain(style.render(&m::check_look())));
    }
    body.extend(to_copy(asked.command));
    lines.extend(body.into_iter().map(|line| line.indented(if style.is_plain() { 2 } else { 4 })));
    style.inside(lines)
}

fn predicted(
    title: &Text,
    (answer, right): (&str, &str),
    words: &PredictionWords,
    seen: &Text,
    style: &Style,
) -> Vec<Line> {
    let is_right = answer == right;
    let (ink, mark) = if is_right { (Tone::Good, style.tick()) } else { (Tone::Wait, style.open()) };
    let verdict = if is_right {
        m::predict_right(&words.right)
    } else if answer.is_empty() {
        m::predict_passed(&words.right)
    } else {
        m::PredictWrong { right: &words.right, said: &words.said }.text()
    };
    let room = style.measure().saturating_sub(2);
    let mut body = Vec::new();
    for (index, words) in style.render(&verdict).lines().enumerate() {
        let line = match index {
            _ if style.is_plain() => Line::plain(words),
            0 => Line::of(ink, mark).and(Tone::Plain, format!(" {words}")),
            _ => Line::plain(format!("  {words}")),
        };
        body.extend(fill(&line, room, "", "  "));
    }
    let seen = Line::of(Tone::Dim, style.render(seen));
    body.extend(fill(&seen, style.measure().saturating_sub(2), "", "  "));
    let why = style.prose(&style.render(&words.because), 2);
    stack([style.inside(style.under(title, body)), style.inside(why)])
}

fn proof(url: &str, status: u16, token_ok: bool, source: &str, style: &Style) -> Vec<Line> {
    let mut words = Vec::new();
    if status == 0 {
        words.push((Tone::Bad, style.cross(), m::proof_none()));
    } else {
        let fine = (200..300).contains(&status);
        let (ink, mark) = if fine { (Tone::Good, style.tick()) } else { (Tone::Bad, style.cross()) };
        words.push((ink, mark, m::proof_status(status)));
        let (ink, mark, token) = if token_ok {
            (Tone::Good, style.tick(), m::proof_token_ok())
        } else {
            (Tone::Bad, style.cross(), m::proof_token_bad())
        };
        words.push((ink, mark, token));
        if !source.is_empty() {
            words.push((Tone::Plain, " ", m::proof_source(source)));
        }
    }
    let line = |(ink, mark, text): &(Tone, &str, Text)| {
        if style.is_plain() {
            Line::plain(style.render(text))
        } else {
            Line::of(*ink, *mark).and(Tone::Plain, " ").and(Tone::Plain, style.render(text))
        }
    };
    let body = words.iter().flat_map(|words| fill(&line(words), style.measure().saturating_sub(2), "", "  ")).collect();
    let mut blocks = vec![style.inside(style.under(&m::proof_title(), body))];
    if !url.is_empty() {
        let mut lines = style.inside(style.words(Tone::Plain, &m::proof_url()));
        lines.push(Line::to_copy(Tone::Link, url));
        blocks.push(lines);
    }
    stack(blocks)
}

fn step_finished(step: &str, verdict: Verdict, context: &Context, style: &Style) -> Vec<Line> {
    let Some(view) = context.step.as_ref().filter(|view| view.step == step) else { return Vec::new() };
    let met = verdict == Verdict::Met;
    let (ink, mark, words) = if met {
        (Tone::Good, style.tick(), m::StepFinishedMet { number: view.number, total: view.total }.text())
    } else {
        (Tone::Bad, style.cross(), m::StepFinishedOpen { number: view.number, total: view.total }.text())
    };
    let line = if style.is_plain() {
        Line::plain(style.render(&words))
    } else {
        Line::of(ink, mark).and(Tone::Strong, format!(" {}", style.render(&words)))
    };
    let first = style.inside(vec![line]);
    if met { stack([first, after(view, style)]) } else { first }
}
