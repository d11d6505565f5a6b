//! What exists in an account's region, as plain data: this is also the file format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::Table;

mod balancer;
mod dns;
mod instance;
mod network;
mod private_link;
mod tags;

pub use balancer::{Balancer, Listener, Target, TargetGroup, idle_seconds};
pub use dns::{DnsChange, DnsRecord, HostedZone};
pub use instance::{Disk, Instance};
pub use network::{AclEntry, Group, Interface, InterfaceKind, NetworkAcl, Peer, Route, RouteTable, Rule, Subnet, Vpc};
pub use private_link::{ConnectEndpoint, Endpoint, EndpointKind, Permission, PrivateName, PrivateZone, Service};
pub use tags::Tags;

/// Everything the sandbox knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The version of this layout.
    pub format: u32,
    /// The accounts, in the order they were made.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What it is called in the lab, such as `provider`.
    pub name: String,
    /// Twelve digits.
    pub id: String,
    /// Its regions, as far as they were used.
    pub regions: BTreeMap<String, Region>,
}

/// What an account has in one region. Keys are ids, or ARNs where AWS uses ARNs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    pub vpcs: Table<Vpc>,
    pub subnets: Table<Subnet>,
    pub route_tables: Table<RouteTable>,
    pub network_acls: Table<NetworkAcl>,
    pub groups: Table<Group>,
    pub interfaces: Table<Interface>,
    pub instances: Table<Instance>,
    pub target_groups: Table<TargetGroup>,
    pub balancers: Table<Balancer>,
    pub listeners: Table<Listener>,
    pub services: Table<Service>,
    pub endpoints: Table<Endpoint>,
    pub connect_endpoints: Table<ConnectEndpoint>,
    /// Route 53's zones, all of them in us-east-1.
    pub hosted_zones: Table<HostedZone>,
    pub dns_changes: Table<DnsChange>,
    /// Client tokens that were used, by `Operation/token`.
    pub tokens: Table<TokenUse>,
}

/// A client token's first use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenUse {
    /// The request's fingerprint.
    pub fingerprint: String,
    /// The resource it made.
    pub made: String,
}
