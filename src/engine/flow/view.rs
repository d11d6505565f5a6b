//! Turns state into what a screen shows. Nothing here asks the cloud.

use std::collections::BTreeMap;

use super::picture::{Stage, picture};
use crate::actions::{self, Naming};
use crate::checks;
use crate::cloud::{Api, Call};
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{EndingView, Mode, OpeningView, Picture, StepView, TurnView};
use crate::engine::hands_on;
use crate::engine::record::state::State;
use crate::i18n::Text;
use crate::lab::{Check, Kind, Lab, Loaded, Pair, Predict, PredictProse, Prose, Resource, Side, Step, in_order};

/// What all views of a session share.
#[derive(Clone, Debug)]
pub struct Views {
    /// Such as "sandbox · ap-northeast-1".
    pub place: Text,
    pub cost: Text,
    pub mode: Mode,
    /// Whether an earlier session is being resumed.
    pub resumed: bool,
    /// Shell lines that point the AWS CLI and the SDKs at a side's account.
    pub access: BTreeMap<Side, Vec<String>>,
}

impl Views {
    #[must_use]
    pub fn opening(&self, loaded: &Loaded, state: &State) -> OpeningView {
        let lab = &loaded.lab;
        OpeningView {
            prose: loaded.prose.clone(),
            minutes: lab.minutes,
            steps: lab.steps.len(),
            place: self.place.clone(),
            cost: self.cost.clone(),
            picture: picture(lab, state, Stage::Planned),
            mode: self.mode,
            run: (self.mode != Mode::Explain).then(|| state.run.clone()),
            resumed: self.resumed,
            access: self.renewed_access(lab, state),
            at: lab.steps.iter().position(|step| !state.met(&step.id)).map(|index| {
                let id = &lab.steps[index].id;
                let title = |prose: &Prose| prose.steps.get(id).map(|step| step.title.clone()).unwrap_or_default();
                (index + 1, loaded.prose.map(title))
            }),
        }
    }

    /// For a learner who resumes and has worked by hand: a sandbox that starts again has another port and other keys.
    fn renewed_access(&self, lab: &Lab, state: &State) -> Vec<String> {
        let by_hand = self.mode == Mode::HandsOn || state.steps.values().any(|step| step.by_hand);
        let next = lab.steps.iter().find(|step| !state.met(&step.id)).filter(|_| self.resumed && by_hand);
        let sandbox = |_: &&Step| state.target == "sandbox";
        next.filter(sandbox).and_then(|step| self.access.get(&step.side)).cloned().unwrap_or_default()
    }

    /// What came of the lab.
    #[must_use]
    pub fn ending(loaded: &Loaded, state: &State) -> EndingView {
        let page = state.page.clone().unwrap_or_default();
        let made = loaded.lab.steps.iter().flat_map(|step| &step.makes);
        let kinds: BTreeMap<&str, Kind> = made.map(|it| (it.name(), it.kind())).collect();
        let label = |name: &str| match kinds.get(name) {
            Some(kind) => actions::label(kind, name),
            None => Text::literal(name),
        };
        EndingView {
            lab: loaded.prose.map(|prose| prose.title.clone()),
            steps: loaded.lab.steps.len(),
            url: page.url,
            text: page.text,
            hops: page.hops.iter().map(|hop| (label(&hop.resource), hop.addresses.join(", "))).collect(),
            source: page.source,
        }
    }

    /// The architecture after step `index`.
    #[must_use]
    pub fn picture(loaded: &Loaded, state: &State, index: usize) -> Picture {
        picture(&loaded.lab, state, Stage::Doing(index + 1))
    }

    #[must_use]
    pub fn step(&self, loaded: &Loaded, state: &State, index: usize, accounts: &BTreeMap<Side, String>) -> StepView {
        let lab = &loaded.lab;
        let step = &lab.steps[index];
        let ordered = in_order(&step.makes);
        let drawn = if self.mode == Mode::Explain { Stage::Reading(index) } else { Stage::Doing(index) };
        let asked = |asked: &Step, predict: &Predict| (asked.id.clone(), predict.id.clone());
        let answered = lab.steps.iter().flat_map(|earlier| {
            let here = |predict: &&Predict| lab.answers(&earlier.id, predict).is_some_and(|it| it.id == step.id);
            earlier.predict.iter().filter(here).map(|predict| asked(earlier, predict))
        });
        StepView {
            questions: predictions(loaded, &step.predict.iter().map(|it| asked(step, it)).collect::<Vec<_>>()),
            answers: predictions(loaded, &answered.collect::<Vec<_>>()),
            lab: loaded.prose.map(|prose| prose.title.clone()),
            place: self.place.clone(),
            number: index + 1,
            total: lab.steps.len(),
            step: step.id.clone(),
            side: step.side,
            minutes: step.minutes,
            prose: loaded.prose.map(|prose| {
                let mut words = prose.steps.get(&step.id).cloned().unwrap_or_default();
                if accounts.get(&Side::Provider) == accounts.get(&Side::Consumer) {
                    words.two_accounts = None;
                }
                words
            }),
            picture: picture(lab, state, drawn),
            plan: ordered.iter().map(|it| actions::plan(lab, it)).collect(),
            commands: commands(&ordered, state, lab, step, accounts, self.mode != Mode::Explain),
            checks: step.checks.iter().map(checks::title).collect(),
            mode: self.mode,
        }
    }
}

impl Views {
    #[must_use]
    pub fn turn(&self, core: &RunLog, lab: &Lab, step: &Step) -> TurnView {
        let ordered: Vec<&Resource> =
            in_order(&step.makes).into_iter().filter(|it| !matches!(it, Resource::ServiceLookup(_))).collect();
        let script = |it: &&Resource| match it {
            Resource::Instance(it) => {
                let params = serde_json::json!({ "UserData": it.user_data }).as_object().cloned()?;
                let call = Call { api: Api::Ec2, operation: "RunInstances", params };
                let call = core.resolve(&call).ok()?;
                Some((it.name.clone(), call.params.get("UserData")?.as_str()?.to_owned()))
            }
            _ => None,
        };
        TurnView {
            plan: ordered.iter().map(|it| actions::plan(lab, it)).collect(),
            commands: hands_on::step_commands(core, step),
            access: self.access.get(&step.side).cloned().unwrap_or_default(),
            scripts: ordered.iter().filter_map(script).collect(),
        }
    }
}

/// The words of predictions. Each prediction is a pair of step and name.
fn predictions(loaded: &Loaded, which: &[(String, String)]) -> Pair<Vec<PredictProse>> {
    loaded.prose.map(|prose| {
        let words = |(step, id): &(String, String)| prose.steps.get(step)?.predictions.get(id).cloned();
        which.iter().filter_map(words).collect()
    })
}

/// The AWS CLI commands of a step, made from the calls that pllab itself sends. A step that makes nothing shows
/// commands that look, without those that answer a question which is still to be asked (`asks`).
fn commands(
    resources: &[&Resource],
    state: &State,
    lab: &Lab,
    step: &Step,
    accounts: &BTreeMap<Side, String>,
    asks: bool,
) -> Vec<String> {
    let mut commands = Vec::new();
    let references = references(lab, &state.run);
    for resource in resources {
        let round = state.resources.get(resource.name()).map_or(0, |line| line.round);
        let making = Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round };
        for part in actions::make(resource, &making) {
            // Region and accounts are known from the start. Ids stay shell variables, which the commands themselves
            // set.
            let known = |name: &str, fact: &str| match (name, fact) {
                ("region", "name") => state.region.clone(),
                ("account", "provider") => accounts.get(&Side::Provider).cloned().unwrap_or_default(),
                ("account", "consumer") => accounts.get(&Side::Consumer).cloned().unwrap_or_default(),
                _ => format!("${{{name}.{fact}}}"),
            };
            let Ok(call) = part.call.resolve(&|name, fact| Some(known(name, fact))) else { continue };
            // Only facts that a later command needs.
            let needed =
                part.facts.iter().filter(|(fact, _)| references.contains(&format!("${{{}.{fact}}}", resource.name())));
            let captures: Vec<(String, String)> =
                needed.map(|(fact, path)| (Call::variable(resource.name(), fact), part.query(&call, path))).collect();
            let captures: Vec<(&str, &str)> = captures.iter().map(|(name, path)| (name.as_str(), &**path)).collect();
            commands.push(if captures.is_empty() { call.command() } else { call.command_capturing(&captures) });
        }
    }
    if commands.is_empty() {
        let sides = lab.sides();
        let tells = |check: &&Check| {
            let open = |id: &str| state.steps.get(&step.id).is_none_or(|it| !it.predicted.contains_key(id));
            asks && step.predict.iter().any(|it| it.proof == **check && open(&it.id))
        };
        let looks = step.checks.iter().filter(|check| !tells(check));
        let looks = looks.filter_map(|check| checks::look(check, &state.facts(), &sides));
        commands.extend(looks.map(|(_, call)| call.command()));
    }
    commands
}

/// Every call of the lab as one text, to find out what the calls refer to.
fn references(lab: &Lab, run: &str) -> String {
    let making = Naming { run, lab: &lab.id, learner: "", round: 0 };
    let (facts, sides) = (checks::Facts::new(), lab.sides());
    let made = lab.steps.iter().flat_map(|step| &step.makes).flat_map(|it| actions::make(it, &making));
    let looked = lab.steps.iter().flat_map(|step| &step.checks).filter_map(|it| checks::look(it, &facts, &sides));
    let calls = made.map(|part| part.call).chain(looked.map(|(_, call)| call));
    calls.map(|call| serde_json::Value::Object(call.params).to_string()).collect()
}
