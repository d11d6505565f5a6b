//! Cross-zone load balancing of an NLB. It is off by default: each node uses the targets of its own zone only
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html>).

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::cloud::{elbv2, text_at};
use crate::i18n::{Text, m};
use crate::lab::{CrossZone, Lab};

/// The attribute's key (API:LoadBalancerAttribute).
const KEY: &str = "load_balancing.cross_zone.enabled";

impl ResourceKind for CrossZone {
    /// The setting goes away with the load balancer, so there is nothing to delete.
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_cross_zone(name)
    }
}

impl LabResource for CrossZone {
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        let call = elbv2(
            "ModifyLoadBalancerAttributes",
            json!({
                "LoadBalancerArn": fact(&self.load_balancer, "arn"),
                "Attributes": [{ "Key": KEY, "Value": "true" }],
            }),
        );
        vec![ApiStep::again("on", call)]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_cross_zone(&self.load_balancer)
    }

    /// The setting is read from the load balancer, whose ARN is known.
    fn survey(&self) -> Option<Survey> {
        let list = elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [fact(&self.load_balancer, "arn")] }));
        let attributes = |arn: &str| vec![elbv2("DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": arn }))];
        Some(Survey { lasts: false, ..Survey::new(list, "LoadBalancers", "LoadBalancerArn").with(attributes) })
    }

    /// Off is the default, so it counts as not done yet, not as a mistake.
    fn observe(&self, object: &Object, _: &Known<'_>) -> Option<MatchReport> {
        let attributes = object.more.iter().filter_map(|reply| reply.get("Attributes")?.as_array()).flatten();
        let mut ours = attributes.filter(|it| it.get("Key").and_then(Value::as_str) == Some(KEY));
        let value = ours.find_map(|it| text_at(it, "Value")).unwrap_or_default();
        let fit = if value == "true" { Match::Right } else { Match::Open };
        Some(MatchReport::of(object, &[]).point(m::point_cross_zone(), "true", value, fit))
    }

    fn grants(&self) -> Vec<Grant> {
        vec![Grant::own(&["elasticloadbalancing:ModifyLoadBalancerAttributes"], &["loadbalancer/net/pllab-*/*"])]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
