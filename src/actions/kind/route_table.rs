//! A route table and its association with a subnet.

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Naming, Places, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, elsewhere, shown_all, texts};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::{Text, m};
use crate::lab::{Lab, RouteTable};

/// A table of a run has one association.
const FACTS: Places = &[("id", "RouteTableId"), ("association", "Associations[0].RouteTableAssociationId")];
const ID: Places = FACTS.split_at(1).0;
const ASSOCIATION: Places = FACTS.split_at(1).1;

impl ResourceKind for RouteTable {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("route-table"),
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
        m::label_route_table(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeRouteTables", json!({ "RouteTableIds": [fact(name, "id")] }))
}

/// Removes the association first: an associated route table cannot be deleted.
fn delete(name: &str) -> Vec<ApiStep> {
    let association = ec2("DisassociateRouteTable", json!({ "AssociationId": fact(name, "association") }));
    let table = ec2("DeleteRouteTable", json!({ "RouteTableId": fact(name, "id") }));
    vec![ApiStep::again("disassociate", association), ApiStep::again("delete", table)]
}

impl LabResource for RouteTable {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateRouteTable",
            json!({
                "VpcId": fact(&self.vpc, "id"),
                "ClientToken": naming.token(&self.name),
                "TagSpecifications": naming.tag_specifications("route-table", &self.name),
            }),
        );
        let created = ec2("DescribeRouteTables", json!({ "Filters": naming.filters(&self.name) }));
        let associate = ec2(
            "AssociateRouteTable",
            json!({ "RouteTableId": fact(&self.name, "id"), "SubnetId": fact(&self.subnet, "id") }),
        );
        // The association has no tag of its own; find it in the table's list by its subnet.
        let associated = ec2(
            "DescribeRouteTables",
            json!({ "Filters": [
                { "Name": "route-table-id", "Values": [fact(&self.name, "id")] },
                { "Name": "association.subnet-id", "Values": [fact(&self.subnet, "id")] },
            ] }),
        );
        vec![
            ApiStep::again("create", create).tells("RouteTable", ID).found_by(created, "RouteTables[0]", ID),
            ApiStep::once("associate", associate).tells("", &[("association", "AssociationId")]).found_by(
                associated,
                "RouteTables[0]",
                ASSOCIATION,
            ),
        ]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionRouteTable { name: &self.name, subnet: &self.subnet }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(Survey::new(ec2("DescribeRouteTables", json!({})), "RouteTables", "RouteTableId"))
    }

    /// A VPC's main route table cannot be deleted and does not count.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let associations = object.item.get("Associations").and_then(Value::as_array).cloned().unwrap_or_default();
        if associations.iter().any(|it| it.get("Main").and_then(Value::as_bool) == Some(true)) {
            return None;
        }
        let mut report =
            MatchReport::of(object, ID).refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"));
        let subnet = known(&self.subnet, "id");
        let tied = associations.iter().find(|it| subnet.is_some() && text_at(it, "SubnetId") == subnet);
        let association = tied.and_then(|it| text_at(it, "RouteTableAssociationId"));
        let tied_to = texts(&object.item, "Associations[].SubnetId");
        let fit = match (&subnet, &association) {
            (None, _) => elsewhere(!tied_to.is_empty()),
            (_, Some(_)) => Match::Right,
            _ => Match::Wrong,
        };
        report.facts.extend(association.map(|id| ("association".to_owned(), id)));
        Some(report.point(m::point_association(), self.subnet.as_str(), shown_all(&tied_to), fit).mended([ec2(
            "AssociateRouteTable",
            json!({ "RouteTableId": object.id, "SubnetId": fact(&self.subnet, "id") }),
        )]))
    }

    fn grants(&self) -> Vec<Grant> {
        vec![
            Grant::new("ec2:CreateRouteTable", &["route-table/*"]),
            Grant::tag("ec2:CreateRouteTable", &["route-table/*"]),
            Grant::own(&["ec2:CreateRouteTable"], &["vpc/*"]),
            Grant::own(&["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"], &["route-table/*", "subnet/*"]),
            Grant::own(&["ec2:DeleteRouteTable"], &["route-table/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
