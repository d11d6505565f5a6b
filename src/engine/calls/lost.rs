//! What the run uses and can never use again: it is gone, or in a state from which nothing leads on.

use std::collections::BTreeSet;

use super::perform::{Polling, clients};
use super::run_log::RunLog;
use crate::actions::{self, Presence};
use crate::cloud::Clouds;
use crate::engine::event::{Event, LostThing};
use crate::engine::record::ledger::ResourceState;
use crate::engine::record::state::{Detouring, State};
use crate::lab::{Lab, Leaves, Resource, Step, in_order};

/// The state of a connection that the provider has turned down.
pub const REJECTED: &str = "rejected";

/// Looks at what exists of the run before and in `step`, or only at what is in `only`. `None` if all of it can be used,
/// or cannot be seen.
pub async fn look_for_lost(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    lab: &Lab,
    step: &Step,
    only: Option<&BTreeSet<String>>,
) -> Option<Event> {
    let state = core.state();
    let end = lab.steps.iter().position(|it| it.id == step.id).map_or(lab.steps.len(), |at| at + 1);
    let before = lab.steps[..end].iter().flat_map(|step| in_order(&step.makes));
    let before: Vec<&Resource> = before.filter(|it| only.is_none_or(|only| only.contains(it.name()))).collect();
    let mut things = Vec::new();
    for resource in before {
        let (name, kind) = (resource.name(), resource.kind());
        let met = lab.steps.iter().any(|it| state.met(&it.id) && it.makes.iter().any(|it| it.name() == name));
        let Some(line) = state.resources.get(name).filter(|line| line.id().is_some()) else {
            // What pllab itself has deleted to make it again, before it was interrupted.
            if met && kind.leaves() == Leaves::Thing && state.gone.iter().any(|it| it.resource == name) {
                things.push(LostThing { resource: name.to_owned(), kind, id: String::new(), state: String::new() });
            }
            continue;
        };
        if let Some(state) = lost(core, clouds, patience, step, &state, name, line).await {
            let id = line.id().unwrap_or_default().to_owned();
            things.push(LostThing { resource: name.to_owned(), kind, id, state });
        }
    }
    if things.is_empty() {
        return None;
    }
    let names: BTreeSet<&str> = things.iter().map(|it| it.resource.as_str()).collect();
    let again = again(lab, end, &state, &names);
    // What is gone already needs no command.
    let gone = |name: &&String| things.iter().any(|it| it.resource == **name && it.state.is_empty());
    let there = again.iter().rev().filter(|name| !gone(name));
    let commands = there.flat_map(|name| deletion(core, &state, name)).collect();
    Some(Event::Lost { step: step.id.clone(), things, again, commands })
}

/// The state in which the thing is lost, in the cloud's words, empty if it is gone; `None` if it is not lost.
async fn lost(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    step: &Step,
    state: &State,
    name: &str,
    line: &ResourceState,
) -> Option<String> {
    let look = core.resolve(&actions::look(&line.kind, name)?).ok()?;
    match actions::presence(clients(clouds, line.side).send(&look).await) {
        // AWS may not know yet of what was just made (DEV:eventual-consistency).
        Presence::Gone => (!core.made_within(patience.limit / 10)).then(String::new),
        Presence::There(now) if now == REJECTED && is_meant(step, state, name) => None,
        Presence::There(now) => actions::is_over(&line.kind, &now).then_some(now),
        Presence::Unknown(_) => None,
    }
}

/// Whether the step itself, or its detour, rejects the endpoint.
fn is_meant(step: &Step, state: &State, endpoint: &str) -> bool {
    let rejects = |it: &Resource| matches!(it, Resource::Rejection(it) if it.endpoint == endpoint);
    let detour = step.detour.as_ref().is_some_and(|detour| detour.reject.endpoint == endpoint);
    let open = state.steps.get(&step.id).is_some_and(|step| step.detour == Detouring::Open);
    step.makes.iter().any(rejects) || (detour && open)
}

/// What must be made again: `lost`, and everything made until now that depends on it. In the order of making.
fn again(lab: &Lab, end: usize, state: &State, lost: &BTreeSet<&str>) -> Vec<String> {
    let mut again: Vec<String> = Vec::new();
    for resource in lab.steps[..end].iter().flat_map(|step| in_order(&step.makes)) {
        let name = resource.name();
        let made = state.resources.get(name).is_some_and(|line| !line.made.is_empty());
        let uses = resource.needs().iter().any(|need| again.iter().any(|it| it == need));
        if lost.contains(name) || (made && uses) {
            again.push(name.to_owned());
        }
    }
    again
}

/// The commands that delete what the learner made.
fn deletion(core: &RunLog, state: &State, name: &str) -> Vec<String> {
    let Some(line) = state.resources.get(name).filter(|line| line.yours && line.id().is_some()) else {
        return Vec::new();
    };
    let parts = actions::delete(&line.kind, name).into_iter();
    parts.filter_map(|part| core.resolve(&part.call).ok()).map(|call| call.command()).collect()
}

/// The steps that make these resources, by name.
#[must_use]
pub fn makers(lab: &Lab, resources: &[String]) -> Vec<String> {
    let makes = |step: &&Step| step.makes.iter().any(|it| resources.iter().any(|name| name == it.name()));
    lab.steps.iter().filter(makes).map(|step| step.id.clone()).collect()
}
