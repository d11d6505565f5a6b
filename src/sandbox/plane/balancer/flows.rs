//! The connections that load balancers carry. They are recorded so that each can be ended when AWS would end it.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use super::choice::{Fitness, fails_open};
use super::health::Health;
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::topology::{Target, TargetGroup, Topology};

/// One connection: the node that carries it, and its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The load balancer's ARN.
    pub balancer: String,
    pub node: Ipv4Addr,
    /// The target group's ARN.
    pub group: String,
    pub target: String,
    pub port: u16,
}

impl Flow {
    fn is_to(&self, target: &Target) -> bool {
        (self.target.as_str(), self.port) == (target.id.as_str(), target.port)
    }
}

#[derive(Default)]
pub struct Flows {
    open: Mutex<HashMap<u64, (Flow, oneshot::Sender<()>)>>,
    tickets: AtomicU64,
}

/// A recorded connection. Dropping it removes the record.
pub struct Ticket<'a> {
    flows: &'a Flows,
    number: u64,
    /// Resolves when the connection must end.
    pub ended: oneshot::Receiver<()>,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        lock(&self.flows.open).remove(&self.number);
    }
}

impl Flows {
    /// Records a connection.
    pub fn enter(&self, flow: Flow) -> Ticket<'_> {
        let (end, ended) = oneshot::channel();
        let number = self.tickets.fetch_add(1, Ordering::Relaxed);
        lock(&self.open).insert(number, (flow, end));
        Ticket { flows: self, number, ended }
    }

    /// Ends the connections to targets that are no longer registered, in groups that ask for it. AWS: "closed shortly
    /// after the end of the deregistration timeout"; otherwise the connection goes on
    /// (NLB:edit-target-group-attributes).
    pub fn end_deregistered(&self, topology: &Topology) {
        for (arn, group) in topology.target_groups.iter().filter(|(_, group)| group.ends_deregistered) {
            self.end(arn, |flow| !group.targets.iter().any(|target| flow.is_to(target)));
        }
    }

    /// Ends the connections to a group's unhealthy targets, unless the group's setting keeps them or the node fails
    /// open (NLB:target-group-health-checks).
    pub fn end_unhealthy(&self, topology: &Topology, health: &Health, arn: &str, group: &TargetGroup) {
        if !group.ends_unhealthy {
            return;
        }
        let fitness = |target: &Target| health.fitness(arn, target);
        self.end(arn, |flow| {
            let is_unhealthy = |target: &Target| flow.is_to(target) && fitness(target) == Fitness::Unhealthy;
            let Some(balancer) = topology.balancers.get(&flow.balancer) else { return false };
            let Some(node) = balancer.nodes.iter().find(|node| node.address == flow.node) else { return false };
            group.targets.iter().any(is_unhealthy) && !fails_open(balancer, node, group, &fitness)
        });
    }

    fn end(&self, group: &str, ends: impl Fn(&Flow) -> bool) {
        lock(&self.open).retain(|_, (flow, _)| flow.group != group || !ends(flow));
    }
}
