//! Both ends of `PrivateLink`, an endpoint service and an endpoint; and the endpoint of Instance Connect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;

/// An endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    pub id: String,
    pub name: String,
    /// `Available`; `PascalCase` on the wire, unlike an endpoint's.
    pub state: String,
    pub acceptance_required: bool,
    pub balancers: Vec<String>,
    /// The zones it is offered in, by id, as they were at its last change.
    pub zone_ids: Vec<String>,
    pub permissions: Vec<Permission>,
    /// The tags of its connections, by connection id.
    #[serde(default)]
    pub connection_tags: BTreeMap<String, Tags>,
    /// The private name it offers.
    #[serde(default)]
    pub private_dns: Option<PrivateName>,
    pub tags: Tags,
}

/// A private DNS name of an endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivateName {
    /// The name, without a final dot.
    pub name: String,
    /// The TXT record that proves who owns the domain: its name below the domain, and its value.
    pub record: String,
    pub value: String,
    /// The verification.
    pub life: Life,
}

/// The private hosted zone that AWS keeps for an endpoint whose private DNS is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivateZone {
    /// The service's private name, as it was then.
    pub name: String,
    /// The zone's id.
    pub id: String,
}

/// An allowed principal of an endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permission {
    pub id: String,
    pub principal: String,
    /// `Account`, `User`, `Role` or `All`.
    pub principal_type: String,
    pub tags: Tags,
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    pub id: String,
    pub kind: EndpointKind,
    pub vpc: String,
    pub service_name: String,
    /// The endpoint service's id; `None` for AWS's own services.
    pub service: Option<String>,
    pub life: Life,
    pub route_tables: Vec<String>,
    /// Its interfaces, one per subnet.
    pub interfaces: Vec<String>,
    pub groups: Vec<String>,
    /// Every DNS name: the regional one first, then one per zone, with the zone's name.
    pub dns_names: Vec<(String, Option<String>)>,
    pub hosted_zone: String,
    /// Set while private DNS is enabled.
    #[serde(default)]
    pub private_dns: Option<PrivateZone>,
    /// The connection as the provider sees it.
    pub connection: String,
    /// Milliseconds since 1970.
    pub created: i64,
    pub tags: Tags,
}

/// The two endpoint types that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointKind {
    Gateway,
    Interface,
}

impl EndpointKind {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "Gateway",
            Self::Interface => "Interface",
        }
    }
}

/// An EC2 Instance Connect Endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectEndpoint {
    pub id: String,
    pub vpc: String,
    pub subnet: String,
    pub zone_name: String,
    pub zone_id: String,
    /// `create-in-progress`, `create-complete` or `delete-in-progress`.
    pub life: Life,
    pub interface: String,
    pub groups: Vec<String>,
    pub preserve_client_ip: bool,
    pub dns_name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    pub tags: Tags,
}
