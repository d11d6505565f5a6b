//! From a journal to a report.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{Drilled, Evidence, Looked, Note, Prediction, Proof, Receipt, Report, StepPart, Thing};
use crate::engine::event::{Entry, Event, Facts, Item, Purpose, Verdict};
use crate::i18n::{Lang, Text, m};
use crate::lab::Loaded;

/// What the journal itself does not say.
pub struct Told<'a> {
    /// The lab; without steps where its files are gone.
    pub loaded: &'a Loaded,
    /// Where the run's calls went.
    pub place: Text,
    /// The architecture at its fullest, in words.
    pub picture: Vec<String>,
    /// What it cost, one sentence each.
    pub cost: Vec<Text>,
    /// A drill's title, by its name.
    pub drill: &'a dyn Fn(&str) -> Text,
    /// What a resource is, by kind and by its name in the lab.
    pub label: &'a dyn Fn(&str, &str) -> Text,
}

/// Folds `entries` into the report of `run` in `lang`.
#[must_use]
pub fn fold(run: &str, entries: &[Entry], told: &Told<'_>, lang: Lang) -> Report {
    let prose = told.loaded.prose.get(lang);
    let steps = told.loaded.lab.steps.iter().map(|step| StepPart {
        step: step.id.clone(),
        title: prose.steps.get(&step.id).map(|words| words.title.clone()).unwrap_or_default(),
        side: Some(step.side),
        verdict: None,
        began: None,
        ended: None,
        made: Vec::new(),
        checks: Vec::new(),
    });
    let report = Report {
        lang,
        run: run.to_owned(),
        lab: told.loaded.lab.id.clone(),
        title: prose.title.clone(),
        place: told.place.say(lang),
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
        drills: Vec::new(),
        cost: told.cost.iter().map(|text| text.say(lang)).collect(),
        receipt: None,
        notes: Vec::new(),
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
    kind: String,
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
            Event::RunStarted { lab, variables, accounts, .. } => {
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
                        label: (self.told.label)(&call.kind, &call.resource).say(self.lang),
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
                let Some(id) = id(facts) else { return };
                // What was taken for it before is not it.
                for part in &mut self.report.steps {
                    part.made.retain(|thing| thing.resource != *resource || thing.id == id || thing.gone.is_some());
                }
                let thing = Thing {
                    label: (self.told.label)(kind, resource).say(self.lang),
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
                let title = Some(title.say(self.lang)).filter(|title| !title.is_empty());
                let evidence = Evidence {
                    check: check.clone(),
                    title: title.unwrap_or_else(|| check.clone()),
                    verdict: *verdict,
                    expected: expected.say(self.lang),
                    seen: seen.say(self.lang),
                    at,
                    before: 0,
                    command: command.clone(),
                };
                self.checked(step, evidence);
            }
            Event::Proof { url, status, token_ok, seen_source } => {
                let (url, seen_source) = (url.clone(), seen_source.clone());
                self.report.proofs.push(Proof { at, url, status: *status, token_ok: *token_ok, seen_source });
            }
            Event::Settled { step, answer, right, words, seen, .. } => {
                let say = |text: &Text| text.say(self.lang);
                self.report.predictions.push(Prediction {
                    at,
                    step: step.clone(),
                    question: say(&words.question),
                    said: say(&words.said),
                    right: say(&words.right),
                    correct: answer == right,
                    because: say(&words.because),
                    seen: say(seen),
                });
            }
            Event::DrillFinished { drill, mended, opened, hints, seconds, given_up } => {
                self.report.drills.push(Drilled {
                    at,
                    drill: drill.clone(),
                    title: (self.told.drill)(drill).say(self.lang),
                    mended: *mended,
                    opened: opened.iter().map(|text| text.say(self.lang)).collect(),
                    hints: *hints,
                    seconds: *seconds,
                    given_up: *given_up,
                });
            }
            Event::Notice { text } => {
                let text = text.say(self.lang);
                self.report.notes.push(Note { at, step: String::new(), text });
            }
            Event::Interrupted { .. } => {
                let text = m::report_interrupted().say(self.lang);
                self.report.notes.push(Note { at, step: String::new(), text });
            }
            Event::Receipt { gone, left, unknown, items } => {
                let items = items.iter().map(|item| self.looked(item)).collect();
                self.report.receipt = Some(Receipt { at, gone: *gone, left: *left, unknown: *unknown, items });
            }
            Event::RunCleaned { .. } => self.report.cleaned = true,
            Event::Bill { total, .. } => {
                let text = m::bill_total(total.text(2)).say(self.lang);
                self.report.cost.push(text);
            }
            Event::Consented { .. }
            | Event::Answered { .. }
            | Event::Baseline { .. }
            | Event::Predicted { .. }
            | Event::Reopened { .. }
            | Event::Sighted { .. }
            | Event::Hint { .. }
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
            steps.push(StepPart {
                step: step.to_owned(),
                title: step.to_owned(),
                side: None,
                verdict: None,
                began: None,
                ended: None,
                made: Vec::new(),
                checks: Vec::new(),
            });
            steps.len() - 1
        });
        &mut steps[at]
    }

    /// Later calls of the same resource tell its id again.
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

    fn checked(&mut self, step: &str, evidence: Evidence) {
        let checks = &mut self.step(step).checks;
        match checks.iter_mut().find(|known| known.check == evidence.check) {
            Some(known) => {
                let before = known.before + usize::from(known.verdict != Verdict::Met);
                *known = Evidence { before, ..evidence };
            }
            None => checks.push(evidence),
        }
    }

    fn looked(&self, item: &Item) -> Looked {
        let label = if item.resource.is_empty() {
            item.kind.clone()
        } else {
            (self.told.label)(&item.kind, &item.resource).say(self.lang)
        };
        Looked { label, id: item.id.clone(), state: item.state }
    }
}

/// What a resource goes by.
fn id(facts: &Facts) -> Option<&str> {
    facts.get("arn").or_else(|| facts.get("id")).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Told, fold};
    use crate::engine::event::Entry;
    use crate::i18n::{Lang, Text};
    use crate::lab::Loaded;
    use crate::report::{Drawing, report_html, report_markdown};

    /// A journal with a prediction that was wrong and a drill that was mended with one hint.
    fn entries() -> Vec<Entry> {
        let words = |text: &str| json!(Text::literal(text));
        let lines = [
            json!({ "at": "2026-11-25T00:00:00Z", "event": "settled", "step": "one", "prediction": "where",
                "answer": "left", "right": "right", "check": "a", "seen": words("what was seen"),
                "words": { "question": words("Where?"), "said": words("On the left"), "right": words("On the right"),
                    "because": words("So it *is*.") } }),
            json!({ "at": "2026-11-25T00:01:00Z", "event": "drill_finished", "drill": "green-and-late", "mended": true,
                "opened": [], "hints": 1, "seconds": 75, "given_up": false }),
        ];
        lines.map(|line| serde_json::from_value(line).expect("it is a journal line")).into()
    }

    #[test]
    fn predictions_and_drills_stand_beside_their_answers() {
        let loaded = Loaded::without_steps("gone");
        let told = Told {
            loaded: &loaded,
            place: Text::literal("here"),
            picture: Vec::new(),
            cost: Vec::new(),
            drill: &|_| Text::literal("All green"),
            label: &|_, name| Text::literal(name),
        };
        for lang in Lang::ALL {
            let report = fold("abc", &entries(), &told, lang);
            let [one] = &report.predictions[..] else { panic!("{report:?}") };
            assert_eq!((one.said.as_str(), one.right.as_str(), one.correct), ("On the left", "On the right", false));
            assert_eq!((report.drills[0].mended, report.drills[0].hints, report.drills[0].seconds), (true, 1, 75));
            let (html, markdown) = (report_html(&report, ""), report_markdown(&report, &Drawing::None));
            for words in ["Where?", "On the left", "On the right", "what was seen", "All green"] {
                assert!(html.contains(words) && markdown.contains(words), "{words}\n{html}\n{markdown}");
            }
            assert!(html.contains("So it <em>is</em>."), "{html}");
        }
    }
}
