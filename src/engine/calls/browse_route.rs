//! Makes the endpoint through which `pllab browse` reaches the client's VPC. It belongs to the run: to its journal, its
//! ledger and its clean-up.

use super::perform::{Failure, Polling, Work, clients, perform};
use super::run_log::RunLog;
use crate::actions::{self, Naming, Presence};
use crate::cloud::Clouds;
use crate::engine::event::{Fault, FaultClass, Progress, ProgressState, Purpose};
use crate::i18n::Text;
use crate::lab::{Kind, Side};

/// The usual time on AWS until an endpoint can be used, in seconds: at least, at most. AWS says "a few minutes"
/// (UG:create-ec2-instance-connect-endpoints).
const USUAL: (u32, u32) = (60, 300);

/// Where the client is. VPC, subnet and security group are names in the lab.
#[derive(Clone, Debug)]
pub struct ClientLocation {
    /// The step that makes the client.
    pub step: String,
    pub side: Side,
    pub vpc: String,
    pub subnet: String,
    pub group: String,
    /// The port on the client.
    pub port: u16,
}

/// Makes what is missing, and waits until it can be used.
///
/// # Errors
/// If the cloud refuses, or the journal cannot be written.
pub async fn open_browse_route(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    to: &ClientLocation,
) -> Result<(), Failure> {
    let (run, lab, learner) = core.with(|state| (state.run.clone(), state.lab.clone(), state.learner.clone()));
    let round = |name: &str| core.with(|state| state.resources.get(name).map_or(0, |line| line.round));
    let names: Vec<&str> =
        actions::browse_resources("", "", "", to.port, &Naming { run: &run, lab: &lab, learner: &learner, round: 0 })
            .iter()
            .map(|it| it.name)
            .collect();
    let round = names.into_iter().map(round).max().unwrap_or_default();
    let making = Naming { run: &run, lab: &lab, learner: &learner, round };
    for one in actions::browse_resources(&to.vpc, &to.subnet, &to.group, to.port, &making) {
        let made = core.with(|state| state.resources.get(one.name).map(|it| it.made.clone()).unwrap_or_default());
        let progress = |seen: Option<Text>, state| Progress {
            id: one.name.to_owned(),
            label: actions::label(&one.kind, one.name),
            seen,
            wait: patience.wait((one.kind == Kind::InstanceConnectEndpoint).then_some(USUAL)),
            state,
        };
        let work = Work {
            step: &to.step,
            resource: one.name,
            kind: &one.kind,
            side: to.side,
            purpose: Purpose::Make,
            waiting: None,
        };
        core.screen.progress(&progress(None, ProgressState::Running));
        let result = async {
            for part in one.parts.iter().filter(|part| !made.contains(&*part.name)) {
                perform(core, clouds, &patience, &work, part).await?;
            }
            if one.kind == Kind::InstanceConnectEndpoint {
                wait(core, clouds, patience, to.side, one.name, &progress).await?;
            }
            Ok(())
        };
        let result: Result<(), Failure> = result.await;
        let ended = if result.is_ok() { ProgressState::Done } else { ProgressState::Failed };
        core.screen.progress(&progress(None, ended));
        result?;
    }
    Ok(())
}

async fn wait(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    side: Side,
    name: &str,
    progress: &(impl Fn(Option<Text>, ProgressState) -> Progress + Sync),
) -> Result<(), Failure> {
    let Some(look) = actions::look(&Kind::InstanceConnectEndpoint, name) else { return Ok(()) };
    let look = core.resolve(&look)?;
    let began = tokio::time::Instant::now();
    let mut last = String::new();
    for pause in patience.pauses() {
        tokio::time::sleep(pause).await;
        match actions::presence(clients(clouds, side).send(&look).await) {
            Presence::There(state) if state == "create-complete" => return Ok(()),
            Presence::There(state) if state.ends_with("failed") => {
                return Err(Failure::Unsaid(Fault::ours(FaultClass::Refused, "ConnectEndpointFailed", state)));
            }
            Presence::There(state) => {
                core.screen.progress(&progress(Some(Text::literal(&state)), ProgressState::Running));
                last = state;
            }
            Presence::Unknown(fault) if began.elapsed() > patience.limit => return Err(fault.into()),
            // A new endpoint may not be listed yet.
            Presence::Gone | Presence::Unknown(_) => {}
        }
        if began.elapsed() > patience.limit {
            break;
        }
    }
    Err(Failure::Unsaid(Fault::ours(FaultClass::Busy, "ConnectEndpointNotReady", last)))
}
