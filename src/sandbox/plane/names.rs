//! Names, resolved as in any VPC: endpoint and load balancer names are public DNS, their addresses private.

use std::net::Ipv4Addr;

use super::topology::Topology;

/// The addresses of `host`, or `None` when there is no such name. Whether an address can be reached from where one
/// stands is another question: the judge's.
pub fn resolve(topology: &Topology, host: &str) -> Option<Vec<Ipv4Addr>> {
    if let Ok(address) = host.parse() {
        return Some(vec![address]);
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let endpoints = topology.endpoints.values().filter(|it| it.state != "deleted");
    let by_endpoint = endpoints
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
            let seen = resolve(&topology, host).and_then(|addresses| addresses.first().copied());
            assert_eq!(seen, wanted, "{host}");
        }
    }
}
