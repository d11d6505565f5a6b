//! A subnet, placed by zone id: zone names differ between accounts, ids do not.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, ec2};
use crate::i18n::m;
use crate::lab::Subnet;

pub(super) fn make(subnet: &Subnet, making: &Naming<'_>) -> Vec<ApiStep> {
    let call = ec2(
        "CreateSubnet",
        json!({
            "VpcId": fact(&subnet.vpc, "id"),
            "CidrBlock": subnet.cidr,
            "AvailabilityZoneId": subnet.zone,
            "TagSpecifications": making.tag_specifications("subnet", &subnet.name),
        }),
    );
    let find = ec2("DescribeSubnets", json!({ "Filters": making.filters(&subnet.name) }));
    vec![ApiStep {
        name: "create",
        call,
        facts: &[
            ("id", "Subnet.SubnetId"),
            ("zone_id", "Subnet.AvailabilityZoneId"),
            ("zone_name", "Subnet.AvailabilityZone"),
        ],
        find: Some(Find {
            call: find,
            facts: &[
                ("id", "Subnets[0].SubnetId"),
                ("zone_id", "Subnets[0].AvailabilityZoneId"),
                ("zone_name", "Subnets[0].AvailabilityZone"),
            ],
        }),
        repeat: false,
    }]
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeSubnets", json!({ "SubnetIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteSubnet", json!({ "SubnetId": fact(name, "id") })))
}

pub(super) fn survey() -> Survey {
    Survey::new(ec2("DescribeSubnets", json!({})), "Subnets", "SubnetId")
}

/// Any block inside the VPC will do; the zone must be the lab's.
pub(super) fn observe(subnet: &Subnet, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let facts = [("id", "SubnetId"), ("zone_id", "AvailabilityZoneId"), ("zone_name", "AvailabilityZone")];
    let (id, name) = (object.text("AvailabilityZoneId"), object.text("AvailabilityZone"));
    let zone = if subnet.zone == name { name } else { id };
    let sighting = MatchReport::of(object, &facts)
        .refers(m::point_vpc(), known, &subnet.vpc, "id", &object.text("VpcId"))
        .value(m::point_zone(), &subnet.zone, &zone)
        .loosely(m::point_cidr(), &subnet.cidr, &object.text("CidrBlock"));
    (object.text("DefaultForAz") != "true").then_some(sighting)
}

pub(super) fn grants() -> Vec<Grant> {
    vec![
        Grant::new("ec2:CreateSubnet", &["subnet/*"]),
        Grant::tag("ec2:CreateSubnet", &["subnet/*"]),
        Grant::own(&["ec2:CreateSubnet"], &["vpc/*"]),
        Grant::own(&["ec2:DeleteSubnet"], &["subnet/*"]),
    ]
}
