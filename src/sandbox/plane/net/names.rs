//! Resolves names as in a VPC. The names of endpoints and load balancers are public DNS with private addresses. A
//! service's private name is known only in VPCs that have an endpoint for it.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;

use super::topology::Topology;
use crate::sandbox::plane::lock::lock;

/// The most names whose turn is remembered. A script can make up any number of them.
const MOST_TURNS: usize = 4096;

/// Whose turn it is among the addresses of a name, for each program that asks: programs that ask in turn would else
/// get the same address for ever.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<(String, String), u64>>);

impl Turns {
    /// The next turn of a name; `first` decides where it begins.
    pub fn next(&self, asker: &str, host: &str, first: impl FnOnce() -> u64) -> u64 {
        let mut turns = lock(&self.0);
        if turns.len() >= MOST_TURNS {
            turns.clear();
        }
        let turn = turns.entry((asker.to_owned(), host.to_owned())).or_insert_with(first);
        *turn = turn.wrapping_add(1);
        *turn
    }
}

/// The addresses of `host` as seen from `vpc`, or `None` if there is no such name. Whether an address can be reached
/// from there is for the judge to decide.
pub fn resolve(topology: &Topology, vpc: &str, host: &str) -> Option<Vec<Ipv4Addr>> {
    if let Ok(address) = host.parse() {
        return Some(vec![address]);
    }
    let switches = topology.vpcs.get(vpc)?;
    if !switches.dns_support {
        return None;
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let endpoints = || topology.endpoints.values().filter(|it| it.state != "deleted");
    // A private zone takes precedence over public names, and needs both DNS settings of the VPC [vpc userguide:
    // vpc-dns].
    let mut private = endpoints().filter(|it| switches.dns_hostnames && it.vpc == vpc);
    if let Some(endpoint) = private.find(|it| it.private_name.as_deref().is_some_and(|name| stands_for(name, &host))) {
        return Some(endpoint.interfaces.iter().map(|interface| interface.address).collect());
    }
    let by_endpoint = endpoints()
        .flat_map(|it| &it.names)
        .find(|(name, addresses)| name.eq_ignore_ascii_case(&host) && !addresses.is_empty())
        .map(|(_, addresses)| addresses.clone());
    by_endpoint.or_else(|| {
        topology.balancers.values().find_map(|balancer| {
            let name = balancer.dns_name.to_ascii_lowercase();
            let zone = if host == name { None } else { Some(host.strip_suffix(&name)?.strip_suffix('.')?) };
            let nodes = balancer.nodes.iter().filter(|node| zone.is_none_or(|zone| node.zone_name == zone));
            let addresses: Vec<_> = nodes.map(|node| node.address).collect();
            (!name.is_empty() && !addresses.is_empty()).then_some(addresses)
        })
    })
}

/// Whether a private name, which may begin with `*.`, matches a host.
fn stands_for(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => {
            host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.')).is_some_and(|l| !l.is_empty())
        }
        None => name.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::fixtures::lab;

    #[test]
    fn names_resolve_to_the_addresses_they_stand_for() {
        let topology = lab();
        let ip = |text: &str| text.parse::<Ipv4Addr>().ok();
        for (host, wanted) in [
            ("vpce-1.example", ip("10.0.2.20")),
            ("VPCE-1.example.", ip("10.0.2.20")),
            ("nlb.example", ip("10.0.1.10")),
            ("ap-northeast-1a.nlb.example", ip("10.0.1.10")),
            ("ap-northeast-1c.nlb.example", None),
            ("10.9.9.9", ip("10.9.9.9")),
            ("${ENDPOINT}", None),
            ("example.com", None),
        ] {
            let seen = resolve(&topology, "vpc-p", host).and_then(|addresses| addresses.first().copied());
            assert_eq!(seen, wanted, "{host}");
        }
    }

    #[test]
    fn a_private_name_is_for_one_vpc_and_needs_both_switches() {
        let ip = "10.0.2.20".parse::<Ipv4Addr>().ok();
        for (name, vpc, support, hostnames, host, wanted) in [
            ("api.lab.example", "vpc-c", true, true, "API.lab.example", ip),
            ("api.lab.example", "vpc-p", true, true, "api.lab.example", None),
            ("api.lab.example", "vpc-c", true, false, "api.lab.example", None),
            ("api.lab.example", "vpc-c", true, false, "vpce-1.example", ip),
            ("api.lab.example", "vpc-c", false, true, "api.lab.example", None),
            ("api.lab.example", "vpc-c", false, false, "vpce-1.example", None),
            ("api.lab.example", "vpc-c", false, false, "10.0.2.20", ip),
            ("api.lab.example", "vpc-c", true, true, "www.lab.example", None),
            ("*.lab.example", "vpc-c", true, true, "www.lab.example", ip),
            ("*.lab.example", "vpc-c", true, true, "lab.example", None),
        ] {
            let mut topology = lab();
            topology
                .vpcs
                .insert(vpc.into(), crate::sandbox::plane::Vpc { dns_support: support, dns_hostnames: hostnames });
            topology.endpoints.values_mut().for_each(|it| it.private_name = Some(name.into()));
            let seen = resolve(&topology, vpc, host).and_then(|addresses| addresses.first().copied());
            assert_eq!(seen, wanted, "{name} {vpc} {support} {hostnames} {host}");
        }
    }
}
