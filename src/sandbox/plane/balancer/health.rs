//! Target health: the results of probes, counted against the target group's thresholds.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;

use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::{Balancer, HealthCheck, Node, Target, TargetGroup, Topology};

use super::choice::Fitness;

/// The conditions of the targets of all groups.
#[derive(Default)]
pub struct Health {
    conditions: Mutex<HashMap<Key, Condition>>,
}

/// A group's ARN, and the target's id and port.
type Key = (String, String, u16);

/// What the probes of one target have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
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
    pub fn count(&mut self, passed: bool, check: &HealthCheck) {
        self.probed = true;
        if passed {
            (self.passes, self.failures) = (self.passes.saturating_add(1), 0);
        } else {
            (self.passes, self.failures) = (0, self.failures.saturating_add(1));
        }
        // A new target is in service after its first success, whatever the threshold is
        // [NLB:load-balancer-target-groups].
        if self.passes >= check.healthy_threshold || (passed && self.fitness == Fitness::Initial) {
            self.fitness = Fitness::Healthy;
        } else if self.failures >= check.unhealthy_threshold {
            self.fitness = Fitness::Unhealthy;
        }
    }
}

impl Health {
    pub fn condition(&self, group: &str, target: &Target) -> Condition {
        lock(&self.conditions).get(&key(group, target)).copied().unwrap_or_default()
    }

    pub fn fitness(&self, group: &str, target: &Target) -> Fitness {
        self.condition(group, target).fitness
    }

    /// Whether a target of the group still waits for its first verdict.
    pub fn undecided(&self, arn: &str, group: &TargetGroup) -> bool {
        group.targets.iter().any(|target| !target.draining && self.fitness(arn, target) == Fitness::Initial)
    }

    /// Forgets targets that are gone or draining.
    pub fn retain(&self, topology: &Topology) {
        lock(&self.conditions).retain(|(arn, id, port), _| {
            let group = topology.target_groups.get(arn);
            group.is_some_and(|group| group.targets.iter().any(|it| it.id == *id && it.port == *port && !it.draining))
        });
    }

    /// Counts a probe's result, and returns the target's new condition.
    pub fn count(&self, group: &str, target: &Target, passed: bool, check: &HealthCheck) -> Condition {
        let mut conditions = lock(&self.conditions);
        let condition = conditions.entry(key(group, target)).or_default();
        condition.count(passed, check);
        *condition
    }
}

/// A node that sends to a group through a listener of its load balancer.
pub struct Prober<'a> {
    /// The load balancer's ARN.
    pub arn: &'a str,
    pub balancer: &'a Balancer,
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

/// Whether an address is one of a load balancer that sends to the group: it cannot be its own target.
pub fn is_own_node(topology: &Topology, group: &str, address: Ipv4Addr) -> bool {
    let uses = |balancer: &&Balancer| balancer.listeners.iter().any(|it| it.group == group);
    let Some(vpc) = topology.target_groups.get(group).map(|group| &group.vpc) else { return false };
    let mut nodes = topology.balancers.values().filter(uses).filter(|it| it.vpc == *vpc).flat_map(|it| &it.nodes);
    nodes.any(|node| node.address == address)
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
        // Two results in a row change the verdict, except for the very first success.
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
