//! Evaluates network ACLs: stateless, rule by rule; the matching rule with the lowest number decides.

use std::net::Ipv4Addr;

use super::topology::{Acl, AclRule, contains};

/// A TCP packet, as a network ACL sees it.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    pub source: Ipv4Addr,
    pub destination: Ipv4Addr,
    /// The destination port.
    pub port: u16,
}

impl Acl {
    /// The default ACL of a new VPC: everything may pass.
    #[must_use]
    pub fn open() -> Self {
        let all = vec![AclRule { allow: true, protocol: "-1".into(), ports: None, block: (Ipv4Addr::UNSPECIFIED, 0) }];
        Self { inbound: all.clone(), outbound: all }
    }

    /// Whether a packet may come into the subnet.
    #[must_use]
    pub fn lets_in(&self, flow: Flow) -> bool {
        decide(&self.inbound, flow.source, flow.port)
    }

    /// Whether a packet may leave the subnet.
    #[must_use]
    pub fn lets_out(&self, flow: Flow) -> bool {
        decide(&self.outbound, flow.destination, flow.port)
    }

    /// Whether connections from `inside` to a `port` outside the VPC get their answers, from any of the ports that a
    /// Linux host sends from.
    #[must_use]
    pub fn lets_through_to(&self, outside: Ipv4Addr, inside: Ipv4Addr, port: u16) -> bool {
        let back = |port| Flow { source: outside, destination: inside, port };
        self.lets_out(Flow { source: inside, destination: outside, port })
            && [32768, 44000, 61000].into_iter().all(|port| self.lets_in(back(port)))
    }
}

/// The first matching rule decides. If none matches, the rule `*` denies.
fn decide(rules: &[AclRule], address: Ipv4Addr, port: u16) -> bool {
    let fits = |rule: &&AclRule| {
        let (network, length) = rule.block;
        let carries = match rule.protocol.as_str() {
            "-1" => true,
            "6" => rule.ports.is_none_or(|(first, last)| (first..=last).contains(&port)),
            _ => false,
        };
        carries && contains(network, length, address)
    };
    rules.iter().find(fits).is_some_and(|rule| rule.allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::fixtures::ip;

    #[test]
    fn the_lowest_number_that_fits_decides() {
        let rule = |allow, protocol: &str, ports, network: &str, length| AclRule {
            allow,
            protocol: protocol.to_owned(),
            ports,
            block: (ip(network), length),
        };
        let acl = Acl {
            inbound: vec![
                rule(false, "6", Some((80, 80)), "10.0.9.0", 24),
                rule(true, "6", Some((80, 90)), "10.0.0.0", 16),
                rule(false, "6", Some((80, 80)), "10.0.1.0", 24),
                rule(true, "17", None, "0.0.0.0", 0),
            ],
            outbound: Vec::new(),
        };
        for (source, port, wanted) in
            [("10.0.9.1", 80, false), ("10.0.1.1", 80, true), ("10.0.1.1", 91, false), ("192.168.0.1", 80, false)]
        {
            let flow = Flow { source: ip(source), destination: ip("10.0.2.2"), port };
            assert_eq!(acl.lets_in(flow), wanted, "{source}:{port}");
            assert!(!acl.lets_out(flow), "an empty list denies");
        }
    }

    #[test]
    fn what_goes_out_must_also_come_back() {
        let mut acl = Acl::open();
        let (outside, inside) = (ip("3.5.144.10"), ip("10.0.1.10"));
        assert!(acl.lets_through_to(outside, inside, 443));
        acl.inbound[0] = AclRule { protocol: "6".into(), ports: Some((32768, 50000)), ..acl.inbound[0].clone() };
        assert!(!acl.lets_through_to(outside, inside, 443));
    }
}
