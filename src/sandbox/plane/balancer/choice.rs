//! Chooses the node that an endpoint's interface leads to, and the target that a node sends to. Pure, like the judge.
//! `filter.rs` decides whether what is sent arrives.

#[cfg(test)]
mod tests;
use std::net::Ipv4Addr;

use crate::sandbox::plane::net::filter::{Destination, Reason, available};
use crate::sandbox::plane::net::topology::{Balancer, Node, Target, TargetGroup, Topology};

/// Where an endpoint's interface leads: the node in the interface's zone, of the first of the service's load
/// balancers that has one there. AWS spreads over several load balancers; a service of the lab has only one.
///
/// # Errors
/// Why it leads nowhere.
pub fn behind_endpoint(topology: &Topology, id: &str, interface: Ipv4Addr, port: u16) -> Result<Destination, Reason> {
    let endpoint = topology.endpoints.get(id).ok_or(Reason::EndpointNotAvailable)?;
    available(endpoint)?;
    let zone = endpoint.interfaces.iter().find(|it| it.address == interface).map(|it| &it.zone_id);
    let zone = zone.ok_or(Reason::NoSuchAddress)?;
    let service = topology.services.get(&endpoint.service).ok_or(Reason::ServiceGone)?;
    let mut active =
        service.balancers.iter().filter_map(|arn| topology.balancers.get(arn)).filter(|it| it.active).peekable();
    active.peek().ok_or(Reason::BalancerNotActive)?;
    active
        .find_map(|it| it.nodes.iter().find(|node| node.zone_id == *zone).map(|node| (it, node)))
        .map(|(it, node)| Destination { vpc: it.vpc.clone(), address: node.address, port })
        .ok_or(Reason::NoNodeInZone)
}

/// A target's verdict, for choosing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Not yet decided: it gets no connections. That fail-open excludes such targets is UNCONFIRMED.
    Initial,
    Healthy,
    Unhealthy,
}

/// Chooses the target that a node sends a new connection to. `flow` decides between equal targets.
///
/// # Errors
/// Why there is none.
pub fn choose_target<'a>(
    balancer: &Balancer,
    node: &Node,
    group: &'a TargetGroup,
    fitness: &dyn Fn(&Target) -> Fitness,
    flow: u64,
) -> Result<&'a Target, Reason> {
    if usable(balancer, node, group).next().is_none() {
        return Err(Reason::NoTargetInZone);
    }
    let open = fails_open(balancer, node, group, fitness);
    let wanted = if open { Fitness::Unhealthy } else { Fitness::Healthy };
    let fit: Vec<&Target> = usable(balancer, node, group).filter(|it| fitness(it) == wanted).collect();
    let index = usize::try_from(flow % (fit.len().max(1) as u64)).unwrap_or(0);
    fit.get(index).copied().ok_or(Reason::NoHealthyTargetInZone)
}

/// Whether none of the targets that `node` may use is healthy, so that it uses the unhealthy ones too. With
/// cross-zone off each zone decides for itself:
/// `target_group_health.unhealthy_state_routing.minimum_healthy_targets.count` is one
/// ((NLB:load-balancer-target-groups), "routing failover").
pub fn fails_open(balancer: &Balancer, node: &Node, group: &TargetGroup, fitness: &dyn Fn(&Target) -> Fitness) -> bool {
    !usable(balancer, node, group).any(|it| fitness(it) == Fitness::Healthy)
}

fn usable<'a, 'b>(
    balancer: &'b Balancer,
    node: &'b Node,
    group: &'a TargetGroup,
) -> impl Iterator<Item = &'a Target> + use<'a, 'b> {
    group.targets.iter().filter(move |it| !it.draining && may_use(balancer, node, group, it))
}

/// Whether `node` may send to `target`: in its own zone, or in any zone with cross-zone on. The target group's
/// setting overrides the load balancer's (NLB:edit-target-group-attributes).
pub fn may_use(balancer: &Balancer, node: &Node, group: &TargetGroup, target: &Target) -> bool {
    group.cross_zone.unwrap_or(balancer.cross_zone) || target.zone_id.as_ref().is_none_or(|zone| *zone == node.zone_id)
}

/// The address that a target names, or that of its instance. Whether anything has it is for the judge to find out.
pub fn target_address(topology: &Topology, target: &Target) -> Option<Ipv4Addr> {
    target.id.parse().ok().or_else(|| Some(topology.instances.get(&target.id)?.address))
}
