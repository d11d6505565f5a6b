//! A VPC. Its default security group and main route table come with it, untagged, and are never touched.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::m;
use crate::lab::Vpc;

/// `CreateVpc` has no client token: an unanswered call is looked up by tag.
pub(super) fn make(vpc: &Vpc, making: &Naming<'_>) -> Vec<ApiStep> {
    let call = ec2(
        "CreateVpc",
        json!({ "CidrBlock": vpc.cidr, "TagSpecifications": making.tag_specifications("vpc", &vpc.name) }),
    );
    let find = ec2("DescribeVpcs", json!({ "Filters": making.filters(&vpc.name) }));
    let mut parts = vec![ApiStep {
        name: "create",
        call,
        facts: &[("id", "Vpc.VpcId"), ("cidr", "Vpc.CidrBlock")],
        find: Some(Find { call: find, facts: &[("id", "Vpcs[0].VpcId"), ("cidr", "Vpcs[0].CidrBlock")] }),
        repeat: false,
    }];
    if vpc.dns_hostnames {
        let params = json!({ "VpcId": fact(&vpc.name, "id"), "EnableDnsHostnames": { "Value": true } });
        let call = ec2("ModifyVpcAttribute", params);
        parts.push(ApiStep { name: "dns", call, facts: &[], find: None, repeat: true });
    }
    parts
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeVpcs", json!({ "VpcIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpc", json!({ "VpcId": fact(name, "id") })))
}

pub(super) fn survey(vpc: &Vpc) -> Survey {
    let survey = Survey::new(ec2("DescribeVpcs", json!({})), "Vpcs", "VpcId");
    if vpc.dns_hostnames { survey.with(hostnames) } else { survey }
}

fn hostnames(id: &str) -> Vec<Call> {
    vec![ec2("DescribeVpcAttribute", json!({ "VpcId": id, "Attribute": "enableDnsHostnames" }))]
}

pub(super) fn observe(vpc: &Vpc, object: &Object, _known: &Known<'_>) -> Option<MatchReport> {
    if object.text("IsDefault") == "true" {
        return None;
    }
    let sighting = MatchReport::of(object, &[("id", "VpcId"), ("cidr", "CidrBlock")]);
    let sighting = sighting.value(m::point_cidr(), &vpc.cidr, &object.text("CidrBlock"));
    if !vpc.dns_hostnames {
        return Some(sighting);
    }
    let on = object.more.iter().find_map(|reply| text_at(reply, "EnableDnsHostnames.Value")).unwrap_or_default();
    Some(sighting.value(m::point_hostnames(), "true", &on))
}

pub(super) fn grants(vpc: &Vpc) -> Vec<Grant> {
    let mut grants = vec![
        Grant::new("ec2:CreateVpc", &["vpc/*"]),
        Grant::tag("ec2:CreateVpc", &["vpc/*"]),
        Grant::own(&["ec2:DeleteVpc"], &["vpc/*"]),
    ];
    if vpc.dns_hostnames {
        grants.push(Grant::own(&["ec2:ModifyVpcAttribute"], &["vpc/*"]));
    }
    grants
}
