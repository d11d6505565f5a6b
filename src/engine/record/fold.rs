//! How each journal line changes the state of the run.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ledger::{Made, Pending, ResourceState};
use super::state::{Consent, Detouring, Graded, PageSeen, Planted, State, StepState};
use crate::engine::event::{
    AnewChoice, CleanUpStage, Decision, DetourStage, Entry, Event, Facts, FaultClass, GoToStage, Mode, NextStage,
    Purpose, StepChoice, Theirs,
};
use crate::lab::Leaves;

impl State {
    #[must_use]
    pub fn replay(entries: &[Entry]) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.apply(entry);
        }
        state
    }

    pub fn apply(&mut self, entry: &Entry) {
        self.last = Some(entry.at);
        match &entry.event {
            Event::RunStarted {
                run,
                lab,
                target,
                region,
                token,
                variables,
                pace,
                accounts,
                profile,
                consumer_profile,
                api_only,
                labs,
                learner,
                mode,
                ..
            } => {
                self.consumer_profile.clone_from(consumer_profile);
                self.api_only = *api_only;
                self.labs.clone_from(labs);
                self.learner.clone_from(learner);
                self.mode = *mode;
                self.accounts.clone_from(accounts);
                self.profile.clone_from(profile);
                self.run.clone_from(run);
                self.lab.clone_from(lab);
                self.target.clone_from(target);
                self.region.clone_from(region);
                self.token.clone_from(token);
                self.variables.clone_from(variables);
                self.pace.clone_from(pace);
                self.started = Some(entry.at);
            }
            Event::Consented { prices_as_of, charges, .. } => {
                self.consent = Some(Consent { prices_as_of: prices_as_of.clone(), charges: charges.clone() });
            }
            Event::StepStarted { step } => self.steps.entry(step.clone()).or_default().started = true,
            Event::Answered { step, decision } => self.decided(step, decision),
            Event::Intent { call, step, resource, kind, side, purpose, part, params, .. } => {
                let pending =
                    Pending { resource: resource.clone(), kind: kind.clone(), purpose: *purpose, part: part.clone() };
                self.pending.insert(*call, pending);
                self.next_call = self.next_call.max(call + 1);
                let line = self.resources.entry(resource.clone()).or_insert_with(|| ResourceState {
                    kind: kind.clone(),
                    side: *side,
                    step: step.clone(),
                    facts: Facts::new(),
                    made: BTreeSet::new(),
                    deleted: BTreeSet::new(),
                    round: 0,
                    made_with: BTreeSet::new(),
                    since: None,
                    yours: false,
                });
                if *purpose == Purpose::Make {
                    strings(params, &mut line.made_with);
                    self.cleaned = false;
                }
            }
            Event::Outcome { call, error: Some(fault), recovered: false, .. }
                if fault.class == FaultClass::NoAnswer
                    && self.pending.get(call).is_some_and(|call| call.purpose == Purpose::Make) => {}
            Event::Outcome { call, facts, .. } => {
                let Some(pending) = self.pending.remove(call) else { return };
                let (Some(facts), Some(line)) = (facts, self.resources.get_mut(&pending.resource)) else { return };
                line.facts.extend(facts.clone());
                let parts = match pending.purpose {
                    Purpose::Make => &mut line.made,
                    Purpose::Delete => &mut line.deleted,
                };
                parts.insert(pending.part);
                if line.id().is_some() && line.since.is_none() {
                    line.since = Some(entry.at);
                }
            }
            Event::Gone { resource, id } => {
                if let Some(line) = self.resources.get_mut(resource) {
                    if line.kind.leaves() != Leaves::Thing {
                        // This kind leaves nothing in the cloud that could be looked for.
                        line.facts.clear();
                        line.made.clear();
                        line.round += 1;
                        return;
                    }
                    self.gone.push(Made {
                        resource: resource.clone(),
                        kind: line.kind.clone(),
                        id: id.clone(),
                        side: line.side,
                        since: line.since,
                        until: Some(entry.at),
                    });
                    line.forget();
                    line.round += 1;
                }
            }
            Event::DrillStarted { drill, rules } => {
                self.drill = Some(Planted { drill: drill.clone(), rules: rules.clone(), ..Planted::default() });
            }
            Event::DrillFinished { drill, mended, .. } => {
                self.drills.push(Graded { drill: drill.clone(), mended: *mended });
                self.drilling(|it| it.finished = true);
            }
            Event::DrillKept { name, facts, .. } => {
                self.drilling(|it| it.facts.entry(name.clone()).or_default().extend(facts.clone()));
            }
            Event::DrillPlanted { rules, .. } => self.drilling(|it| {
                it.since = Some(entry.at);
                it.after = rules.clone();
            }),
            Event::DrillHint { number, .. } => self.drilling(|it| it.hints = *number),
            Event::DrillUndone { .. } => self.drill = None,
            Event::Baseline { ids } => self.baseline = Some(ids.clone()),
            Event::Older { step, ids, used } => {
                self.steps.entry(step.clone()).or_default().asked_older = true;
                if *used {
                    self.older.extend(ids.clone());
                }
            }
            Event::Recognised { step, resource, kind, side, facts, uses, parts } => {
                let round = self.resources.get(resource).map_or(0, |line| line.round);
                let line = ResourceState {
                    kind: kind.clone(),
                    side: *side,
                    step: step.clone(),
                    facts: facts.clone(),
                    made: parts.clone(),
                    deleted: BTreeSet::new(),
                    round,
                    made_with: uses.clone(),
                    since: Some(entry.at),
                    yours: true,
                };
                self.resources.insert(resource.clone(), line);
                self.sighted.remove(resource);
                self.near.retain(|id, _| !facts.values().any(|fact| fact == id));
                self.steps.entry(step.clone()).or_default().hints = 0;
                self.cleaned = false;
            }
            Event::Sighted { step, resource, kind, id, differs } => {
                if id.is_empty() {
                    self.sighted.remove(resource);
                } else {
                    if kind.leaves() == Leaves::Thing {
                        self.near.insert(id.clone(), (kind.clone(), step.clone()));
                    }
                    self.sighted.insert(resource.clone(), (id.clone(), differs.clone()));
                }
                // The object that matched until now is gone or was replaced.
                if let Some(line) = self.resources.get_mut(resource)
                    && line.yours
                    && line.id() != Some(id)
                {
                    line.forget();
                }
                self.steps.entry(step.clone()).or_default().hints = 0;
            }
            Event::Predicted { step, prediction, answer } => {
                let step = self.steps.entry(step.clone()).or_default();
                step.predicted.insert(prediction.clone(), answer.clone());
            }
            Event::Settled { step, prediction, .. } => {
                self.steps.entry(step.clone()).or_default().settled.insert(prediction.clone());
            }
            Event::Reopened { steps } => {
                self.goal.take_if(|(goal, _)| steps.contains(goal));
                self.lost.clear();
                for step in steps {
                    self.steps.remove(step);
                }
                // Passing things are looked up or answered again, and the learner's things are recognised again.
                for line in self.resources.values_mut() {
                    if steps.contains(&line.step) {
                        line.forget();
                    }
                }
            }
            Event::Lost { again, .. } => self.lost.clone_from(again),
            Event::SetAside { steps, resources } => self.set_aside(steps, resources),
            Event::Check { step, check, verdict, seen, .. } => {
                self.checked.insert((step.clone(), check.clone()), (*verdict, seen.clone()));
            }
            Event::Hint { step, .. } => self.steps.entry(step.clone()).or_default().hints += 1,
            Event::StepFinished { step, verdict } => {
                self.goal.take_if(|(goal, _)| goal == step);
                self.lost.clear();
                self.steps.entry(step.clone()).or_default().verdict = Some(*verdict);
            }
            Event::Proof { url, token_ok, seen_source, text, hops, .. } => {
                let (text, source) = (text.clone(), seen_source.clone());
                self.page = token_ok.then(|| PageSeen { url: url.clone(), text, source, hops: hops.clone() });
            }
            Event::Recapped { question, answer, .. } => {
                self.recap.insert(question.clone(), answer.clone());
            }
            Event::Receipt { items, .. } => self.receipt = Some(items.clone()),
            Event::RunCleaned { .. } => self.cleaned = true,
            Event::Bill { .. }
            | Event::Notice { .. }
            | Event::DrillCall { .. }
            | Event::Rung { .. }
            | Event::Diagnosis { .. }
            | Event::Interrupted { .. }
            | Event::RunFinished { .. }
            | Event::Unknown => {}
        }
    }

    fn decided(&mut self, step: &str, decision: &Decision) {
        match decision {
            Decision::CleanUp(CleanUpStage::Begun) => self.cleaning = true,
            Decision::Mode(mode) => self.mode = if *mode == Mode::HandsOn { Mode::HandsOn } else { Mode::Guided },
            Decision::GoTo(GoToStage::Dropped) => self.goal = None,
            Decision::GoTo(stage) => self.goal = Some((step.to_owned(), *stage == GoToStage::Begun)),
            Decision::Theirs(theirs) => self.handed_over = *theirs == Theirs::CleanUp,
            Decision::Step(StepChoice::Detour) => {
                let rounds = self.resources.iter().map(|(name, line)| (name.clone(), line.round)).collect();
                let now = self.steps.entry(step.to_owned()).or_default();
                (now.detour, now.detour_rounds) = (Detouring::Open, rounds);
            }
            Decision::Anew(choice) => self.anew = Some((step.to_owned(), *choice == AnewChoice::HandsOn)),
            Decision::Step(choice) => {
                self.steps.entry(step.to_owned()).or_default().by_hand = *choice == StepChoice::HandsOn;
            }
            Decision::Detour(DetourStage::Done) => {
                self.steps.entry(step.to_owned()).or_default().detour = Detouring::Done;
            }
            Decision::Detour(DetourStage::Dropped) => {
                self.steps.entry(step.to_owned()).or_default().detour = Detouring::No;
            }
            Decision::Next(NextStage::Opened) => self.steps.entry(step.to_owned()).or_default().opened = true,
            Decision::Other { .. } => {}
        }
    }

    /// What the learner made keeps a line of its own for the clean-up. What was answered to predictions stays answered.
    fn set_aside(&mut self, steps: &[String], resources: &[String]) {
        for step in steps {
            let old = self.steps.remove(step).unwrap_or_default();
            let (predicted, settled) = (old.predicted, old.settled);
            self.steps.insert(step.clone(), StepState { predicted, settled, ..StepState::default() });
        }
        for name in resources {
            let Some(line) = self.resources.get_mut(name) else { continue };
            let old = line.clone();
            line.forget();
            if old.yours && old.id().is_some() {
                line.round += 1;
                let free = (1..).map(|number| format!("{name}-old{number}"));
                if let Some(name) = free.into_iter().find(|name| !self.resources.contains_key(name)) {
                    self.resources.insert(name, old);
                }
            }
            self.sighted.remove(name);
        }
        // An answer to a request that is over is given again.
        let answers = self.resources.values_mut().filter(|line| line.kind.leaves() == Leaves::Change);
        answers.filter(|line| steps.contains(&line.step)).for_each(ResourceState::forget);
        self.lost.clear();
        // pllab goes on to the step by itself; the learner is asked at each.
        self.goal = self.anew.take().filter(|(_, by_hand)| !by_hand).map(|(step, _)| (step, true));
    }

    fn drilling(&mut self, change: impl FnOnce(&mut Planted)) {
        if let Some(drill) = &mut self.drill {
            change(drill);
        }
    }
}

/// Every string anywhere in `value`.
pub fn strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(map) => map.values().for_each(|item| strings(item, into)),
        _ => {}
    }
}
