//! An internal Network Load Balancer, created with a security group: without one at creation it can never have one.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::price_list::Item;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Symbol, Thing};
use crate::cloud::{Call, elbv2};
use crate::i18n::{Text, m};
use crate::lab::{Lab, LoadBalancer};

const FACTS: Places = &[("arn", "LoadBalancerArn"), ("dns", "DNSName")];

impl ResourceKind for LoadBalancer {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: None,
        facts: FACTS,
        look,
        delete,
        over: &["failed"],
        usual_deletion: Some((30, 180)),
        costs: |_| Some(costs()),
    });
    const TAKES_MINUTES: bool = true;
    const PICTURE: Option<Picture> =
        Some(|_| Symbol { label: m::picture_nlb(), works: "active", place: 2, tied: false });

    fn label(name: &str) -> Text {
        m::label_load_balancer(name)
    }
}

fn look(name: &str) -> Call {
    elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [fact(name, "arn")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(elbv2("DeleteLoadBalancer", json!({ "LoadBalancerArn": fact(name, "arn") })))
}

/// Charged by the hour and by capacity units. A lab needs less than one unit, and one is the minimum charge.
fn costs() -> Costs {
    Costs { items: vec![Some(Item::Nlb), Some(Item::Nlcu)], gigabytes: 0, whole_hours: true }
}

impl LabResource for LoadBalancer {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let name = naming.name(&self.name);
        let subnets: Vec<_> = self.subnets.iter().map(|subnet| fact(subnet, "id")).collect();
        let create = elbv2(
            "CreateLoadBalancer",
            json!({
                "Name": name,
                "Type": "network",
                "Scheme": "internal",
                "Subnets": subnets,
                "SecurityGroups": [fact(&self.group, "id")],
                "Tags": naming.tags(&self.name),
            }),
        );
        let find = elbv2("DescribeLoadBalancers", json!({ "Names": [name] }));
        vec![ApiStep::once("create", create).tells("LoadBalancers[0]", FACTS).found_by(find, "LoadBalancers[0]", FACTS)]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_load_balancer(&self.name)
    }

    fn survey(&self) -> Option<Survey> {
        let list = elbv2("DescribeLoadBalancers", json!({}));
        let survey = Survey::new(list, "LoadBalancers", "LoadBalancerArn");
        Some(survey.with(|arn| vec![elbv2("DescribeTags", json!({ "ResourceArns": [arn] }))]))
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let (arn, groups) = (object.id.as_str(), object.texts("SecurityGroups"));
        let subnets: Vec<_> = self.subnets.iter().map(|subnet| fact(subnet, "id")).collect();
        let set_subnets = elbv2("SetSubnets", json!({ "LoadBalancerArn": arn, "Subnets": subnets }));
        let set_groups =
            elbv2("SetSecurityGroups", json!({ "LoadBalancerArn": arn, "SecurityGroups": [fact(&self.group, "id")] }));
        let report = MatchReport::of(object, FACTS)
            .value(m::point_type(), "network", &object.text("Type"))
            .value(m::point_scheme(), "internal", &object.text("Scheme"))
            .refers_to_all(
                m::point_subnet(),
                known,
                (&self.subnets, "id"),
                &object.texts("AvailabilityZones[].SubnetId"),
                false,
            )
            .mended([set_subnets])
            .refers_to_all(m::point_group(), known, (std::slice::from_ref(&self.group), "id"), &groups, true)
            // One that was created without a group can never have one.
            .mended((!groups.is_empty()).then_some(set_groups));
        Some(report)
    }

    fn grants(&self) -> Vec<Grant> {
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

    fn costs(&self) -> Option<Costs> {
        Some(costs())
    }
}
