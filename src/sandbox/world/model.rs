//! What exists in an account's region, as plain data: this is also the file format.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::address::Block;
use super::catalogue::Image;
use super::life::Life;
use super::table::Table;

/// A resource's tags.
pub type Tags = BTreeMap<String, String>;

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

/// A VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    pub id: String,
    pub block: Block,
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
    pub block: Block,
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
    pub destination: Block,
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
    pub block: Block,
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
    Cidr(Block),
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

/// An instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub id: String,
    pub reservation: String,
    pub launch_index: usize,
    pub image: String,
    pub kind: String,
    pub vpc: String,
    pub subnet: String,
    pub zone_name: String,
    pub zone_id: String,
    pub address: Ipv4Addr,
    pub interface: String,
    pub groups: Vec<String>,
    pub user_data: String,
    pub token: Option<String>,
    /// Milliseconds since 1970.
    pub launched: i64,
    pub life: Life,
    /// The status checks: `initializing` and then `ok`, while it runs.
    pub checks: Life,
    /// Why it left `running`, when somebody asked for that.
    pub reason: Option<(String, String)>,
    /// When that was, in milliseconds since 1970.
    #[serde(default)]
    pub asked: Option<i64>,
    pub http_tokens: String,
    pub hop_limit: u32,
    /// `disableApiTermination`.
    #[serde(default)]
    pub protected: bool,
    /// The id of its root volume.
    pub volume: String,
    #[serde(default)]
    pub disk: Disk,
    /// `standard` or `unlimited`; for types that have credits.
    #[serde(default = "unlimited")]
    pub credits: String,
    pub tags: Tags,
}

fn unlimited() -> String {
    "unlimited".to_owned()
}

/// An instance's root volume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Its size in GiB.
    pub gib: u32,
    /// `gp2` or `gp3`.
    pub kind: String,
    pub encrypted: bool,
    pub tags: Tags,
}

impl Disk {
    /// What an image makes of it, unless a launch asks for something else.
    pub fn of(image: &Image) -> Self {
        Self { gib: image.gib(), ..Self::default() }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self { gib: 8, kind: "gp3".to_owned(), encrypted: false, tags: Tags::new() }
    }
}

/// A target group.
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
    /// The accepted HTTP codes, for HTTP checks.
    pub matcher: Option<String>,
    pub attributes: BTreeMap<String, String>,
    pub targets: Vec<Target>,
    pub fingerprint: String,
    pub tags: Tags,
}

/// The protocol of a target group that was kept before there were others.
fn tcp() -> String {
    "TCP".to_owned()
}

/// A registered target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub id: String,
    pub port: u16,
    /// `registered`, or `draining` while it is being deregistered.
    pub life: Life,
}

/// A Network Load Balancer.
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

/// A listener.
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

/// An idle connection's time in a listener that says nothing else [nlb: update-idle-timeout].
pub fn idle_seconds() -> u32 {
    350
}

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

/// A public hosted zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostedZone {
    pub id: String,
    /// With its final dot, like the names of records.
    pub name: String,
    pub caller_reference: String,
    pub comment: Option<String>,
    pub records: Vec<DnsRecord>,
}

/// A TXT record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DnsRecord {
    pub name: String,
    pub ttl: u32,
    /// As written, quotes included.
    pub values: Vec<String>,
}

/// A change of hosted zones on its way to the name servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DnsChange {
    pub id: String,
    #[serde(default)]
    pub comment: Option<String>,
    /// Milliseconds since 1970.
    pub submitted: i64,
    pub life: Life,
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
