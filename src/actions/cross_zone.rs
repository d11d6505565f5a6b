//! Cross-zone load balancing of an NLB: off by default, so that each node uses the targets of its own zone only
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html>).

use serde_json::json;

use super::grant::Grant;
use super::part::{Part, elbv2, fact};
use crate::lab::CrossZone;

/// Goes with the load balancer: there is nothing to delete.
pub(super) fn make(cross_zone: &CrossZone) -> Vec<Part> {
    let call = elbv2(
        "ModifyLoadBalancerAttributes",
        json!({
            "LoadBalancerArn": fact(&cross_zone.load_balancer, "arn"),
            "Attributes": [{ "Key": "load_balancing.cross_zone.enabled", "Value": "true" }],
        }),
    );
    vec![Part { name: "on", call, facts: &[], find: None, repeat: true }]
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["elasticloadbalancing:ModifyLoadBalancerAttributes"], &["loadbalancer/net/pllab-*/*"])]
}
