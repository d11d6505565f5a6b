//! A Network Load Balancer, its listeners and its target groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::life::Life;
use super::tags::Tags;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetGroup {
    pub arn: String,
    pub name: String,
    pub vpc: String,
    /// `TCP`, `TLS`, `UDP` or `TCP_UDP`. Only groups whose protocol includes TCP carry traffic here.
    #[serde(default = "tcp")]
    pub protocol: String,
    pub port: u16,
    /// `instance` or `ip`.
    pub target_type: String,
    pub check_protocol: String,
    /// `traffic-port` or a number.
    pub check_port: String,
    pub check_path: Option<String>,
    pub check_interval: u32,
    pub check_timeout: u32,
    pub healthy: u32,
    pub unhealthy: u32,
    /// The HTTP codes that pass, for HTTP checks.
    pub matcher: Option<String>,
    pub attributes: BTreeMap<String, String>,
    pub targets: Vec<Target>,
    pub fingerprint: String,
    pub tags: Tags,
}

/// The protocol of target groups that older versions stored without one.
fn tcp() -> String {
    "TCP".to_owned()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub id: String,
    pub port: u16,
    /// The zones of an address outside the VPC, as the caller named them: a zone's name, or `all`. `None` for what
    /// has a zone of its own.
    #[serde(default)]
    pub zone: Option<String>,
    /// `registered`, `draining` while it is being deregistered, or `leaving` after its instance was terminated.
    pub life: Life,
}

impl Target {
    /// Whether it gets no new connections any more.
    pub fn is_ending(&self) -> bool {
        self.life.state != "registered"
    }

    /// Whether its instance was terminated. Lists leave it out, and only who names it sees it drain for a while, as
    /// recorded on AWS (moto's `test_register_targets`).
    pub fn is_leaving(&self) -> bool {
        self.life.state == "leaving"
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balancer {
    pub arn: String,
    pub name: String,
    pub dns_name: String,
    pub scheme: String,
    pub vpc: String,
    pub life: Life,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Its interfaces, one per subnet.
    pub interfaces: Vec<String>,
    pub groups: Vec<String>,
    pub enforce: bool,
    pub attributes: BTreeMap<String, String>,
    pub fingerprint: String,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    pub arn: String,
    pub balancer: String,
    pub port: u16,
    pub protocol: String,
    pub target_group: String,
    /// How long an idle connection is kept, in seconds.
    #[serde(default = "idle_seconds")]
    pub idle_seconds: u32,
    pub tags: Tags,
}

/// The idle time of a listener that does not set one, in seconds [nlb: update-idle-timeout].
pub fn idle_seconds() -> u32 {
    350
}
