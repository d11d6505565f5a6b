//! An endpoint service on an NLB, and who may ask to connect.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, Match, MatchReport, Object, Survey, shown_all};
use super::principal;
use crate::cloud::{Call, ec2};
use crate::i18n::m;
use crate::lab::EndpointService;

pub(super) fn make(service: &EndpointService, making: &Naming<'_>) -> Vec<ApiStep> {
    let create = ec2(
        "CreateVpcEndpointServiceConfiguration",
        json!({
            "NetworkLoadBalancerArns": [fact(&service.load_balancer, "arn")],
            "AcceptanceRequired": service.acceptance_required,
            "ClientToken": making.token(&service.name),
            "TagSpecifications": making.tag_specifications("vpc-endpoint-service", &service.name),
        }),
    );
    let find = Find {
        call: ec2("DescribeVpcEndpointServiceConfigurations", json!({ "Filters": making.filters(&service.name) })),
        facts: &[("id", "ServiceConfigurations[0].ServiceId"), ("name", "ServiceConfigurations[0].ServiceName")],
    };
    let mut parts = vec![ApiStep {
        name: "create",
        call: create,
        facts: &[("id", "ServiceConfiguration.ServiceId"), ("name", "ServiceConfiguration.ServiceName")],
        find: Some(find),
        repeat: true,
    }];
    if !service.allow.is_empty() {
        let principals: Vec<_> = service.allow.iter().map(|side| principal::root(*side)).collect();
        parts.push(ApiStep {
            name: "allow",
            call: ec2(
                "ModifyVpcEndpointServicePermissions",
                json!({ "ServiceId": fact(&service.name, "id"), "AddAllowedPrincipals": principals }),
            ),
            facts: &[],
            find: None,
            repeat: true,
        });
    }
    parts
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(name, "id")] }))
}

/// With connections left this answers 200 and a list of failures; the cloud room turns that into a fault.
pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(name, "id")] })))
}

pub(super) fn survey() -> Survey {
    let list = ec2("DescribeVpcEndpointServiceConfigurations", json!({}));
    Survey::new(list, "ServiceConfigurations", "ServiceId").with(principal::permissions)
}

pub(super) fn observe(service: &EndpointService, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    if ["Deleting", "Deleted", "Failed"].contains(&object.text("ServiceState").as_str()) {
        return None;
    }
    let mut sighting = MatchReport::of(object, &[("id", "ServiceId"), ("name", "ServiceName")])
        .refers_to_all(
            m::point_load_balancer(),
            known,
            (std::slice::from_ref(&service.load_balancer), "arn"),
            &object.texts("NetworkLoadBalancerArns"),
            false,
        )
        .value(m::point_acceptance(), &service.acceptance_required.to_string(), &object.text("AcceptanceRequired"));
    let allowed = principal::listed(object);
    if service.allow.is_empty() && !allowed.is_empty() {
        sighting = sighting.point(m::point_principals(), m::watch_nothing(), shown_all(&allowed), Match::Wrong);
    }
    for side in &service.allow {
        let root = principal::known_root(*side, known);
        // A star allows every account, this one too.
        let fit = if allowed.contains(&root) || allowed.contains("*") { Match::Right } else { Match::Wrong };
        sighting = sighting.point(m::point_principals(), root, shown_all(&allowed), fit);
    }
    Some(sighting)
}

pub(super) fn grants() -> Vec<Grant> {
    let service = "vpc-endpoint-service/*";
    vec![
        Grant::new("ec2:CreateVpcEndpointServiceConfiguration", &[service]),
        Grant::tag("ec2:CreateVpcEndpointServiceConfiguration", &[service]),
        Grant::own(
            &["ec2:ModifyVpcEndpointServicePermissions", "ec2:DeleteVpcEndpointServiceConfigurations"],
            &[service],
        ),
    ]
}
