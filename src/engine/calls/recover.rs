//! Finds out after a crash what became of the calls that have an intent and no outcome.

use super::perform::{Failure, Polling, clients, find, look_up};
use super::run_log::{Intent, RunLog};
use crate::actions::{self, Naming};
use crate::cloud::Clouds;
use crate::engine::event::{Event, Facts, Fault, FaultClass, Purpose};
use crate::i18n::m;
use crate::lab::{Kind, Lab, Resource, waves};

/// Asks the cloud about every call without an outcome and writes the answers down. Calls that can be sent again without
/// harm are left for that.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn recover(core: &RunLog, clouds: &Clouds, patience: &Polling, lab: &Lab) -> Result<(), Failure> {
    let pending = core.with(|state| state.pending.clone());
    if pending.is_empty() {
        return Ok(());
    }
    core.record(&Event::Notice { text: m::engine_recovering(pending.len()) })?;
    for (number, call) in pending {
        let resource = lab.steps.iter().flat_map(|step| &step.makes).find(|it| it.name() == call.resource);
        let found = match (call.purpose, resource) {
            (Purpose::Make, Some(resource)) => ask(core, clouds, patience, resource, &call.part).await?,
            // A deletion is sent again, which shows what became of it; so is the answer to a connection request.
            (Purpose::Delete, _) => None,
            (Purpose::Make, None) if call.kind == Kind::Acceptance => None,
            // Without the lab file, nobody knows how to ask. The call stays unknown, and the receipt says so.
            (Purpose::Make, None) => continue,
        };
        let outcome = found.ok_or_else(|| {
            Fault::ours(FaultClass::NotFound, "NotFound", format!("{} {} {}", call.kind, call.resource, call.part))
        });
        core.settle(number, outcome, true)?;
    }
    Ok(())
}

/// Finds what the journal does not have. Looks by this run's own tags and names for every resource of the lab that is
/// not in the ledger, and records what it finds. For clean-ups only; nothing without the run's mark is touched.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn adopt(core: &RunLog, clouds: &Clouds, lab: &Lab) -> Result<(), Failure> {
    let (run, id, learner) = core.with(|state| (state.run.clone(), state.lab.clone(), state.learner.clone()));
    for step in &lab.steps {
        // A resource is found through what it needs, so its needs come first.
        let ordered = waves(&step.makes.iter().collect::<Vec<_>>()).unwrap_or_default();
        for resource in ordered.into_iter().flatten() {
            let name = resource.name();
            let (known, round) = core.with(|state| {
                let line = state.resources.get(name);
                (line.map(|line| line.made.clone()).unwrap_or_default(), line.map_or(0, |line| line.round))
            });
            let parts = actions::make(resource, &Naming { run: &run, lab: &id, learner: &learner, round });
            for part in parts.iter().filter(|part| !known.contains(&*part.name)) {
                // What is found without the run's mark, through the thing it depends on, is the learner's if that thing
                // is.
                let marked = part.find.as_ref().is_some_and(|find| {
                    serde_json::Value::Object(find.call.params.clone()).to_string().contains(run.as_str())
                });
                if !marked && core.with(|state| resource.needs().iter().any(|need| state.is_learners(need))) {
                    continue;
                }
                let Some(facts) = look_up(core, clients(clouds, step.side), part).await? else { continue };
                let intent = Intent {
                    step: &step.id,
                    resource: name,
                    kind: &resource.kind(),
                    side: step.side,
                    purpose: Purpose::Make,
                    part: &part.name,
                    // The strings it was made with say what must be deleted after it.
                    call: &core.resolve(&part.call).unwrap_or_else(|_| part.call.clone()),
                };
                let number = core.intend(&intent)?;
                core.settle(number, Ok(facts), true)?;
            }
        }
    }
    Ok(())
}

async fn ask(
    core: &RunLog,
    clouds: &Clouds,
    patience: &Polling,
    resource: &Resource,
    part: &str,
) -> Result<Option<Facts>, Failure> {
    let line = core.with(|state| {
        let line = state.resources.get(resource.name());
        line.map(|line| (state.run.clone(), state.lab.clone(), state.learner.clone(), line.round, line.side))
    });
    let Some((run, lab, learner, round, side)) = line else { return Ok(None) };
    let parts = actions::make(resource, &Naming { run: &run, lab: &lab, learner: &learner, round });
    let Some(part) = parts.iter().find(|it| it.name == part) else { return Ok(None) };
    Ok(find(core, clients(clouds, side), patience, part).await?)
}
