//! The operations that a call read from a file may use.

use serde_json::{Map, Value};

use super::{Api, Call};

impl Call {
    /// Makes a call from a file's content; `api` is `ec2`, `elbv2` or `route53`. `None` if pllab does not know the
    /// operation.
    #[must_use]
    pub fn read(api: &str, operation: &str, params: Map<String, Value>) -> Option<Self> {
        let (api, known) = match api {
            "ec2" => (Api::Ec2, EC2),
            "elbv2" => (Api::Elbv2, ELBV2),
            "route53" => (Api::Route53, ROUTE53),
            _ => return None,
        };
        let operation = known.iter().find(|known| **known == operation)?;
        Some(Self { api, operation, params })
    }
}

pub(super) const EC2: &[&str] = &[
    "AcceptVpcEndpointConnections",
    "AssociateRouteTable",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "CreateRoute",
    "CreateRouteTable",
    "CreateSecurityGroup",
    "CreateSubnet",
    "CreateVpc",
    "CreateVpcEndpoint",
    "CreateVpcEndpointServiceConfiguration",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "DeleteRoute",
    "DeleteRouteTable",
    "DeleteSecurityGroup",
    "DeleteSubnet",
    "DeleteVpc",
    "DeleteVpcEndpointServiceConfigurations",
    "DeleteVpcEndpoints",
    "DescribeAvailabilityZones",
    "DescribeImages",
    "DescribeInstances",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribePrefixLists",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVpcAttribute",
    "DescribeVpcEndpointConnections",
    "DescribeVpcEndpointServiceConfigurations",
    "DescribeVpcEndpointServicePermissions",
    "DescribeVpcEndpointServices",
    "DescribeVpcEndpoints",
    "DescribeVpcs",
    "DisassociateRouteTable",
    "GetConsoleOutput",
    "ModifyVpcAttribute",
    "ModifyVpcEndpoint",
    "ModifyVpcEndpointServiceConfiguration",
    "ModifyVpcEndpointServicePermissions",
    "RejectVpcEndpointConnections",
    "ReplaceNetworkAclAssociation",
    "ReplaceNetworkAclEntry",
    "ReplaceRoute",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RunInstances",
    "StartInstances",
    "StartVpcEndpointServicePrivateDnsVerification",
    "StopInstances",
    "TerminateInstances",
];

pub(super) const ELBV2: &[&str] = &[
    "CreateListener",
    "CreateLoadBalancer",
    "CreateTargetGroup",
    "DeleteListener",
    "DeleteLoadBalancer",
    "DeleteTargetGroup",
    "DeregisterTargets",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeTags",
    "DescribeTargetGroupAttributes",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "ModifyLoadBalancerAttributes",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "RegisterTargets",
    "SetSecurityGroups",
    "SetSubnets",
];

pub(super) const ROUTE53: &[&str] = &["ChangeResourceRecordSets", "ListResourceRecordSets"];
