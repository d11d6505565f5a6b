//! Hints in three rungs: where to look, what is wanted, the commands. Each is about what is wrong now.

use serde_json::Value;

use crate::actions::{self, ApiStep, Known, Naming};
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
        _ => match near.filter(|_| resource.kind().leaves() == Leaves::Thing) {
            Some((id, differs)) => put_right(core, step, resource, label, id, differs),
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

/// What is still to be made, in the order of needs.
fn open<'a>(state: &State, step: &'a Step) -> Vec<&'a Resource> {
    let open = |it: &&Resource| state.resources.get(it.name()).is_none_or(|line| line.made.is_empty());
    in_order(&step.makes).into_iter().filter(open).collect()
}

fn is_lookup(resource: &Resource) -> bool {
    matches!(resource, Resource::ServiceLookup(_))
}

/// The object exists and differs: the calls that set it right as it is, or else its deletion and its making.
fn put_right(
    core: &RunLog,
    step: &Step,
    resource: &Resource,
    label: Text,
    id: &str,
    differs: &[Difference],
) -> (Text, Vec<String>) {
    let own =
        |name: &str, fact: &str| (name == resource.name() && ["id", "arn"].contains(&fact)).then(|| id.to_owned());
    let set_by: Option<Vec<&String>> = differs.iter().map(|it| it.set_by.as_ref()).collect();
    if let Some(set_by) = set_by {
        let parts = parts(core, resource).into_iter().filter(|(_, part)| set_by.iter().any(|name| **name == part.name));
        return (m::hint_change(label), written(core, &parts.collect::<Vec<_>>(), &own));
    }
    let known = |name: &str, fact: &str| own(name, fact).or_else(|| core.fact(name, fact));
    let deleted = actions::delete(&resource.kind(), resource.name()).into_iter();
    // What is not known of it, such as an association, was not made with it.
    let mut all: Vec<String> =
        deleted.filter_map(|part| part.call.resolve(&known).ok()).map(|call| call.command()).collect();
    all.extend(making(core, step, resource));
    (m::hint_again(label), all)
}

/// The commands that make `resource`, after the look-ups it needs that pllab has not made yet.
fn making(core: &RunLog, step: &Step, resource: &Resource) -> Vec<String> {
    let needs = resource.needs();
    let unknown = |it: &&Resource| {
        let name = it.name();
        is_lookup(it) && needs.contains(&name) && core.with(|state| is_unknown(state, name))
    };
    let all: Vec<&Resource> = step.makes.iter().filter(unknown).chain([resource]).collect();
    commands(core, &all)
}

fn is_unknown(state: &State, name: &str) -> bool {
    state.resources.get(name).is_none_or(|line| line.facts.is_empty())
}

/// The commands that make `resources`. Known values are filled in, and what a later command needs of an earlier one is
/// kept in shell variables.
fn commands(core: &RunLog, resources: &[&Resource]) -> Vec<String> {
    let parts: Vec<_> = resources.iter().flat_map(|resource| parts(core, resource)).collect();
    written(core, &parts, &|_, _| None)
}

/// The calls as commands. `own` has facts that the run does not know.
fn written(core: &RunLog, parts: &[(String, ApiStep)], own: &Known<'_>) -> Vec<String> {
    let known = |name: &str, fact: &str| own(name, fact).or_else(|| core.fact(name, fact));
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
