//! Hints in three rungs: where to look, what is wanted, the commands. Each is about what is wrong now.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::actions::{self, ApiStep, Naming};
use crate::cloud::Call;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{Difference, Event};
use crate::engine::record::journal::JournalError;
use crate::engine::record::state::State;
use crate::i18n::{Text, m};
use crate::lab::{Lab, Leaves, Resource, Step, in_order};

/// The number of the last rung.
const COMMANDS: usize = 3;

/// Gives the next hint on `step`: about what was made and is wrong, else about what comes next.
///
/// # Errors
/// If the hint cannot be recorded.
pub fn hint(core: &RunLog, lab: &Lab, step: &Step) -> Result<(), JournalError> {
    let state = core.state();
    let ordered: Vec<&Resource> = open(&state, step).into_iter().filter(|it| !is_lookup(it)).collect();
    // A command needs the ids of what it refers to.
    let ready = |it: &&&Resource| it.needs().iter().all(|need| ordered.iter().all(|other| other.name() != *need));
    let sighted = |it: &&&Resource| state.sighted.contains_key(it.name());
    let wrong = ordered.iter().filter(ready).find(sighted);
    let Some(resource) = wrong.or_else(|| ordered.iter().find(ready)).or(ordered.first()) else { return Ok(()) };
    let name = resource.name();
    let rung = (state.steps.get(&step.id).map_or(0, |step| step.hints) + 1).min(COMMANDS);
    let label = actions::label(&resource.kind(), name);
    let near = state.sighted.get(name);
    let difference = near.and_then(|(id, differs)| Some((id, differs.first()?)));
    let (text, commands) = match (rung, difference) {
        (1, Some((id, differs))) => {
            (m::HintLook { id: id.rsplit(':').next().unwrap_or(id), what: &differs.what }.text(), Vec::new())
        }
        (2, Some((_, differs))) => {
            let wanted = m::HintWanted { expected: &differs.expected, seen: &differs.seen, what: &differs.what };
            (wanted.text(), Vec::new())
        }
        (1, None) => (m::hint_missing(label), Vec::new()),
        (2, None) => (m::hint_plan(actions::plan(lab, resource)), Vec::new()),
        _ => match near.filter(|(_, differs)| {
            let in_place = !differs.is_empty() && differs.iter().all(|it| !it.commands.is_empty());
            in_place || resource.kind().leaves() == Leaves::Thing
        }) {
            Some((_, differs)) => put_right(core, lab, step, resource, label, differs),
            None => (m::hint_commands(label), making(core, step, resource)),
        },
    };
    core.record(&Event::Hint { step: step.id.clone(), resource: name.to_owned(), rung, text, commands })
}

/// The commands for all that is still open of `step`. Run one after the other, they make it.
pub fn step_commands(core: &RunLog, step: &Step) -> Vec<String> {
    let state = core.state();
    let all = open(&state, step);
    let all: Vec<&Resource> = if all.is_empty() { in_order(&step.makes) } else { all };
    // A look-up that pllab has made already is known.
    let unknown = |it: &&Resource| !is_lookup(it) || is_unknown(&state, it.name());
    commands(core, &all.into_iter().filter(unknown).collect::<Vec<_>>())
}

/// What is still to be made or to be set right, in the order of needs.
fn open<'a>(state: &State, step: &'a Step) -> Vec<&'a Resource> {
    let open = |it: &&Resource| {
        let made = state.resources.get(it.name()).is_some_and(|line| !line.made.is_empty());
        !made || state.sighted.contains_key(it.name())
    };
    in_order(&step.makes).into_iter().filter(open).collect()
}

fn is_lookup(resource: &Resource) -> bool {
    matches!(resource, Resource::ServiceLookup(_))
}

/// The object exists and differs: the commands that set it right as it is, or else its deletion and its making.
fn put_right(
    core: &RunLog,
    lab: &Lab,
    step: &Step,
    resource: &Resource,
    label: Text,
    differs: &[Difference],
) -> (Text, Vec<String>) {
    if differs.iter().all(|it| !it.commands.is_empty()) {
        let mut all: Vec<String> = Vec::new();
        for command in differs.iter().flat_map(|it| &it.commands) {
            if !all.contains(command) {
                all.push(command.clone());
            }
        }
        return (m::hint_change(label), all);
    }
    let state = core.state();
    // What uses it goes before it and comes after it.
    let (all, names) = behind(lab, step, &state, resource);
    let mut commands = Vec::new();
    for (at, it) in all.iter().enumerate().rev() {
        let known = |name: &str, fact: &str| {
            let own = (name == it.name() && ["id", "arn"].contains(&fact)).then(|| id_of(&state, name));
            own.flatten().or_else(|| core.fact(name, fact))
        };
        // What is not known of it, such as an association, was not made with it.
        let calls =
            actions::delete(&it.kind(), it.name()).into_iter().filter_map(|part| part.call.resolve(&known).ok());
        for call in calls {
            commands.push(call.command());
            // What it uses is held until it is gone.
            commands.extend(gone(&call).filter(|_| at > 0));
        }
    }
    let made = lookups(core, step, resource).into_iter().chain(all);
    let parts: Vec<_> = made.flat_map(|it| parts(core, it)).collect();
    commands.extend(written(core, &parts, &names));
    (m::hint_again(label), commands)
}

/// The resource, and everything on its side that exists and uses it, in the order of making, with all their names.
fn behind<'a>(
    lab: &'a Lab,
    step: &Step,
    state: &State,
    resource: &'a Resource,
) -> (Vec<&'a Resource>, BTreeSet<&'a str>) {
    let mut names = BTreeSet::from([resource.name()]);
    let mut all = vec![resource];
    let here = lab.steps.iter().filter(|it| it.side == step.side);
    for it in here.flat_map(|step| in_order(&step.makes)) {
        let uses = it.kind().leaves() == Leaves::Thing && it.needs().iter().any(|need| names.contains(need));
        if uses && id_of(state, it.name()).is_some() && names.insert(it.name()) {
            all.push(it);
        }
    }
    (all, names)
}

/// The id or ARN of what is recognised as the resource, or is the nearest to it.
fn id_of(state: &State, name: &str) -> Option<String> {
    let near = state.sighted.get(name).map(|(id, _)| id.clone());
    near.or_else(|| state.resources.get(name)?.id().map(str::to_owned))
}

/// The command that waits until what `call` deletes is gone; `None` if it is gone at once.
fn gone(call: &Call) -> Option<String> {
    let ids = |key: &str| {
        let ids = call.params.get(key)?.as_array()?.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        Some(ids.join(" "))
    };
    match call.operation {
        "TerminateInstances" => {
            Some(format!("aws ec2 wait instance-terminated --instance-ids {}", ids("InstanceIds")?))
        }
        "DeleteLoadBalancer" => {
            let arn = call.params.get("LoadBalancerArn")?.as_str()?;
            Some(format!("aws elbv2 wait load-balancers-deleted \\\n  --load-balancer-arns {arn}"))
        }
        _ => None,
    }
}

/// The commands that make `resource`, after the look-ups it needs that pllab has not made yet.
fn making(core: &RunLog, step: &Step, resource: &Resource) -> Vec<String> {
    let mut all = lookups(core, step, resource);
    all.push(resource);
    commands(core, &all)
}

/// The look-ups that `resource` needs and pllab has not made yet.
fn lookups<'a>(core: &RunLog, step: &'a Step, resource: &Resource) -> Vec<&'a Resource> {
    let needs = resource.needs();
    let unknown = |it: &&Resource| {
        let name = it.name();
        is_lookup(it) && needs.contains(&name) && core.with(|state| is_unknown(state, name))
    };
    step.makes.iter().filter(unknown).collect()
}

fn is_unknown(state: &State, name: &str) -> bool {
    state.resources.get(name).is_none_or(|line| line.facts.is_empty())
}

/// The commands that make `resources`. Known values are filled in, and what a later command needs of an earlier one is
/// kept in shell variables.
fn commands(core: &RunLog, resources: &[&Resource]) -> Vec<String> {
    let parts: Vec<_> = resources.iter().flat_map(|resource| parts(core, resource)).collect();
    written(core, &parts, &BTreeSet::new())
}

/// The calls as commands. What is known of the resources in `again` does not hold any more.
fn written(core: &RunLog, parts: &[(String, ApiStep)], again: &BTreeSet<&str>) -> Vec<String> {
    let known = |name: &str, fact: &str| if again.contains(name) { None } else { core.fact(name, fact) };
    let texts: Vec<String> =
        parts.iter().map(|(_, part)| Value::Object(part.call.params.clone()).to_string()).collect();
    let written = |(at, (name, part)): (usize, &(String, ApiStep))| {
        let later = &texts[at + 1..];
        let call = part.call.resolve(&|name, fact| known(name, fact).or_else(|| Some(reference(name, fact)))).ok()?;
        let needed = part.facts.iter().filter(|(fact, _)| {
            known(name, fact).is_none() && later.iter().any(|text| text.contains(&reference(name, fact)))
        });
        let captures: Vec<(String, String)> =
            needed.map(|(fact, path)| (Call::variable(name, fact), part.query(&call, path))).collect();
        let captures: Vec<(&str, &str)> = captures.iter().map(|(name, path)| (name.as_str(), &**path)).collect();
        Some(if captures.is_empty() { call.command() } else { call.command_capturing(&captures) })
    };
    parts.iter().enumerate().filter_map(written).collect()
}

fn reference(name: &str, fact: &str) -> String {
    format!("${{{name}.{fact}}}")
}

/// The calls that make `resource`, each with its name. The learner may choose their own names and tags.
fn parts(core: &RunLog, resource: &Resource) -> Vec<(String, ApiStep)> {
    let state = core.state();
    let round = state.resources.get(resource.name()).map_or(0, |line| line.round);
    let naming = Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round };
    let bare = |mut part: ApiStep| {
        for ours in ["ClientToken", "TagSpecifications", "Tags"] {
            part.call.params.remove(ours);
        }
        (resource.name().to_owned(), part)
    };
    actions::make(resource, &naming).into_iter().map(bare).collect()
}

#[cfg(test)]
#[path = "hints_tests.rs"]
mod tests;
