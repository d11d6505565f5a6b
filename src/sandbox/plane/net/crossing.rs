//! A connection that leaves a subnet: what network ACLs and route tables judge, packet by packet, as long as it lasts.

use std::net::Ipv4Addr;

use super::acl::Flow;
use super::topology::Topology;

/// A connection from one subnet to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The subnets of the two ends.
    pub from: String,
    pub to: String,
    pub source: Ipv4Addr,
    /// The port that it is sent from, to which its answers come.
    pub sent_from: u16,
    pub destination: Ipv4Addr,
    pub port: u16,
}

impl Crossing {
    /// Whether its packets get through: those to the destination, and those back. An open connection is asked this
    /// after every change, because network ACLs and route tables keep no state [ec2 userguide:
    /// security-group-connection-tracking, "Adding a network ACL that blocks traffic in either direction breaks existing
    /// connections"].
    pub fn ways(&self, topology: &Topology) -> (bool, bool) {
        let (acl, routes) = (self.by_acl(topology), self.by_route(topology));
        (acl.0 && routes.0, acl.1 && routes.1)
    }

    /// Whether the network ACLs let its packets through, to the destination and back.
    pub fn by_acl(&self, topology: &Topology) -> (bool, bool) {
        let acl = |subnet: &str| topology.subnets.get(subnet).map(|subnet| &subnet.acl);
        let there = Flow { source: self.source, destination: self.destination, port: self.port };
        let back = Flow { source: self.destination, destination: self.source, port: self.sent_from };
        let (from, to) = (acl(&self.from), acl(&self.to));
        (
            from.is_none_or(|acl| acl.lets_out(there)) && to.is_none_or(|acl| acl.lets_in(there)),
            to.is_none_or(|acl| acl.lets_out(back)) && from.is_none_or(|acl| acl.lets_in(back)),
        )
    }

    /// Whether the route tables lead its packets to the other end, to the destination and back.
    pub fn by_route(&self, topology: &Topology) -> (bool, bool) {
        let arrives = |subnet: &str, at| topology.subnets.get(subnet).is_none_or(|subnet| subnet.routes_to(at));
        (arrives(&self.from, self.destination), arrives(&self.to, self.source))
    }
}
