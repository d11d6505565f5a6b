//! Target health: real probes from the load balancers' nodes, counted against the group's thresholds.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::sandbox::Pace;

use super::choice::{Fitness, may_use, target_instance};
use super::relay::as_client;
use crate::sandbox::plane::net::fabric::{Caller, Fault, lock};
use crate::sandbox::plane::net::filter::{Destination, Reason, Source, Traffic, Verdict};
use crate::sandbox::plane::net::http::{Incoming, read_head};
use crate::sandbox::plane::net::network::Core;
use crate::sandbox::plane::net::proxy_protocol::{Proxied, encode};
use crate::sandbox::plane::net::topology::{Balancer, HealthCheck, Node, Target, TargetGroup, Topology};

/// How long a registration takes on AWS before the first probe: about two minutes
/// ([ISS:awsdocs/elb-network-load-balancers-user-guide#11], an anecdote).
pub const REGISTRATION: Duration = Duration::from_mins(2);
/// At the quick pace probes come no faster than this.
const FASTEST: Duration = Duration::from_millis(200);

/// What is known of the targets of all groups.
#[derive(Default)]
pub struct Health {
    conditions: Mutex<HashMap<Key, Condition>>,
    tasks: Mutex<HashMap<String, AbortHandle>>,
}

/// A group's ARN, and the target's id and port.
type Key = (String, String, u16);

/// What the probes of one target have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The verdict so far.
    pub fitness: Fitness,
    /// Whether any probe was sent.
    pub probed: bool,
    passes: u32,
    failures: u32,
}

impl Default for Condition {
    fn default() -> Self {
        Self { fitness: Fitness::Initial, probed: false, passes: 0, failures: 0 }
    }
}

impl Condition {
    /// Counts a probe's outcome.
    pub fn count(&mut self, passed: bool, check: &HealthCheck) {
        self.probed = true;
        if passed {
            (self.passes, self.failures) = (self.passes.saturating_add(1), 0);
        } else {
            (self.passes, self.failures) = (0, self.failures.saturating_add(1));
        }
        // A new target is in service after its first success, whatever the threshold [NLB:load-balancer-target-groups].
        if self.passes >= check.healthy_threshold || (passed && self.fitness == Fitness::Initial) {
            self.fitness = Fitness::Healthy;
        } else if self.failures >= check.unhealthy_threshold {
            self.fitness = Fitness::Unhealthy;
        }
    }
}

impl Health {
    /// What the probes say of a target.
    pub fn condition(&self, group: &str, target: &Target) -> Condition {
        lock(&self.conditions).get(&key(group, target)).copied().unwrap_or_default()
    }

    /// The same, for choosing.
    pub fn fitness(&self, group: &str, target: &Target) -> Fitness {
        self.condition(group, target).fitness
    }

    /// Whether some target of the group waits for its first verdict.
    pub fn undecided(&self, arn: &str, group: &TargetGroup) -> bool {
        group.targets.iter().any(|target| !target.draining && self.fitness(arn, target) == Fitness::Initial)
    }

    /// Starts and ends the probing as the account asks for it, and forgets targets that are gone.
    pub fn reconcile(&self, core: &Arc<Core>, before: &Topology, topology: &Topology) {
        lock(&self.conditions).retain(|(arn, id, port), _| {
            let group = topology.target_groups.get(arn);
            group.is_some_and(|group| group.targets.iter().any(|it| it.id == *id && it.port == *port && !it.draining))
        });
        if core.pace == Pace::Instant {
            return;
        }
        let mut tasks = lock(&self.tasks);
        tasks.retain(|arn, task| {
            let used = topology.target_groups.contains_key(arn) && probers(topology, arn).next().is_some();
            if !used {
                task.abort();
            }
            used
        });
        for arn in topology.target_groups.keys() {
            if !tasks.contains_key(arn) && probers(topology, arn).next().is_some() {
                // A group that an earlier process probed has its registration behind it.
                let known = core.memory.restarted() && *before == Topology::default();
                let delay = if known { Duration::ZERO } else { core.pace.scale(REGISTRATION) };
                let task = core.runtime.spawn(watch(Arc::clone(core), arn.clone(), delay));
                tasks.insert(arn.clone(), task.abort_handle());
            }
        }
    }

    /// Ends all probing.
    pub fn stop(&self) {
        for (_, task) in lock(&self.tasks).drain() {
            task.abort();
        }
    }

    fn count(&self, group: &str, target: &Target, passed: bool, check: &HealthCheck) -> Condition {
        let mut conditions = lock(&self.conditions);
        let condition = conditions.entry(key(group, target)).or_default();
        condition.count(passed, check);
        *condition
    }
}

impl Core {
    /// At the instant pace, probes each target of a group until its verdict stands.
    pub async fn settle_health(self: &Arc<Self>, arn: &str) {
        let topology = self.topology();
        let Some(group) = topology.target_groups.get(arn) else { return };
        if self.pace != Pace::Instant {
            return;
        }
        let check = &group.health_check;
        for target in group.targets.iter().filter(|target| !target.draining) {
            for round in 0..check.healthy_threshold.max(check.unhealthy_threshold).max(1) {
                let Some(passed) = self.probe(&topology, arn, group, target, round).await else { break };
                let verdict = self.note(&topology, arn, group, target, passed);
                if verdict == if passed { Fitness::Healthy } else { Fitness::Unhealthy } {
                    break;
                }
            }
        }
    }

    /// Counts a probe's outcome, and gives the target's verdict. One that has changed may end connections.
    fn note(&self, topology: &Topology, arn: &str, group: &TargetGroup, target: &Target, passed: bool) -> Fitness {
        let before = self.health.fitness(arn, target);
        let verdict = self.health.count(arn, target, passed, &group.health_check).fitness;
        if verdict != before {
            self.flows.end_unhealthy(topology, &self.health, arn, group);
        }
        verdict
    }

    /// One probe, from one of the nodes that may use the target; `None` when there is none, or no such target.
    async fn probe(
        self: &Arc<Self>,
        topology: &Topology,
        arn: &str,
        group: &TargetGroup,
        target: &Target,
        round: u32,
    ) -> Option<bool> {
        let (_, instance) = target_instance(topology, &group.vpc, target)?;
        let able: Vec<Prober<'_>> = probers(topology, arn)
            .filter(|prober| may_use(topology, prober.balancer, prober.node, group, target))
            .collect();
        let prober = able.get(usize::try_from(round).unwrap_or(0) % able.len().max(1))?;
        let port = group.health_check.port.unwrap_or(target.port);
        let destination = Destination { vpc: instance.vpc.clone(), address: instance.address, port };
        let address = prober.node.address;
        let source = Source::Node { balancer: prober.arn.to_owned(), address, traffic: Traffic::Own };
        let Verdict::Deliver(place) = self.judge(topology, &source, &destination) else { return Some(false) };
        let caller = Caller { seen: address, client: as_client(address), endpoint: None, port };
        let dialled = self.fabric.dial(&place, caller);
        let mut no_socket = false;
        let asked = async {
            let dialled = dialled.await;
            no_socket = matches!(dialled, Err(Fault::Lost(Reason::NoSocket)));
            let mut stream = dialled.ok()?;
            if group.proxy_protocol_v2 {
                let from = SocketAddrV4::new(address, stream.local_addr().ok()?.port());
                let proxied = Proxied { source: from, endpoint: None };
                let header = encode(&proxied, SocketAddrV4::new(instance.address, port));
                stream.write_all(&header).await.ok()?;
            }
            let Some(path) = &group.health_check.http_path else { return Some(()) };
            // The Host is the node's address and the listener's port [NLB:target-group-health-checks].
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
        // What this machine lacks says nothing of the target.
        (!no_socket).then_some(passed)
    }
}

/// Probes a group's targets for as long as the group is in use, after a first `delay`.
async fn watch(core: Arc<Core>, arn: String, delay: Duration) {
    let mut round = 0_u32;
    let mut changes = core.topology.subscribe();
    sleep(delay).await;
    loop {
        let topology = core.topology();
        let Some(group) = topology.target_groups.get(&arn).cloned() else { return };
        let mut probes = JoinSet::new();
        for target in group.targets.iter().filter(|target| !target.draining) {
            let (core, topology, arn) = (Arc::clone(&core), Arc::clone(&topology), arn.clone());
            let (group, target) = (group.clone(), target.clone());
            probes.spawn(async move {
                if let Some(passed) = core.probe(&topology, &arn, &group, &target, round).await {
                    core.note(&topology, &arn, &group, &target, passed);
                }
            });
        }
        drop(topology);
        while probes.join_next().await.is_some() {}
        round = round.wrapping_add(1);
        let interval = Duration::from_secs(u64::from(group.health_check.interval_seconds.max(1)));
        sleep(core.pace.scale(interval).max(FASTEST)).await;
        // A group without targets is looked at again when the account changes.
        if group.targets.is_empty() && changes.changed().await.is_err() {
            return;
        }
    }
}

/// A node that sends to a group, by one of its load balancer's listeners.
pub struct Prober<'a> {
    /// The load balancer's ARN.
    pub arn: &'a str,
    /// The load balancer.
    pub balancer: &'a Balancer,
    /// The node.
    pub node: &'a Node,
    /// The listener's port.
    pub port: u16,
}

/// The nodes of active load balancers that send to a group.
pub fn probers<'a>(topology: &'a Topology, group: &str) -> impl Iterator<Item = Prober<'a>> {
    topology.balancers.iter().filter(|(_, balancer)| balancer.active).flat_map(move |(arn, balancer)| {
        let port = balancer.listeners.iter().find(|it| it.group == group).map(|it| it.port);
        port.into_iter()
            .flat_map(move |port| balancer.nodes.iter().map(move |node| Prober { arn, balancer, node, port }))
    })
}

fn key(group: &str, target: &Target) -> Key {
    (group.to_owned(), target.id.clone(), target.port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::fixtures::health_check;

    #[test]
    fn thresholds_decide_and_one_slip_does_not() {
        let check = health_check();
        // Two in a row either way, but for the first success of all.
        for (probes, wanted) in [("+-++-+--++", "hhhhhhhuuh"), ("-+--++", "ihhuuh"), ("--+-++", "iuuuuh")] {
            let mut condition = Condition::default();
            let mut seen = String::new();
            for probe in probes.chars() {
                condition.count(probe == '+', &check);
                seen.push(match condition.fitness {
                    Fitness::Initial => 'i',
                    Fitness::Healthy => 'h',
                    Fitness::Unhealthy => 'u',
                });
            }
            assert_eq!(seen, wanted, "{probes}");
        }
    }
}
