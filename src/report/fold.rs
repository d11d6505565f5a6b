//! Folds a journal into a report.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{
    Consent, Drilled, Earlier, Evidence, Looked, Note, Prediction, Proof, Receipt, Report, Slip, StepPart, Thing,
};
use crate::engine::event::{Difference, Entry, Event, Facts, Item, PredictionWords, Purpose, Verdict};
use crate::i18n::{Lang, Text, Zone, m};
use crate::lab::{Kind, Loaded, Side};

/// Facts that the journal does not contain.
pub struct Told<'a> {
    /// The lab; without steps if its files are gone.
    pub loaded: &'a Loaded,
    /// Where the run's calls went.
    pub place: Text,
    /// The architecture with everything the run made, in words.
    pub picture: Vec<String>,
    /// One sentence per item.
    pub cost: Vec<Text>,
    /// A drill's title, by its name.
    pub drill: &'a dyn Fn(&str) -> Text,
    /// What a resource is, by kind and by its name in the lab.
    pub label: &'a dyn Fn(&Kind, &str) -> Text,
    /// The zone in which times are shown.
    pub zone: Zone,
}

#[must_use]
pub fn fold(run: &str, entries: &[Entry], told: &Told<'_>, lang: Lang) -> Report {
    let prose = told.loaded.prose.get(lang);
    let steps = told.loaded.lab.steps.iter().map(|step| {
        let title = prose.steps.get(&step.id).map(|words| words.title.clone()).unwrap_or_default();
        part(&step.id, title, Some(step.side))
    });
    let report = Report {
        lang,
        run: run.to_owned(),
        learner: String::new(),
        lab: told.loaded.lab.id.clone(),
        title: prose.title.clone(),
        place: told.place.render(lang),
        accounts: BTreeMap::new(),
        variables: BTreeMap::new(),
        started: None,
        ended: entries.last().map(|entry| entry.at),
        steps_met: 0,
        steps_total: told.loaded.lab.steps.len(),
        cleaned: false,
        picture: told.picture.clone(),
        steps: steps.collect(),
        proofs: Vec::new(),
        predictions: Vec::new(),
        recap: Vec::new(),
        drills: Vec::new(),
        consents: Vec::new(),
        cost: told.cost.iter().map(|text| text.render(lang)).collect(),
        receipt: None,
        notes: Vec::new(),
        zone: told.zone.clone(),
    };
    let mut folding = Folding { report, told, lang, calls: BTreeMap::new() };
    for entry in entries {
        folding.take(entry);
    }
    let mut report = folding.report;
    report.steps_met = report.steps.iter().filter(|step| step.verdict == Some(Verdict::Met)).count();
    report
}

/// A call whose outcome has not been read yet.
struct Call {
    step: String,
    resource: String,
    kind: Kind,
    purpose: Purpose,
    operation: String,
}

struct Folding<'a> {
    report: Report,
    told: &'a Told<'a>,
    lang: Lang,
    calls: BTreeMap<u64, Call>,
}

impl Folding<'_> {
    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.event {
            Event::RunStarted { lab, variables, accounts, learner, .. } => {
                self.report.learner.clone_from(learner);
                self.report.lab.clone_from(lab);
                self.report.variables.clone_from(variables);
                self.report.accounts.clone_from(accounts);
                self.report.started = Some(at);
            }
            Event::StepStarted { step } => {
                self.step(step).began.get_or_insert(at);
            }
            Event::StepFinished { step, verdict } => {
                let part = self.step(step);
                (part.verdict, part.ended) = (Some(*verdict), Some(at));
            }
            Event::Intent { call, step, resource, kind, purpose, operation, .. } => {
                if *purpose == Purpose::Make {
                    self.report.cleaned = false;
                }
                let (step, resource, kind) = (step.clone(), resource.clone(), kind.clone());
                self.calls
                    .insert(*call, Call { step, resource, kind, purpose: *purpose, operation: operation.clone() });
            }
            Event::Outcome { call, facts, error, .. } => {
                let Some(call) = self.calls.get(call) else { return };
                if let Some(fault) = error {
                    let (step, text) = (call.step.clone(), format!("{}: {fault}", call.operation));
                    self.report.notes.push(Note { at, step, text });
                } else if let (Purpose::Make, Some(id)) = (call.purpose, facts.as_ref().and_then(id)) {
                    let thing = Thing {
                        label: (self.told.label)(&call.kind, &call.resource).render(self.lang),
                        resource: call.resource.clone(),
                        kind: call.kind.clone(),
                        id: id.to_owned(),
                        made: at,
                        gone: None,
                    };
                    let step = call.step.clone();
                    self.made(&step, thing);
                }
            }
            Event::Recognised { step, resource, kind, facts, .. } => {
                self.mended(at, resource, &[]);
                let Some(id) = id(facts) else { return };
                self.meant(resource, id);
                // Forget the earlier match if another object replaced it.
                for part in &mut self.report.steps {
                    part.made.retain(|thing| thing.resource != *resource || thing.id == id || thing.gone.is_some());
                }
                let thing = Thing {
                    label: (self.told.label)(kind, resource).render(self.lang),
                    resource: resource.clone(),
                    kind: kind.clone(),
                    id: id.to_owned(),
                    made: at,
                    gone: None,
                };
                self.made(step, thing);
            }
            Event::Gone { resource, id } => self.gone(at, resource, id),
            Event::Check { step, check, title, verdict, expected, seen, command, .. } => {
                let title = Some(title.render(self.lang)).filter(|title| !title.is_empty());
                let evidence = Evidence {
                    check: check.clone(),
                    title: title.unwrap_or_else(|| check.clone()),
                    verdict: *verdict,
                    expected: expected.render(self.lang),
                    seen: seen.render(self.lang),
                    at,
                    before: 0,
                    earlier: Vec::new(),
                    command: command.clone(),
                };
                self.checked(step, evidence);
            }
            Event::Proof { url, status, token_ok, seen_source, .. } => {
                let (url, seen_source) = (url.clone(), seen_source.clone());
                self.report.proofs.push(Proof { at, url, status: *status, token_ok: *token_ok, seen_source });
            }
            Event::Settled { step, answer, right, words, seen, .. } => {
                let one = self.answered(at, step, answer == right, words, seen);
                self.report.predictions.push(one);
            }
            Event::Recapped { answer, right, words, seen, .. } => {
                let one = self.answered(at, "", answer == right, words, seen);
                self.report.recap.push(one);
            }
            Event::DrillFinished { drill, mended, opened, hints, seconds, given_up } => {
                self.report.drills.push(Drilled {
                    at,
                    drill: drill.clone(),
                    title: (self.told.drill)(drill).render(self.lang),
                    mended: *mended,
                    opened: opened.iter().map(|text| text.render(self.lang)).collect(),
                    hints: *hints,
                    seconds: *seconds,
                    given_up: *given_up,
                });
            }
            Event::Notice { text } => {
                let text = text.render(self.lang);
                self.report.notes.push(Note { at, step: String::new(), text });
            }
            Event::Interrupted { .. } => {
                let text = m::report_interrupted().render(self.lang);
                self.report.notes.push(Note { at, step: String::new(), text });
            }
            Event::Receipt { gone, left, unknown, items, .. } => {
                let items = items.iter().map(|item| self.looked(item)).collect();
                self.report.receipt = Some(Receipt { at, gone: *gone, left: *left, unknown: *unknown, items });
            }
            Event::RunCleaned { .. } => self.report.cleaned = true,
            Event::Bill { total, .. } => {
                let text = m::bill_total(total.cents()).render(self.lang);
                self.report.cost.push(text);
            }
            Event::Sighted { step, resource, kind, differs, .. } => {
                let differs: Vec<Wrong> = differs.iter().filter_map(|it| self.wrong(it)).collect();
                self.mended(at, resource, &differs);
                for slip in differs {
                    self.slipped(at, step, (resource, kind), slip);
                }
            }
            Event::Hint { step, .. } => self.step(step).hints += 1,
            Event::Reopened { steps } | Event::SetAside { steps, .. } => {
                for step in steps {
                    let part = self.step(step);
                    part.reopened.push(at);
                    (part.verdict, part.ended) = (None, None);
                }
            }
            Event::Consented { how, per_hour, prices_as_of, .. } => self.report.consents.push(Consent {
                at,
                who: self.report.learner.clone(),
                how: consented(how).render(self.lang),
                per_hour: per_hour.fine().render(self.lang),
                prices_as_of: prices_as_of.clone(),
            }),
            Event::Answered { .. }
            | Event::Baseline { .. }
            | Event::Lost { .. }
            | Event::Older { .. }
            | Event::Predicted { .. }
            | Event::RunFinished { .. }
            | Event::DrillStarted { .. }
            | Event::DrillCall { .. }
            | Event::DrillKept { .. }
            | Event::DrillPlanted { .. }
            | Event::DrillHint { .. }
            | Event::DrillUndone { .. }
            | Event::Rung { .. }
            | Event::Diagnosis { .. }
            | Event::Unknown => {}
        }
    }

    /// The step's part; a step that the lab no longer has gets one of its own.
    fn step(&mut self, step: &str) -> &mut StepPart {
        let steps = &mut self.report.steps;
        let at = steps.iter().position(|part| part.step == step).unwrap_or_else(|| {
            steps.push(part(step, step.to_owned(), None));
            steps.len() - 1
        });
        &mut steps[at]
    }

    /// A difference in words; `None` for something that is only missing, because it is still to come.
    fn wrong(&self, differs: &Difference) -> Option<Wrong> {
        let [what, expected, seen] = [&differs.what, &differs.expected, &differs.seen].map(|it| it.render(self.lang));
        (differs.seen != m::watch_nothing()).then_some(Wrong { what, expected, seen })
    }

    fn slipped(&mut self, at: Timestamp, step: &str, (resource, kind): (&str, &Kind), wrong: Wrong) {
        let label = (self.told.label)(kind, resource).render(self.lang);
        let slips = &mut self.step(step).slips;
        if slips.iter().any(|slip| slip.resource == resource && slip.mended.is_none() && wrong.is(slip)) {
            return;
        }
        let Wrong { what, expected, seen } = wrong;
        slips.push(Slip { at, resource: resource.to_owned(), label, what, expected, seen, mended: None });
    }

    /// Another object was taken for `resource` until now, so differences that named `id` were no mistakes.
    fn meant(&mut self, resource: &str, id: &str) {
        let it = format!("{resource} (");
        for step in &mut self.report.steps {
            step.slips.retain(|slip| slip.seen != id || !slip.expected.starts_with(&it));
        }
    }

    /// Marks as corrected all differences of `resource` that are not in `still`.
    fn mended(&mut self, at: Timestamp, resource: &str, still: &[Wrong]) {
        let slips = self.report.steps.iter_mut().flat_map(|step| &mut step.slips);
        let open = slips.filter(|slip| slip.resource == resource && slip.mended.is_none());
        for slip in open.filter(|slip| !still.iter().any(|wrong| wrong.is(slip))) {
            slip.mended = Some(at);
        }
    }

    /// Later calls for the same resource report its id again.
    fn made(&mut self, step: &str, thing: Thing) {
        let known = |other: &Thing| other.resource == thing.resource && other.id == thing.id;
        if !self.report.steps.iter().flat_map(|step| &step.made).any(known) {
            self.step(step).made.push(thing);
        }
    }

    fn gone(&mut self, at: Timestamp, resource: &str, id: &str) {
        let things = self.report.steps.iter_mut().flat_map(|step| &mut step.made);
        if let Some(thing) = things.into_iter().find(|thing| thing.resource == resource && thing.id == id) {
            thing.gone = Some(at);
        }
    }

    fn answered(&self, at: Timestamp, step: &str, correct: bool, words: &PredictionWords, seen: &Text) -> Prediction {
        let say = |text: &Text| text.render(self.lang);
        Prediction {
            at,
            step: step.to_owned(),
            question: say(&words.question),
            said: say(&words.said),
            right: say(&words.right),
            correct,
            because: say(&words.because),
            seen: say(seen),
        }
    }

    fn checked(&mut self, step: &str, evidence: Evidence) {
        let checks = &mut self.step(step).checks;
        match checks.iter_mut().find(|known| known.check == evidence.check) {
            Some(known) => {
                let mut earlier = std::mem::take(&mut known.earlier);
                // Whoever waits asks often; one line stands for all that saw the same.
                if known.verdict == Verdict::Broken && earlier.last().is_none_or(|last| last.seen != known.seen) {
                    earlier.push(Earlier { at: known.at, seen: known.seen.clone() });
                }
                let before = known.before + usize::from(known.verdict != Verdict::Met);
                *known = Evidence { before, earlier, ..evidence };
            }
            None => checks.push(evidence),
        }
    }

    fn looked(&self, item: &Item) -> Looked {
        let label = if item.resource.is_empty() {
            item.kind.name().to_owned()
        } else {
            (self.told.label)(&item.kind, &item.resource).render(self.lang)
        };
        let why = item.why.as_ref().map(|why| why.render(self.lang)).unwrap_or_default();
        Looked { label, id: item.id.clone(), state: item.state, why }
    }
}

/// One difference from what the lab wants, in words.
struct Wrong {
    what: String,
    expected: String,
    seen: String,
}

impl Wrong {
    fn is(&self, slip: &Slip) -> bool {
        (&self.what, &self.expected, &self.seen) == (&slip.what, &slip.expected, &slip.seen)
    }
}

/// A step in which nothing has happened.
fn part(step: &str, title: String, side: Option<Side>) -> StepPart {
    StepPart {
        step: step.to_owned(),
        title,
        side,
        verdict: None,
        began: None,
        ended: None,
        made: Vec::new(),
        checks: Vec::new(),
        slips: Vec::new(),
        hints: 0,
        reopened: Vec::new(),
    }
}

/// The form of the learner's consent, in words.
fn consented(how: &str) -> Text {
    match how.strip_prefix("accept-cost ") {
        Some("any") => m::report_consent_any(),
        Some(most) => m::report_consent_ceiling(most),
        None => m::report_consent_typed(),
    }
}

/// The id by which a resource is shown.
fn id(facts: &Facts) -> Option<&str> {
    facts.get("arn").or_else(|| facts.get("id")).map(String::as_str)
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
