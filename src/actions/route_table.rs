//! A route table and its association with a subnet.

use serde_json::{Value, json};

use super::api_step::{ApiStep, Find, Naming, fact};
use super::grant::Grant;
use super::match_report::{Known, Match, MatchReport, Object, Survey, shown_all, texts};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::m;
use crate::lab::RouteTable;

pub(super) fn make(table: &RouteTable, making: &Naming<'_>) -> Vec<ApiStep> {
    let create = ec2(
        "CreateRouteTable",
        json!({
            "VpcId": fact(&table.vpc, "id"),
            "ClientToken": making.token(&table.name),
            "TagSpecifications": making.tag_specifications("route-table", &table.name),
        }),
    );
    let associate = ec2(
        "AssociateRouteTable",
        json!({ "RouteTableId": fact(&table.name, "id"), "SubnetId": fact(&table.subnet, "id") }),
    );
    // The association has no tag of its own; the subnet it ties is in the table's list.
    let find = ec2(
        "DescribeRouteTables",
        json!({ "Filters": [
            { "Name": "route-table-id", "Values": [fact(&table.name, "id")] },
            { "Name": "association.subnet-id", "Values": [fact(&table.subnet, "id")] },
        ] }),
    );
    vec![
        ApiStep {
            name: "create",
            call: create,
            facts: &[("id", "RouteTable.RouteTableId")],
            find: Some(Find {
                call: ec2("DescribeRouteTables", json!({ "Filters": making.filters(&table.name) })),
                facts: &[("id", "RouteTables[0].RouteTableId")],
            }),
            repeat: true,
        },
        ApiStep {
            name: "associate",
            call: associate,
            facts: &[("association", "AssociationId")],
            find: Some(Find {
                call: find,
                facts: &[("association", "RouteTables[0].Associations[0].RouteTableAssociationId")],
            }),
            repeat: false,
        },
    ]
}

pub(super) fn look(name: &str) -> Call {
    ec2("DescribeRouteTables", json!({ "RouteTableIds": [fact(name, "id")] }))
}

/// The association first: a route table that is associated cannot be deleted.
pub(super) fn delete(name: &str) -> Vec<ApiStep> {
    let association = ec2("DisassociateRouteTable", json!({ "AssociationId": fact(name, "association") }));
    let table = ec2("DeleteRouteTable", json!({ "RouteTableId": fact(name, "id") }));
    vec![
        ApiStep { name: "disassociate", call: association, facts: &[], find: None, repeat: true },
        ApiStep { name: "delete", call: table, facts: &[], find: None, repeat: true },
    ]
}

pub(super) fn survey() -> Survey {
    Survey::new(ec2("DescribeRouteTables", json!({})), "RouteTables", "RouteTableId")
}

/// A VPC's main route table is nobody's to delete, so it does not count.
pub(super) fn observe(table: &RouteTable, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let associations = object.item.get("Associations").and_then(Value::as_array).cloned().unwrap_or_default();
    if associations.iter().any(|it| it.get("Main").and_then(Value::as_bool) == Some(true)) {
        return None;
    }
    let mut sighting = MatchReport::of(object, &[("id", "RouteTableId")]).refers(
        m::point_vpc(),
        known,
        &table.vpc,
        "id",
        &object.text("VpcId"),
    );
    let subnet = known(&table.subnet, "id");
    let tied = associations.iter().find(|it| subnet.is_some() && text_at(it, "SubnetId") == subnet);
    let association = tied.and_then(|it| text_at(it, "RouteTableAssociationId"));
    let fit = match (&subnet, &association) {
        (None, _) => Match::Open,
        (_, Some(_)) => Match::Right,
        _ => Match::Wrong,
    };
    sighting.facts.extend(association.map(|id| ("association".to_owned(), id)));
    let seen = shown_all(&texts(&object.item, "Associations[].SubnetId"));
    Some(sighting.point(m::point_association(), table.subnet.as_str(), seen, fit))
}

pub(super) fn grants() -> Vec<Grant> {
    vec![
        Grant::new("ec2:CreateRouteTable", &["route-table/*"]),
        Grant::tag("ec2:CreateRouteTable", &["route-table/*"]),
        Grant::own(&["ec2:CreateRouteTable"], &["vpc/*"]),
        Grant::own(&["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"], &["route-table/*", "subnet/*"]),
        Grant::own(&["ec2:DeleteRouteTable"], &["route-table/*"]),
    ]
}
