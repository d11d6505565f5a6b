//! An endpoint service on an NLB, and who may ask to connect.

use serde_json::json;

use super::grant::Grant;
use super::part::{Find, Making, Part, deletion, ec2, fact};
use crate::cloud::Call;
use crate::lab::{EndpointService, Side};

pub(super) fn make(service: &EndpointService, making: &Making<'_>) -> Vec<Part> {
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
    let mut parts = vec![Part {
        name: "create",
        call: create,
        facts: &[("id", "ServiceConfiguration.ServiceId"), ("name", "ServiceConfiguration.ServiceName")],
        find: Some(find),
        repeat: true,
    }];
    if !service.allow.is_empty() {
        let principals: Vec<_> = service
            .allow
            .iter()
            .map(|side| match side {
                Side::Provider => "arn:aws:iam::${account.provider}:root",
                Side::Consumer => "arn:aws:iam::${account.consumer}:root",
            })
            .collect();
        parts.push(Part {
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
pub(super) fn delete(name: &str) -> Vec<Part> {
    deletion(ec2("DeleteVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(name, "id")] })))
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
