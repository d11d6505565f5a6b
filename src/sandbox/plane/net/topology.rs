//! What the data plane must know of the account: plain data, handed over whole after every change.
//!
//! The control plane derives it from its world; the data plane compares it with what it runs and starts or stops
//! listeners. Neither side holds a reference into the other.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::host::net::Cidr;

/// Everything that can send, carry, admit or answer a packet. Keys are AWS ids or ARNs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// VPCs by id.
    pub vpcs: BTreeMap<String, Vpc>,
    /// Security groups by id.
    pub groups: BTreeMap<String, Group>,
    /// Subnets by id.
    pub subnets: BTreeMap<String, Subnet>,
    /// Instances that exist, whatever their state, by id.
    pub instances: BTreeMap<String, Instance>,
    /// Network Load Balancers by ARN. Only those whose state lets them carry traffic are `active`.
    pub balancers: BTreeMap<String, Balancer>,
    /// Target groups by ARN.
    pub target_groups: BTreeMap<String, TargetGroup>,
    /// Endpoint services by id (`vpce-svc-…`).
    pub services: BTreeMap<String, Service>,
    /// Interface endpoints by id.
    pub endpoints: BTreeMap<String, Endpoint>,
}

/// A VPC's DNS switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// `enableDnsSupport`: whether names resolve at all.
    pub dns_support: bool,
    /// `enableDnsHostnames`: without it names of private zones do not resolve.
    pub dns_hostnames: bool,
}

/// A security group's rules, as evaluated (AWS security groups are stateful: only the first packet is asked).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The VPC it belongs to.
    pub vpc: String,
    /// Inbound rules.
    pub ingress: Vec<Rule>,
    /// Outbound rules.
    pub egress: Vec<Rule>,
}

/// One rule of a security group.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, a protocol number, or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` when the protocol has no ports or all are meant.
    pub ports: Option<(u16, u16)>,
    /// Who is at the other end.
    pub peer: Peer,
}

/// The other end of a security-group rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Peer {
    /// An IPv4 block, as `(network, prefix length)`.
    Cidr(Ipv4Addr, u8),
    /// Every network interface that carries this group.
    Group(String),
    /// A managed prefix list, such as S3's.
    PrefixList(String),
}

/// A subnet and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Subnet {
    /// The VPC it is part of.
    pub vpc: String,
    /// Its zone id, such as `apne1-az4`.
    pub zone_id: String,
    /// Whether its route table has a route to S3 through a gateway endpoint that is available.
    pub reaches_s3: bool,
    /// The blocks inside its VPC for which its route table has a route of its own, as `(network, prefix length)`, and the
    /// address that each leads to.
    pub routes: Vec<((Ipv4Addr, u8), Option<Ipv4Addr>)>,
    /// Its network ACL.
    pub acl: Acl,
}

impl Subnet {
    /// Whether what leaves the subnet for an address of the VPC arrives there: the most specific route decides.
    #[must_use]
    pub fn routes_to(&self, address: Ipv4Addr) -> bool {
        let fits = |((network, length), _): &&((Ipv4Addr, u8), _)| contains(*network, *length, address);
        let decides = self.routes.iter().filter(fits).max_by_key(|((_, length), _)| *length);
        decides.is_none_or(|(_, target)| *target == Some(address))
    }
}

/// A network ACL: stateless, so that answers are judged like requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acl {
    /// Inbound rules in the order of their numbers. What none of them fits is denied.
    pub inbound: Vec<AclRule>,
    /// Outbound rules, likewise.
    pub outbound: Vec<AclRule>,
}

/// One rule of a network ACL.
#[derive(Clone, Debug, PartialEq)]
pub struct AclRule {
    /// Whether what fits may pass.
    pub allow: bool,
    /// A protocol number, or `-1` for all.
    pub protocol: String,
    /// First and last destination port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other end: the source of inbound and the destination of outbound packets.
    pub block: (Ipv4Addr, u8),
}

/// An instance, its interface, and the script it was born with.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Whether its state is `running`.
    pub running: bool,
    /// How often it was rebooted: when that changes, its processes end and begin again.
    pub reboots: u32,
    /// Whether its state is `terminated` or `shutting-down`: its processes end and do not come back.
    pub terminated: bool,
    /// Its VPC.
    pub vpc: String,
    /// Its subnet.
    pub subnet: String,
    /// Its private address.
    pub address: Ipv4Addr,
    /// The groups on its interface.
    pub groups: Vec<String>,
    /// Its user data, decoded, or empty.
    pub user_data: String,
}

/// A Network Load Balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Balancer {
    /// Whether it is `active`.
    pub active: bool,
    /// Its VPC.
    pub vpc: String,
    /// One node per enabled zone.
    pub nodes: Vec<Node>,
    /// Its security groups; empty for one that was born without.
    pub groups: Vec<String>,
    /// Whether inbound rules are enforced on `PrivateLink` traffic.
    pub enforce_on_private_link: bool,
    /// Whether a node may use targets of other zones.
    pub cross_zone: bool,
    /// Its listeners.
    pub listeners: Vec<Listener>,
    /// Its DNS name.
    pub dns_name: String,
}

/// A load balancer's listener for TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its port.
    pub port: u16,
    /// The ARN of the target group that it forwards to.
    pub group: String,
    /// After so many seconds without a packet it forgets a connection.
    pub idle_seconds: u32,
}

/// A load balancer's node: its network interface in one subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The subnet.
    pub subnet: String,
    /// The zone's name in the owner's account, such as `ap-northeast-1a`.
    pub zone_name: String,
    /// The zone's id.
    pub zone_id: String,
    /// Its private address: what a target sees as the source of `PrivateLink` traffic.
    pub address: Ipv4Addr,
}

/// A target group of type `instance` or `ip`.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Its VPC.
    pub vpc: String,
    /// The port that targets get traffic on unless they say otherwise.
    pub port: u16,
    /// How targets are probed.
    pub health_check: HealthCheck,
    /// Whether proxy protocol version 2 is sent to targets.
    pub proxy_protocol_v2: bool,
    /// Whether nodes may use targets of other zones; `None` for what the load balancer says.
    pub cross_zone: Option<bool>,
    /// Whether connections to a target end when its deregistration does.
    pub ends_deregistered: bool,
    /// Whether connections to a target end when it becomes unhealthy.
    pub ends_unhealthy: bool,
    /// The registered targets, and those that are draining.
    pub targets: Vec<Target>,
}

/// How a target group asks its targets whether they are well.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// `Some(path)` for HTTP, `None` for TCP.
    pub http_path: Option<String>,
    /// The port probed, when it is not the traffic port.
    pub port: Option<u16>,
    /// Seconds between probes.
    pub interval_seconds: u32,
    /// Seconds until a probe has failed.
    pub timeout_seconds: u32,
    /// Successes in a row until healthy.
    pub healthy_threshold: u32,
    /// Failures in a row until unhealthy.
    pub unhealthy_threshold: u32,
    /// Accepted HTTP codes, as ranges.
    pub matcher: Vec<(u16, u16)>,
}

/// A target's key and place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// An instance id, or an IPv4 address.
    pub id: String,
    /// Its port.
    pub port: u16,
    /// Whether it is being deregistered: open connections live on, new ones go elsewhere.
    pub draining: bool,
}

/// An endpoint service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The load balancers behind it, by ARN.
    pub balancers: Vec<String>,
    /// The zone ids it is offered in.
    pub zone_ids: Vec<String>,
}

/// An interface endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// Its VPC.
    pub vpc: String,
    /// The service's id, when the service is one of the sandbox's own.
    pub service: String,
    /// Its state as on the wire: only `available` carries traffic.
    pub state: String,
    /// The groups on its interfaces.
    pub groups: Vec<String>,
    /// One interface per subnet.
    pub interfaces: Vec<EndpointInterface>,
    /// Every DNS name of it, with the addresses each resolves to.
    pub names: Vec<(String, Vec<Ipv4Addr>)>,
    /// The service's private name, while private DNS is enabled: for this VPC only.
    pub private_name: Option<String>,
}

/// An interface endpoint's network interface.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointInterface {
    /// The subnet.
    pub subnet: String,
    /// The zone's id.
    pub zone_id: String,
    /// Its private address.
    pub address: Ipv4Addr,
}

/// Whether a block has an address.
pub fn contains(network: Ipv4Addr, length: u8, address: Ipv4Addr) -> bool {
    Cidr::around(network, length).is_some_and(|block| block.has(address))
}
