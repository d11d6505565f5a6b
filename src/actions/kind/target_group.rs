//! A target group of instances, with health checks and draining as short as AWS allows for a lab.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, shown_all, with};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, elbv2, text_at};
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

/// An id and a port.
type Target = (String, String);

/// The registered targets, each with its port. One that is being deregistered is not registered any more.
fn registered(object: &Object) -> BTreeSet<Target> {
    let all = object.more.iter().filter_map(|reply| reply.get("TargetHealthDescriptions")?.as_array()).flatten();
    let here = all.filter(|it| it.pointer("/TargetHealth/State").is_none_or(|state| state != "draining"));
    here.filter_map(|it| {
        let port = text_at(it, "Target.Port").unwrap_or_else(|| object.text("Port"));
        Some((text_at(it, "Target.Id")?, port))
    })
    .collect()
}

/// As a call names it.
fn named((id, port): &Target) -> Value {
    json!({ "Id": id, "Port": port.parse::<u16>().unwrap_or_default() })
}

impl TargetGroup {
    /// Compares the ports on which the lab's targets get traffic: each may have another than the group's.
    fn ports(&self, report: MatchReport, object: &Object, targets: &BTreeSet<Target>) -> MatchReport {
        let port = self.port.to_string();
        let elsewhere: Vec<&Target> = targets.iter().filter(|(_, at)| *at != port).collect();
        if elsewhere.is_empty() || object.text("Port") != port {
            return report;
        }
        let change = |operation, targets: Vec<Value>| {
            (!targets.is_empty()).then(|| elbv2(operation, json!({ "TargetGroupArn": object.id, "Targets": targets })))
        };
        let right: BTreeSet<Target> = elsewhere.iter().map(|(id, _)| (id.clone(), port.clone())).collect();
        let register = change("RegisterTargets", right.difference(targets).map(named).collect());
        let deregister = change("DeregisterTargets", elsewhere.into_iter().map(named).collect());
        let seen: BTreeSet<String> = targets.iter().map(|(_, port)| port.clone()).collect();
        report
            .point(m::point_target_port(), port, shown_all(&seen), Match::Wrong)
            .mended(register.into_iter().chain(deregister))
    }

    /// A health check of the learner's own will do if the targets pass it. It is on another port, where nothing
    /// listens, or asks for what the server does not have.
    fn check(&self, report: MatchReport, object: &Object) -> MatchReport {
        let modify = |params: Value| [elbv2("ModifyTargetGroup", with(params, "TargetGroupArn", &object.id))];
        let is = |key: &str, value: &str| {
            let all =
                object.more.iter().filter_map(|reply| reply.get("TargetHealthDescriptions")?.as_array()).flatten();
            let texts = all.filter_map(|it| it.get("TargetHealth")?.get(key)?.as_str()).collect::<Vec<_>>();
            texts.iter().any(|text| *text == value || text.ends_with(&format!(".{value}")))
        };
        if is("State", "healthy") {
            return report;
        }
        let port = object.text("HealthCheckPort");
        let ours = ["", "traffic-port"].contains(&port.as_str()) || port == self.port.to_string();
        let mut report = report;
        if !ours {
            report = report
                .point(m::point_check_port(), "traffic-port", port, Match::Wrong)
                .mended(modify(json!({ "HealthCheckPort": "traffic-port" })));
        }
        // The server answers, but not with a success.
        let path = object.text("HealthCheckPath");
        if is("Reason", "ResponseCodeMismatch") && !["", "/"].contains(&path.as_str()) {
            report = report
                .point(m::point_check_path(), "/", path, Match::Wrong)
                .mended(modify(json!({ "HealthCheckPath": "/" })));
        }
        report
    }
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
        let targets = registered(object);
        let ids: BTreeSet<String> = targets.iter().map(|(id, ..)| id.clone()).collect();
        let change = |operation, targets: Vec<Value>| {
            (!targets.is_empty()).then(|| elbv2(operation, json!({ "TargetGroupArn": object.id, "Targets": targets })))
        };
        let is_ours = |id: &str| self.targets.iter().any(|name| known(name, "id").is_some_and(|ours| ours == id));
        let missing = self.targets.iter().filter(|name| known(name, "id").is_none_or(|id| !ids.contains(&id)));
        let missing = missing.map(|name| json!({ "Id": fact(name, "id") })).collect();
        let (ours, strange): (BTreeSet<Target>, BTreeSet<Target>) =
            targets.into_iter().partition(|(id, _)| is_ours(id));
        let strange = strange.iter().map(named).collect();
        let register = change("RegisterTargets", missing);
        let deregister = change("DeregisterTargets", strange);
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"))
            .value(m::point_target_type(), "instance", &object.text("TargetType"))
            .value(m::point_protocol(), "TCP", &object.text("Protocol"))
            .value(m::point_port(), &self.port.to_string(), &object.text("Port"))
            .refers_to_all(m::point_targets(), known, (&self.targets, "id"), &ids, false)
            .mended(register.into_iter().chain(deregister));
        Some(self.check(self.ports(report, object, &ours), object))
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
