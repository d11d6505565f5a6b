//! A TCP listener that forwards to one target group.

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, elbv2};
use crate::i18n::{Text, m};
use crate::lab::{Lab, Listener};

const FACTS: Places = &[("arn", "ListenerArn")];

impl ResourceKind for Listener {
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
        m::label_listener(name)
    }
}

fn look(name: &str) -> Call {
    elbv2("DescribeListeners", json!({ "ListenerArns": [fact(name, "arn")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteListener", json!({ "ListenerArn": fact(name, "arn") })))
}

impl LabResource for Listener {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = elbv2(
            "CreateListener",
            json!({
                "LoadBalancerArn": fact(&self.load_balancer, "arn"),
                "Protocol": "TCP",
                "Port": self.port,
                "DefaultActions": [{ "Type": "forward", "TargetGroupArn": fact(&self.target_group, "arn") }],
                "Tags": naming.tags(&self.name),
            }),
        );
        // The load balancer belongs to this run and has no other listener.
        let find = elbv2("DescribeListeners", json!({ "LoadBalancerArn": fact(&self.load_balancer, "arn") }));
        vec![ApiStep::once("create", create).tells("Listeners[0]", FACTS).found_by(find, "Listeners[0]", FACTS)]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionListener { port: self.port, target: &self.target_group }.text()
    }

    /// Listeners are listed per load balancer.
    fn survey(&self) -> Option<Survey> {
        let list = elbv2("DescribeLoadBalancers", json!({}));
        let each: fn(&str) -> Vec<Call> = |arn| vec![elbv2("DescribeListeners", json!({ "LoadBalancerArn": arn }))];
        Some(Survey {
            inner: Some(("Listeners", "ListenerArn")),
            ..Survey::new(list, "LoadBalancers", "LoadBalancerArn").with(each)
        })
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let modify = |name: &str, value: Value| {
            let mut params = json!({ "ListenerArn": object.id });
            params[name] = value;
            [elbv2("ModifyListener", params)]
        };
        let forward = json!([{ "Type": "forward", "TargetGroupArn": fact(&self.target_group, "arn") }]);
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_load_balancer(), known, &self.load_balancer, "arn", &object.text("LoadBalancerArn"))
            .value(m::point_protocol(), "TCP", &object.text("Protocol"))
            .mended(modify("Protocol", json!("TCP")))
            .value(m::point_port(), &self.port.to_string(), &object.text("Port"))
            .mended(modify("Port", json!(self.port)))
            .refers(
                m::point_target_group(),
                known,
                &self.target_group,
                "arn",
                &object.text("DefaultActions[0].TargetGroupArn"),
            )
            .mended(modify("DefaultActions", forward));
        Some(report)
    }

    /// Creating a listener needs permission on its load balancer.
    fn grants(&self) -> Vec<Grant> {
        let (balancer, listener) = ("loadbalancer/net/pllab-*/*", "listener/net/pllab-*/*/*");
        vec![
            Grant::own(&["elasticloadbalancing:CreateListener"], &[balancer]),
            Grant::tag("elasticloadbalancing:CreateListener", &[listener]),
            Grant::own(&["elasticloadbalancing:DeleteListener"], &[listener]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
