//! Translates the world into the topology of the data plane.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::sandbox::plane::{self, Topology};

use super::catalogue::{s3_blocks, s3_name};
use super::model::{
    Balancer, Endpoint, EndpointKind, Group, NetworkAcl, Peer, Region, Route, Rule, TargetGroup, World,
};
use super::zone::{Zone, host_name, zones};
use crate::host::net::Cidr;

/// Everything that can send, carry, admit or answer a packet, in all accounts and regions (ids are unique). Security
/// groups and subnets without an interface are left out.
pub fn topology(world: &World) -> Topology {
    let mut all = Topology::default();
    for (account, name, region) in world.regions() {
        let index = world.accounts.iter().position(|it| it.id == account.id).unwrap_or(0);
        let interfaces = || region.interfaces.values();
        let vpcs: BTreeSet<&String> = interfaces().map(|interface| &interface.vpc).collect();
        for vpc in vpcs.into_iter().filter_map(|id| region.vpcs.get(id)) {
            let view = plane::Vpc { dns_support: vpc.dns_support, dns_hostnames: vpc.dns_hostnames };
            all.vpcs.insert(vpc.id.clone(), view);
        }
        let groups: BTreeSet<&String> = interfaces().flat_map(|interface| &interface.groups).collect();
        for group in groups.into_iter().filter_map(|id| region.groups.get(id)) {
            all.groups.insert(group.id.clone(), group_view(group));
        }
        let subnets: BTreeSet<&String> = interfaces().map(|interface| &interface.subnet).collect();
        for subnet in subnets.into_iter().filter_map(|id| region.subnets.get(id)) {
            // S3's name resolves only if the VPC has DNS support.
            let resolves = region.vpcs.get(&subnet.vpc).is_some_and(|vpc| vpc.dns_support);
            let table = region.route_table_of(subnet);
            let routed = table.is_some_and(|table| {
                region
                    .gateways_of(&table.id)
                    .any(|gateway| gateway.service_name == s3_name(name) && gateway.life.state == "available")
                    && !table.routes.iter().any(|route| leads_away(route.destination, s3_blocks()[0]))
            });
            let vpc = region.vpcs.get(&subnet.vpc).map(|vpc| vpc.block);
            let inside = table
                .into_iter()
                .flat_map(|table| &table.routes)
                .filter(|route| vpc.is_some_and(|vpc| vpc.holds(route.destination)));
            let acl = region.network_acl_of(&subnet.id).map_or_else(plane::Acl::open, acl_view);
            let view = plane::Subnet {
                vpc: subnet.vpc.clone(),
                zone_id: subnet.zone_id.clone(),
                reaches_s3: resolves && routed && acl.lets_through_to(s3_blocks()[0].at(10), subnet.block.at(10), 443),
                routes: inside.map(|route| route_view(region, route)).collect(),
                acl,
            };
            all.subnets.insert(subnet.id.clone(), view);
        }
        for instance in region.instances.values() {
            let state = instance.life.state.as_str();
            let view = plane::Instance {
                running: state == "running",
                reboots: instance.reboots,
                terminated: matches!(state, "terminated" | "shutting-down"),
                vpc: instance.vpc.clone(),
                subnet: instance.subnet.clone(),
                address: instance.address,
                host_name: host_name(name, instance.address),
                groups: instance.groups.clone(),
                user_data: instance.user_data.clone(),
            };
            all.instances.insert(instance.id.clone(), view);
        }
        for balancer in region.balancers.values() {
            all.balancers.insert(balancer.arn.clone(), balancer_view(region, balancer));
        }
        for group in region.target_groups.values() {
            all.target_groups.insert(group.arn.clone(), target_group_view(region, group, &zones(name, index)));
        }
        for service in region.services.values() {
            let view = plane::Service { balancers: service.balancers.clone(), zone_ids: service.zone_ids.clone() };
            all.services.insert(service.id.clone(), view);
        }
        for endpoint in region.endpoints.values().filter(|endpoint| endpoint.kind == EndpointKind::Interface) {
            all.endpoints.insert(endpoint.id.clone(), endpoint_view(region, endpoint));
        }
    }
    all
}

/// Whether the changes since the last commit may change its [`topology`], which was `told` before. Most resources
/// that an account can hold by the thousand carry no packets, so a call does not look through them.
pub fn concerns_plane(world: &World, told: &Topology) -> bool {
    world.tables().any(|(_, _, table, rows)| match table {
        "tokens" => false,
        "groups" => rows.changed().into_iter().any(|id| told.groups.contains_key(id)),
        "subnets" => rows.changed().into_iter().any(|id| told.subnets.contains_key(id)),
        "vpcs" => rows.changed().into_iter().any(|id| told.subnets.values().any(|subnet| subnet.vpc == id)),
        // If no subnet has an interface yet, the first interface's own change will tell everything about its subnet.
        "route_tables" | "network_acls" => !told.subnets.is_empty() && rows.is_changed(),
        _ => rows.is_changed(),
    })
}

/// Whether a route takes the traffic to S3's host in `block` away from the gateway endpoint: the more specific route
/// wins.
fn leads_away(destination: Cidr, block: Cidr) -> bool {
    destination.prefix() > block.prefix() && destination.has(block.at(10))
}

fn route_view(region: &Region, route: &Route) -> ((Ipv4Addr, u8), Option<Ipv4Addr>) {
    let target = region.interfaces.get(&route.interface).map(|interface| interface.address);
    ((route.destination.network(), route.destination.prefix()), target)
}

fn acl_view(acl: &NetworkAcl) -> plane::Acl {
    let side = |egress| {
        let entries = acl.entries.iter().filter(move |entry| entry.egress == egress);
        let rules = entries.map(|entry| plane::AclRule {
            allow: entry.allow,
            protocol: entry.protocol.clone(),
            ports: entry.ports,
            block: (entry.block.network(), entry.block.prefix()),
        });
        rules.collect()
    };
    plane::Acl { inbound: side(false), outbound: side(true) }
}

fn group_view(group: &Group) -> plane::Group {
    let side = |egress| group.rules.iter().filter(|rule| rule.egress == egress).map(rule_view).collect();
    plane::Group { vpc: group.vpc.clone(), ingress: side(false), egress: side(true) }
}

fn rule_view(rule: &Rule) -> plane::Rule {
    let port = |value: Option<i32>| value.and_then(|value| u16::try_from(value).ok());
    plane::Rule {
        protocol: rule.protocol.clone(),
        ports: port(rule.from).zip(port(rule.to)).filter(|_| rule.protocol != "icmp" && rule.protocol != "-1"),
        peer: match &rule.peer {
            Peer::Cidr(block) => plane::Peer::Cidr(block.network(), block.prefix()),
            Peer::Group(id) => plane::Peer::Group(id.clone()),
            Peer::PrefixList(id) => plane::Peer::PrefixList(id.clone()),
        },
    }
}

fn balancer_view(region: &Region, balancer: &Balancer) -> plane::Balancer {
    let interfaces = balancer.interfaces.iter().filter_map(|id| region.interfaces.get(id));
    let nodes = interfaces
        .map(|interface| plane::Node {
            subnet: interface.subnet.clone(),
            zone_name: interface.zone_name.clone(),
            zone_id: interface.zone_id.clone(),
            address: interface.address,
        })
        .collect();
    let listeners = region.listeners.linked(&balancer.arn).filter(|listener| listener.balancer == balancer.arn);
    plane::Balancer {
        active: balancer.life.state == "active",
        vpc: balancer.vpc.clone(),
        nodes,
        groups: balancer.groups.clone(),
        enforce_on_private_link: balancer.enforce,
        cross_zone: is_true(&balancer.attributes, "load_balancing.cross_zone.enabled"),
        listeners: listeners
            .map(|listener| plane::Listener {
                port: listener.port,
                group: listener.target_group.clone(),
                idle_seconds: listener.idle_seconds,
            })
            .collect(),
        dns_name: balancer.dns_name.clone(),
    }
}

fn target_group_view(region: &Region, group: &TargetGroup, zones: &[Zone]) -> plane::TargetGroup {
    let targets = group.targets.iter().map(|target| plane::Target {
        id: target.id.clone(),
        port: target.port,
        draining: target.is_ending(),
        zone_id: match &target.zone {
            Some(name) => zones.iter().find(|zone| zone.name == *name).map(|zone| zone.id.clone()),
            None => region.zone_of_target(&group.vpc, &target.id).map(str::to_owned),
        },
    });
    plane::TargetGroup {
        vpc: group.vpc.clone(),
        port: group.port,
        health_check: plane::HealthCheck {
            http_path: group.check_path.clone().filter(|_| group.check_protocol == "HTTP"),
            port: group.check_port.parse().ok(),
            interval_seconds: group.check_interval,
            timeout_seconds: group.check_timeout,
            healthy_threshold: group.healthy,
            unhealthy_threshold: group.unhealthy,
            matcher: group.matcher.as_deref().map(codes).unwrap_or_default(),
        },
        proxy_protocol_v2: is_true(&group.attributes, "proxy_protocol_v2.enabled"),
        cross_zone: group.attributes.get("load_balancing.cross_zone.enabled").and_then(|value| value.parse().ok()),
        ends_deregistered: is_true(&group.attributes, "deregistration_delay.connection_termination.enabled"),
        // On by default.
        ends_unhealthy: group
            .attributes
            .get("target_health_state.unhealthy.connection_termination.enabled")
            .is_none_or(|value| value == "true"),
        targets: targets.collect(),
    }
}

fn endpoint_view(region: &Region, endpoint: &Endpoint) -> plane::Endpoint {
    let interfaces: Vec<_> = endpoint.interfaces.iter().filter_map(|id| region.interfaces.get(id)).collect();
    let names = endpoint.dns_names.iter().map(|(name, zone)| {
        let here = interfaces.iter().filter(|found| zone.as_ref().is_none_or(|zone| *zone == found.zone_name));
        (name.clone(), here.map(|found| found.address).collect::<Vec<Ipv4Addr>>())
    });
    plane::Endpoint {
        vpc: endpoint.vpc.clone(),
        service: endpoint.service.clone().unwrap_or_default(),
        state: endpoint.life.state.clone(),
        groups: endpoint.groups.clone(),
        interfaces: interfaces
            .iter()
            .map(|interface| plane::EndpointInterface {
                subnet: interface.subnet.clone(),
                zone_id: interface.zone_id.clone(),
                address: interface.address,
            })
            .collect(),
        names: names.collect(),
        private_name: endpoint.private_dns.as_ref().map(|zone| zone.name.clone()),
    }
}

fn is_true(attributes: &std::collections::BTreeMap<String, String>, key: &str) -> bool {
    attributes.get(key).is_some_and(|value| value == "true")
}

/// The ranges of a matcher such as `200,202` or `200-399`. It was validated when it was set.
fn codes(matcher: &str) -> Vec<(u16, u16)> {
    matcher
        .split(',')
        .filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some((first.parse().ok()?, last.parse().ok()?))
        })
        .collect()
}
