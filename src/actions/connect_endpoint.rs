//! The way of `pllab browse` into the client's VPC on AWS: an EC2 Instance Connect Endpoint, its security group, and the rule that
//! lets it reach the client's port for SSH or Remote Desktop. The endpoint itself is free
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html>).

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::security_group;
use crate::cloud::{Call, ec2};
use crate::lab::SecurityGroup;

const GROUP: &str = "browse-sg";
const RULE: &str = "browse-rule";
const ENDPOINT: &str = "browse-endpoint";

/// One resource of the way.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// The calls that make it.
    pub parts: Vec<ApiStep>,
}

/// What the way is made of, in the order of making. `vpc`, `subnet` and `group` are the client's, by name, `port` is where it is
/// reached.
#[must_use]
pub fn door(vpc: &str, subnet: &str, group: &str, port: u16, making: &Naming<'_>) -> Vec<Door> {
    let guard = SecurityGroup {
        name: GROUP.to_owned(),
        vpc: vpc.to_owned(),
        description: "pllab browse - to the client".to_owned(),
        ingress: Vec::new(),
    };
    // Without client IP preservation the client sees the endpoint's own group [UG:eice-security-groups].
    let rule = ec2(
        "AuthorizeSecurityGroupIngress",
        json!({
            "GroupId": fact(group, "id"),
            "IpPermissions": [{
                "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{ "GroupId": fact(GROUP, "id") }],
            }],
            "TagSpecifications": making.tag_specifications("security-group-rule", RULE),
        }),
    );
    let find_rule = ec2("DescribeSecurityGroupRules", json!({ "Filters": making.filters(RULE) }));
    let endpoint = ec2(
        "CreateInstanceConnectEndpoint",
        json!({
            "SubnetId": fact(subnet, "id"),
            "SecurityGroupIds": [fact(GROUP, "id")],
            "PreserveClientIp": false,
            "ClientToken": making.token(ENDPOINT),
            "TagSpecifications": making.tag_specifications("instance-connect-endpoint", ENDPOINT),
        }),
    );
    let find_endpoint = ec2("DescribeInstanceConnectEndpoints", json!({ "Filters": making.filters(ENDPOINT) }));
    vec![
        Door { name: GROUP, kind: "security_group", parts: security_group::make(&guard, making) },
        Door {
            name: RULE,
            kind: "security_group_rule",
            parts: vec![ApiStep {
                name: "create",
                call: rule,
                facts: &[
                    ("id", "SecurityGroupRules[0].SecurityGroupRuleId"),
                    ("group", "SecurityGroupRules[0].GroupId"),
                ],
                find: Some(Find {
                    call: find_rule,
                    facts: &[
                        ("id", "SecurityGroupRules[0].SecurityGroupRuleId"),
                        ("group", "SecurityGroupRules[0].GroupId"),
                    ],
                }),
                repeat: true,
            }],
        },
        Door {
            name: ENDPOINT,
            kind: "instance_connect_endpoint",
            parts: vec![ApiStep {
                name: "create",
                call: endpoint,
                facts: &[("id", "InstanceConnectEndpoint.InstanceConnectEndpointId")],
                find: Some(Find {
                    call: find_endpoint,
                    facts: &[("id", "InstanceConnectEndpoints[0].InstanceConnectEndpointId")],
                }),
                repeat: true,
            }],
        },
    ]
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeInstanceConnectEndpoints", json!({ "InstanceConnectEndpointIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteInstanceConnectEndpoint", json!({ "InstanceConnectEndpointId": fact(name, "id") })))
}

pub(super) fn look_rule(name: &str) -> Call {
    ec2("DescribeSecurityGroupRules", json!({ "SecurityGroupRuleIds": [fact(name, "id")] }))
}

pub(super) fn delete_rule(name: &str) -> Vec<ApiStep> {
    let call = json!({ "GroupId": fact(name, "group"), "SecurityGroupRuleIds": [fact(name, "id")] });
    deletion(ec2("RevokeSecurityGroupIngress", call))
}

/// What `pllab browse` needs besides the lab [UG:permissions-for-ec2-instance-connect-endpoint]: making the way, and going it, by SSH
/// or to a Windows `desktop`, whose password is told.
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
