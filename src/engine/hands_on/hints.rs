//! Hints in three rungs: where to look, what is wanted, the commands. Each is about what is wrong now.

use crate::actions::{self, Naming};
use crate::cloud::Call;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::Event;
use crate::engine::record::journal::JournalError;
use crate::i18n::m;
use crate::lab::{Lab, Resource, Step, in_order};

/// The number of the last rung.
const COMMANDS: usize = 3;

/// Gives the next hint on `step`: about what was made and is wrong, else about what comes next.
///
/// # Errors
/// If the hint cannot be recorded.
pub fn hint(core: &RunLog, lab: &Lab, step: &Step) -> Result<(), JournalError> {
    let state = core.state();
    let open = |it: &&Resource| {
        let line = state.resources.get(it.name());
        !matches!(it, Resource::ServiceLookup(_)) && line.is_none_or(|line| line.made.is_empty())
    };
    let ordered: Vec<&Resource> = in_order(&step.makes).into_iter().filter(open).collect();
    let wrong = ordered.iter().find(|it| state.sighted.contains_key(it.name()));
    let Some(resource) = wrong.or(ordered.first()) else { return Ok(()) };
    let name = resource.name();
    let rung = (state.steps.get(&step.id).map_or(0, |step| step.hints) + 1).min(COMMANDS);
    let label = actions::label(&resource.kind(), name);
    let difference = state.sighted.get(name).and_then(|(id, differs)| Some((id, differs.first()?)));
    let text = match (rung, difference) {
        (1, Some((id, differs))) => m::HintLook { id: id.rsplit(':').next().unwrap_or(id), what: &differs.what }.text(),
        (2, Some((_, differs))) => {
            m::HintWanted { expected: &differs.expected, seen: &differs.seen, what: &differs.what }.text()
        }
        (1, None) => m::hint_missing(label),
        (2, None) => m::hint_plan(actions::plan(lab, resource)),
        _ => m::hint_commands(label),
    };
    let commands = if rung == COMMANDS { commands(core, resource) } else { Vec::new() };
    core.record(&Event::Hint { step: step.id.clone(), resource: name.to_owned(), rung, text, commands })
}

/// The commands that make `resource`. Known values are filled in.
pub fn commands(core: &RunLog, resource: &Resource) -> Vec<String> {
    let state = core.state();
    let round = state.resources.get(resource.name()).map_or(0, |line| line.round);
    let parts = actions::make(resource, &Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round });
    parts.iter().filter_map(|part| filled(core, &part.call)).map(|call| call.command()).collect()
}

/// The call with known values filled in; unknown ones stay shell variables.
fn filled(core: &RunLog, call: &Call) -> Option<Call> {
    let mut call =
        call.resolve(&|name, fact| core.fact(name, fact).or_else(|| Some(format!("${{{name}.{fact}}}")))).ok()?;
    // The learner may choose their own names and tags.
    for ours in ["ClientToken", "TagSpecifications", "Tags"] {
        call.params.remove(ours);
    }
    Some(call)
}
