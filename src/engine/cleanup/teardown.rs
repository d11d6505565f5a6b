//! Deletes what the ledger says exists: users before what they use, and independent resources at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::foreign_resources::{Stranger, strangers};
use super::repairs::untie;
use crate::actions::{self, Presence};
use crate::cloud::Clouds;
use crate::engine::calls::perform::{Failure, Polling, Work, clients, perform};
use crate::engine::calls::run_log::RunLog;
use crate::engine::calls::shared_wait::Watch;
use crate::engine::event::{Event, Fault, FaultClass, Progress, ProgressState, Purpose, Wait};
use crate::engine::record::journal::JournalError;
use crate::engine::record::ledger::ResourceState;
use crate::i18n::{Text, m};
use crate::lab::{Kind, Side};

/// Deletes what exists of this run, or only what is in `only`, and waits until each is gone. Goes on after an error;
/// what could not be deleted stays in the ledger.
///
/// # Errors
/// Only if the journal cannot be written.
pub async fn teardown(
    core: &Arc<RunLog>,
    clouds: &Arc<Clouds>,
    patience: Polling,
    only: Option<&[String]>,
) -> Result<(), JournalError> {
    let mut waiting: BTreeSet<String> = core.with(|state| {
        let existing = state.existing().into_keys().map(str::to_owned);
        existing.filter(|name| only.is_none_or(|only| only.contains(name))).collect()
    });
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    core.with(|state| {
        for one in &waiting {
            // The users of `one` go first.
            let users = waiting.iter().filter(|other| state.needs(other, one)).cloned().collect();
            needs.insert(one.clone(), users);
        }
    });
    let blocked = Arc::new(blocked(core, clouds).await?);
    untie(core, clouds, patience, &waiting).await?;
    let mut standing = waiting.clone();
    let mut failed: BTreeSet<String> = BTreeSet::new();
    let mut running = JoinSet::new();
    let watch = Arc::new(Watch::new(patience));
    loop {
        let mut ready: Vec<String> =
            waiting.iter().filter(|name| needs[*name].iter().all(|user| !standing.contains(user))).cloned().collect();
        if ready.is_empty() && running.is_empty() {
            // They use each other: let AWS say which can go first.
            ready = waiting.iter().cloned().collect();
        }
        for name in ready {
            waiting.remove(&name);
            // Its user could not be deleted, so AWS refuses this at once, and keeps refusing.
            let hopeless = needs[&name].iter().any(|user| failed.contains(user));
            let (core, clouds, watch, blocked) =
                (Arc::clone(core), Arc::clone(clouds), Arc::clone(&watch), Arc::clone(&blocked));
            running.spawn(async move {
                let in_use = if hopeless { Duration::ZERO } else { patience.limit };
                let in_use = core.with(|state| bounded(in_use, state.resources.get(&name), &blocked));
                let result = delete(&core, &clouds, (patience, in_use), &watch, &name).await;
                (name, result)
            });
        }
        let Some(ended) = running.join_next().await else { break };
        match ended {
            Ok((name, Ok(()))) => {
                standing.remove(&name);
            }
            // What a resource that could not be deleted uses is still tried: AWS refuses if it must.
            Ok((name, Err(Failure::Fault(_) | Failure::Unsaid(_)))) => {
                standing.remove(&name);
                failed.insert(name);
            }
            Ok((_, Err(Failure::Journal(error)))) => return Err(error),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    Ok(())
}

/// What is in the run's VPCs and does not belong to the run. The learner hears of it before anything is deleted.
async fn blocked(core: &RunLog, clouds: &Clouds) -> Result<Vec<Stranger>, JournalError> {
    let accounts: BTreeMap<&String, Side> = core.accounts().iter().map(|(side, account)| (account, *side)).collect();
    let mut all = Vec::new();
    for side in accounts.into_values() {
        // If the look is not allowed, the refusal to delete will tell.
        for stranger in strangers(core, clouds, side).await.unwrap_or_default().into_iter().filter(|it| !it.of_aws) {
            let what = actions::label(&stranger.kind, &stranger.id);
            core.record(&Event::Notice { text: m::SharedStranger { vpc: &stranger.vpc, what }.text() })?;
            all.push(stranger);
        }
    }
    Ok(all)
}

/// Waiting is useless while something foreign holds the resource: AWS refuses at once, and keeps refusing.
fn bounded(limit: Duration, line: Option<&ResourceState>, blocked: &[Stranger]) -> Duration {
    let Some(line) = line else { return limit };
    let is_in = blocked.iter().any(|it| line.made_with.contains(&it.vpc));
    match line.kind {
        _ if line.id().is_some_and(|id| blocked.iter().any(|it| it.uses(id))) => Duration::ZERO,
        // Resources of the run that are still going away may hold these.
        Kind::Subnet | Kind::SecurityGroup | Kind::RouteTable if is_in => limit / 10,
        _ => limit,
    }
}

/// Deletes one resource and waits until it is gone; `in_use` is how long something else may still use it.
async fn delete(
    core: &RunLog,
    clouds: &Clouds,
    (patience, in_use): (Polling, Duration),
    watch: &Watch,
    name: &str,
) -> Result<(), Failure> {
    let Some(line) = core.with(|state| state.resources.get(name).cloned()) else { return Ok(()) };
    let wait = patience.wait(actions::usual_deletion(&line.kind));
    let progress = |seen: Option<Text>, state| Progress {
        id: format!("delete:{name}"),
        label: m::engine_deleting(actions::label(&line.kind, name)),
        seen,
        wait,
        state,
    };
    core.screen.progress(&progress(None, ProgressState::Running));
    let result = async {
        let waiting = |fault: &Fault| {
            core.screen.progress(&progress(Some(m::engine_in_use(&fault.code)), ProgressState::Running));
        };
        let work = Work {
            step: &line.step,
            resource: name,
            kind: &line.kind,
            side: line.side,
            purpose: Purpose::Delete,
            waiting: Some(&waiting),
        };
        let parts = actions::delete(&line.kind, name);
        if parts.is_empty() {
            return Err(Failure::Unsaid(unknown_kind(&line.kind, name)));
        }
        for part in parts {
            // If a fact was never learnt, such as an association that was not made, there is nothing to delete.
            if line.deleted.contains(&*part.name) || core.resolve(&part.call).is_err() {
                continue;
            }
            perform(core, clouds, &Polling { limit: in_use, ..patience }, &work, &part).await?;
        }
        let look = actions::look(&line.kind, name).map(|look| core.resolve(&look)).transpose()?;
        let Some(look) = look else { return Ok(()) };
        let account = core.accounts().get(&line.side).cloned().unwrap_or_default();
        let began = Instant::now();
        loop {
            let answer = watch.look(clients(clouds, line.side), &account, look.clone()).await;
            match actions::presence(answer) {
                Presence::Gone => return Ok(()),
                Presence::There(state) => {
                    let seen = Wait::seen(wait, Text::literal(state), began.elapsed());
                    core.screen.progress(&progress(Some(seen), ProgressState::Running));
                    if began.elapsed() > patience.limit {
                        let message = format!("{} {name}", line.kind);
                        return Err(Failure::Unsaid(Fault::ours(FaultClass::InUse, "StillThere", message)));
                    }
                }
                // It is deleted as far as we know; the receipt says what could not be seen.
                Presence::Unknown(fault)
                    // If looking is not allowed now, it will not be allowed later.
                    if matches!(fault.class, FaultClass::Denied | FaultClass::Unsupported)
                        || began.elapsed() > patience.limit =>
                {
                    return Err(fault.into());
                }
                Presence::Unknown(_) => {}
            }
        }
    }
    .await;
    match result {
        Ok(()) => {
            let id = line.id().unwrap_or_default().to_owned();
            core.record(&Event::Gone { resource: name.to_owned(), id })?;
            core.screen.progress(&progress(None, ProgressState::Done));
            Ok(())
        }
        Err(failure) => {
            core.screen.progress(&progress(None, ProgressState::Failed));
            Err(failure)
        }
    }
}

fn unknown_kind(kind: &Kind, name: &str) -> Fault {
    let message = format!("{kind} {name}");
    Fault::ours(FaultClass::Unsupported, "UnknownKind", message)
}
