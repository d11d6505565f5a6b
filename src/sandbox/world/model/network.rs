//! A VPC, its parts, and what filters and carries the packets in it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;
use crate::host::net::Cidr;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    pub id: String,
    pub block: Cidr,
    pub life: Life,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    #[serde(default)]
    pub usage_metrics: bool,
    pub dhcp_options: String,
    pub association: String,
    pub tags: Tags,
}

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

/// A route table. The local route, which is the VPC's block, and the routes of gateway endpoints are not stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTable {
    pub id: String,
    pub vpc: String,
    /// The id of its association as the VPC's main table, if it is the main table.
    pub main: Option<String>,
    /// Explicit associations: association id to subnet id.
    pub associations: BTreeMap<String, String>,
    /// The routes that the account made, sorted by destination.
    #[serde(default)]
    pub routes: Vec<Route>,
    pub tags: Tags,
}

/// A route to a network interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    pub destination: Cidr,
    /// The interface's id. The interface may be gone.
    pub interface: String,
}

/// A network ACL. The last rule, `*`, which denies the rest, is not stored: every ACL ends with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkAcl {
    pub id: String,
    pub vpc: String,
    /// Whether AWS made it together with the VPC. Every new subnet gets the default ACL.
    pub default: bool,
    /// Association id to subnet id.
    pub associations: BTreeMap<String, String>,
    /// Sorted by number.
    pub entries: Vec<AclEntry>,
    pub tags: Tags,
}

/// A rule of a network ACL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AclEntry {
    pub egress: bool,
    /// 1 to 32766. The matching rule with the lowest number decides.
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Peer {
    Cidr(Cidr),
    /// A security group of the same account.
    Group(String),
    PrefixList(String),
}

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
    /// `in-use`, or `leaving` after its load balancer was deleted.
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
