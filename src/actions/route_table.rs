//! A route table and its association with a subnet.

use serde_json::json;

use super::grant::Grant;
use super::part::{Find, Making, Part, ec2, fact};
use crate::cloud::Call;
use crate::lab::RouteTable;

pub(super) fn make(table: &RouteTable, making: &Making<'_>) -> Vec<Part> {
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
        Part {
            name: "create",
            call: create,
            facts: &[("id", "RouteTable.RouteTableId")],
            find: Some(Find {
                call: ec2("DescribeRouteTables", json!({ "Filters": making.filters(&table.name) })),
                facts: &[("id", "RouteTables[0].RouteTableId")],
            }),
            repeat: true,
        },
        Part {
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
pub(super) fn delete(name: &str) -> Vec<Part> {
    let association = ec2("DisassociateRouteTable", json!({ "AssociationId": fact(name, "association") }));
    let table = ec2("DeleteRouteTable", json!({ "RouteTableId": fact(name, "id") }));
    vec![
        Part { name: "disassociate", call: association, facts: &[], find: None, repeat: true },
        Part { name: "delete", call: table, facts: &[], find: None, repeat: true },
    ]
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
