//! What the accounts hold: everything of the wanted kinds that may be the learner's work.

use std::collections::{BTreeMap, BTreeSet};

use crate::actions::{self, Object, Survey};
use crate::cloud::{Clients, Clouds, tags};
use crate::engine::calls::perform::{Failure, clients};
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{Event, Fault, FaultClass};
use crate::engine::record::state::State;
use crate::lab::{Kind, Lab, Resource, Side, Step};

/// Whether objects that existed before the run began count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// Only if the learner said so.
    TheRun,
    /// They do.
    Ever,
}

/// Everything in the step's account that may be one of `wanted`, by resource.
pub(super) async fn look(
    core: &RunLog,
    clouds: &Clouds,
    step: &Step,
    wanted: &[&Resource],
    since: Since,
) -> Result<BTreeMap<String, Vec<Object>>, Failure> {
    let state = core.state();
    let clients = clients(clouds, step.side);
    let strange = strangers(&state, wanted, since);
    let mut seen: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    // Resources of one kind share one listing.
    let mut listed: BTreeMap<(Kind, bool, String), Vec<Object>> = BTreeMap::new();
    for resource in wanted {
        let Some(survey) = actions::survey(resource) else { continue };
        // If what it refers to is not known yet, there is nothing to look at.
        let Ok(call) = core.resolve(&survey.call) else { continue };
        let key = (resource.kind(), survey.each.is_some(), serde_json::Value::Object(call.params.clone()).to_string());
        if !listed.contains_key(&key) {
            let beside = survey.beside.as_ref().and_then(|call| core.resolve(call).ok());
            let survey = Survey { call, beside, ..survey };
            let objects = list(clients, &survey, &strange, &state.run).await?;
            listed.insert(key.clone(), objects);
        }
        seen.insert(resource.name().to_owned(), listed.get(&key).cloned().unwrap_or_default());
    }
    Ok(seen)
}

/// What is not the learner's work on the step: what existed before, and what the ledger already has.
fn strangers(state: &State, wanted: &[&Resource], since: Since) -> BTreeSet<String> {
    let taken = state.resources.iter().filter(|(name, _)| !wanted.iter().any(|it| it.name() == *name));
    let taken = taken.filter_map(|(_, line)| line.id().map(str::to_owned));
    let before = state.baseline.iter().filter(|_| since == Since::TheRun).flatten();
    before.filter(|id| !state.older.contains(*id)).cloned().chain(taken).collect()
}

async fn list(
    clients: &Clients,
    survey: &Survey,
    strange: &BTreeSet<String>,
    run: &str,
) -> Result<Vec<Object>, Failure> {
    let reply = clients.send(&survey.call).await?;
    let beside = match &survey.beside {
        Some(call) => Some(clients.send(call).await?),
        None => None,
    };
    let mut objects = Vec::new();
    for object in survey.objects(&reply) {
        // A known object is not new, but its parts may be.
        if survey.lasts && survey.inner.is_none() && strange.contains(&object.id) {
            continue;
        }
        let mut more = Vec::new();
        for call in survey.each.map(|each| each(&object.id)).unwrap_or_default() {
            match clients.send(&call).await {
                Ok(reply) => more.push(reply),
                // It was deleted between the two calls.
                Err(fault) if fault.class == FaultClass::NotFound => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        more.extend(beside.clone());
        objects.extend(survey.told(object, more));
    }
    let other_run = |object: &Object| object.tag(tags::RUN).is_some_and(|of| of != run);
    objects.retain(|object| !survey.lasts || !(strange.contains(&object.id) || other_run(object)));
    Ok(objects)
}

/// Records what the accounts hold before the learner begins, unless that is recorded already.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn baseline(core: &RunLog, clouds: &Clouds, lab: &Lab) -> Result<(), Failure> {
    if core.with(|state| state.baseline.is_some()) {
        return Ok(());
    }
    let mut ids = BTreeSet::new();
    let mut asked: BTreeSet<(String, &str)> = BTreeSet::new();
    for step in &lab.steps {
        for survey in step.makes.iter().filter_map(actions::survey).filter(|survey| survey.lasts) {
            let account = account(core, step.side);
            if asked.insert((account, survey.call.operation)) {
                ids.extend(all(clients(clouds, step.side), &survey).await?);
            }
        }
    }
    core.record(&Event::Baseline { ids })?;
    Ok(())
}

fn account(core: &RunLog, side: Side) -> String {
    core.accounts().get(&side).cloned().unwrap_or_else(|| format!("{side:?}"))
}

/// The ids of the objects. If the learner adds a part to an object that existed before, the part is still theirs.
async fn all(clients: &Clients, survey: &Survey) -> Result<Vec<String>, Fault> {
    let reply = clients.send(&survey.call).await?;
    Ok(survey.objects(&reply).into_iter().map(|object| object.id).filter(|id| !id.is_empty()).collect())
}
