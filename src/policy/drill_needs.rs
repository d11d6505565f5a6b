//! What a lab's drills need from IAM: to plant, to mend in any way that their files know, and to undo.

use std::collections::BTreeSet;

use serde_json::Map;

use crate::actions::{Grant, Scope};
use crate::cloud::{Api, Call};
use crate::lab::{Drill, Side};

/// The reads and grants that the drills' calls on these sides need. Empty if there are no drills.
pub fn needs(drills: &[Drill], sides: &[Side]) -> (BTreeSet<(Api, &'static str)>, Vec<Grant>) {
    let (mut reads, mut grants) = (BTreeSet::new(), Vec::new());
    if drills.is_empty() {
        return (reads, grants);
    }
    // Security-group rules are put back, whatever became of them.
    grants.extend(RULES.into_iter().filter_map(grant));
    let calls = drills.iter().flat_map(Drill::calls).filter(|call| sides.contains(&call.side));
    for call in calls.filter_map(|call| Call::read(&call.api, &call.operation, Map::new())) {
        if call.is_read() {
            reads.insert((call.api, call.operation));
        }
        grants.extend(grant(call.operation));
        if call.operation.contains("NetworkAcl") {
            grants.extend(ENTRIES.into_iter().filter_map(grant));
        }
    }
    (reads, grants)
}

/// The operations that change security-group rules.
const RULES: [&str; 4] = [
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
];

/// The operations that change network-ACL rules.
const ENTRIES: [&str; 3] = ["CreateNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"];

/// The permission for an operation on what the lab has made. `None` if the lab's own steps already need it, or if no
/// permission is needed.
fn grant(operation: &'static str) -> Option<Grant> {
    let (action, resource, scope) = match operation {
        "AuthorizeSecurityGroupEgress" => ("ec2:AuthorizeSecurityGroupEgress", "security-group/*", Scope::Own),
        "AuthorizeSecurityGroupIngress" => ("ec2:AuthorizeSecurityGroupIngress", "security-group/*", Scope::Own),
        "RevokeSecurityGroupEgress" => ("ec2:RevokeSecurityGroupEgress", "security-group/*", Scope::Own),
        "RevokeSecurityGroupIngress" => ("ec2:RevokeSecurityGroupIngress", "security-group/*", Scope::Own),
        // A VPC's default ACL is made together with the VPC and has no tags.
        "CreateNetworkAclEntry" => ("ec2:CreateNetworkAclEntry", "network-acl/*", Scope::Any),
        "DeleteNetworkAclEntry" => ("ec2:DeleteNetworkAclEntry", "network-acl/*", Scope::Any),
        "ReplaceNetworkAclEntry" => ("ec2:ReplaceNetworkAclEntry", "network-acl/*", Scope::Any),
        // The same goes for its main route table.
        "CreateRoute" => ("ec2:CreateRoute", "route-table/*", Scope::Any),
        "DeleteRoute" => ("ec2:DeleteRoute", "route-table/*", Scope::Any),
        "ReplaceRoute" => ("ec2:ReplaceRoute", "route-table/*", Scope::Any),
        "ModifyVpcAttribute" => ("ec2:ModifyVpcAttribute", "vpc/*", Scope::Own),
        "StartInstances" => ("ec2:StartInstances", "instance/*", Scope::Own),
        "StopInstances" => ("ec2:StopInstances", "instance/*", Scope::Own),
        "ModifyVpcEndpoint" => ("ec2:ModifyVpcEndpoint", "vpc-endpoint/*", Scope::Own),
        "ModifyVpcEndpointServiceConfiguration" => {
            ("ec2:ModifyVpcEndpointServiceConfiguration", "vpc-endpoint-service/*", Scope::Own)
        }
        "ModifyVpcEndpointServicePermissions" => {
            ("ec2:ModifyVpcEndpointServicePermissions", "vpc-endpoint-service/*", Scope::Own)
        }
        "StartVpcEndpointServicePrivateDnsVerification" => {
            ("ec2:StartVpcEndpointServicePrivateDnsVerification", "vpc-endpoint-service/*", Scope::Own)
        }
        "AcceptVpcEndpointConnections" => ("ec2:AcceptVpcEndpointConnections", "vpc-endpoint-service/*", Scope::Own),
        "RejectVpcEndpointConnections" => ("ec2:RejectVpcEndpointConnections", "vpc-endpoint-service/*", Scope::Own),
        "DeregisterTargets" => ("elasticloadbalancing:DeregisterTargets", "targetgroup/*", Scope::Own),
        "RegisterTargets" => ("elasticloadbalancing:RegisterTargets", "targetgroup/*", Scope::Own),
        "ModifyTargetGroup" => ("elasticloadbalancing:ModifyTargetGroup", "targetgroup/*", Scope::Own),
        "ModifyTargetGroupAttributes" => {
            ("elasticloadbalancing:ModifyTargetGroupAttributes", "targetgroup/*", Scope::Own)
        }
        "ModifyLoadBalancerAttributes" => {
            ("elasticloadbalancing:ModifyLoadBalancerAttributes", "loadbalancer/net/*", Scope::Own)
        }
        "SetSecurityGroups" => ("elasticloadbalancing:SetSecurityGroups", "loadbalancer/net/*", Scope::Own),
        "SetSubnets" => ("elasticloadbalancing:SetSubnets", "loadbalancer/net/*", Scope::Own),
        _ => return None,
    };
    // AWS also checks the permission for a security group that the endpoint is given.
    let mut resources = vec![resource.to_owned()];
    if operation == "ModifyVpcEndpoint" {
        resources.push("security-group/*".to_owned());
    }
    Some(Grant { actions: vec![action], resources, scope, rails: Vec::new() })
}
