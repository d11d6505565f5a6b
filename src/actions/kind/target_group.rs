//! A target group of instances, with health checks and draining as short as AWS allows for a lab.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, elbv2};
use crate::i18n::{Text, m};
use crate::lab::{Lab, TargetGroup};

const FACTS: Places = &[("arn", "TargetGroupArn")];

impl ResourceKind for TargetGroup {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: None,
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_target_group(name)
    }
}

fn look(name: &str) -> Call {
    elbv2("DescribeTargetGroups", json!({ "TargetGroupArns": [fact(name, "arn")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteTargetGroup", json!({ "TargetGroupArn": fact(name, "arn") })))
}

impl LabResource for TargetGroup {
    /// The default health check takes about two and a half minutes until healthy (5 probes, 30 s apart); 2 probes 10
    /// s apart are enough here
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>). `ELBv2`
    /// has no client tokens: an unanswered call is looked up by name.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let name = naming.name(&self.name);
        let create = elbv2(
            "CreateTargetGroup",
            json!({
                "Name": name,
                "Protocol": "TCP",
                "Port": self.port,
                "VpcId": fact(&self.vpc, "id"),
                "TargetType": "instance",
                "HealthCheckProtocol": "TCP",
                "HealthCheckIntervalSeconds": 10,
                "HealthyThresholdCount": 2,
                "UnhealthyThresholdCount": 2,
                "Tags": naming.tags(&self.name),
            }),
        );
        let find = elbv2("DescribeTargetGroups", json!({ "Names": [name] }));
        let attributes = elbv2(
            "ModifyTargetGroupAttributes",
            json!({
                "TargetGroupArn": fact(&self.name, "arn"),
                "Attributes": [{ "Key": "deregistration_delay.timeout_seconds", "Value": "0" }],
            }),
        );
        let targets: Vec<_> = self.targets.iter().map(|target| json!({ "Id": fact(target, "id") })).collect();
        let register =
            elbv2("RegisterTargets", json!({ "TargetGroupArn": fact(&self.name, "arn"), "Targets": targets }));
        vec![
            ApiStep::once("create", create).tells("TargetGroups[0]", FACTS).found_by(find, "TargetGroups[0]", FACTS),
            ApiStep::again("attributes", attributes),
            ApiStep::again("register", register),
        ]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionTargetGroup { name: &self.name, targets: self.targets.join(", ") }.text()
    }

    fn survey(&self) -> Option<Survey> {
        let list = elbv2("DescribeTargetGroups", json!({}));
        Some(Survey::new(list, "TargetGroups", "TargetGroupArn").with(|arn| {
            vec![
                elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": arn })),
                elbv2("DescribeTags", json!({ "ResourceArns": [arn] })),
            ]
        }))
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let registered = object.told("TargetHealthDescriptions", "Target.Id");
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"))
            .value(m::point_target_type(), "instance", &object.text("TargetType"))
            .value(m::point_protocol(), "TCP", &object.text("Protocol"))
            .value(m::point_port(), &self.port.to_string(), &object.text("Port"))
            .refers_to_all(m::point_targets(), known, (&self.targets, "id"), &registered, false);
        // A target that is missing can be registered.
        Some(if registered.is_empty() { report.set_by("register") } else { report })
    }

    /// The first target group or load balancer of an account creates ELB's service-linked role
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>).
    fn grants(&self) -> Vec<Grant> {
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

    fn costs(&self) -> Option<Costs> {
        None
    }
}
