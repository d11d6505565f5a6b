//! The lab's account for tests: two VPCs with the same CIDR, one zone.

use std::net::Ipv4Addr;
use std::path::Path;

use crate::host::{Clock, Random};
use crate::sandbox::Pace;

use super::net::topology::{
    Acl, Balancer, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Listener, Node, Peer, Rule, Service,
    Subnet, Target, TargetGroup, Topology, Vpc,
};
use super::plane::PlaneOptions;

pub const NLB: &str = "arn:nlb";
pub const GROUP: &str = "arn:tg";
pub const WEB: &str = "#!/bin/bash\ndnf install -y nginx\ncat > /usr/share/nginx/html/index.html <<'EOF'\n\
    token-1 seen <!--# echo var=\"remote_addr\" -->\nEOF\necho 'ssi on;' > /etc/nginx/default.d/ssi.conf\n\
    systemctl enable --now nginx\ntail -F /var/log/nginx/access.log > /dev/console &\n";
pub const CLIENT: &str = "#!/bin/bash\nwhile true; do\n  curl -sS -m 5 -w 'code=%{http_code} exit=%{exitcode} \
    time=%{time_total}\\n' http://vpce-1.example/\n  sleep 10\ndone\n";

pub fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap_or(Ipv4Addr::UNSPECIFIED)
}

/// A rule for TCP on one port, or for all traffic if `port` is 0.
pub fn rule(port: u16, peer: Peer) -> Rule {
    if port == 0 {
        Rule { protocol: "-1".to_owned(), ports: None, peer }
    } else {
        Rule { protocol: "tcp".to_owned(), ports: Some((port, port)), peer }
    }
}

pub fn anywhere() -> Peer {
    Peer::Cidr(Ipv4Addr::UNSPECIFIED, 0)
}

pub fn block(network: &str, length: u8) -> Peer {
    Peer::Cidr(ip(network), length)
}

/// Two results in a row change the state, in either direction.
pub fn health_check() -> HealthCheck {
    HealthCheck {
        http_path: Some("/".to_owned()),
        port: None,
        interval_seconds: 10,
        timeout_seconds: 6,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
        matcher: vec![(200, 399)],
    }
}

fn instance(vpc: &str, subnet: &str, address: &str, group: &str, user_data: &str) -> Instance {
    Instance {
        running: true,
        reboots: 0,
        terminated: false,
        vpc: vpc.to_owned(),
        subnet: subnet.to_owned(),
        address: ip(address),
        host_name: format!("ip-{}.ap-northeast-1.compute.internal", address.replace('.', "-")),
        groups: vec![group.to_owned()],
        user_data: user_data.to_owned(),
    }
}

fn subnet(vpc: &str, reaches_s3: bool) -> Subnet {
    Subnet { vpc: vpc.to_owned(), zone_id: "apne1-az4".to_owned(), reaches_s3, routes: Vec::new(), acl: Acl::open() }
}

fn group(vpc: &str, ingress: Vec<Rule>) -> Group {
    Group { vpc: vpc.to_owned(), ingress, egress: vec![rule(0, anywhere())] }
}

/// The whole lab, with an available endpoint.
pub fn lab() -> Topology {
    let mut it = Topology::default();
    for vpc in ["vpc-p", "vpc-c"] {
        it.vpcs.insert(vpc.into(), Vpc { dns_support: true, dns_hostnames: true });
    }
    it.groups.insert("sg-web".into(), group("vpc-p", vec![rule(80, Peer::Group("sg-nlb".into()))]));
    it.groups.insert("sg-nlb".into(), group("vpc-p", vec![rule(80, block("10.0.0.0", 16))]));
    it.groups.insert("sg-client".into(), group("vpc-c", Vec::new()));
    it.groups.insert("sg-vpce".into(), group("vpc-c", vec![rule(80, Peer::Group("sg-client".into()))]));
    it.subnets.insert("subnet-p".into(), subnet("vpc-p", true));
    it.subnets.insert("subnet-c".into(), subnet("vpc-c", false));
    it.instances.insert("i-web".into(), instance("vpc-p", "subnet-p", "10.0.1.5", "sg-web", WEB));
    it.instances.insert("i-client".into(), instance("vpc-c", "subnet-c", "10.0.2.5", "sg-client", CLIENT));
    let node = Node {
        subnet: "subnet-p".into(),
        zone_name: "ap-northeast-1a".into(),
        zone_id: "apne1-az4".into(),
        address: ip("10.0.1.10"),
    };
    it.balancers.insert(
        NLB.into(),
        Balancer {
            active: true,
            vpc: "vpc-p".into(),
            nodes: vec![node],
            groups: vec!["sg-nlb".into()],
            enforce_on_private_link: true,
            cross_zone: false,
            listeners: vec![Listener { port: 80, group: GROUP.into(), idle_seconds: 350 }],
            dns_name: "nlb.example".into(),
        },
    );
    it.target_groups.insert(
        GROUP.into(),
        TargetGroup {
            vpc: "vpc-p".into(),
            port: 80,
            health_check: health_check(),
            proxy_protocol_v2: false,
            cross_zone: None,
            ends_deregistered: false,
            ends_unhealthy: true,
            targets: vec![Target { id: "i-web".into(), port: 80, draining: false, zone_id: Some("apne1-az4".into()) }],
        },
    );
    it.services
        .insert("vpce-svc-1".into(), Service { balancers: vec![NLB.into()], zone_ids: vec!["apne1-az4".into()] });
    it.endpoints.insert(
        "vpce-1".into(),
        Endpoint {
            vpc: "vpc-c".into(),
            service: "vpce-svc-1".into(),
            state: "available".into(),
            groups: vec!["sg-vpce".into()],
            interfaces: vec![EndpointInterface {
                subnet: "subnet-c".into(),
                zone_id: "apne1-az4".into(),
                address: ip("10.0.2.20"),
            }],
            names: vec![("vpce-1.example".into(), vec![ip("10.0.2.20")])],
            private_name: None,
        },
    );
    it
}

pub fn nlb(it: &mut Topology) -> &mut Balancer {
    it.balancers.get_mut(NLB).expect("the fixture has it")
}

pub fn vpce(it: &mut Topology) -> &mut Endpoint {
    it.endpoints.get_mut("vpce-1").expect("the fixture has it")
}

/// Options of a deterministic data plane without nginx.
pub fn options(folder: &Path, pace: Pace) -> PlaneOptions {
    PlaneOptions {
        folder: folder.to_owned(),
        nginx: None,
        keeper: None,
        pace,
        clock: Clock::System,
        random: Random::seeded(7),
    }
}

/// The program that keeps a real nginx, if it was built: it is beside these tests.
pub fn keeper() -> Option<std::path::PathBuf> {
    let built = std::env::current_exe().ok()?.parent()?.parent()?.join("pllab");
    built.is_file().then_some(built)
}
