//! A TCP listener that forwards to one target group.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, elbv2};
use crate::i18n::m;
use crate::lab::Listener;

pub(super) fn make(listener: &Listener, making: &Naming<'_>) -> Vec<ApiStep> {
    let call = elbv2(
        "CreateListener",
        json!({
            "LoadBalancerArn": fact(&listener.load_balancer, "arn"),
            "Protocol": "TCP",
            "Port": listener.port,
            "DefaultActions": [{ "Type": "forward", "TargetGroupArn": fact(&listener.target_group, "arn") }],
            "Tags": making.tags(&listener.name),
        }),
    );
    // The load balancer is this run's own and this is its only listener.
    let find = elbv2("DescribeListeners", json!({ "LoadBalancerArn": fact(&listener.load_balancer, "arn") }));
    vec![ApiStep {
        name: "create",
        call,
        facts: &[("arn", "Listeners[0].ListenerArn")],
        find: Some(Find { call: find, facts: &[("arn", "Listeners[0].ListenerArn")] }),
        repeat: false,
    }]
}

pub(super) fn look(name: &str) -> Call {
    elbv2("DescribeListeners", json!({ "ListenerArns": [fact(name, "arn")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteListener", json!({ "ListenerArn": fact(name, "arn") })))
}

/// Listeners are listed per load balancer.
pub(super) fn survey() -> Survey {
    let list = elbv2("DescribeLoadBalancers", json!({}));
    let each: fn(&str) -> Vec<Call> = |arn| vec![elbv2("DescribeListeners", json!({ "LoadBalancerArn": arn }))];
    Survey {
        inner: Some(("Listeners", "ListenerArn")),
        ..Survey::new(list, "LoadBalancers", "LoadBalancerArn").with(each)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every kind")]
pub(super) fn observe(listener: &Listener, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let sighting = MatchReport::of(object, &[("arn", "ListenerArn")])
        .refers(m::point_load_balancer(), known, &listener.load_balancer, "arn", &object.text("LoadBalancerArn"))
        .value(m::point_protocol(), "TCP", &object.text("Protocol"))
        .value(m::point_port(), &listener.port.to_string(), &object.text("Port"))
        .refers(
            m::point_target_group(),
            known,
            &listener.target_group,
            "arn",
            &object.text("DefaultActions[0].TargetGroupArn"),
        );
    Some(sighting)
}

/// A listener is created on its load balancer: that is what the permission is asked for.
pub(super) fn grants() -> Vec<Grant> {
    let (balancer, listener) = ("loadbalancer/net/pllab-*/*", "listener/net/pllab-*/*/*");
    vec![
        Grant::own(&["elasticloadbalancing:CreateListener"], &[balancer]),
        Grant::tag("elasticloadbalancing:CreateListener", &[listener]),
        Grant::own(&["elasticloadbalancing:DeleteListener"], &[listener]),
    ]
}
