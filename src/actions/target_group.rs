//! A target group of instances, with health checks and draining as short as AWS allows a lab.

use serde_json::json;

use super::api_step::{ApiStep, Find, Naming, deletion, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::{Call, elbv2};
use crate::i18n::m;
use crate::lab::TargetGroup;

/// The default health check needs about two and a half minutes until healthy (5 probes, 30 s apart); 2 probes 10 s apart
/// are enough here (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>).
/// `ELBv2` has no client tokens: the name is what an unanswered call is looked up by.
pub(super) fn make(group: &TargetGroup, making: &Naming<'_>) -> Vec<ApiStep> {
    let name = making.name(&group.name);
    let create = elbv2(
        "CreateTargetGroup",
        json!({
            "Name": name,
            "Protocol": "TCP",
            "Port": group.port,
            "VpcId": fact(&group.vpc, "id"),
            "TargetType": "instance",
            "HealthCheckProtocol": "TCP",
            "HealthCheckIntervalSeconds": 10,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "Tags": making.tags(&group.name),
        }),
    );
    let find = elbv2("DescribeTargetGroups", json!({ "Names": [name] }));
    let attributes = elbv2(
        "ModifyTargetGroupAttributes",
        json!({
            "TargetGroupArn": fact(&group.name, "arn"),
            "Attributes": [{ "Key": "deregistration_delay.timeout_seconds", "Value": "0" }],
        }),
    );
    let targets: Vec<_> = group.targets.iter().map(|target| json!({ "Id": fact(target, "id") })).collect();
    let register = elbv2("RegisterTargets", json!({ "TargetGroupArn": fact(&group.name, "arn"), "Targets": targets }));
    vec![
        ApiStep {
            name: "create",
            call: create,
            facts: &[("arn", "TargetGroups[0].TargetGroupArn")],
            find: Some(Find { call: find, facts: &[("arn", "TargetGroups[0].TargetGroupArn")] }),
            repeat: false,
        },
        ApiStep { name: "attributes", call: attributes, facts: &[], find: None, repeat: true },
        ApiStep { name: "register", call: register, facts: &[], find: None, repeat: true },
    ]
}

pub(super) fn look(name: &str) -> Call {
    elbv2("DescribeTargetGroups", json!({ "TargetGroupArns": [fact(name, "arn")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteTargetGroup", json!({ "TargetGroupArn": fact(name, "arn") })))
}

pub(super) fn survey() -> Survey {
    let list = elbv2("DescribeTargetGroups", json!({}));
    Survey::new(list, "TargetGroups", "TargetGroupArn").with(|arn| {
        vec![
            elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": arn })),
            elbv2("DescribeTags", json!({ "ResourceArns": [arn] })),
        ]
    })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every kind")]
pub(super) fn observe(group: &TargetGroup, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let sighting = MatchReport::of(object, &[("arn", "TargetGroupArn")])
        .refers(m::point_vpc(), known, &group.vpc, "id", &object.text("VpcId"))
        .value(m::point_target_type(), "instance", &object.text("TargetType"))
        .value(m::point_protocol(), "TCP", &object.text("Protocol"))
        .value(m::point_port(), &group.port.to_string(), &object.text("Port"))
        .refers_to_all(
            m::point_targets(),
            known,
            (&group.targets, "id"),
            &object.told("TargetHealthDescriptions", "Target.Id"),
            false,
        );
    Some(sighting)
}

/// The first target group or load balancer of an account makes ELB's service-linked role
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>).
pub(super) fn grants() -> Vec<Grant> {
    let group = "targetgroup/pllab-*/*";
    vec![
        Grant::new("elasticloadbalancing:CreateTargetGroup", &[group]),
        Grant::tag("elasticloadbalancing:CreateTargetGroup", &[group]),
        Grant::linked_role("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"),
        Grant::own(
            &[
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:RegisterTargets",
                "elasticloadbalancing:DeleteTargetGroup",
            ],
            &[group],
        ),
    ]
}
