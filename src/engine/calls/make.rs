//! Makes the resources of a step. Resources whose needs are met are made at the same time, each one call by call.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::perform::{Failure, Polling, Work, perform};
use super::run_log::RunLog;
use crate::actions::{self, Naming};
use crate::cloud::Clouds;
use crate::engine::event::{Progress, ProgressState, Purpose};
use crate::lab::{Resource, Side};

/// Makes the `resources` of `step` that the journal does not have yet.
///
/// # Errors
/// The first failure, after everything under way has ended. A journal failure takes precedence over the cloud's.
pub async fn make(
    core: &Arc<RunLog>,
    clouds: &Arc<Clouds>,
    patience: Polling,
    step: &str,
    resources: &[(Side, Resource)],
) -> Result<(), Failure> {
    let mut waiting: Vec<_> = resources.to_vec();
    let mut unmade: BTreeSet<String> = waiting.iter().map(|(_, it)| it.name().to_owned()).collect();
    let mut running = JoinSet::new();
    let mut failure = None;
    loop {
        if failure.is_none() {
            let (ready, rest): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|(_, it)| it.needs().iter().all(|name| !unmade.contains(*name)));
            waiting = rest;
            for (side, resource) in ready {
                let (core, clouds, step) = (Arc::clone(core), Arc::clone(clouds), step.to_owned());
                running.spawn(async move {
                    let result = make_one(&core, &clouds, patience, &step, side, &resource).await;
                    (resource.name().to_owned(), result)
                });
            }
        }
        let Some(ended) = running.join_next().await else { break };
        match ended {
            Ok((name, Ok(()))) => {
                unmade.remove(&name);
            }
            Ok((_, Err(error))) => failure = Some(worse(failure, error)),
            // A panic in a task is a bug of this program, so it is passed on.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    failure.map_or(Ok(()), Err)
}

/// A journal that cannot be written outweighs a fault of the cloud.
fn worse(old: Option<Failure>, new: Failure) -> Failure {
    match old {
        Some(old @ Failure::Journal(_)) => old,
        Some(old) if !matches!(new, Failure::Journal(_)) => old,
        _ => new,
    }
}

async fn make_one(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    step: &str,
    side: Side,
    resource: &Resource,
) -> Result<(), Failure> {
    let name = resource.name();
    let (run, lab, learner, round, made) = core.with(|state| {
        let line = state.resources.get(name);
        let made = line.map(|line| line.made.clone()).unwrap_or_default();
        let round = line.map_or(0, |line| line.round);
        (state.run.clone(), state.lab.clone(), state.learner.clone(), round, made)
    });
    let making = Naming { run: &run, lab: &lab, learner: &learner, round };
    let kind = resource.kind();
    let work = Work { step, resource: name, kind: &kind, side, purpose: Purpose::Make, waiting: None };
    let parts: Vec<_> =
        actions::make(resource, &making).into_iter().filter(|part| !made.contains(&*part.name)).collect();
    if parts.is_empty() {
        return Ok(());
    }
    let progress =
        |state| Progress { id: name.to_owned(), label: actions::label(&kind, name), seen: None, wait: None, state };
    core.screen.progress(&progress(ProgressState::Running));
    for part in &parts {
        if let Err(failure) = perform(core, clouds, &patience, &work, part).await {
            core.screen.progress(&progress(ProgressState::Failed));
            return Err(failure);
        }
    }
    core.screen.progress(&progress(ProgressState::Done));
    Ok(())
}
