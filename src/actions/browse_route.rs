//! The route of `pllab browse` into the client's VPC on AWS: an EC2 Instance Connect Endpoint, its security group,
//! and the rule that lets it reach the client's port for SSH or Remote Desktop.

use super::api_step::{ApiStep, Naming};
use super::grant::Grant;
use super::kind::{instance_connect_endpoint, security_group_rule};
use super::resource_kind::LabResource;
use crate::lab::{Kind, SecurityGroup};

const GROUP: &str = "browse-sg";
const RULE: &str = "browse-rule";
const ENDPOINT: &str = "browse-endpoint";

/// One resource of the route.
#[derive(Clone, Debug)]
pub struct BrowseResource {
    pub name: &'static str,
    pub kind: Kind,
    pub parts: Vec<ApiStep>,
}

/// The resources of the route, in the order of making. `vpc`, `subnet` and `group` are the client's, by name; `port`
/// is the client's port. Without client IP preservation the client sees the endpoint's own group
/// (UG:eice-security-groups).
#[must_use]
pub fn browse_resources(vpc: &str, subnet: &str, group: &str, port: u16, naming: &Naming<'_>) -> Vec<BrowseResource> {
    let guard = SecurityGroup {
        name: GROUP.to_owned(),
        vpc: vpc.to_owned(),
        description: "pllab browse - to the client".to_owned(),
        ingress: Vec::new(),
    };
    let rule = security_group_rule::make(RULE, group, port, GROUP, naming);
    let endpoint = instance_connect_endpoint::make(ENDPOINT, subnet, GROUP, naming);
    vec![
        BrowseResource { name: GROUP, kind: Kind::SecurityGroup, parts: guard.make(naming) },
        BrowseResource { name: RULE, kind: Kind::SecurityGroupRule, parts: rule },
        BrowseResource { name: ENDPOINT, kind: Kind::InstanceConnectEndpoint, parts: endpoint },
    ]
}

/// The permissions `pllab browse` needs besides the lab's [UG:permissions-for-ec2-instance-connect-endpoint]: to make
/// the route and to use it, by SSH or to a Windows `desktop`, whose password it reads.
#[must_use]
pub fn browse_grants(desktop: bool) -> Vec<Grant> {
    let endpoint = "instance-connect-endpoint/*";
    let entry = if desktop { "ec2:GetPasswordData" } else { "ec2-instance-connect:SendSSHPublicKey" };
    vec![
        Grant::new("ec2:CreateInstanceConnectEndpoint", &[endpoint]),
        Grant::tag("ec2:CreateInstanceConnectEndpoint", &[endpoint]),
        Grant::tag("ec2:AuthorizeSecurityGroupIngress", &["security-group-rule/*"]),
        Grant::own(
            &["ec2:CreateInstanceConnectEndpoint", "ec2:CreateNetworkInterface"],
            &["subnet/*", "security-group/*"],
        ),
        Grant::any(&["ec2:CreateNetworkInterface"], &["network-interface/*"]),
        Grant::linked_role("ec2-instance-connect.amazonaws.com", "AWSServiceRoleForEC2InstanceConnect"),
        Grant::own(&["ec2:RevokeSecurityGroupIngress"], &["security-group/*"]),
        Grant::own(&["ec2:DeleteInstanceConnectEndpoint", "ec2-instance-connect:OpenTunnel"], &[endpoint]),
        Grant::own(&[entry], &["instance/*"]),
    ]
}
