//! Traces the path from the client to the page and shows it: rungs, picture, diagnosis.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checks::CheckContext;
use crate::cloud::Clouds;
use crate::engine::event::{Event, LinkState, Mark, Node, Picture, Progress, ProgressState, RungState, Verdict};
use crate::engine::{RunLog, ShowPath, State, Views};
use crate::i18n::{Text, m};
use crate::lab::Loaded;
use crate::trace::{self, Diagnosis, Hop, Path, Rung, RungId, Trace};

/// The path of the page that the lab proves. `None` if the lab has no path.
pub async fn traced(core: &RunLog, clouds: &Clouds, loaded: &Loaded) -> Option<Trace> {
    Some(trace_of(core, clouds, loaded, Path::of(&loaded.lab)?).await)
}

async fn trace_of(core: &RunLog, clouds: &Clouds, loaded: &Loaded, path: Path) -> Trace {
    let (state, sides) = (core.state(), loaded.lab.sides());
    let facts = state.facts();
    let scene = CheckContext {
        clouds,
        facts: &facts,
        sides: &sides,
        accounts: core.accounts(),
        token: &state.token,
        lab: &loaded.lab,
    };
    let waits = AtomicBool::new(false);
    let report = |state| {
        let label = m::path_waiting();
        core.screen.progress(&Progress { id: "path".to_owned(), label, seen: None, wait: None, state });
    };
    let on_wait = || {
        waits.store(true, Ordering::Relaxed);
        report(ProgressState::Running);
    };
    let trace = trace::trace(&scene, path, &on_wait).await;
    if waits.load(Ordering::Relaxed) {
        report(ProgressState::Told);
    }
    trace
}

/// Shows the path of the page that the lab proves. `None` if the lab has no path.
pub async fn show(core: &RunLog, clouds: &Clouds, loaded: &Loaded) -> Option<Verdict> {
    Some(show_path(core, clouds, loaded, Path::of(&loaded.lab)?).await)
}

/// Shows a path, rung by rung, and where it ends.
pub async fn show_path(core: &RunLog, clouds: &Clouds, loaded: &Loaded, path: Path) -> Verdict {
    let ends = (path.client.clone(), path.endpoint.clone());
    let trace = trace_of(core, clouds, loaded, path).await;
    let last = trace.rungs.len();
    let mut ended = false;
    for (index, rung) in trace.rungs.iter().enumerate() {
        let unreached = rung.state == trace::RungState::NotReached;
        let rest = (unreached && !ended).then_some(last);
        ended |= unreached;
        core.screen.event(&told(index, rung, rest));
    }
    core.screen.picture(&picture(&trace, &core.state(), loaded, &ends));
    core.screen.event(&diagnosed(&trace));
    trace.verdict()
}

/// Traces the path of a run that is under way.
pub struct Traced {
    pub clouds: Arc<Clouds>,
    pub loaded: Arc<Loaded>,
}

impl ShowPath for Traced {
    fn show<'a>(&'a self, core: &'a RunLog) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            // The choice is offered only if the lab has a path.
            let _ = show(core, &self.clouds, &self.loaded).await;
        })
    }
}

fn told(index: usize, rung: &Rung, rest: Option<usize>) -> Event {
    Event::Rung {
        rung: rung.id.name().to_owned(),
        title: rung.id.title(),
        number: index + 1,
        state: standing(rung.state),
        expected: rung.expected.clone(),
        seen: rung.seen.clone(),
        command: rung.command.clone(),
        rest,
    }
}

fn standing(state: trace::RungState) -> RungState {
    match state {
        trace::RungState::Holds => RungState::Holds,
        trace::RungState::Broken => RungState::Broken,
        trace::RungState::NotYet => RungState::NotYet,
        trace::RungState::NotMade => RungState::NotMade,
        trace::RungState::CannotTell => RungState::CannotTell,
        trace::RungState::NotReached => RungState::NotReached,
    }
}

fn diagnosed(trace: &Trace) -> Event {
    let nothing = || Text::literal("");
    match &trace.diagnosis {
        Some(Diagnosis { rung, why, repair, commands, step }) => Event::Diagnosis {
            rung: Some(rung.name().to_owned()),
            title: rung.title(),
            verdict: trace.verdict(),
            why: why.clone(),
            repair: repair.clone(),
            commands: commands.clone(),
            step: step.clone(),
        },
        None => Event::Diagnosis {
            rung: None,
            title: nothing(),
            verdict: trace.verdict(),
            why: nothing(),
            repair: nothing(),
            commands: Vec::new(),
            step: None,
        },
    }
}

/// The architecture as the path's rungs saw it: where it ends is marked, with the state that was seen there.
fn picture(trace: &Trace, state: &State, loaded: &Loaded, (client, endpoint): &(String, String)) -> Picture {
    let mut picture = Views::picture(loaded, state, loaded.lab.steps.len());
    let Some(diagnosis) = &trace.diagnosis else { return picture };
    let seen = trace.rungs.iter().find(|rung| rung.id == diagnosis.rung).map(|rung| rung.seen.clone());
    let hop = diagnosis.rung.hop();
    let service = picture.links.iter().find(|link| link.endpoint == *endpoint).map(|link| link.service.clone());
    for link in picture.links.iter_mut().filter(|link| link.endpoint == *endpoint) {
        // The ledger says that it was accepted, but the cloud says otherwise now.
        if diagnosis.rung == RungId::Connection && link.state != LinkState::Rejected {
            let rejected = seen.as_ref() == Some(&Text::literal("Rejected"));
            link.state = if rejected { LinkState::Rejected } else { LinkState::Pending };
            link.label = if rejected { Some(m::picture_link_rejected()) } else { seen.clone() };
        } else if hop == Hop::Endpoint && diagnosis.rung == RungId::Endpoint {
            link.state = LinkState::Absent;
            link.label = None;
        }
    }
    let label = match hop {
        Hop::Client => m::picture_client(),
        Hop::Endpoint => m::picture_endpoint(),
        Hop::Service => m::picture_service(),
        Hop::LoadBalancer => m::picture_nlb(),
        Hop::Web => m::picture_web(),
    };
    let named = |node: &Node| match hop {
        Hop::Client => Some(*client == node.name),
        Hop::Endpoint => Some(*endpoint == node.name),
        Hop::Service => service.as_ref().map(|service| *service == node.name),
        Hop::LoadBalancer | Hop::Web => None,
    };
    let nodes = picture.vpcs.iter_mut().flat_map(|lane| &mut lane.nodes);
    for node in nodes.filter(|node| named(node).unwrap_or(node.label == label) && node.mark != Mark::Absent) {
        node.mark = Mark::Broken;
        // What was seen there outweighs what was so when it was made.
        let itself = [RungId::Endpoint, RungId::LoadBalancer, RungId::Host, RungId::Health];
        if itself.contains(&diagnosis.rung) {
            node.state = None;
        }
    }
    picture
}
