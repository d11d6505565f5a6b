//! The running load balancers of all accounts: they probe their targets and record the connections that they carry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::host::net::http1::{Incoming, read_head};
use crate::sandbox::Pace;
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::machine::machines::Machines;
use crate::sandbox::plane::net::fabric::{Caller, Fault};
use crate::sandbox::plane::net::filter::{Client, Destination, Reason, Source, Traffic, Verdict};
use crate::sandbox::plane::net::network::Network;
use crate::sandbox::plane::net::proxy_protocol::local;
use crate::sandbox::plane::net::{Target, TargetGroup, Topology};

use super::choice::{Fitness, may_use, target_address};
use super::flows::Flows;
use super::health::{Health, Prober, is_own_node, probers};

/// The time on AWS from a registration to the first probe: about two minutes
/// ((ISS:awsdocs/elb-network-load-balancers-user-guide#11), an anecdote).
pub const REGISTRATION: Duration = Duration::from_mins(2);
/// The shortest interval between probes at the quick pace.
const FASTEST: Duration = Duration::from_millis(200);

pub struct Balancers {
    pub network: Arc<Network>,
    /// The instances. At the instant pace they run only when asked to.
    pub machines: Arc<Machines>,
    pub flows: Flows,
    pub health: Health,
    /// The probing tasks, by target group ARN.
    probing: Mutex<HashMap<String, AbortHandle>>,
}

impl Balancers {
    pub fn new(network: Arc<Network>, machines: Arc<Machines>) -> Self {
        Self { network, machines, flows: Flows::default(), health: Health::default(), probing: Mutex::default() }
    }

    /// Starts and ends probing tasks to match the topology, and forgets targets that are gone.
    pub fn reconcile(self: &Arc<Self>, before: &Topology, topology: &Topology) {
        self.health.retain(topology);
        if self.network.pace == Pace::Instant {
            return;
        }
        let mut tasks = lock(&self.probing);
        tasks.retain(|arn, task| {
            let used = topology.target_groups.contains_key(arn) && probers(topology, arn).next().is_some();
            if !used {
                task.abort();
            }
            used
        });
        for arn in topology.target_groups.keys() {
            if !tasks.contains_key(arn) && probers(topology, arn).next().is_some() {
                // An earlier process already waited for this group's registration.
                let known = self.machines.context.saved.restarted() && *before == Topology::default();
                let delay = if known { Duration::ZERO } else { self.network.pace.scale(REGISTRATION) };
                let task = self.network.runtime.spawn(watch(Arc::clone(self), arn.clone(), delay));
                tasks.insert(arn.clone(), task.abort_handle());
            }
        }
    }

    pub fn stop(&self) {
        for (_, task) in lock(&self.probing).drain() {
            task.abort();
        }
    }

    /// At the instant pace, probes each target of a group until its verdict is final. `hops` is the number of load
    /// balancers that led here.
    pub async fn settle_health(self: &Arc<Self>, arn: &str, hops: u8) {
        let topology = self.network.topology();
        let Some(group) = topology.target_groups.get(arn) else { return };
        if self.network.pace != Pace::Instant {
            return;
        }
        let check = &group.health_check;
        for target in group.targets.iter().filter(|target| !target.draining) {
            for round in 0..check.healthy_threshold.max(check.unhealthy_threshold).max(1) {
                let Some(passed) = self.probe(&topology, arn, group, target, (round, hops)).await else { break };
                let verdict = self.note(&topology, arn, group, target, passed);
                if verdict == if passed { Fitness::Healthy } else { Fitness::Unhealthy } {
                    break;
                }
            }
        }
    }

    /// Counts a probe's result and returns the target's verdict. A changed verdict may end connections.
    fn note(&self, topology: &Topology, arn: &str, group: &TargetGroup, target: &Target, passed: bool) -> Fitness {
        let before = self.health.fitness(arn, target);
        let verdict = self.health.count(arn, target, passed, &group.health_check).fitness;
        if verdict != before {
            self.flows.end_unhealthy(topology, &self.health, arn, group);
        }
        verdict
    }

    /// Sends one probe from one of the nodes that may use the target. `None` if there is no such node, if the target is
    /// such a node itself, or if there is no socket for the probe.
    async fn probe(
        self: &Arc<Self>,
        topology: &Topology,
        arn: &str,
        group: &TargetGroup,
        target: &Target,
        (round, hops): (u32, u8),
    ) -> Option<bool> {
        let able: Vec<Prober<'_>> =
            probers(topology, arn).filter(|prober| may_use(prober.balancer, prober.node, group, target)).collect();
        let prober = able.get(usize::try_from(round).unwrap_or(0) % able.len().max(1))?;
        let port = group.health_check.port.unwrap_or(target.port);
        let Some(to) = target_address(topology, target) else { return Some(false) };
        if is_own_node(topology, arn, to) {
            return None;
        }
        let destination = Destination { vpc: group.vpc.clone(), address: to, port };
        let address = prober.node.address;
        let source = Source::Node { balancer: prober.arn.to_owned(), address, traffic: Traffic::Own };
        let (Verdict::Deliver(place), _) = self.network.judge(topology, &source, &destination) else {
            return Some(false);
        };
        let client = Client::node(address);
        let caller = Caller { seen: address, client, endpoint: None, port, crossing: None, hops };
        let dialled = self.network.fabric.dial(&place, caller);
        let mut no_socket = false;
        let asked = async {
            let dialled = dialled.await;
            no_socket = matches!(dialled, Err(Fault::Lost(Reason::NoSocket)));
            let mut stream = dialled.ok()?;
            if group.proxy_protocol_v2 {
                stream.write_all(&local()).await.ok()?;
            }
            let Some(path) = &group.health_check.http_path else { return Some(()) };
            // The Host header is the node's address and the listener's port [NLB:target-group-health-checks].
            let listener = prober.port;
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {address}:{listener}\r\nConnection: close\r\n\
                 User-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).await.ok()?;
            let Ok(Incoming::Head(head, _)) = read_head(&mut stream, &mut Vec::new()).await else { return None };
            let status = head.status()?;
            let accepted = group.health_check.matcher.iter().any(|(first, last)| (*first..=*last).contains(&status));
            accepted.then_some(())
        };
        let patience = Duration::from_secs(u64::from(group.health_check.timeout_seconds.max(1)));
        let passed = timeout(patience, asked).await.ok().flatten().is_some();
        // A lack of sockets on this machine says nothing about the target.
        (!no_socket).then_some(passed)
    }
}

/// Waits for `delay`, then probes a group's targets as long as the group is in use.
async fn watch(balancers: Arc<Balancers>, arn: String, delay: Duration) {
    let mut round = 0_u32;
    let mut changes = balancers.network.topology.subscribe();
    sleep(delay).await;
    loop {
        let topology = balancers.network.topology();
        let Some(group) = topology.target_groups.get(&arn).cloned() else { return };
        let mut probes = JoinSet::new();
        for target in group.targets.iter().filter(|target| !target.draining) {
            let (balancers, topology, arn) = (Arc::clone(&balancers), Arc::clone(&topology), arn.clone());
            let (group, target) = (group.clone(), target.clone());
            probes.spawn(async move {
                if let Some(passed) = balancers.probe(&topology, &arn, &group, &target, (round, 0)).await {
                    balancers.note(&topology, &arn, &group, &target, passed);
                }
            });
        }
        drop(topology);
        while probes.join_next().await.is_some() {}
        round = round.wrapping_add(1);
        let interval = Duration::from_secs(u64::from(group.health_check.interval_seconds.max(1)));
        sleep(balancers.network.pace.scale(interval).max(FASTEST)).await;
        // A group without targets is looked at again when the topology changes.
        if group.targets.is_empty() && changes.changed().await.is_err() {
            return;
        }
    }
}
