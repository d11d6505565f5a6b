//! An interface endpoint: the consumer's entrance. Naming the service is asking to be connected.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, ec2};
use crate::i18n::m;
use crate::lab::Endpoint;

/// Its network interface and DNS names are in the reply already, while the request still waits for acceptance.
pub(super) fn make(endpoint: &Endpoint, making: &Naming<'_>) -> Vec<ApiStep> {
    let subnets: Vec<_> = if endpoint.subnets.is_empty() {
        vec![fact(&endpoint.lookup, "subnet")]
    } else {
        endpoint.subnets.iter().map(|subnet| fact(subnet, "id")).collect()
    };
    let call = ec2(
        "CreateVpcEndpoint",
        json!({
            "VpcEndpointType": "Interface",
            "VpcId": fact(&endpoint.vpc, "id"),
            "ServiceName": fact(&endpoint.lookup, "name"),
            "SubnetIds": subnets,
            "SecurityGroupIds": [fact(&endpoint.group, "id")],
            "PrivateDnsEnabled": endpoint.private_dns,
            "ClientToken": making.token(&endpoint.name),
            "TagSpecifications": making.tag_specifications("vpc-endpoint", &endpoint.name),
        }),
    );
    let find = Find {
        call: ec2("DescribeVpcEndpoints", json!({ "Filters": making.filters(&endpoint.name) })),
        facts: &[
            ("id", "VpcEndpoints[0].VpcEndpointId"),
            ("dns", "VpcEndpoints[0].DnsEntries[0].DnsName"),
            ("eni", "VpcEndpoints[0].NetworkInterfaceIds[0]"),
        ],
    };
    vec![ApiStep {
        name: "create",
        call,
        facts: &[
            ("id", "VpcEndpoint.VpcEndpointId"),
            ("dns", "VpcEndpoint.DnsEntries[0].DnsName"),
            ("eni", "VpcEndpoint.NetworkInterfaceIds[0]"),
        ],
        find: Some(find),
        repeat: true,
    }]
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpcEndpoints", json!({ "VpcEndpointIds": [fact(name, "id")] })))
}

pub(super) fn survey() -> Survey {
    Survey::new(ec2("DescribeVpcEndpoints", json!({})), "VpcEndpoints", "VpcEndpointId")
}

pub(super) fn observe(endpoint: &Endpoint, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let over = ["deleting", "deleted", "rejected", "failed", "expired"];
    if object.text("VpcEndpointType") != "Interface" || over.contains(&object.text("State").as_str()) {
        return None;
    }
    let facts = [("id", "VpcEndpointId"), ("dns", "DnsEntries[0].DnsName"), ("eni", "NetworkInterfaceIds[0]")];
    let (subnets, fact) = if endpoint.subnets.is_empty() {
        (std::slice::from_ref(&endpoint.lookup), "subnet")
    } else {
        (endpoint.subnets.as_slice(), "id")
    };
    let mut sighting = MatchReport::of(object, &facts)
        .refers(m::point_vpc(), known, &endpoint.vpc, "id", &object.text("VpcId"))
        .refers(m::point_service(), known, &endpoint.lookup, "name", &object.text("ServiceName"))
        .refers_to_all(m::point_subnet(), known, (subnets, fact), &object.texts("SubnetIds"), false)
        .refers_to_all(
            m::point_group(),
            known,
            (std::slice::from_ref(&endpoint.group), "id"),
            &object.texts("Groups[].GroupId"),
            true,
        );
    if endpoint.private_dns {
        sighting = sighting.value(m::point_private_dns(), "true", &object.text("PrivateDnsEnabled"));
    }
    Some(sighting)
}

pub(super) fn grants(endpoint: &Endpoint) -> Vec<Grant> {
    let mut grants = vec![
        Grant::new("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]).rail(
            "StringLike",
            "ec2:VpceServiceName",
            "com.amazonaws.vpce.${region.name}.vpce-svc-*",
        ),
        Grant::tag("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]),
        Grant::own(&["ec2:CreateVpcEndpoint"], &["vpc/*", "subnet/*", "security-group/*"]),
        Grant::own(&["ec2:DeleteVpcEndpoints"], &["vpc-endpoint/*"]),
    ];
    if endpoint.private_dns {
        // Named beside CreateVpcEndpoint as what it depends on
        // (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>).
        grants.push(Grant::any(&["route53:AssociateVPCWithHostedZone"], &["*"]));
    }
    grants
}
