//! `pllab status`, and `pllab` alone: shows where you are, what exists, since when, and what it costs.

use std::fmt::Write as _;
use std::io::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::flags::OneRun;
use crate::actions;
use crate::engine::event::{Verdict, minute};
use crate::engine::{State, spending};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::session::context::{Context, place};
use crate::session::drills::drills_of;
use crate::session::exit::{Code, Failed};
use crate::session::progress::summary;
use crate::session::store::{StoredRun, Unreadable};
use crate::session::suggestions::suggestions;
use crate::ui::{markdown, table};

/// Shows the named run, or the latest one, in full; then lists the unreadable ones.
pub(super) fn status(context: &mut Context, args: &OneRun) -> Result<Code, Failed> {
    let store = context.store()?;
    let (found, unreadable) = store.survey()?;
    if args.run.is_some() || (found.is_empty() && unreadable.is_empty()) {
        let found = store.find(args.run.as_deref(), |_| true)?;
        return show(context, &found, true).map(|()| Code::Met);
    }
    if let Some(latest) = found.first() {
        show(context, latest, true)?;
    }
    tell_unreadable(context, &unreadable)
}

/// Lists the runs that cannot be read, and why.
pub(super) fn tell_unreadable(context: &mut Context, unreadable: &[Unreadable]) -> Result<Code, Failed> {
    for run in unreadable {
        let Some(report) = &run.why.report else { continue };
        if context.json() {
            let why = report.title.render(context.lang);
            let details: Vec<_> = report.details.iter().map(|text| text.render(context.lang)).collect();
            context.print_json(&json!({ "event": "run_unreadable", "run": run.id, "why": why, "details": details }))?;
            continue;
        }
        let mut report = report.clone();
        report.details.insert(0, report.title);
        report.title = m::cli_run_unreadable(&run.id);
        context.report(&report);
    }
    Ok(if unreadable.is_empty() { Code::Met } else { Code::NotMet })
}

/// `pllab` alone: the same if there are runs, else how to begin.
pub(super) fn home(context: &mut Context) -> Result<Code, Failed> {
    let (found, unreadable) = context.store()?.survey()?;
    if found.is_empty() && unreadable.is_empty() {
        let text = markdown(&m::cli_home_first().render(context.lang), context.sheet());
        return context.print(&text).map(|()| Code::Met);
    }
    status(context, &OneRun { run: None })
}

/// Shows a run in full. `commands` adds the commands to run next, which a menu would offer as well.
pub(super) fn show(context: &mut Context, found: &StoredRun, commands: bool) -> Result<(), Failed> {
    if context.json() {
        return print_json(context, found);
    }
    let sheet = context.sheet();
    let state = &found.state;
    let mut text = String::new();
    let loaded = context.lab_of(state);
    let steps = loaded.as_ref().ok().map(|loaded| loaded.lab.steps.len());
    let head = m::CliStatusHead { lab: &state.lab, run: found.id(), state: summary(state, steps) }.text();
    text.push_str(&markdown(&format!("**{}**", head.render(context.lang)), sheet));
    text.push_str(&markdown(&place(&state.target, &state.region).render(context.lang), sheet));
    for line in &found.damaged {
        let path = found.folder.join("journal.jsonl").display().to_string();
        text.push_str(&markdown(&m::CliJournalDamaged { line: *line, path }.text().render(context.lang), sheet));
    }
    if let Err(failed) = &loaded
        && let Some(report) = &failed.report
    {
        for words in std::iter::once(&report.title).chain(&report.details) {
            text.push_str(&markdown(&words.render(context.lang), sheet));
        }
    }
    if let Ok(loaded) = &loaded {
        let rows: Vec<Vec<Text>> = loaded
            .lab
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| {
                let title = loaded.prose.get(context.lang).steps.get(&step.id).map(|prose| prose.title.clone());
                let progress = state.steps.get(&step.id);
                let verdict = match progress.and_then(|step| step.verdict) {
                    Some(Verdict::Met) => m::cli_step_met(),
                    _ if progress.is_some_and(|step| step.started) => m::cli_step_begun(),
                    _ => m::cli_step_open(),
                };
                vec![
                    Text::literal(format!("{}", index + 1)),
                    verdict,
                    Text::literal(step.id.clone()),
                    Text::literal(title.unwrap_or_default()),
                ]
            })
            .collect();
        text.push('\n');
        let columns = [Text::literal("#"), m::cli_column_state(), m::cli_column_step(), m::cli_column_title()];
        text.push_str(&table(&columns, &rows, sheet));
    }
    let now = context.host.clock.now();
    let drill = planted(context, found.id().as_str(), state, now);
    if let Some(drill) = &drill {
        text.push('\n');
        for line in &drill.words {
            text.push_str(&markdown(&line.render(context.lang), sheet));
        }
        for command in drill.next.iter().filter(|_| commands) {
            let _ = writeln!(text, "  {command}");
        }
    }
    // In the order of making.
    let mut existing: Vec<_> = state.existing().into_iter().collect();
    existing.sort_by_key(|(_, line)| line.since);
    let existing: Vec<Vec<Text>> = existing
        .into_iter()
        .map(|(name, line)| {
            let id = line.facts.get("id").or_else(|| line.facts.get("arn")).map_or("", |id| short(id)).to_owned();
            vec![actions::label(&line.kind, name), Text::literal(id), age(now, line.since)]
        })
        .collect();
    text.push('\n');
    if existing.is_empty() {
        text.push_str(&markdown(&m::cli_nothing_exists().render(context.lang), sheet));
    } else {
        let columns = [m::cli_column_resource(), Text::literal("ID"), m::cli_column_since()];
        text.push_str(&table(&columns, &existing, sheet));
        text.push('\n');
        text.push_str(&markdown(&running_cost(state, now).render(context.lang), sheet));
    }
    if commands {
        text.push('\n');
        // Rendered line by line, so that the list follows its heading directly, as below an error.
        for line in suggestions(context, &found.id(), state).render(context.lang).lines() {
            text.push_str(&markdown(line, sheet));
        }
    }
    context.print(&text)
}

/// An id as it fits into a column: of an ARN the part by which its own service's console and CLI know it, which is the
/// name of a load balancer or a target group.
fn short(id: &str) -> &str {
    let Some(resource) = id.starts_with("arn:").then(|| id.rsplit(':').next()).flatten() else { return id };
    let parts: Vec<&str> = resource.split('/').collect();
    match parts.as_slice() {
        ["targetgroup", name, _] | ["loadbalancer", _, name, _] => name,
        [.., last] => last,
        [] => resource,
    }
}

/// The status of a planted drill.
struct Broken {
    words: Vec<Text>,
    /// Commands that the learner can run.
    next: Vec<String>,
    json: serde_json::Value,
}

/// The drill that is planted on a run; `None` if there is none.
fn planted(context: &Context, run: &str, state: &State, now: Timestamp) -> Option<Broken> {
    let planted = state.drill.as_ref().filter(|_| !state.cleaned)?;
    let loaded = context.lab_of(state).ok();
    let known = loaded.and_then(|it| drills_of(context, state, &it).ok());
    let drill = known.into_iter().flatten().find(|drill| drill.id == planted.drill);
    let say = |words: &crate::lab::Pair<String>| words.get(context.lang).clone();
    let (title, symptom) = drill.map(|it| (say(&it.title), say(&it.symptom))).unwrap_or_default();
    let json = json!({
        "drill": planted.drill, "title": title, "symptom": symptom, "since": planted.since, "hints": planted.hints,
        "finished": planted.finished,
    });
    let command = |verb: &str| format!("pllab drill {verb} {}", shell_word(run));
    Some(match planted.since.filter(|_| !planted.stopped()) {
        Some(since) => Broken {
            words: vec![m::DrillStatus { age: age(now, Some(since)), title }.text(), Text::literal(symptom)],
            next: ["check", "hint", "give-up"].map(command).to_vec(),
            json,
        },
        // pllab stopped half way through planting or restoring.
        None => Broken { words: vec![m::drill_status_left(&planted.drill)], next: vec![command("undo")], json },
    })
}

/// The cost per hour, and so far.
fn running_cost(state: &State, now: Timestamp) -> Text {
    match spending(state, now) {
        Some(spending) => m::MoneyRunning { hour: spending.per_hour.fine(), so_far: spending.so_far.cents() }.text(),
        None if state.target == "sandbox" => m::opening_cost(m::cli_cost_nothing()),
        None => m::opening_cost(m::money_local()),
    }
}

/// Prints one line for each run that still costs money, whatever the command was.
pub(super) fn remind(context: &mut Context) {
    let Ok(store) = context.store() else { return };
    let now = context.host.clock.now();
    // The commands about runs report unreadable ones.
    for found in store.all().unwrap_or_default() {
        let Some(spending) = spending(&found.state, now).filter(|it| !found.state.cleaned && it.goes_on()) else {
            continue;
        };
        let since = spending.lines.iter().filter(|line| line.until.is_none()).map(|line| minute(line.from)).min();
        let (hour, so_far) = (spending.per_hour.fine(), spending.so_far.cents());
        let line =
            m::MoneyReminder { hour, run: shell_word(&found.id()), since: since.unwrap_or_default(), so_far }.text();
        // If standard error is closed too, nobody can be told.
        let _ = writeln!(context.host.err, "{}", line.render(context.lang));
    }
}

pub(super) fn age(now: Timestamp, since: Option<Timestamp>) -> Text {
    let Some(since) = since else { return Text::literal("") };
    let minutes = now.duration_since(since).max(SignedDuration::ZERO).as_mins();
    match minutes {
        0 => m::cli_age_now(),
        1..=119 => m::cli_age_minutes(minutes),
        _ => m::cli_age_hours(minutes / 60),
    }
}

fn print_json(context: &mut Context, found: &StoredRun) -> Result<(), Failed> {
    let state = &found.state;
    let steps: Vec<_> = state
        .steps
        .iter()
        .map(|(id, step)| json!({ "step": id, "started": step.started, "verdict": step.verdict }))
        .collect();
    let resources: Vec<_> = state
        .existing()
        .into_iter()
        .map(|(name, line)| json!({ "resource": name, "kind": line.kind, "side": line.side, "facts": line.facts, "since": line.since }))
        .collect();
    let now = context.host.clock.now();
    let drill = planted(context, found.id().as_str(), state, now).map(|drill| drill.json);
    let cost = spending(state, now);
    let cost = cost.map(|it| json!({ "per_hour": it.per_hour, "so_far": it.so_far, "lines": it.lines }));
    let status = json!({
        "event": "status", "run": found.id(), "lab": state.lab, "target": state.target, "region": state.region,
        "cleaned": state.cleaned, "steps": steps, "resources": resources, "cost": cost, "drill": drill,
        "damaged_lines": found.damaged,
    });
    context.print_json(&status)
}
