//! After a crash: what became of the calls that have an intent and no outcome.

use super::core::{Core, Intent};
use super::event::{Event, Fault, FaultClass, Purpose};
use super::perform::{Failure, Patience, clients, look_up};
use crate::actions::{self, Making};
use crate::cloud::Clouds;
use crate::i18n::m;
use crate::lab::{Lab, Resource};

/// Asks the cloud about every call without an outcome and writes the answers down. What can be sent again without harm is
/// left to be sent again.
///
/// # Errors
/// When the cloud cannot be asked, or the journal cannot be written.
pub async fn recover(core: &Core, clouds: &Clouds, patience: &Patience, lab: &Lab) -> Result<(), Failure> {
    let pending = core.with(|state| state.pending.clone());
    if pending.is_empty() {
        return Ok(());
    }
    core.record(&Event::Notice { text: m::engine_recovering(pending.len()) })?;
    for (number, call) in pending {
        let resource = lab.steps.iter().flat_map(|step| &step.makes).find(|it| it.name() == call.resource);
        let found = match (call.purpose, resource) {
            (Purpose::Make, Some(resource)) => find(core, clouds, patience, resource, &call.part).await?,
            _ => None,
        };
        let outcome = found.ok_or_else(|| Fault {
            code: "NotFound".to_owned(),
            message: format!("{} {} {}", call.kind, call.resource, call.part),
            request_id: None,
            class: FaultClass::NotFound,
        });
        core.settle(number, outcome, true)?;
    }
    Ok(())
}

/// What the journal has lost: looks by this run's own tags for every resource of the lab that the ledger does not have, and
/// enters what is found. For clean-ups only; nothing without the run's tag is touched.
///
/// # Errors
/// When the cloud cannot be asked, or the journal cannot be written.
pub async fn adopt(core: &Core, clouds: &Clouds, lab: &Lab) -> Result<(), Failure> {
    let (run, id) = core.with(|state| (state.run.clone(), state.lab.clone()));
    for step in &lab.steps {
        for resource in &step.makes {
            let name = resource.name();
            let (known, round) = core.with(|state| {
                let line = state.resources.get(name);
                (line.map(|line| line.made.clone()).unwrap_or_default(), line.map_or(0, |line| line.round))
            });
            let parts = actions::make(resource, &Making { run: &run, lab: &id, round });
            for part in parts.iter().filter(|part| !known.contains(part.name)) {
                let Some(facts) = look_up(core, clients(clouds, step.side), part).await? else { continue };
                let intent = Intent {
                    step: &step.id,
                    resource: name,
                    kind: resource.kind(),
                    side: step.side,
                    purpose: Purpose::Make,
                    part: part.name,
                    // What it was made with tells what must go after it.
                    call: &core.resolve(&part.call).unwrap_or_else(|_| part.call.clone()),
                };
                let number = core.intend(&intent)?;
                core.settle(number, Ok(facts), true)?;
            }
        }
    }
    Ok(())
}

async fn find(
    core: &Core,
    clouds: &Clouds,
    patience: &Patience,
    resource: &Resource,
    part: &str,
) -> Result<Option<super::event::Facts>, Failure> {
    let (run, lab, round, side) = core.with(|state| {
        let line = state.resources.get(resource.name());
        (state.run.clone(), state.lab.clone(), line.map_or(0, |line| line.round), line.map(|line| line.side))
    });
    let Some(side) = side else { return Ok(None) };
    let making = Making { run: &run, lab: &lab, round };
    let parts = actions::make(resource, &making);
    let Some(part) = parts.iter().find(|it| it.name == part) else { return Ok(None) };
    // A resource made a moment before the crash may not be listed everywhere yet, so "no" is asked for three times.
    for pause in patience.pauses().take(3) {
        tokio::time::sleep(pause).await;
        if let Some(facts) = look_up(core, clients(clouds, side), part).await? {
            return Ok(Some(facts));
        }
        if part.find.is_none() {
            break;
        }
    }
    Ok(None)
}
