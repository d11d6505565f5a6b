//! Tables for the judge: one row for each way a connection can go.

use super::*;
use crate::sandbox::plane::fixtures::{NLB, anywhere, block, ip, lab, nlb, rule, vpce};
use crate::sandbox::plane::net::topology::{Acl, AclRule, Peer};

type Change = fn(&mut Topology);

fn view_judges(topology: &Topology, source: &Source, destination: &Destination) -> Verdict {
    View { topology, listening: &|id, port| id == "i-web" && port == 80, flow: 0 }.judge(source, destination)
}

fn to(vpc: &str, address: &str, port: u16) -> Destination {
    Destination { vpc: vpc.to_owned(), address: ip(address), port }
}

fn client() -> Client {
    Client { instance: "i-client".into(), address: ip("10.0.2.5") }
}

fn check(source: &Source, destination: &Destination, rows: &[(&str, Change, Verdict)]) {
    for (name, change, wanted) in rows {
        let mut topology = lab();
        change(&mut topology);
        assert_eq!(view_judges(&topology, source, destination), *wanted, "{name}");
    }
}

fn group<'a>(it: &'a mut Topology, id: &str) -> &'a mut crate::sandbox::plane::net::topology::Group {
    it.groups.entry(id.to_owned()).or_default()
}

fn web(it: &mut Topology) -> &mut Instance {
    it.instances.get_mut("i-web").expect("the fixture has it")
}

#[test]
fn from_a_client_to_its_endpoint() {
    let delivered = Verdict::Deliver(Place::Endpoint { id: "vpce-1".into(), address: ip("10.0.2.20") });
    let rows: &[(&str, Change, Verdict)] = &[
        ("all open", |_| {}, delivered.clone()),
        ("client egress closed", |it| group(it, "sg-client").egress.clear(), Verdict::Drop(Reason::ClientEgress)),
        (
            "client egress to the endpoint's group",
            |it| group(it, "sg-client").egress = vec![rule(80, Peer::Group("sg-vpce".into()))],
            delivered.clone(),
        ),
        (
            "client egress to S3 only",
            |it| group(it, "sg-client").egress = vec![rule(0, Peer::PrefixList("pl-s3".into()))],
            Verdict::Drop(Reason::ClientEgress),
        ),
        ("endpoint group closed", |it| group(it, "sg-vpce").ingress.clear(), Verdict::Drop(Reason::EndpointIngress)),
        (
            "endpoint group open on another port",
            |it| group(it, "sg-vpce").ingress = vec![rule(443, anywhere())],
            Verdict::Drop(Reason::EndpointIngress),
        ),
        (
            "endpoint group open for UDP",
            |it| group(it, "sg-vpce").ingress[0].protocol = "udp".into(),
            Verdict::Drop(Reason::EndpointIngress),
        ),
        (
            "default group: members of itself only",
            |it| group(it, "sg-vpce").ingress = vec![rule(0, Peer::Group("sg-vpce".into()))],
            Verdict::Drop(Reason::EndpointIngress),
        ),
        (
            "endpoint group by the client's block",
            |it| group(it, "sg-vpce").ingress = vec![rule(80, block("10.0.2.0", 24))],
            delivered.clone(),
        ),
        (
            "one of two groups is enough",
            |it| {
                group(it, "sg-other").ingress = vec![rule(80, anywhere())];
                group(it, "sg-vpce").ingress.clear();
                vpce(it).groups.push("sg-other".into());
            },
            delivered.clone(),
        ),
        ("endpoint without any group", |it| vpce(it).groups.clear(), Verdict::Drop(Reason::EndpointIngress)),
        (
            "pending acceptance",
            |it| vpce(it).state = "pendingAcceptance".into(),
            Verdict::Drop(Reason::EndpointNotAvailable),
        ),
        ("pending", |it| vpce(it).state = "pending".into(), Verdict::Drop(Reason::EndpointNotAvailable)),
        ("rejected", |it| vpce(it).state = "rejected".into(), Verdict::Drop(Reason::EndpointNotAvailable)),
        ("casing is no matter", |it| vpce(it).state = "Available".into(), delivered.clone()),
        ("deleted", |it| vpce(it).state = "deleted".into(), Verdict::Drop(Reason::NoSuchAddress)),
        ("gone", |it| it.endpoints.clear(), Verdict::Drop(Reason::NoSuchAddress)),
        ("service gone is found out later", |it| it.services.clear(), delivered.clone()),
    ];
    check(&Source::Instance("i-client".into()), &to("vpc-c", "10.0.2.20", 80), rows);
}

#[test]
fn from_an_instance_within_its_vpc_and_no_further() {
    let from = |id: &str| Source::Instance(id.into());
    let node = Place::Node { balancer: NLB.into(), address: ip("10.0.1.10"), port: 80 };
    let rows: &[(&str, Source, Destination, Change, Verdict)] = &[
        (
            "another VPC's address",
            from("i-client"),
            to("vpc-p", "10.0.1.10", 80),
            |_| {},
            Verdict::Drop(Reason::NoSuchAddress),
        ),
        (
            "the same address means something else at home",
            from("i-client"),
            to("vpc-c", "10.0.1.5", 80),
            |_| {},
            Verdict::Drop(Reason::NoSuchAddress),
        ),
        ("the provider's own test", from("i-web"), to("vpc-p", "10.0.1.10", 80), |_| {}, Verdict::Deliver(node)),
        (
            "a port without a listener",
            from("i-web"),
            to("vpc-p", "10.0.1.10", 81),
            |it| group(it, "sg-nlb").ingress = vec![rule(0, anywhere())],
            Verdict::Drop(Reason::NoListener),
        ),
        (
            "a load balancer in the making",
            from("i-web"),
            to("vpc-p", "10.0.1.10", 80),
            |it| nlb(it).active = false,
            Verdict::Drop(Reason::BalancerNotActive),
        ),
        (
            "a load balancer's group that is closed",
            from("i-web"),
            to("vpc-p", "10.0.1.10", 80),
            |it| group(it, "sg-nlb").ingress.clear(),
            Verdict::Drop(Reason::BalancerIngress),
        ),
        (
            "a load balancer without groups lets all in",
            from("i-web"),
            to("vpc-p", "10.0.1.10", 80),
            |it| nlb(it).groups.clear(),
            Verdict::Deliver(Place::Node { balancer: NLB.into(), address: ip("10.0.1.10"), port: 80 }),
        ),
        (
            "oneself, whatever the groups say",
            from("i-web"),
            to("vpc-p", "10.0.1.5", 80),
            |it| it.groups.clear(),
            Verdict::Deliver(Place::Instance { id: "i-web".into(), port: 80 }),
        ),
        ("oneself on a closed port", from("i-web"), to("vpc-p", "10.0.1.5", 81), |_| {}, Verdict::Refuse),
    ];
    for (name, source, destination, change, wanted) in rows {
        let mut topology = lab();
        change(&mut topology);
        assert_eq!(view_judges(&topology, source, destination), *wanted, "{name}");
    }
}

#[test]
fn from_an_endpoint_to_a_node() {
    let delivered = Verdict::Deliver(Place::Node { balancer: NLB.into(), address: ip("10.0.1.10"), port: 80 });
    let rows: &[(&str, Change, Verdict)] = &[
        ("all open", |_| {}, delivered.clone()),
        ("not available", |it| vpce(it).state = "rejected".into(), Verdict::Drop(Reason::EndpointNotAvailable)),
        ("service gone", |it| it.services.clear(), Verdict::Drop(Reason::ServiceGone)),
        ("balancer not active", |it| nlb(it).active = false, Verdict::Drop(Reason::BalancerNotActive)),
        ("balancer gone", |it| it.balancers.clear(), Verdict::Drop(Reason::BalancerNotActive)),
        ("no listener", |it| nlb(it).listeners.clear(), Verdict::Drop(Reason::NoListener)),
        (
            "enforced, for another range",
            |it| group(it, "sg-nlb").ingress = vec![rule(80, block("192.168.0.0", 16))],
            Verdict::Drop(Reason::BalancerIngress),
        ),
        (
            "enforced, by the endpoint's address alone",
            |it| group(it, "sg-nlb").ingress = vec![rule(80, block("10.0.2.20", 32))],
            Verdict::Drop(Reason::BalancerIngress),
        ),
        (
            "enforced, by the client's address",
            |it| group(it, "sg-nlb").ingress = vec![rule(80, block("10.0.2.5", 32))],
            delivered.clone(),
        ),
        (
            "enforced, by the client's group: another VPC's groups do not match",
            |it| group(it, "sg-nlb").ingress = vec![rule(80, Peer::Group("sg-client".into()))],
            Verdict::Drop(Reason::BalancerIngress),
        ),
        (
            "not enforced, closed group",
            |it| {
                nlb(it).enforce_on_private_link = false;
                group(it, "sg-nlb").ingress.clear();
            },
            delivered.clone(),
        ),
        ("born without groups", |it| nlb(it).groups.clear(), delivered.clone()),
    ];
    let source = Source::Endpoint { id: "vpce-1".into(), client: client() };
    check(&source, &to("vpc-p", "10.0.1.10", 80), rows);
}

#[test]
fn from_a_node_to_its_target() {
    let delivered = Verdict::Deliver(Place::Instance { id: "i-web".into(), port: 80 });
    let by_node: Change = |it| group(it, "sg-web").ingress = vec![rule(80, block("10.0.1.10", 32))];
    let by_consumer: Change = |it| group(it, "sg-web").ingress = vec![rule(80, block("10.0.2.0", 24))];
    let unenforced: Change = |it| nlb(it).enforce_on_private_link = false;
    let no_egress: Change = |it| group(it, "sg-nlb").egress.clear();
    let target_egress: Change = |it| group(it, "sg-nlb").egress = vec![rule(80, Peer::Group("sg-web".into()))];
    let stopped: Change = |it| web(it).running = false;
    let same: Change = |_| {};
    let lost = Verdict::Drop;
    let rows: &[(&str, Traffic, Change, Verdict)] = &[
        ("PrivateLink, by group", Traffic::PrivateLink, same, delivered.clone()),
        ("PrivateLink, by the node's address", Traffic::PrivateLink, by_node, delivered.clone()),
        ("PrivateLink, by the consumer's range", Traffic::PrivateLink, by_consumer, lost(Reason::TargetIngress)),
        ("PrivateLink unenforced: no group", Traffic::PrivateLink, unenforced, lost(Reason::TargetIngress)),
        ("a probe, unenforced: by group all the same", Traffic::Own, unenforced, delivered.clone()),
        ("a probe skips the inbound rules", Traffic::Own, |it| group(it, "sg-nlb").ingress.clear(), delivered.clone()),
        ("a probe obeys the outbound rules", Traffic::Own, no_egress, lost(Reason::BalancerEgress)),
        ("PrivateLink obeys them too", Traffic::PrivateLink, no_egress, lost(Reason::BalancerEgress)),
        ("outbound to the targets' group", Traffic::PrivateLink, target_egress, delivered.clone()),
        ("target stopped", Traffic::PrivateLink, stopped, lost(Reason::TargetNotRunning)),
        (
            "its own client",
            Traffic::Direct(Client { instance: "i-web".into(), address: ip("10.0.1.5") }),
            same,
            lost(Reason::Hairpin),
        ),
        (
            "a neighbour, whose address is kept",
            Traffic::Direct(Client { instance: "i-n".into(), address: ip("10.0.1.9") }),
            |it| {
                nlb(it).groups.clear();
                group(it, "sg-web").ingress = vec![rule(80, block("10.0.1.9", 32))];
            },
            delivered.clone(),
        ),
        (
            "a neighbour who is not let in",
            Traffic::Direct(Client { instance: "i-n".into(), address: ip("10.0.1.9") }),
            by_node,
            lost(Reason::TargetIngress),
        ),
    ];
    for (name, traffic, change, wanted) in rows {
        let source = Source::Node { balancer: NLB.into(), address: ip("10.0.1.10"), traffic: traffic.clone() };
        check(&source, &to("vpc-p", "10.0.1.5", 80), &[(name, *change, wanted.clone())]);
    }
    let source = Source::Node { balancer: NLB.into(), address: ip("10.0.1.10"), traffic: Traffic::PrivateLink };
    let open: Change = |it| group(it, "sg-web").ingress = vec![rule(0, anywhere())];
    check(&source, &to("vpc-p", "10.0.1.5", 8080), &[("nothing on the port", open, Verdict::Refuse)]);
    check(&source, &to("vpc-p", "10.0.1.77", 80), &[("no such host", open, lost(Reason::NoSuchAddress))]);
}

/// A network ACL with one rule in each direction: TCP to these ports, with this block.
fn acl(inbound: (u16, u16), outbound: (u16, u16), network: &str, length: u8) -> Acl {
    let rule = |ports| AclRule { allow: true, protocol: "6".into(), ports: Some(ports), block: (ip(network), length) };
    Acl { inbound: vec![rule(inbound)], outbound: vec![rule(outbound)] }
}

/// The client, the endpoint, the node and the target are each in a subnet of their own, with an ACL of its own.
#[test]
fn a_network_acl_judges_the_answer_too() {
    type Case = (&'static str, &'static str, fn() -> Acl, bool);
    const HTTP: (u16, u16) = (80, 80);
    const HIGH: (u16, u16) = (1024, 65535);
    let lost = Verdict::Drop(Reason::NetworkAcl);
    let shut = || Acl::default();
    let rows: &[Case] = &[
        ("client: as needed", "subnet-c", || acl(HIGH, HTTP, "10.0.0.0", 16), true),
        ("client: nothing out", "subnet-c", || Acl { outbound: Vec::new(), ..Acl::open() }, false),
        ("client: nothing back", "subnet-c", || Acl { inbound: Vec::new(), ..Acl::open() }, false),
        ("client: back to the wrong ports", "subnet-c", || acl((1024, 32767), HTTP, "10.0.0.0", 16), false),
        ("endpoint: as needed", "subnet-e", || acl(HTTP, HIGH, "10.0.2.0", 24), true),
        ("endpoint: for another range", "subnet-e", || acl(HTTP, HIGH, "10.0.9.0", 24), false),
        ("endpoint: no return ports", "subnet-e", || acl(HTTP, HTTP, "10.0.2.0", 24), false),
        ("node: as needed", "subnet-n", || acl(HIGH, HTTP, "10.0.1.5", 32), true),
        ("node: nothing back", "subnet-n", || acl(HTTP, HTTP, "10.0.1.5", 32), false),
        ("target: as needed", "subnet-p", || acl(HTTP, HIGH, "10.0.1.10", 32), true),
        ("target: the client's range is not who it sees", "subnet-p", || acl(HTTP, HIGH, "10.0.2.0", 24), false),
        ("target: no return ports", "subnet-p", || acl(HTTP, (32768, 61000), "0.0.0.0", 0), false),
    ];
    for (name, subnet, acl, passes) in rows {
        let mut topology = lab();
        for (new, like) in [("subnet-e", "subnet-c"), ("subnet-n", "subnet-p")] {
            let subnet = topology.subnets[like].clone();
            topology.subnets.insert(new.into(), subnet);
        }
        vpce(&mut topology).interfaces[0].subnet = "subnet-e".into();
        nlb(&mut topology).nodes[0].subnet = "subnet-n".into();
        let changed = topology.subnets.get_mut(*subnet).expect("it was made");
        changed.acl = acl();
        let (source, destination) = if matches!(*subnet, "subnet-c" | "subnet-e") {
            (Source::Instance("i-client".into()), to("vpc-c", "10.0.2.20", 80))
        } else {
            let source = Source::Node { balancer: NLB.into(), address: ip("10.0.1.10"), traffic: Traffic::PrivateLink };
            (source, to("vpc-p", "10.0.1.5", 80))
        };
        let verdict = view_judges(&topology, &source, &destination);
        assert_eq!(verdict == lost, !passes, "{name}: {verdict:?}");
        // Traffic within one subnet never meets the ACL.
        let mut together = topology.clone();
        vpce(&mut together).interfaces[0].subnet = "subnet-c".into();
        nlb(&mut together).nodes[0].subnet = "subnet-p".into();
        together.subnets.values_mut().for_each(|subnet| subnet.acl = shut());
        assert!(matches!(view_judges(&together, &source, &destination), Verdict::Deliver(_)), "{name}");
    }
}

/// The client and the endpoint are in subnets of their own. Routes decide between subnets, the most specific one
/// first, and for the answer too.
#[test]
fn a_route_leads_elsewhere_and_nobody_forwards() {
    type Routes = &'static [(&'static str, u8, Option<&'static str>)];
    let rows: &[(&str, &str, Routes, bool)] = &[
        ("no routes", "subnet-c", &[], true),
        ("another subnet's", "subnet-c", &[("10.0.9.0", 24, None)], true),
        ("to a host", "subnet-c", &[("10.0.2.0", 24, Some("10.0.2.99"))], false),
        ("to nothing", "subnet-c", &[("10.0.2.0", 24, None)], false),
        ("to itself", "subnet-c", &[("10.0.2.0", 24, Some("10.0.2.20"))], true),
        ("a closer one", "subnet-c", &[("10.0.2.0", 24, None), ("10.0.2.20", 32, Some("10.0.2.20"))], true),
        ("the answer's", "subnet-e", &[("10.0.2.0", 24, None)], false),
    ];
    for (name, subnet, routes, passes) in rows {
        let mut topology = lab();
        let other = topology.subnets["subnet-c"].clone();
        topology.subnets.insert("subnet-e".into(), other);
        vpce(&mut topology).interfaces[0].subnet = "subnet-e".into();
        let routes = routes.iter().map(|(network, length, target)| ((ip(network), *length), target.map(ip)));
        topology.subnets.get_mut(*subnet).expect("it was made").routes = routes.collect();
        let verdict = view_judges(&topology, &Source::Instance("i-client".into()), &to("vpc-c", "10.0.2.20", 80));
        assert_eq!(verdict == Verdict::Drop(Reason::Route), !passes, "{name}: {verdict:?}");
        assert_eq!(matches!(verdict, Verdict::Deliver(_)), *passes, "{name}: {verdict:?}");
    }
}

#[test]
fn from_a_node_to_whatever_has_the_address() {
    // An endpoint in the node's own VPC, and another load balancer's node.
    let here: Change = |it| {
        vpce(it).vpc = "vpc-p".into();
        vpce(it).interfaces[0].subnet = "subnet-p".into();
        group(it, "sg-vpce").ingress = vec![rule(80, Peer::Group("sg-nlb".into()))];
    };
    let other: Change = |it| {
        let mut other = nlb(it).clone();
        other.nodes[0].address = ip("10.0.1.20");
        it.balancers.insert("arn:other".into(), other);
    };
    let endpoint = Verdict::Deliver(Place::Endpoint { id: "vpce-1".into(), address: ip("10.0.2.20") });
    let node = Verdict::Deliver(Place::Node { balancer: "arn:other".into(), address: ip("10.0.1.20"), port: 80 });
    let rows: &[(&str, &[Change], &str, Verdict)] = &[
        ("an endpoint", &[here], "10.0.2.20", endpoint),
        (
            "its group decides",
            &[here, |it| group(it, "sg-vpce").ingress.clear()],
            "10.0.2.20",
            Verdict::Drop(Reason::EndpointIngress),
        ),
        (
            "its state decides",
            &[here, |it| vpce(it).state = "rejected".into()],
            "10.0.2.20",
            Verdict::Drop(Reason::EndpointNotAvailable),
        ),
        ("an endpoint of another VPC", &[], "10.0.2.20", Verdict::Drop(Reason::NoSuchAddress)),
        ("another load balancer's node", &[other], "10.0.1.20", node),
        ("nobody", &[], "10.0.1.250", Verdict::Drop(Reason::NoSuchAddress)),
    ];
    for (name, changes, address, wanted) in rows {
        let mut topology = lab();
        changes.iter().for_each(|change| change(&mut topology));
        let source = Source::Node { balancer: NLB.into(), address: ip("10.0.1.10"), traffic: Traffic::Own };
        assert_eq!(view_judges(&topology, &source, &to("vpc-p", address, 80)), *wanted, "{name}");
    }
}
