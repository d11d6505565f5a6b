//! An internal Network Load Balancer, born with a security group: without one at birth it can never have one.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, elbv2};
use crate::i18n::m;
use crate::lab::LoadBalancer;

pub(super) fn make(balancer: &LoadBalancer, making: &Naming<'_>) -> Vec<ApiStep> {
    let name = making.name(&balancer.name);
    let subnets: Vec<_> = balancer.subnets.iter().map(|subnet| fact(subnet, "id")).collect();
    let call = elbv2(
        "CreateLoadBalancer",
        json!({
            "Name": name,
            "Type": "network",
            "Scheme": "internal",
            "Subnets": subnets,
            "SecurityGroups": [fact(&balancer.group, "id")],
            "Tags": making.tags(&balancer.name),
        }),
    );
    let find = elbv2("DescribeLoadBalancers", json!({ "Names": [name] }));
    vec![ApiStep {
        name: "create",
        call,
        facts: &[("arn", "LoadBalancers[0].LoadBalancerArn"), ("dns", "LoadBalancers[0].DNSName")],
        find: Some(Find {
            call: find,
            facts: &[("arn", "LoadBalancers[0].LoadBalancerArn"), ("dns", "LoadBalancers[0].DNSName")],
        }),
        repeat: false,
    }]
}

pub(super) fn look(name: &str) -> Call {
    elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [fact(name, "arn")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteLoadBalancer", json!({ "LoadBalancerArn": fact(name, "arn") })))
}

pub(super) fn survey() -> Survey {
    let list = elbv2("DescribeLoadBalancers", json!({}));
    Survey::new(list, "LoadBalancers", "LoadBalancerArn")
        .with(|arn| vec![elbv2("DescribeTags", json!({ "ResourceArns": [arn] }))])
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every kind")]
pub(super) fn observe(balancer: &LoadBalancer, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let sighting = MatchReport::of(object, &[("arn", "LoadBalancerArn"), ("dns", "DNSName")])
        .value(m::point_type(), "network", &object.text("Type"))
        .value(m::point_scheme(), "internal", &object.text("Scheme"))
        .refers_to_all(
            m::point_subnet(),
            known,
            (&balancer.subnets, "id"),
            &object.texts("AvailabilityZones[].SubnetId"),
            false,
        )
        .refers_to_all(
            m::point_group(),
            known,
            (std::slice::from_ref(&balancer.group), "id"),
            &object.texts("SecurityGroups"),
            true,
        );
    Some(sighting)
}

pub(super) fn grants() -> Vec<Grant> {
    let balancer = "loadbalancer/net/pllab-*/*";
    vec![
        Grant::new("elasticloadbalancing:CreateLoadBalancer", &[balancer]).rail(
            "StringEquals",
            "elasticloadbalancing:Scheme",
            "internal",
        ),
        Grant::tag("elasticloadbalancing:CreateLoadBalancer", &[balancer]),
        Grant::own(&["elasticloadbalancing:DeleteLoadBalancer"], &[balancer]),
    ]
}
