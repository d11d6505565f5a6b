//! One watch: from the first look until everything exists, or the learner calls for the menu.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::matching::{self, Assignment, Reading};
use super::near_miss::{Fresh, near};
use super::other_steps::OtherSteps;
use super::world::{self, Since};
use crate::actions::{self, Naming, Object};
use crate::cloud::Clouds;
use crate::engine::calls::lost::look_for_lost;
use crate::engine::calls::make::make;
use crate::engine::calls::perform::{Failure, Polling};
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{
    Answer, AskError, Choice, Event, FaultClass, Progress, ProgressState, Question, QuestionId,
};
use crate::engine::record::ledger::ResourceState;
use crate::engine::record::state::State;
use crate::i18n::{Text, m};
use crate::lab::{Lab, Leaves, Resource, Step, in_order};

/// How a watch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    Complete,
    /// The learner called for the menu.
    Called,
    /// Something that the step needs is over; it was recorded.
    Lost,
    /// Ctrl-C at a question.
    Interrupted,
    /// A question got several answers in a row that were none of its choices.
    Unclear(QuestionId),
}

/// The shortest and the longest pause between two looks: the learner gets a reply within seconds, and the account is
/// not flooded with calls.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// How often a look without an answer is repeated before it is reported.
const SILENCES: u32 = 5;

/// Watches until the resources of `step` exist.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn watch(
    core: &Arc<RunLog>,
    clouds: &Arc<Clouds>,
    patience: Polling,
    lab: &Lab,
    step: &Step,
) -> Result<Watched, Failure> {
    let watch = Watch { core, clouds, patience, lab, step };
    let mut fresh = Fresh::default();
    let mut silences = 0;
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut chosen = BTreeMap::new();
    let mut first = true;
    loop {
        watch.look_up().await?;
        let waits_for = match look(core, clouds, lab, step, &chosen).await {
            Ok(reading) => {
                silences = 0;
                if let Some(ended) = watch.tell(&reading, &mut fresh, &mut asked, &mut chosen)? {
                    return Ok(ended);
                }
                if watch.lost().await? {
                    return Ok(Watched::Lost);
                }
                if std::mem::take(&mut first)
                    && let Some(ended) = watch.ask_older(&reading).await?
                {
                    return Ok(ended);
                }
                watch.missing(&reading)
            }
            Err(Failure::Unsaid(fault)) if fault.class == FaultClass::NoAnswer && silences < SILENCES => {
                silences += 1;
                vec![Text::literal(fault.code)]
            }
            Err(failure) => return Err(failure),
        };
        watch.progress(waits_for, ProgressState::Running);
        let pause = patience.look.1.clamp(PAUSE.0, PAUSE.1);
        let until = Instant::now() + pause;
        while Instant::now() < until {
            if core.screen.called() {
                watch.progress(Vec::new(), ProgressState::Told);
                return Ok(Watched::Called);
            }
            tokio::time::sleep(PAUSE.0.min(pause)).await;
        }
    }
}

struct Watch<'a> {
    core: &'a Arc<RunLog>,
    clouds: &'a Arc<Clouds>,
    patience: Polling,
    lab: &'a Lab,
    step: &'a Step,
}

impl Watch<'_> {
    /// Looks up what pllab must know before it can recognise anything, such as the zones of the service.
    async fn look_up(&self) -> Result<(), Failure> {
        let ready: Vec<_> = self.core.with(|state| {
            let lookups = self.step.makes.iter().filter(|it| matches!(it, Resource::ServiceLookup(_)));
            let known = |name: &str| state.resources.get(name).is_some_and(|line| !line.facts.is_empty());
            lookups.filter(|it| it.needs().into_iter().all(known)).map(|it| (self.step.side, it.clone())).collect()
        });
        make(self.core, self.clouds, self.patience, &self.step.id, &ready).await
    }

    /// Whether something that the open resources need is over, such as an endpoint whose request was rejected. Then no
    /// work on this step leads on.
    async fn lost(&self) -> Result<bool, Failure> {
        let needs: BTreeSet<String> = self.core.with(|state| {
            let wanted = wanted(self.step, state);
            wanted.iter().flat_map(|it| it.needs()).map(str::to_owned).collect()
        });
        let lost = look_for_lost(self.core, self.clouds, self.patience, self.lab, self.step, Some(&needs)).await;
        if let Some(lost) = lost {
            self.progress(Vec::new(), ProgressState::Told);
            self.core.record(&lost)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Records and shows what is new. `Some` if the watch is over.
    fn tell(
        &self,
        reading: &Reading,
        fresh: &mut Fresh,
        asked: &mut BTreeSet<String>,
        chosen: &mut BTreeMap<String, String>,
    ) -> Result<Option<Watched>, Failure> {
        let state = self.core.state();
        let wanted = wanted(self.step, &state);
        let complete = wanted.iter().all(|it| reading.found.get(it.name()).is_some_and(Assignment::fits));
        if let Some((name, ids)) = reading.twins.as_ref().filter(|_| complete) {
            return self.ask_which(name, ids, asked, chosen);
        }
        for resource in &wanted {
            let one = reading.found.get(resource.name()).or_else(|| reading.strays.get(resource.name()));
            match one {
                Some(one) if one.fits() => {
                    if let Some(event) = recognition(self.step, &state, resource, one, reading) {
                        self.core.record(&event)?;
                    }
                }
                _ => self.sight(&state, resource, one, reading, fresh)?,
            }
        }
        if complete {
            self.progress(Vec::new(), ProgressState::Told);
        }
        Ok(complete.then_some(Watched::Complete))
    }

    fn sight(
        &self,
        state: &State,
        resource: &Resource,
        one: Option<&Assignment>,
        reading: &Reading,
        fresh: &mut Fresh,
    ) -> Result<(), Failure> {
        let name = resource.name();
        // The recognised object is gone, or another object matches now.
        let bound = state.resources.get(name).filter(|line| line.yours).and_then(|line| line.id());
        let lost = bound.is_some_and(|id| one.is_none_or(|one| one.id != id));
        let (mut now, mut differs) = near(self.core, resource, one, reading);
        let before = state.sighted.get(name);
        let same = match before {
            None => now.is_empty(),
            Some((id, told)) => *id == now && *told == differs,
        };
        // The learner may be between two commands.
        let waits = !same && !now.is_empty() && !fresh.has_settled(name, (&now, &differs), Instant::now());
        if waits && lost {
            (now, differs) = (String::new(), Vec::new());
        }
        if lost || !same && !waits {
            self.core.record(&Event::Sighted {
                step: self.step.id.clone(),
                resource: name.to_owned(),
                kind: resource.kind(),
                id: now,
                differs,
            })?;
        }
        Ok(())
    }

    /// Two objects match: the learner says which is meant. If nobody can be asked, pllab says so and waits until only
    /// one is left.
    fn ask_which(
        &self,
        name: &str,
        ids: &BTreeSet<String>,
        asked: &mut BTreeSet<String>,
        chosen: &mut BTreeMap<String, String>,
    ) -> Result<Option<Watched>, Failure> {
        let prompt = m::WatchWhich { n: ids.len(), name }.text();
        let list: Vec<&String> = ids.iter().collect();
        let this = |(number, id): (usize, &&String)| Choice {
            answer: Answer::This(number),
            label: Text::literal(id.rsplit(':').next().unwrap_or(id)),
        };
        let mut choices: Vec<Choice> = list.iter().enumerate().map(this).collect();
        choices.push(Choice { answer: Answer::Again, label: m::watch_which_wait() });
        let question = Question { id: QuestionId::Which, prompt: prompt.clone(), choices, default: Answer::Again };
        if asked.contains(name) {
            return Ok(None);
        }
        match tokio::task::block_in_place(|| self.core.screen.ask(&question)) {
            // At the next look, the chosen object outweighs its twins.
            Ok(Answer::This(number)) => {
                if let Some(id) = list.get(number) {
                    chosen.insert(name.to_owned(), (*id).clone());
                }
            }
            Ok(_) => {
                asked.insert(name.to_owned());
            }
            Err(AskError::Interrupted) => return Ok(Some(Watched::Interrupted)),
            Err(AskError::Unclear) => return Ok(Some(Watched::Unclear(question.id))),
            Err(AskError::NobodyToAsk) => {
                asked.insert(name.to_owned());
                let ids = list.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
                self.core.record(&Event::Notice { text: m::WatchTwins { ids, name }.text() })?;
            }
        }
        Ok(None)
    }

    /// Asks whether to use matching objects that existed before the run began. Once a step.
    async fn ask_older(&self, reading: &Reading) -> Result<Option<Watched>, Failure> {
        let state = self.core.state();
        if state.steps.get(&self.step.id).is_some_and(|step| step.asked_older) {
            return Ok(None);
        }
        let wanted = wanted(self.step, &state);
        let seen = world::look(self.core, self.clouds, self.step, &wanted, Since::Ever).await?;
        let known = |name: &str, fact: &str| self.core.fact(name, fact);
        let whole = matching::read(&wanted, &seen, &known, &bound(&state, &wanted));
        let before = state.baseline.unwrap_or_default();
        let older: BTreeMap<&String, &String> = whole
            .found
            .iter()
            .filter(|(name, one)| one.fits() && before.contains(&one.id) && !reading.found.contains_key(*name))
            .map(|(name, one)| (&one.id, name))
            .collect();
        // If two are alike, offer neither.
        if older.is_empty() || whole.twins.is_some() {
            return Ok(None);
        }
        let list: Vec<String> = older.iter().map(|(id, name)| format!("{id} ({name})")).collect();
        let list = list.join(", ");
        let choice = |answer, label| Choice { answer, label };
        let question = Question {
            id: QuestionId::Older,
            prompt: m::watch_older(&list),
            choices: vec![choice(Answer::Skip, m::watch_older_new()), choice(Answer::Go, m::watch_older_use())],
            default: Answer::Skip,
        };
        let answer = tokio::task::block_in_place(|| self.core.screen.ask(&question));
        if answer == Err(AskError::Interrupted) {
            return Ok(Some(Watched::Interrupted));
        }
        if answer == Err(AskError::Unclear) {
            return Ok(Some(Watched::Unclear(question.id)));
        }
        if answer == Err(AskError::NobodyToAsk) {
            self.core.record(&Event::Notice { text: m::watch_older_unused(list) })?;
        }
        let ids = older.into_keys().cloned().collect();
        self.core.record(&Event::Older { step: self.step.id.clone(), ids, used: answer == Ok(Answer::Go) })?;
        Ok(None)
    }

    /// What is not there yet, or not right yet.
    fn missing(&self, reading: &Reading) -> Vec<Text> {
        let wanted = self.core.with(|state| wanted(self.step, state).into_iter().cloned().collect::<Vec<_>>());
        let open = wanted.iter().filter(|it| reading.found.get(it.name()).is_none_or(|one| !one.fits()));
        open.map(|it| actions::label(&it.kind(), it.name())).collect()
    }

    fn progress(&self, waits_for: Vec<Text>, state: ProgressState) {
        let count = waits_for.len();
        let seen = waits_for.into_iter().next();
        let label = m::watch_waiting();
        let left =
            |first| if count > 1 { m::WatchLeftMore { first, n: count - 1 }.text() } else { m::watch_left(first) };
        let seen = seen.map(left);
        let id = format!("watch:{}", self.step.id);
        self.core.screen.progress(&Progress { id, label, seen, wait: None, state });
    }
}

/// What the learner still has to make, in the order of needs.
pub(super) fn wanted<'a>(step: &'a Step, state: &State) -> Vec<&'a Resource> {
    let open = |it: &&Resource| {
        let line = state.resources.get(it.name());
        actions::survey(it).is_some() && line.is_none_or(|line| line.yours || line.made.is_empty())
    };
    in_order(&step.makes).into_iter().filter(open).collect()
}

/// Looks once, and matches what is there with what the step wants. `chosen` has the learner's own choices.
pub(super) async fn look(
    core: &RunLog,
    clouds: &Clouds,
    lab: &Lab,
    step: &Step,
    chosen: &BTreeMap<String, String>,
) -> Result<Reading, Failure> {
    let state = core.state();
    let wanted = wanted(step, &state);
    let seen = world::look(core, clouds, step, &wanted, Since::TheRun).await?;
    let known = |name: &str, fact: &str| core.fact(name, fact);
    let mut before = bound(&state, &wanted);
    before.extend(chosen.clone());
    let mut reading = matching::read(&wanted, &seen, &known, &before);
    let others = OtherSteps { state: &state, lab, step, found: &reading.found };
    let other_work = |resource: &Resource, object: &Object| others.may_want(resource, object, &known);
    reading.strays = matching::strays(&wanted, &seen, &known, &reading.found, &other_work);
    Ok(reading)
}

/// The record that `one` is the resource; `None` if that is on record already.
pub(super) fn recognition(
    step: &Step,
    state: &State,
    resource: &Resource,
    one: &Assignment,
    reading: &Reading,
) -> Option<Event> {
    let name = resource.name();
    let line = state.resources.get(name);
    let setting = resource.kind().leaves() == Leaves::Change;
    // What was told of it before does not hold any more.
    let told = state.sighted.contains_key(name);
    let is_known = |line: &ResourceState| line.facts == one.sighting.facts && (!setting || !line.made.is_empty());
    if !told && line.is_some_and(is_known) {
        return None;
    }
    let making =
        Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round: line.map_or(0, |line| line.round) };
    let parts = actions::make(resource, &making);
    let found = matching::facts(&reading.found);
    // The things it uses say what must be deleted after it in a clean-up.
    let uses = resource.needs().into_iter().flat_map(|need| {
        let facts = found.get(need).copied().or_else(|| state.resources.get(need).map(|line| &line.facts));
        ["id", "arn", "name"].into_iter().filter_map(move |fact| facts?.get(fact).cloned())
    });
    Some(Event::Recognised {
        step: step.id.clone(),
        resource: name.to_owned(),
        kind: resource.kind(),
        side: step.side,
        facts: one.sighting.facts.clone(),
        uses: uses.collect(),
        parts: parts.iter().map(|part| part.name.to_string()).collect(),
    })
}

/// The objects that the wanted resources are matched with until now.
fn bound(state: &State, wanted: &[&Resource]) -> BTreeMap<String, String> {
    let lines = wanted.iter().filter_map(|it| Some((it.name(), state.resources.get(it.name())?)));
    lines.filter_map(|(name, line)| Some((name.to_owned(), line.id()?.to_owned()))).collect()
}
