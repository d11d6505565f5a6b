//! A security group and its inbound rules. Outbound stays AWS's default: everything.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, Match, MatchReport, Object, Survey, shown_all, texts};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::m;
use crate::lab::SecurityGroup;

pub(super) fn make(group: &SecurityGroup, making: &Naming<'_>) -> Vec<ApiStep> {
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
    let mut parts = vec![ApiStep {
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
        parts.push(ApiStep {
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
pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteSecurityGroup", json!({ "GroupId": fact(name, "id") })))
}

pub(super) fn survey() -> Survey {
    Survey::new(ec2("DescribeSecurityGroups", json!({})), "SecurityGroups", "GroupId")
}

/// Its inbound rules must be the lab's: one more opens what should stay closed.
pub(super) fn observe(group: &SecurityGroup, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    // Every VPC has one of this name, which cannot be deleted and must not be taken for the learner's.
    if object.text("GroupName") == "default" {
        return None;
    }
    let sighting = MatchReport::of(object, &[("id", "GroupId")]).refers(
        m::point_vpc(),
        known,
        &group.vpc,
        "id",
        &object.text("VpcId"),
    );
    let seen = rules(object);
    let mut open = false;
    let mut wanted = BTreeSet::new();
    let mut named = BTreeSet::new();
    for rule in &group.ingress {
        let source = match (&rule.cidr, &rule.group) {
            (Some(cidr), _) => Some(cidr.clone()),
            (None, Some(name)) => known(name, "id"),
            (None, None) => None,
        };
        let name = rule.group.as_ref().filter(|_| rule.cidr.is_none());
        open |= source.is_none();
        let source = source.or_else(|| name.cloned()).unwrap_or_default();
        let words = format!("tcp {} <- {source}", rule.port);
        named.insert(name.filter(|name| **name != source).map_or(words.clone(), |name| format!("{words} ({name})")));
        wanted.insert(words);
    }
    let fit = if wanted == seen {
        Match::Right
    } else if open && seen.len() <= wanted.len() {
        Match::Open
    } else {
        Match::Wrong
    };
    Some(sighting.point(m::point_inbound(), shown_all(&named), shown_all(&seen), fit))
}

/// Inbound rules, one line each and source.
fn rules(object: &Object) -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for permission in object.item.get("IpPermissions").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| text_at(permission, key).unwrap_or_default();
        let ports = match (part("FromPort"), part("ToPort")) {
            (from, to) if from == to => from,
            (from, to) => format!("{from}-{to}"),
        };
        // The protocol -1 is every protocol and every port [API:IpPermission].
        let what =
            if part("IpProtocol") == "-1" { "all".to_owned() } else { format!("{} {ports}", part("IpProtocol")) };
        let lists = [
            "IpRanges[].CidrIp",
            "Ipv6Ranges[].CidrIpv6",
            "UserIdGroupPairs[].GroupId",
            "PrefixListIds[].PrefixListId",
        ];
        for source in lists.iter().flat_map(|list| texts(permission, list)) {
            rules.insert(format!("{what} <- {source}"));
        }
    }
    rules
}

pub(super) fn grants() -> Vec<Grant> {
    vec![
        Grant::new("ec2:CreateSecurityGroup", &["security-group/*"]),
        Grant::tag("ec2:CreateSecurityGroup", &["security-group/*"]),
        Grant::own(&["ec2:CreateSecurityGroup"], &["vpc/*"]),
        Grant::own(&["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup"], &["security-group/*"]),
    ]
}
