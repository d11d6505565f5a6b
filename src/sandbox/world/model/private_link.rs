//! Both ends of `PrivateLink`, an endpoint service and an endpoint; and the Instance Connect Endpoint.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    pub id: String,
    pub name: String,
    /// `Available`. It is `PascalCase` on the wire, unlike an endpoint's state.
    pub state: String,
    pub acceptance_required: bool,
    pub balancers: Vec<String>,
    /// The ids of the zones it was offered in at its last change.
    pub zone_ids: Vec<String>,
    pub permissions: Vec<Permission>,
    /// The tags of its connections, by connection id.
    #[serde(default)]
    pub connection_tags: BTreeMap<String, Tags>,
    #[serde(default)]
    pub private_dns: Option<PrivateName>,
    pub tags: Tags,
}

/// A private DNS name of an endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivateName {
    /// Without a final dot.
    pub name: String,
    /// The TXT record that proves ownership of the domain: the record's name below the domain, and its value.
    pub record: String,
    pub value: String,
    /// The state of the verification.
    pub life: Life,
}

/// The private hosted zone that AWS keeps for an endpoint with private DNS enabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivateZone {
    /// The service's private name at the time private DNS was enabled.
    pub name: String,
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
    /// The connection's id, which the provider sees.
    pub connection: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Until when its last change is under way, in milliseconds since 1970.
    #[serde(default)]
    pub changing: i64,
    pub tags: Tags,
}

/// The endpoint types that are modelled.
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
