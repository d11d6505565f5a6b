//! A gateway endpoint to S3. It is free, and lets instances fetch Amazon Linux packages without NAT or a public
//! address.

use serde_json::json;

use super::endpoint;
use crate::actions::api_step::{ApiStep, Naming, Places, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::ec2;
use crate::i18n::{Text, m};
use crate::lab::{GatewayEndpoint, Lab};

const FACTS: Places = &[("id", "VpcEndpointId")];

impl ResourceKind for GatewayEndpoint {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        // EC2's tags say `vpc-endpoint`, the same as for an interface endpoint.
        tagged_as: None,
        facts: FACTS,
        look: endpoint::look,
        delete: endpoint::delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_gateway_endpoint(name)
    }
}

impl LabResource for GatewayEndpoint {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateVpcEndpoint",
            json!({
                "VpcEndpointType": "Gateway",
                "VpcId": fact(&self.vpc, "id"),
                "ServiceName": "com.amazonaws.${region.name}.s3",
                "RouteTableIds": [fact(&self.route_table, "id")],
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("vpc-endpoint", &self.name),
            }),
        );
        let find = ec2("DescribeVpcEndpoints", json!({ "Filters": naming.filters(&self.name) }));
        vec![ApiStep::again("create", create).tells("VpcEndpoint", FACTS).found_by(find, "VpcEndpoints[0]", FACTS)]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_gateway_endpoint(&self.name)
    }

    fn survey(&self) -> Option<Survey> {
        Some(endpoint::survey())
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let service = format!("com.amazonaws.{}.s3", known("region", "name").unwrap_or_default());
        let (kind, name) = (object.text("VpcEndpointType"), object.text("ServiceName"));
        // An interface endpoint to S3 is another way there, and not the lab's.
        let is_near = endpoint::is_gateway(&object.item) || name == service;
        if !is_near || endpoint::GOING.contains(&object.text("State").as_str()) {
            return None;
        }
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"))
            .value(m::point_type(), "Gateway", &kind)
            .value(m::point_service(), &service, &name)
            .refers_to_all(
                m::point_route_table(),
                known,
                (std::slice::from_ref(&self.route_table), "id"),
                &object.texts("RouteTableIds"),
                true,
            )
            .mended([ec2(
                "ModifyVpcEndpoint",
                json!({ "VpcEndpointId": object.id, "AddRouteTableIds": [fact(&self.route_table, "id")] }),
            )]);
        Some(report)
    }

    fn grants(&self) -> Vec<Grant> {
        vec![
            Grant::new("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]).rail(
                "StringLike",
                "ec2:VpceServiceName",
                "com.amazonaws.${region.name}.s3",
            ),
            Grant::tag("ec2:CreateVpcEndpoint", &["vpc-endpoint/*"]),
            Grant::own(&["ec2:CreateVpcEndpoint"], &["vpc/*", "route-table/*"]),
            Grant::own(&["ec2:DeleteVpcEndpoints"], &["vpc-endpoint/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
