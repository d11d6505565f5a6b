//! What the data plane must know of the accounts: plain data, handed over as a whole after every change.
//!
//! The control plane derives it from its world. The data plane compares it with what runs, and starts or stops
//! listeners. Neither side holds a reference into the other.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::host::net::Cidr;

/// Everything that can send, carry, admit or answer a packet. Keys are AWS ids or ARNs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// By id.
    pub vpcs: BTreeMap<String, Vpc>,
    /// By id.
    pub groups: BTreeMap<String, Group>,
    /// By id.
    pub subnets: BTreeMap<String, Subnet>,
    /// By id, in every state.
    pub instances: BTreeMap<String, Instance>,
    /// By ARN. Only those that may carry traffic are `active`.
    pub balancers: BTreeMap<String, Balancer>,
    /// By ARN.
    pub target_groups: BTreeMap<String, TargetGroup>,
    /// By id (`vpce-svc-…`).
    pub services: BTreeMap<String, Service>,
    /// By id.
    pub endpoints: BTreeMap<String, Endpoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// `enableDnsSupport`: whether names resolve at all.
    pub dns_support: bool,
    /// `enableDnsHostnames`: without it, names of private zones do not resolve.
    pub dns_hostnames: bool,
}

/// A security group's rules. AWS security groups are stateful: only the first packet of a connection is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub vpc: String,
    pub ingress: Vec<Rule>,
    pub egress: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, a protocol number, or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` if the protocol has no ports or the rule covers all.
    pub ports: Option<(u16, u16)>,
    pub peer: Peer,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Peer {
    /// An IPv4 block, as `(network, prefix length)`.
    Cidr(Ipv4Addr, u8),
    /// Every network interface that carries this group.
    Group(String),
    /// A managed prefix list, such as S3's.
    PrefixList(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Subnet {
    pub vpc: String,
    /// Such as `apne1-az4`.
    pub zone_id: String,
    /// Whether its route table has a route to S3 through a gateway endpoint that is available.
    pub reaches_s3: bool,
    /// Routes to blocks inside the VPC: the block as `(network, prefix length)`, and the address that it leads to;
    /// `None` if its target is gone.
    pub routes: Vec<((Ipv4Addr, u8), Option<Ipv4Addr>)>,
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

/// A network ACL. It is stateless, so answers are judged like requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acl {
    /// Sorted by number. What no rule matches is denied.
    pub inbound: Vec<AclRule>,
    /// Like `inbound`.
    pub outbound: Vec<AclRule>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AclRule {
    pub allow: bool,
    /// A protocol number, or `-1` for all.
    pub protocol: String,
    /// First and last destination port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other end: the source of inbound packets, the destination of outbound ones.
    pub block: (Ipv4Addr, u8),
}

/// An instance with its interface and its user data.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Whether its state is `running`.
    pub running: bool,
    /// The number of reboots. When it changes, the instance's processes end and start again.
    pub reboots: u32,
    /// Whether its state is `terminated` or `shutting-down`: its processes end for good.
    pub terminated: bool,
    pub vpc: String,
    pub subnet: String,
    pub address: Ipv4Addr,
    /// The full host name.
    pub host_name: String,
    pub groups: Vec<String>,
    /// Decoded; may be empty.
    pub user_data: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Balancer {
    pub active: bool,
    pub vpc: String,
    /// One node per enabled zone.
    pub nodes: Vec<Node>,
    /// Its security groups. Empty if it was created without any.
    pub groups: Vec<String>,
    /// Whether inbound rules are enforced on `PrivateLink` traffic.
    pub enforce_on_private_link: bool,
    /// Whether a node may use targets of other zones.
    pub cross_zone: bool,
    pub listeners: Vec<Listener>,
    pub dns_name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub port: u16,
    /// The ARN of the target group that it forwards to.
    pub group: String,
    /// Seconds without a packet after which it forgets a connection.
    pub idle_seconds: u32,
}

/// A load balancer's node: its network interface in one subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub subnet: String,
    /// The zone's name in the owner's account, such as `ap-northeast-1a`.
    pub zone_name: String,
    pub zone_id: String,
    /// Its private address. A target sees it as the source of `PrivateLink` traffic.
    pub address: Ipv4Addr,
}

/// A target group of type `instance` or `ip`.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    pub vpc: String,
    /// The port of targets that name none.
    pub port: u16,
    pub health_check: HealthCheck,
    /// Whether targets are sent proxy protocol version 2.
    pub proxy_protocol_v2: bool,
    /// Whether nodes may use targets of other zones. `None` follows the load balancer.
    pub cross_zone: Option<bool>,
    /// Whether connections to a target end when its deregistration ends.
    pub ends_deregistered: bool,
    /// Whether connections to a target end when it becomes unhealthy.
    pub ends_unhealthy: bool,
    /// The registered targets, including draining ones.
    pub targets: Vec<Target>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// `Some(path)` for HTTP, `None` for TCP.
    pub http_path: Option<String>,
    /// The port to probe if it is not the traffic port.
    pub port: Option<u16>,
    /// Between probes.
    pub interval_seconds: u32,
    /// Until a probe without an answer fails.
    pub timeout_seconds: u32,
    /// Successes in a row until a target is healthy.
    pub healthy_threshold: u32,
    /// Failures in a row until a target is unhealthy.
    pub unhealthy_threshold: u32,
    /// The HTTP codes that pass, as ranges.
    pub matcher: Vec<(u16, u16)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// An instance id or an IPv4 address.
    pub id: String,
    pub port: u16,
    /// Whether it is being deregistered. Open connections go on; new ones go elsewhere.
    pub draining: bool,
    /// The id of its zone. `None` for an address outside the VPC that is meant for every zone.
    pub zone_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The ARNs of the load balancers behind it.
    pub balancers: Vec<String>,
    /// The ids of the zones it is offered in.
    pub zone_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    pub vpc: String,
    /// The service's id, if the sandbox has the service.
    pub service: String,
    /// As on the wire. Only `available` carries traffic.
    pub state: String,
    /// The security groups on its interfaces.
    pub groups: Vec<String>,
    /// One interface per subnet.
    pub interfaces: Vec<EndpointInterface>,
    /// Its DNS names, with the addresses that each resolves to.
    pub names: Vec<(String, Vec<Ipv4Addr>)>,
    /// The service's private name, while private DNS is enabled. It resolves in this VPC only.
    pub private_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EndpointInterface {
    pub subnet: String,
    pub zone_id: String,
    pub address: Ipv4Addr,
}

pub fn contains(network: Ipv4Addr, length: u8, address: Ipv4Addr) -> bool {
    Cidr::around(network, length).is_some_and(|block| block.has(address))
}
