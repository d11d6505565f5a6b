//! An endpoint service on an NLB, and who may ask to connect.

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, shown_all, with};
use crate::actions::principals;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Symbol, Thing, free};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::{EndpointService, Lab};

const FACTS: Places = &[("id", "ServiceId"), ("name", "ServiceName")];

impl ResourceKind for EndpointService {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("vpc-endpoint-service"),
        facts: FACTS,
        look,
        delete,
        over: &["Failed", "Deleting"],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> =
        Some(|_| Symbol { label: m::picture_service(), works: "Available", place: 1, tied: true });

    fn label(name: &str) -> Text {
        m::label_endpoint_service(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(name, "id")] }))
}

/// While connections exist, this answers 200 with a list of failures, which the cloud room turns into a fault.
fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(name, "id")] })))
}

impl LabResource for EndpointService {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateVpcEndpointServiceConfiguration",
            json!({
                "NetworkLoadBalancerArns": [fact(&self.load_balancer, "arn")],
                "AcceptanceRequired": self.acceptance_required,
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("vpc-endpoint-service", &self.name),
            }),
        );
        let find = ec2("DescribeVpcEndpointServiceConfigurations", json!({ "Filters": naming.filters(&self.name) }));
        let mut steps = vec![ApiStep::again("create", create).tells("ServiceConfiguration", FACTS).found_by(
            find,
            "ServiceConfigurations[0]",
            FACTS,
        )];
        if !self.allow.is_empty() {
            let roots: Vec<_> = self.allow.iter().map(|side| principals::root(*side)).collect();
            let params = json!({ "ServiceId": fact(&self.name, "id"), "AddAllowedPrincipals": roots });
            steps.push(ApiStep::again("allow", ec2("ModifyVpcEndpointServicePermissions", params)));
        }
        steps
    }

    fn plan(&self, _: &Lab) -> Text {
        match (self.acceptance_required, self.allow.is_empty()) {
            (true, false) => m::action_endpoint_service(&self.load_balancer),
            (true, true) => m::action_endpoint_service_closed(&self.load_balancer),
            (false, _) => m::action_endpoint_service_open(&self.load_balancer),
        }
    }

    fn survey(&self) -> Option<Survey> {
        let list = ec2("DescribeVpcEndpointServiceConfigurations", json!({}));
        Some(Survey::new(list, "ServiceConfigurations", "ServiceId").with(principals::permissions))
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        if ["Deleting", "Deleted", "Failed"].contains(&object.text("ServiceState").as_str()) {
            return None;
        }
        let modify = |operation, params: Value| ec2(operation, with(params, "ServiceId", &object.id));
        let configure = |params| modify("ModifyVpcEndpointServiceConfiguration", params);
        let balancers = object.texts("NetworkLoadBalancerArns");
        let wanted = known(&self.load_balancer, "arn");
        let mut change = json!({});
        if wanted.as_ref().is_none_or(|arn| !balancers.contains(arn)) {
            change["AddNetworkLoadBalancerArns"] = json!([fact(&self.load_balancer, "arn")]);
        }
        let others: Vec<&String> = balancers.iter().filter(|arn| Some(*arn) != wanted.as_ref()).collect();
        if !others.is_empty() {
            change["RemoveNetworkLoadBalancerArns"] = json!(others);
        }
        let mut report = MatchReport::of(object, FACTS)
            .refers_to_all(
                m::point_load_balancer(),
                known,
                (std::slice::from_ref(&self.load_balancer), "arn"),
                &balancers,
                false,
            )
            .mended([configure(change)])
            .value(m::point_acceptance(), &self.acceptance_required.to_string(), &object.text("AcceptanceRequired"))
            .mended([configure(json!({ "AcceptanceRequired": self.acceptance_required }))]);
        let allowed = principals::listed(object);
        let permit = |list: &str, who: Value| {
            let mut params = json!({});
            params[list] = who;
            [modify("ModifyVpcEndpointServicePermissions", params)]
        };
        if self.allow.is_empty() && !allowed.is_empty() {
            report = report
                .point(m::point_principals(), m::watch_nothing(), shown_all(&allowed), Match::Wrong)
                .mended(permit("RemoveAllowedPrincipals", json!(allowed)));
        }
        for side in &self.allow {
            let root = principals::known_root(*side, known);
            // A star allows every account, including this one.
            let fit = if allowed.contains(&root) || allowed.contains("*") { Match::Right } else { Match::Wrong };
            report = report
                .point(m::point_principals(), root.as_str(), shown_all(&allowed), fit)
                .mended(permit("AddAllowedPrincipals", json!([root])));
        }
        Some(report)
    }

    fn grants(&self) -> Vec<Grant> {
        let service = "vpc-endpoint-service/*";
        vec![
            Grant::new("ec2:CreateVpcEndpointServiceConfiguration", &[service]),
            Grant::tag("ec2:CreateVpcEndpointServiceConfiguration", &[service]),
            Grant::own(
                &["ec2:ModifyVpcEndpointServicePermissions", "ec2:DeleteVpcEndpointServiceConfigurations"],
                &[service],
            ),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
