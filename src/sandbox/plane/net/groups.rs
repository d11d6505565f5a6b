//! Evaluates security groups: do they let a TCP connection in or out?

use std::net::Ipv4Addr;

use super::topology::{Peer, Rule, Topology, contains};

/// Which of a group's two rule lists applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ingress,
    Egress,
}

/// The other end of a connection, as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    pub address: Ipv4Addr,
    /// Its groups, for rules that name a group. Empty where AWS does not match by group.
    pub groups: &'a [String],
}

/// Whether any rule of any of `groups` admits TCP on `port` with `party`. Rules only ever allow, so one match is
/// enough. An interface with no group, or with groups that are gone, lets nothing pass.
pub fn admit(topology: &Topology, groups: &[String], direction: Direction, port: u16, party: Party<'_>) -> bool {
    rules(topology, groups, direction).any(|rule| {
        carries_tcp(rule, port)
            && match &rule.peer {
                Peer::Cidr(network, length) => contains(*network, *length, party.address),
                Peer::Group(group) => party.groups.contains(group),
                Peer::PrefixList(_) => false,
            }
    })
}

/// Whether the outbound rules let HTTPS out to S3: by a prefix list, or by a rule for every address. The sandbox has
/// a route for only one managed prefix list, S3's.
pub fn admit_s3(topology: &Topology, groups: &[String]) -> bool {
    rules(topology, groups, Direction::Egress).any(|rule| {
        carries_tcp(rule, 443)
            && match &rule.peer {
                Peer::Cidr(_, length) => *length == 0,
                Peer::PrefixList(_) => true,
                Peer::Group(_) => false,
            }
    })
}

fn rules<'a>(topology: &'a Topology, groups: &'a [String], direction: Direction) -> impl Iterator<Item = &'a Rule> {
    groups.iter().filter_map(|id| topology.groups.get(id)).flat_map(move |group| match direction {
        Direction::Ingress => &group.ingress,
        Direction::Egress => &group.egress,
    })
}

fn carries_tcp(rule: &Rule, port: u16) -> bool {
    matches!(rule.protocol.as_str(), "tcp" | "6" | "-1")
        && (rule.protocol == "-1" || rule.ports.is_none_or(|(first, last)| (first..=last).contains(&port)))
}
