//! The list of resource kinds, and what a step of a `lab.yaml` may say of each. Unknown fields are errors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Side;
use super::kind::{Leaves, define_kinds};
use super::reference::{all_of, placeholders};
use crate::i18n::{Text, m};

/// Passes the list of kinds to the macro `$then`. Everything that goes kind by kind is generated from this one list:
/// this file uses it to define [`Kind`] and [`Resource`]; `actions/kind.rs` uses it to find each kind's file.
/// `kind.rs` says what a line means.
macro_rules! each_kind {
    ($then:ident) => {
        $then! {
            lab {
                /// A VPC.
                Vpc "vpc" Thing kind_vpc;
                /// A subnet.
                Subnet "subnet" Thing kind_subnet;
                /// A route table and its associations.
                RouteTable "route_table" Thing kind_route_table;
                /// A gateway endpoint to S3.
                GatewayEndpoint "gateway_endpoint" Thing kind_gateway_endpoint;
                /// A security group and its inbound rules.
                SecurityGroup "security_group" Thing kind_security_group;
                /// An EC2 instance.
                Instance "instance" Thing kind_instance;
                /// A target group and its targets.
                TargetGroup "target_group" Thing kind_target_group;
                /// An internal Network Load Balancer.
                LoadBalancer "load_balancer" Thing kind_load_balancer;
                /// A TCP listener.
                Listener "listener" Thing kind_listener;
                /// An endpoint service and its allowed principals.
                EndpointService "endpoint_service" Thing kind_endpoint_service;
                /// The consumer's look at the service by its name, and the choice of a subnet in a zone that it covers.
                ServiceLookup "service_lookup" Nothing kind_service_lookup;
                /// An interface endpoint.
                Endpoint "endpoint" Thing kind_endpoint;
                /// The provider's acceptance of an endpoint's connection request.
                Acceptance "acceptance" Change kind_acceptance;
                /// The provider's rejection of a connection request, or of a connection that was accepted before.
                Rejection "rejection" Change kind_rejection;
                /// A principal that is added to those whom an endpoint service allows.
                AllowedPrincipal "allowed_principal" Change kind_allowed_principal;
                /// A principal that is taken away from those whom an endpoint service allows.
                RemovedPrincipal "removed_principal" Change kind_removed_principal;
                /// Cross-zone load balancing, turned on.
                CrossZone "cross_zone" Change kind_cross_zone;
                /// A private DNS name that an endpoint service offers.
                PrivateName "private_name" Change kind_private_name;
                /// A public hosted zone with the TXT record that proves the domain of a private DNS name.
                HostedZone "hosted_zone" Thing kind_hosted_zone;
                /// The verification of a private DNS name, started.
                Verification "verification" Change kind_verification;
                /// A network ACL, its rules, and the subnet that goes by it.
                NetworkAcl "network_acl" Thing kind_network_acl;
            }
            elsewhere {
                /// What `pllab browse` makes on AWS to come into the client's VPC.
                InstanceConnectEndpoint "instance_connect_endpoint" kind_connect_endpoint;
                /// What `pllab browse` adds to the client's security group.
                SecurityGroupRule "security_group_rule" kind_security_group_rule;
            }
            never {
                /// What AWS makes for a load balancer or an endpoint, or somebody else in a VPC of the run's.
                NetworkInterface "network_interface" kind_network_interface;
            }
        }
    };
}
pub(crate) use each_kind;

each_kind!(define_kinds);

/// A name, and the kind of resource that it must be; `None` where any will do.
pub type Reference<'a> = (&'a str, Option<Kind>);

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

impl Vpc {
    #[expect(clippy::unused_self, reason = "asked of every kind alike; a VPC stands on nothing")]
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        Vec::new()
    }
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

impl Subnet {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.vpc, Some(Kind::Vpc))]
    }
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

impl RouteTable {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.vpc, Some(Kind::Vpc)), (&self.subnet, Some(Kind::Subnet))]
    }
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

impl GatewayEndpoint {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.vpc, Some(Kind::Vpc)), (&self.route_table, Some(Kind::RouteTable))]
    }
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

impl SecurityGroup {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        let sources = self.ingress.iter().filter_map(|rule| rule.group.as_deref());
        all_of([(self.vpc.as_str(), Some(Kind::Vpc))], sources, Some(&Kind::SecurityGroup))
    }
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
#[expect(clippy::struct_field_names, reason = "AWS calls it so")]
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

impl Instance {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        let placed = [(self.subnet.as_str(), Some(Kind::Subnet)), (&self.group, Some(Kind::SecurityGroup))];
        all_of(placed, placeholders(&self.user_data), None)
    }
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

impl TargetGroup {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        all_of([(self.vpc.as_str(), Some(Kind::Vpc))], self.targets.iter().map(String::as_str), Some(&Kind::Instance))
    }
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

impl LoadBalancer {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        let group = (self.group.as_str(), Some(Kind::SecurityGroup));
        all_of([group], self.subnets.iter().map(String::as_str), Some(&Kind::Subnet))
    }
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

impl Listener {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.load_balancer, Some(Kind::LoadBalancer)), (&self.target_group, Some(Kind::TargetGroup))]
    }
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

impl EndpointService {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.load_balancer, Some(Kind::LoadBalancer))]
    }
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

impl ServiceLookup {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        let service = (self.service.as_str(), Some(Kind::EndpointService));
        all_of([service], self.subnets.iter().map(String::as_str), Some(&Kind::Subnet))
    }
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

impl Endpoint {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        let all = [
            (self.vpc.as_str(), Some(Kind::Vpc)),
            (&self.lookup, Some(Kind::ServiceLookup)),
            (&self.group, Some(Kind::SecurityGroup)),
        ];
        all_of(all, self.subnets.iter().map(String::as_str), Some(&Kind::Subnet))
    }
}

/// The provider's acceptance of a connection request.
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

impl Acceptance {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService)), (&self.endpoint, Some(Kind::Endpoint))]
    }
}

/// The provider's rejection of a connection request, or of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// The endpoint, by name.
    pub endpoint: String,
}

impl Rejection {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService)), (&self.endpoint, Some(Kind::Endpoint))]
    }
}

/// An account, and the service that it may ask to be connected to from now on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedPrincipal {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// Whose account.
    pub side: Side,
}

impl AllowedPrincipal {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService))]
    }
}

/// An account, and the service that it may not ask to be connected to any more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovedPrincipal {
    /// Its name in the lab.
    pub name: String,
    /// The service, by name.
    pub service: String,
    /// Whose account.
    pub side: Side,
}

impl RemovedPrincipal {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService))]
    }
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

impl CrossZone {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.load_balancer, Some(Kind::LoadBalancer))]
    }
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

impl PrivateName {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService))]
    }
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

impl HostedZone {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService))]
    }
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

impl Verification {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.service, Some(Kind::EndpointService))]
    }
}

/// A network ACL and the subnet that goes by it. What no rule allows is denied, both ways.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkAcl {
    /// Its name in the lab.
    pub name: String,
    /// The VPC, by name.
    pub vpc: String,
    /// The subnet that goes by it, by name.
    pub subnet: String,
    /// Inbound rules, in any order: the lowest number that fits decides.
    #[serde(default)]
    pub ingress: Vec<AclRule>,
    /// Outbound rules.
    #[serde(default)]
    pub egress: Vec<AclRule>,
}

impl NetworkAcl {
    pub(super) fn refers(&self) -> Vec<Reference<'_>> {
        vec![(&self.vpc, Some(Kind::Vpc)), (&self.subnet, Some(Kind::Subnet))]
    }
}

/// A rule of a network ACL: for TCP where it has a port, else for everything.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AclRule {
    /// Its number, from 1 to 32766, unique in its direction.
    pub number: u16,
    /// Whether what fits passes.
    pub allow: bool,
    /// Where it comes from; of an outbound rule, where it goes.
    pub cidr: String,
    /// The TCP port, or the first of a range.
    #[serde(default)]
    pub port: Option<u16>,
    /// The last port of a range.
    #[serde(default)]
    pub to_port: Option<u16>,
}
