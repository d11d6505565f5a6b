//! Cross-zone load balancing of an NLB: off by default, so that each node uses the targets of its own zone only
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html>).

use serde_json::{Value, json};

use super::api_step::{ApiStep, fact};
use super::grant::Grant;
use super::match_report::{Match, MatchReport, Object, Survey};
use crate::cloud::{elbv2, text_at};
use crate::i18n::m;
use crate::lab::CrossZone;

/// The attribute's name [API:LoadBalancerAttribute].
const KEY: &str = "load_balancing.cross_zone.enabled";

/// Goes with the load balancer: there is nothing to delete.
pub(super) fn make(cross_zone: &CrossZone) -> Vec<ApiStep> {
    let call = elbv2(
        "ModifyLoadBalancerAttributes",
        json!({
            "LoadBalancerArn": fact(&cross_zone.load_balancer, "arn"),
            "Attributes": [{ "Key": KEY, "Value": "true" }],
        }),
    );
    vec![ApiStep { name: "on", call, facts: &[], find: None, repeat: true }]
}

/// An attribute of the load balancer, which is known.
pub(super) fn survey(cross_zone: &CrossZone) -> Survey {
    let list = elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [fact(&cross_zone.load_balancer, "arn")] }));
    let attributes = |arn: &str| vec![elbv2("DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": arn }))];
    Survey { lasts: false, ..Survey::new(list, "LoadBalancers", "LoadBalancerArn").with(attributes) }
}

/// Off is where it begins, not a mistake.
pub(super) fn observe(object: &Object) -> MatchReport {
    let attributes = object.more.iter().filter_map(|reply| reply.get("Attributes")?.as_array()).flatten();
    let mut ours = attributes.filter(|it| it.get("Key").and_then(Value::as_str) == Some(KEY));
    let value = ours.find_map(|it| text_at(it, "Value")).unwrap_or_default();
    let fit = if value == "true" { Match::Right } else { Match::Open };
    MatchReport::of(object, &[]).point(m::point_cross_zone(), "true", value, fit)
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["elasticloadbalancing:ModifyLoadBalancerAttributes"], &["loadbalancer/net/pllab-*/*"])]
}
