//! A security group and its inbound rules. Outbound stays AWS's default: everything.

use serde_json::json;

use super::grant::Grant;
use super::part::{Find, Making, Part, deletion, ec2, fact};
use crate::cloud::Call;
use crate::lab::SecurityGroup;

pub(super) fn make(group: &SecurityGroup, making: &Making<'_>) -> Vec<Part> {
    let create = ec2(
        "CreateSecurityGroup",
        json!({
            "GroupName": making.name(&group.name),
            "Description": group.description,
            "VpcId": fact(&group.vpc, "id"),
            "TagSpecifications": making.tag_specifications("security-group", &group.name),
        }),
    );
    let find = ec2("DescribeSecurityGroups", json!({ "Filters": making.filters(&group.name) }));
    let mut parts = vec![Part {
        name: "create",
        call: create,
        facts: &[("id", "GroupId")],
        find: Some(Find { call: find, facts: &[("id", "SecurityGroups[0].GroupId")] }),
        repeat: false,
    }];
    if !group.ingress.is_empty() {
        let permissions: Vec<_> = group
            .ingress
            .iter()
            .map(|rule| {
                let mut permission = json!({ "IpProtocol": "tcp", "FromPort": rule.port, "ToPort": rule.port });
                if let Some(cidr) = &rule.cidr {
                    permission["IpRanges"] = json!([{ "CidrIp": cidr }]);
                }
                if let Some(source) = &rule.group {
                    permission["UserIdGroupPairs"] = json!([{ "GroupId": fact(source, "id") }]);
                }
                permission
            })
            .collect();
        // A rule that is already there answers InvalidPermission.Duplicate, which counts as done.
        parts.push(Part {
            name: "ingress",
            call: ec2(
                "AuthorizeSecurityGroupIngress",
                json!({ "GroupId": fact(&group.name, "id"), "IpPermissions": permissions }),
            ),
            facts: &[],
            find: None,
            repeat: true,
        });
    }
    parts
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeSecurityGroups", json!({ "GroupIds": [fact(name, "id")] }))
}

/// Rules that name other groups go with the group that holds them, so the groups are deleted in reverse order.
pub(super) fn delete(name: &str) -> Vec<Part> {
    deletion(ec2("DeleteSecurityGroup", json!({ "GroupId": fact(name, "id") })))
}

pub(super) fn grants() -> Vec<Grant> {
    vec![
        Grant::new("ec2:CreateSecurityGroup", &["security-group/*"]),
        Grant::tag("ec2:CreateSecurityGroup", &["security-group/*"]),
        Grant::own(&["ec2:CreateSecurityGroup"], &["vpc/*"]),
        Grant::own(&["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup"], &["security-group/*"]),
    ]
}
