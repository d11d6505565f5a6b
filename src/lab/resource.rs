//! What a step of a `lab.yaml` may make, kind by kind. Unknown fields are errors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Side;

/// Something that a step makes. The key is the resource kind, as in `src/actions/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// A VPC.
    Vpc(Vpc),
    /// A subnet.
    Subnet(Subnet),
    /// A route table and its associations.
    RouteTable(RouteTable),
    /// A gateway endpoint to S3.
    GatewayEndpoint(GatewayEndpoint),
    /// A security group and its inbound rules.
    SecurityGroup(SecurityGroup),
    /// An EC2 instance.
    Instance(Instance),
    /// A target group and its targets.
    TargetGroup(TargetGroup),
    /// An internal Network Load Balancer.
    LoadBalancer(LoadBalancer),
    /// A TCP listener.
    Listener(Listener),
    /// An endpoint service and its allowed principals.
    EndpointService(EndpointService),
    /// The consumer's look at the service by its name, and the choice of a subnet in a zone that it covers.
    ServiceLookup(ServiceLookup),
    /// An interface endpoint.
    Endpoint(Endpoint),
    /// The provider's acceptance of an endpoint's connection request.
    Acceptance(Acceptance),
    /// The provider's rejection of a connection request, or of a connection that was accepted before.
    Rejection(Acceptance),
    /// A principal that is added to those whom an endpoint service allows.
    AllowedPrincipal(Principal),
    /// A principal that is taken away from those whom an endpoint service allows.
    RemovedPrincipal(Principal),
    /// Cross-zone load balancing, turned on.
    CrossZone(CrossZone),
    /// A private DNS name that an endpoint service offers.
    PrivateName(PrivateName),
    /// A public hosted zone with the TXT record that proves the domain of a private DNS name.
    HostedZone(HostedZone),
    /// The verification of a private DNS name, started.
    Verification(Verification),
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Its name in the lab.
    pub name: String,
    /// Its IPv4 block.
    pub cidr: String,
    /// Whether names of private hosted zones resolve in it (`enableDnsHostnames`): off by default, as on AWS.
    #[serde(default)]
    pub dns_hostnames: bool,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// Its IPv4 block.
    pub cidr: String,
    /// Its zone's id.
    pub zone: String,
}

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteTable {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// The subnet it is associated with, by name.
    pub subnet: String,
}

/// A gateway endpoint to S3.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayEndpoint {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// The route table that gets the route, by name.
    pub route_table: String,
}

/// A security group. Its outbound rules are AWS's default: everything.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// AWS's description field (ASCII).
    pub description: String,
    /// Inbound TCP rules.
    #[serde(default)]
    pub ingress: Vec<Ingress>,
}

/// An inbound TCP rule: from a block, or from another group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingress {
    /// The port.
    pub port: u16,
    /// The source block.
    #[serde(default)]
    pub cidr: Option<String>,
    /// The source group, by name.
    #[serde(default)]
    pub group: Option<String>,
}

/// An EC2 instance without a public address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Its name in the lab.
    pub name: String,
    /// The subnet, by name.
    pub subnet: String,
    /// Its security group, by name.
    pub group: String,
    /// Which image.
    pub image: Image,
    /// Its type, such as `t3.micro`.
    pub instance_type: String,
    /// Variables and the values they must have for this resource to be part of the lab.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// The script of its first boot; `${name.fact}` stands for a fact of another resource.
    pub user_data: String,
}

/// A machine image, by what it is; the id differs per region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// Amazon Linux 2023, `x86_64`.
    AmazonLinux2023,
    /// Windows Server 2022, English, full.
    WindowsServer2022,
}

/// A target group of instances.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// The TCP port.
    pub port: u16,
    /// The instances, by name.
    pub targets: Vec<String>,
}

/// An internal Network Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Its name in the lab.
    pub name: String,
    /// The subnets, by name.
    pub subnets: Vec<String>,
    /// Its security group, by name. Without one at creation it can never have one.
    pub group: String,
}

/// A TCP listener that forwards to one target group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// Its name in the lab.
    pub name: String,
    /// The load balancer, by name.
    pub load_balancer: String,
    /// The port.
    pub port: u16,
    /// The target group, by name.
    pub target_group: String,
}

/// An endpoint service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointService {
    /// Its name in the lab.
    pub name: String,
    /// The load balancer, by name.
    pub load_balancer: String,
    /// Whether each connection waits for the provider's acceptance.
    pub acceptance_required: bool,
    /// Which sides' accounts are allowed principals.
    pub allow: Vec<Side>,
}

/// The consumer's look at the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLookup {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// The subnets to choose from, by name.
    pub subnets: Vec<String>,
}

/// An interface endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// The look-up that found the service and chose the subnet, by name.
    pub lookup: String,
    /// Its security group, by name.
    pub group: String,
    /// The subnets it stands in, by name, one a zone; without any, the one that the look-up chose.
    #[serde(default)]
    pub subnets: Vec<String>,
    /// Whether the service's private DNS name leads to it, in its VPC. The VPC needs `dns_hostnames`.
    #[serde(default)]
    pub private_dns: bool,
}

/// The provider's word on a connection request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// The endpoint, by name.
    pub endpoint: String,
}

/// An account, and the service that it may ask to be connected to, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// Whose account.
    pub side: Side,
}

/// Cross-zone load balancing, turned on: each node uses the targets of every zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossZone {
    /// Its name in the lab.
    pub name: String,
    /// The load balancer, by name.
    pub load_balancer: String,
}

/// A private DNS name, offered by an endpoint service. Endpoints can use it once it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateName {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// The domain name.
    pub domain: String,
}

/// A public hosted zone, with the TXT record that an endpoint service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostedZone {
    /// Its name in the lab.
    pub name: String,
    /// The zone's domain. The private DNS name is in it.
    pub domain: String,
    /// The service whose private DNS name is to be proved, by name.
    pub service: String,
}

/// The provider's word that the TXT record is published and can be looked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
}
