//! A VPC, what divides it, and what judges and carries the packets in it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;
use crate::host::net::Cidr;

/// A VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    pub id: String,
    pub block: Cidr,
    pub life: Life,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    pub dhcp_options: String,
    pub association: String,
    pub tags: Tags,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: String,
    pub vpc: String,
    pub block: Cidr,
    pub zone_name: String,
    pub zone_id: String,
    pub life: Life,
    pub tags: Tags,
}

/// A route table. Neither the local route is stored, which is the VPC's block, nor those of gateway endpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTable {
    pub id: String,
    pub vpc: String,
    /// The association as the VPC's main table, if it is that.
    pub main: Option<String>,
    /// Explicit associations: association id to subnet.
    pub associations: BTreeMap<String, String>,
    /// The routes that the account made, in the order of their destinations.
    #[serde(default)]
    pub routes: Vec<Route>,
    pub tags: Tags,
}

/// A route to a network interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    pub destination: Cidr,
    /// The interface's id. It may be gone.
    pub interface: String,
}

/// A network ACL. The last rule, `*`, which denies the rest, is not stored: every list ends with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkAcl {
    pub id: String,
    pub vpc: String,
    /// Whether it is the one its VPC was born with, which every new subnet gets.
    pub default: bool,
    /// Association id to subnet.
    pub associations: BTreeMap<String, String>,
    /// In the order of their numbers.
    pub entries: Vec<AclEntry>,
    pub tags: Tags,
}

/// A rule of a network ACL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AclEntry {
    pub egress: bool,
    /// 1 to 32766: the lowest that fits decides.
    pub number: u16,
    /// `-1` or a protocol number.
    pub protocol: String,
    pub allow: bool,
    pub block: Cidr,
    /// First and last port, for TCP and UDP.
    pub ports: Option<(u16, u16)>,
    /// Type and code, for ICMP.
    pub icmp: Option<(i32, i32)>,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub vpc: String,
    pub name: String,
    pub description: String,
    pub rules: Vec<Rule>,
    pub tags: Tags,
}

/// A security-group rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub egress: bool,
    /// `tcp`, `udp`, `icmp`, a number, or `-1`.
    pub protocol: String,
    pub from: Option<i32>,
    pub to: Option<i32>,
    pub peer: Peer,
    pub description: Option<String>,
    pub tags: Tags,
}

/// The other end of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Peer {
    /// An IPv4 block.
    Cidr(Cidr),
    /// A security group of the same account.
    Group(String),
    /// A prefix list.
    PrefixList(String),
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interface {
    pub id: String,
    pub kind: InterfaceKind,
    /// The instance id, load balancer ARN or endpoint id it belongs to.
    pub owner: String,
    pub subnet: String,
    pub vpc: String,
    pub zone_name: String,
    pub zone_id: String,
    pub address: Ipv4Addr,
    pub mac: String,
    pub attachment: String,
    pub description: String,
    pub groups: Vec<String>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// `in-use`, or `leaving` once its load balancer is gone.
    pub life: Life,
    pub tags: Tags,
}

/// What a network interface is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InterfaceKind {
    Instance,
    Balancer,
    Endpoint,
    ConnectEndpoint,
}
