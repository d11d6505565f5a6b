//! An interface endpoint. Creating it with a service's name requests a connection to that service.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, with};
use crate::actions::price_list::Item;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Symbol, Thing};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::{Endpoint, Lab};

const FACTS: Places = &[("id", "VpcEndpointId"), ("dns", "DnsEntries[0].DnsName"), ("eni", "NetworkInterfaceIds[0]")];

/// Deleted, or on the way there.
pub(super) const GOING: [&str; 2] = ["deleting", "deleted"];
/// It exists and can never be connected again (PL:concepts).
const OVER: &[&str] = &["rejected", "failed", "expired"];

impl ResourceKind for Endpoint {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("vpc-endpoint"),
        facts: FACTS,
        look,
        delete,
        over: OVER,
        usual_deletion: Some((60, 300)),
        costs: |endpoint| Some(in_zones(endpoint.get("SubnetIds").and_then(Value::as_array).map_or(1, Vec::len))),
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = Some(|_| Symbol { label: m::picture_endpoint(), works: "", place: 1, tied: true });

    fn label(name: &str) -> Text {
        m::label_endpoint(name)
    }
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [fact(name, "id")] }))
}

pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpcEndpoints", json!({ "VpcEndpointIds": [fact(name, "id")] })))
}

/// One call lists endpoints of every type.
pub(super) fn survey() -> Survey {
    Survey::new(ec2("DescribeVpcEndpoints", json!({})), "VpcEndpoints", "VpcEndpointId")
}

/// Whether AWS's description of an endpoint is that of a gateway endpoint.
pub(super) fn is_gateway(endpoint: &Value) -> bool {
    endpoint.get("VpcEndpointType").is_some_and(|it| it == "Gateway")
}

/// Charged per zone, in whole hours.
fn in_zones(zones: usize) -> Costs {
    Costs { items: vec![Some(Item::EndpointZone); zones], gigabytes: 0, whole_hours: true }
}

impl LabResource for Endpoint {
    /// The reply has the network interface and DNS names already, while the request still waits for acceptance.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let subnets: Vec<_> = if self.subnets.is_empty() {
            vec![fact(&self.lookup, "subnet")]
        } else {
            self.subnets.iter().map(|subnet| fact(subnet, "id")).collect()
        };
        let create = ec2(
            "CreateVpcEndpoint",
            json!({
                "VpcEndpointType": "Interface",
                "VpcId": fact(&self.vpc, "id"),
                "ServiceName": fact(&self.lookup, "name"),
                "SubnetIds": subnets,
                "SecurityGroupIds": [fact(&self.group, "id")],
                "PrivateDnsEnabled": self.private_dns,
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("vpc-endpoint", &self.name),
            }),
        );
        let find = ec2("DescribeVpcEndpoints", json!({ "Filters": naming.filters(&self.name) }));
        vec![ApiStep::again("create", create).tells("VpcEndpoint", FACTS).found_by(find, "VpcEndpoints[0]", FACTS)]
    }

    fn plan(&self, lab: &Lab) -> Text {
        if lab.asks_for_acceptance() { m::action_endpoint(&self.name) } else { m::action_endpoint_unasked(&self.name) }
    }

    fn survey(&self) -> Option<Survey> {
        Some(survey())
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let state = object.text("State");
        if object.text("VpcEndpointType") != "Interface" || GOING.contains(&state.as_str()) {
            return None;
        }
        let (subnets, place) = if self.subnets.is_empty() {
            (std::slice::from_ref(&self.lookup), "subnet")
        } else {
            (self.subnets.as_slice(), "id")
        };
        let modify = |params: Value| [ec2("ModifyVpcEndpoint", with(params, "VpcEndpointId", &object.id))];
        let seen = object.texts("SubnetIds");
        let wanted: BTreeSet<String> = subnets.iter().filter_map(|name| known(name, place)).collect();
        let mut change = json!({});
        let missing = subnets.iter().filter(|name| known(name, place).is_none_or(|id| !seen.contains(&id)));
        for (list, ids) in [
            ("AddSubnetIds", missing.map(|name| fact(name, place)).collect::<Vec<Value>>()),
            ("RemoveSubnetIds", seen.difference(&wanted).map(|id| json!(id)).collect()),
        ] {
            if !ids.is_empty() {
                change[list] = ids.into();
            }
        }
        let mut report = MatchReport::of(object, FACTS)
            .refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"))
            .refers(m::point_service(), known, &self.lookup, "name", &object.text("ServiceName"))
            .refers_to_all(m::point_subnet(), known, (subnets, place), &seen, false)
            .mended(modify(change))
            .refers_to_all(
                m::point_group(),
                known,
                (std::slice::from_ref(&self.group), "id"),
                &object.texts("Groups[].GroupId"),
                true,
            )
            .mended(modify(json!({ "AddSecurityGroupIds": [fact(&self.group, "id")] })));
        if self.private_dns {
            report = report
                .value(m::point_private_dns(), "true", &object.text("PrivateDnsEnabled"))
                .mended(modify(json!({ "PrivateDnsEnabled": true })));
        }
        if OVER.contains(&state.as_str()) {
            report = report.point(m::point_connection(), "pendingAcceptance", state, Match::Wrong);
        }
        Some(report)
    }

    fn grants(&self) -> Vec<Grant> {
        let mut grants = vec![
            Grant::new("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]).rail(
                "StringLike",
                "ec2:VpceServiceName",
                "com.amazonaws.vpce.${region.name}.vpce-svc-*",
            ),
            Grant::tag("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]),
            Grant::own(&["ec2:CreateVpcEndpoint"], &["vpc/*", "subnet/*", "security-group/*"]),
            Grant::own(&["ec2:DeleteVpcEndpoints"], &["vpc-endpoint/*"]),
        ];
        if self.private_dns {
            // CreateVpcEndpoint names this as a dependent action
            // (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>).
            grants.push(Grant::any(&["route53:AssociateVPCWithHostedZone"], &["*"]));
        }
        grants
    }

    /// Each subnet is in a zone of its own. If none is named, the look-up chose one.
    fn costs(&self) -> Option<Costs> {
        Some(in_zones(self.subnets.len().max(1)))
    }
}
