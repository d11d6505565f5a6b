//! What a journal comes to: the run, its steps, and the ledger of what exists because of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::event::{Difference, Entry, Event, Facts, FaultClass, Item, Purpose, Verdict, Way};
use crate::actions::Charge;
use crate::i18n::Text;
use crate::lab::Side;

/// A run, folded from its journal.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct State {
    /// The run's id.
    pub run: String,
    /// The lab's id.
    pub lab: String,
    /// Where calls go.
    pub target: String,
    /// The AWS region.
    pub region: String,
    /// The word that the page carries.
    pub token: String,
    /// The lab's variables.
    pub variables: BTreeMap<String, String>,
    /// The sandbox's pace, where the target is the sandbox.
    pub pace: Option<String>,
    /// The learner's name; empty in journals that do not say.
    pub learner: String,
    /// When the run began.
    pub started: Option<Timestamp>,
    /// The steps that were begun, by id.
    pub steps: BTreeMap<String, StepState>,
    /// The ledger: every resource that was ever to be made, by name.
    pub resources: BTreeMap<String, ResourceState>,
    /// What is gone, with its id: deleted, or made again under the same name.
    pub gone: Vec<Made>,
    /// Calls whose outcome is not known, by number: without an outcome line, or with one that says that nobody knows.
    pub pending: BTreeMap<u64, Pending>,
    /// The number of the next call.
    pub next_call: u64,
    /// The proof, once it came.
    pub proof: Option<(String, bool, String)>,
    /// The last receipt.
    pub receipt: Option<Vec<Item>>,
    /// Whether a clean-up was begun: from then on the run is taken down, not built on.
    pub cleaning: bool,
    /// Whether nothing of this run is left.
    pub cleaned: bool,
    /// The accounts of both sides; empty in journals that do not say.
    pub accounts: BTreeMap<Side, String>,
    /// The AWS profile, where the target needs one.
    pub profile: Option<String>,
    /// The drill that is planted, or was not undone whole.
    pub drill: Option<Planted>,
    /// The drills that were graded, in order.
    pub drills: Vec<Graded>,
    /// The way the learner chose.
    pub way: Way,
    /// What the accounts held when the learner began to work by hand; `None` until then.
    pub baseline: Option<BTreeSet<String>>,
    /// What existed before the run began and is used in it: never deleted by it.
    pub older: BTreeSet<String>,
    /// What comes nearest to a resource and is not yet it: its id, and what differs.
    pub sighted: BTreeMap<String, (String, Vec<Difference>)>,
    /// Whether the learner lets what they made be deleted.
    pub handed_over: bool,
    /// The step that the learner goes to, and whether they have confirmed it.
    pub goal: Option<(String, bool)>,
    /// What each check said last, by step and check.
    pub checked: BTreeMap<(String, String), (Verdict, Text)>,
    /// The consumer's AWS profile, where it has one of its own.
    pub consumer_profile: Option<String>,
    /// Whether the target only keeps records, so that what takes machines and packets is not asked.
    pub api_only: bool,
    /// What the learner agreed to spend; `None` where nothing costs anything.
    pub consent: Option<Consent>,
    /// When the journal's last line was written.
    pub last: Option<Timestamp>,
}

/// A drill that is under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planted {
    /// The drill.
    pub drill: String,
    /// The rules of security groups as they were.
    pub rules: Value,
    /// The same once the fault was planted.
    pub after: Value,
    /// What it must know of what it made.
    pub facts: BTreeMap<String, Facts>,
    /// Since when the fault is there; `None` while it is being planted.
    pub since: Option<Timestamp>,
    /// How many hints were asked for.
    pub hints: usize,
    /// Whether it was graded for good.
    pub finished: bool,
}

impl Planted {
    /// Whether it ended in the middle: of planting, or of putting back.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.since.is_none() || self.finished
    }
}

/// A drill that was graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// The drill.
    pub drill: String,
    /// Whether it was mended, and nothing was opened on the way.
    pub mended: bool,
}

/// What was agreed to be spent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consent {
    /// When the prices were looked over.
    pub prices_as_of: String,
    /// What each thing costs.
    pub charges: Vec<Charge>,
}

/// A step that was begun.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepState {
    /// Whether the learner agreed to its work.
    pub started: bool,
    /// How it ended, if it did.
    pub verdict: Option<Verdict>,
    /// Whether its detour was chosen, and whether it is done.
    pub detour: Detouring,
    /// Whether the learner does it by hand.
    pub by_hand: bool,
    /// Whether the learner was asked to use what existed before the run began.
    pub asked_older: bool,
    /// How many hints were given on what is wrong now.
    pub hints: usize,
    /// What the learner predicted, by prediction; empty where they passed.
    pub predicted: BTreeMap<String, String>,
    /// The predictions that the cloud has answered.
    pub settled: BTreeSet<String>,
}

/// Where a step's detour stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detouring {
    /// Not chosen.
    #[default]
    No,
    /// Under way.
    Open,
    /// Over.
    Done,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    /// Its kind.
    pub kind: String,
    /// Whose account.
    pub side: Side,
    /// The step that makes it.
    pub step: String,
    /// What is known of it; it exists once its `id` or `arn` is here.
    pub facts: Facts,
    /// Which of the calls that make it took effect.
    pub made: BTreeSet<String>,
    /// Which of the calls that delete it took effect.
    pub deleted: BTreeSet<String>,
    /// How often it was deleted.
    pub round: usize,
    /// Every string it was made with: where another resource's id is in here, it needs that resource.
    pub made_with: BTreeSet<String>,
    /// Since when it exists.
    pub since: Option<Timestamp>,
    /// Whether the learner made it.
    pub yours: bool,
}

/// Something that was made, and where to look for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The resource, by name.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// Its id, or its ARN.
    pub id: String,
    /// Whose account.
    pub side: Side,
    /// Since when it existed.
    pub since: Option<Timestamp>,
    /// Until when; `None` while it exists.
    pub until: Option<Timestamp>,
}

/// A call whose outcome is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The resource.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// What the call is for.
    pub purpose: Purpose,
    /// Which of the resource's calls.
    pub part: String,
}

impl ResourceState {
    /// Its id, or its ARN where that is what AWS goes by.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.facts.get("arn").or_else(|| self.facts.get("id")).map(String::as_str)
    }
}

impl ResourceState {
    /// It does not exist, or is not this.
    fn forget(&mut self) {
        self.facts.clear();
        self.made.clear();
        self.deleted.clear();
        self.made_with.clear();
        self.since = None;
        self.yours = false;
    }
}

impl State {
    /// Folds a whole journal.
    #[must_use]
    pub fn replay(entries: &[Entry]) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.apply(entry);
        }
        state
    }

    /// Folds one line.
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
                learner,
                way,
                ..
            } => {
                self.consumer_profile.clone_from(consumer_profile);
                self.api_only = *api_only;
                self.learner.clone_from(learner);
                self.way = *way;
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
            Event::Answered { step, question, answer } => {
                let detour = match (question.as_str(), answer.as_str()) {
                    ("clean_up", _) => {
                        self.cleaning = true;
                        return;
                    }
                    ("way", answer) => {
                        self.way = if answer == Way::HandsOn.name() { Way::HandsOn } else { Way::Guided };
                        return;
                    }
                    ("go_to", answer) => {
                        self.goal = (answer != "dropped").then(|| (step.clone(), answer == "begun"));
                        return;
                    }
                    ("theirs", answer) => {
                        self.handed_over = answer == "clean_up";
                        return;
                    }
                    ("step", "hands_on" | "go") => {
                        self.steps.entry(step.clone()).or_default().by_hand = answer == "hands_on";
                        return;
                    }
                    ("step", "detour") => Detouring::Open,
                    ("detour", "done") => Detouring::Done,
                    _ => return,
                };
                self.steps.entry(step.clone()).or_default().detour = detour;
            }
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
                    if !lasts(&line.kind) {
                        // Nothing that could be looked for.
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
                self.steps.entry(step.clone()).or_default().hints = 0;
                self.cleaned = false;
            }
            Event::Sighted { step, resource, id, differs, .. } => {
                if id.is_empty() {
                    self.sighted.remove(resource);
                } else {
                    self.sighted.insert(resource.clone(), (id.clone(), differs.clone()));
                }
                // It was taken for something else until now.
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
                for step in steps {
                    self.steps.remove(step);
                }
                // What does not last is looked up, or answered, again; what the learner made is recognised again.
                for line in self.resources.values_mut() {
                    if steps.contains(&line.step) {
                        line.forget();
                    }
                }
            }
            Event::Check { step, check, verdict, seen, .. } => {
                self.checked.insert((step.clone(), check.clone()), (*verdict, seen.clone()));
            }
            Event::Hint { step, .. } => self.steps.entry(step.clone()).or_default().hints += 1,
            Event::StepFinished { step, verdict } => {
                self.steps.entry(step.clone()).or_default().verdict = Some(*verdict);
            }
            Event::Proof { url, token_ok, seen_source, .. } => {
                self.proof = Some((url.clone(), *token_ok, seen_source.clone()));
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

    fn drilling(&mut self, change: impl FnOnce(&mut Planted)) {
        if let Some(drill) = &mut self.drill {
            change(drill);
        }
    }

    /// Whether the step is met.
    #[must_use]
    pub fn met(&self, step: &str) -> bool {
        self.steps.get(step).and_then(|step| step.verdict) == Some(Verdict::Met)
    }

    /// What exists because of this run, by name.
    #[must_use]
    pub fn existing(&self) -> BTreeMap<&str, &ResourceState> {
        self.resources
            .iter()
            .filter(|(_, line)| line.id().is_some() && lasts(&line.kind))
            .map(|(name, line)| (name.as_str(), line))
            .collect()
    }

    /// Whether the learner made the resource.
    #[must_use]
    pub fn is_learners(&self, name: &str) -> bool {
        self.resources.get(name).is_some_and(|line| line.yours)
    }

    /// Whether it existed before the run began.
    #[must_use]
    pub fn is_older(&self, line: &ResourceState) -> bool {
        line.id().is_some_and(|id| self.older.contains(id))
    }

    /// What exists and is not to be deleted, with everything that it hangs on: what existed before the run began, and what the
    /// learner made unless they hand it over.
    #[must_use]
    pub fn kept_for_learner(&self) -> BTreeSet<String> {
        let existing = self.existing();
        let stays = |line: &ResourceState| line.yours && (!self.handed_over || self.is_older(line));
        let mut kept: BTreeSet<String> =
            existing.iter().filter(|(_, line)| stays(line)).map(|(name, _)| (*name).to_owned()).collect();
        loop {
            let more: Vec<String> = existing
                .keys()
                .filter(|name| !kept.contains(**name) && kept.iter().any(|user| self.needs(user, name)))
                .map(|name| (*name).to_owned())
                .collect();
            if more.is_empty() {
                return kept;
            }
            kept.extend(more);
        }
    }

    /// Facts by resource name.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, Facts> {
        self.resources.iter().map(|(name, line)| (name.clone(), line.facts.clone())).collect()
    }

    /// Whether one of the names that `name` was made with belongs to `other`.
    #[must_use]
    pub fn needs(&self, name: &str, other: &str) -> bool {
        let (Some(one), Some(two)) = (self.resources.get(name), self.resources.get(other)) else { return false };
        // What only this resource is called by; a block or a zone may be another's too.
        let called = ["id", "arn", "name", "dns"].iter().filter_map(|fact| two.facts.get(*fact));
        name != other && called.into_iter().any(|fact| one.made_with.iter().any(|text| text.contains(fact.as_str())))
    }
}

/// Whether a kind leaves something in the account.
fn lasts(kind: &str) -> bool {
    !matches!(kind, "service_lookup" | "acceptance")
}

/// Every string in `value`, wherever it stands.
pub(super) fn strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(map) => map.values().for_each(|item| strings(item, into)),
        _ => {}
    }
}
