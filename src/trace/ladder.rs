//! Climbs the ladder, and makes the diagnosis where the climb ends.

use super::path::Path;
use super::rung::{Rung, RungId, RungState};
use super::rung_result::RungResult;
use super::walk::Walk;
use crate::checks::{CheckContext, Verdict};
use crate::cloud::Api;
use crate::i18n::{Text, m};
use crate::lab::{Leaves, Resource, Side, Step};

/// The operations that the rungs use.
pub const READS: [(Api, &str); 17] = [
    (Api::Ec2, "DescribeInstances"),
    (Api::Ec2, "DescribeNetworkAcls"),
    (Api::Ec2, "DescribeNetworkInterfaces"),
    (Api::Ec2, "DescribeRouteTables"),
    (Api::Ec2, "DescribeSecurityGroups"),
    (Api::Ec2, "DescribeSubnets"),
    (Api::Ec2, "DescribeVpcAttribute"),
    (Api::Ec2, "DescribeVpcEndpointConnections"),
    (Api::Ec2, "DescribeVpcEndpointServiceConfigurations"),
    (Api::Ec2, "DescribeVpcEndpoints"),
    (Api::Ec2, "GetConsoleOutput"),
    (Api::Elbv2, "DescribeListeners"),
    (Api::Elbv2, "DescribeLoadBalancerAttributes"),
    (Api::Elbv2, "DescribeLoadBalancers"),
    (Api::Elbv2, "DescribeTargetGroupAttributes"),
    (Api::Elbv2, "DescribeTargetGroups"),
    (Api::Elbv2, "DescribeTargetHealth"),
];

/// Every rung, and where the path ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub rungs: Vec<Rung>,
    /// The first rung that fails; `None` if none does.
    pub diagnosis: Option<Diagnosis>,
}

/// The first broken hop.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub rung: RungId,
    /// Why the path ends there, in a sentence.
    pub why: Text,
    /// What to change.
    pub repair: Text,
    /// The AWS CLI commands that change it; empty if no single call does.
    pub commands: Vec<String>,
    /// The earliest step that is not done, if the path ends at something that the run has not made yet.
    pub step: Option<String>,
}

impl Trace {
    /// `Met` if every rung holds, `Broken` if one fails, `NotYet` if only time is missing, `CannotTell` if none fails
    /// and some could not be asked.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.rungs.iter().any(|rung| rung.state == RungState::NotYet) {
            Verdict::NotYet
        } else if self.diagnosis.is_some() {
            Verdict::Broken
        } else if self.rungs.iter().all(|rung| rung.state == RungState::Holds) {
            Verdict::Met
        } else {
            Verdict::CannotTell
        }
    }
}

/// Climbs rung by rung until one fails; past what the run has not made yet, as far as what exists allows. Read-only. `on_wait` is called if it waits for the client's next attempt.
pub async fn trace(scene: &CheckContext<'_>, path: Path, on_wait: &(dyn Fn() + Send + Sync)) -> Trace {
    let mut walk = Walk::new(scene, path, on_wait);
    let mut trace = Trace { rungs: Vec::new(), diagnosis: None };
    for id in RungId::ALL {
        let unasked = |state| {
            let (expected, seen) = (Text::literal(""), Text::literal(""));
            Rung { id, state, expected, seen, command: String::new() }
        };
        if trace.diagnosis.is_some() {
            trace.rungs.push(unasked(RungState::NotReached));
            continue;
        }
        if walk.waits(id) {
            trace.rungs.push(unasked(RungState::NotMade));
            continue;
        }
        let found = climb(&mut walk, id).await;
        // What it looks at comes with what is missing.
        if found.is_unseen() && walk.misses_something() {
            trace.rungs.push(unasked(RungState::NotMade));
            continue;
        }
        if found.missing.is_some() {
            walk.miss(id);
        }
        let found = walk.with_names(found);
        trace.diagnosis = diagnose(id, &found);
        let command = match (&found.look, id) {
            (Some(call), _) => call.command(),
            (None, RungId::SignIn) => "aws sts get-caller-identity".to_owned(),
            (None, _) => String::new(),
        };
        trace.rungs.push(Rung { id, state: found.state, expected: found.expected, seen: found.seen, command });
    }
    // What is there is in order, so what comes next is what to make.
    if trace.diagnosis.is_none() {
        trace.diagnosis = not_made(scene, &trace.rungs);
    }
    trace
}

impl Walk<'_> {
    /// The same result with a name beside each id.
    fn with_names(&self, found: RungResult) -> RungResult {
        let named = |text: &Text| self.names.beside(text);
        RungResult {
            expected: named(&found.expected),
            seen: named(&found.seen),
            why: found.why.as_ref().map(named),
            repair: found.repair.as_ref().map(named),
            ..found
        }
    }
}

async fn climb(walk: &mut Walk<'_>, id: RungId) -> RungResult {
    let found = match id {
        RungId::SignIn => walk.sign_in().await.map_err(|fault| RungResult::from(&fault)),
        RungId::Endpoint => walk.find_endpoint().await.map_err(|fault| RungResult::from(&fault)),
        RungId::Connection => walk.connection().await,
        RungId::Zones => walk.zones().await,
        RungId::Name => walk.name().await,
        RungId::ClientGroup => walk.client_group().await,
        RungId::EndpointGroup => walk.endpoint_group().await,
        RungId::ConsumerRoute => walk.consumer_route().await,
        RungId::ConsumerAcl => walk.consumer_acl().await,
        RungId::LoadBalancer => walk.load_balancer().await,
        RungId::LoadBalancerGroup => walk.load_balancer_group().await,
        RungId::Listener => walk.listener().await,
        RungId::Targets => walk.registered().await,
        RungId::LoadBalancerEgress => walk.load_balancer_egress(),
        RungId::TargetGroup => walk.target_rules().await,
        RungId::ProviderRoute => walk.provider_route().await,
        RungId::ProviderAcl => walk.provider_acl().await,
        RungId::Host => walk.open_port().await,
        RungId::Health => walk.healthy().await,
        RungId::CrossZone => walk.cross_zone().await,
        RungId::ProxyProtocol => walk.proxy_protocol().await,
        RungId::Answer => walk.answer().await,
    };
    found.unwrap_or_else(|found| found)
}

/// If the path ends at something that the run has not made: the earliest step that is not done, and what it lacks.
fn not_made(scene: &CheckContext<'_>, rungs: &[Rung]) -> Option<Diagnosis> {
    // Others only wait for these.
    let mut open = rungs.iter().filter(|rung| rung.state == RungState::NotMade && rung.expected != Text::literal(""));
    let first = open.clone().next()?;
    let made = |name: &str| scene.facts.get(name).is_some_and(|facts| !facts.is_empty());
    let lacks = |step: &'_ Step| {
        let things = step.makes.iter().filter(|it| it.kind().leaves() == Leaves::Thing);
        things.map(Resource::name).find(|name| !made(name)).map(str::to_owned)
    };
    let (step, name) = scene.lab.steps.iter().find_map(|step| Some((step, lacks(step)?)))?;
    let rung = match step.side {
        Side::Consumer => first,
        Side::Provider => open.find(|rung| rung.id >= RungId::LoadBalancer).unwrap_or(first),
    };
    let why = m::TraceWhyNotMade { name, step: &step.id }.text();
    let (repair, step) = (m::trace_repair_not_made(), Some(step.id.clone()));
    Some(Diagnosis { rung: rung.id, why, repair, commands: Vec::new(), step })
}

fn diagnose(rung: RungId, found: &RungResult) -> Option<Diagnosis> {
    let why = found.why.clone()?;
    let repair = found.repair.clone().unwrap_or_else(m::trace_repair_wait);
    let commands = found.calls.iter().map(crate::cloud::Call::command).collect();
    Some(Diagnosis { rung, why, repair, commands, step: None })
}
