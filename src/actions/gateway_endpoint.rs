//! A gateway endpoint to S3: free, and the way to Amazon Linux's packages without NAT or public address.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object};
use crate::cloud::ec2;
use crate::i18n::m;
use crate::lab::GatewayEndpoint;

pub(super) fn make(gateway: &GatewayEndpoint, making: &Naming<'_>) -> Vec<ApiStep> {
    let call = ec2(
        "CreateVpcEndpoint",
        json!({
            "VpcEndpointType": "Gateway",
            "VpcId": fact(&gateway.vpc, "id"),
            "ServiceName": "com.amazonaws.${region.name}.s3",
            "RouteTableIds": [fact(&gateway.route_table, "id")],
            "ClientToken": making.token(&gateway.name),
            "TagSpecifications": making.tag_specifications("vpc-endpoint", &gateway.name),
        }),
    );
    let find = Find {
        call: ec2("DescribeVpcEndpoints", json!({ "Filters": making.filters(&gateway.name) })),
        facts: &[("id", "VpcEndpoints[0].VpcEndpointId")],
    };
    vec![ApiStep {
        name: "create",
        call,
        facts: &[("id", "VpcEndpoint.VpcEndpointId")],
        find: Some(find),
        repeat: true,
    }]
}

pub(super) fn observe(gateway: &GatewayEndpoint, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    if object.text("VpcEndpointType") != "Gateway" || ["deleting", "deleted"].contains(&object.text("State").as_str()) {
        return None;
    }
    let service = format!("com.amazonaws.{}.s3", known("region", "name").unwrap_or_default());
    let sighting = MatchReport::of(object, &[("id", "VpcEndpointId")])
        .refers(m::point_vpc(), known, &gateway.vpc, "id", &object.text("VpcId"))
        .value(m::point_service(), &service, &object.text("ServiceName"))
        .refers_to_all(
            m::point_route_table(),
            known,
            (std::slice::from_ref(&gateway.route_table), "id"),
            &object.texts("RouteTableIds"),
            true,
        );
    Some(sighting)
}

pub(super) fn grants() -> Vec<Grant> {
    vec![
        Grant::new("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]).rail(
            "StringLike",
            "ec2:VpceServiceName",
            "com.amazonaws.${region.name}.s3",
        ),
        Grant::tag("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]),
        Grant::own(&["ec2:CreateVpcEndpoint"], &["vpc/*", "route-table/*"]),
        Grant::own(&["ec2:DeleteVpcEndpoints"], &["vpc-endpoint/*"]),
    ]
}
