//! What exists in an account's region, as plain data. This is also the file format.

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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The version of the file format.
    pub format: u32,
    /// In the order they were made.
    pub accounts: Vec<Account>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name in the lab, such as `provider`.
    pub name: String,
    /// Twelve digits.
    pub id: String,
    /// The regions that it has used.
    pub regions: BTreeMap<String, Region>,
}

/// The resources of an account in one region. Keys are ids, or ARNs where AWS uses ARNs.
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
    /// Route 53's zones; they are all in us-east-1.
    pub hosted_zones: Table<HostedZone>,
    pub dns_changes: Table<DnsChange>,
    /// Used client tokens, by `Operation/token`.
    pub tokens: Table<TokenUse>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenUse {
    /// Of the request that used it first.
    pub fingerprint: String,
    /// The id of the resource it made.
    pub made: String,
    /// When it is forgotten, in milliseconds since 1970. `None` in worlds of older versions.
    #[serde(default)]
    pub until: Option<i64>,
}
