//! Route 53's public hosted zones.

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostedZone {
    pub id: String,
    /// With its final dot, like the names of records.
    pub name: String,
    pub caller_reference: String,
    pub comment: Option<String>,
    pub records: Vec<DnsRecord>,
    #[serde(default)]
    pub tags: Tags,
}

/// A TXT record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DnsRecord {
    pub name: String,
    pub ttl: u32,
    /// As written, including quotes.
    pub values: Vec<String>,
}

/// A change of a hosted zone on its way to the name servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DnsChange {
    pub id: String,
    #[serde(default)]
    pub comment: Option<String>,
    /// Milliseconds since 1970.
    pub submitted: i64,
    pub life: Life,
}
