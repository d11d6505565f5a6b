//! Route tables and their associations with subnets. Routes that the account makes itself are in `route.rs`.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Cidr, Region, RouteTable, quota, s3_prefix_list};

use super::route;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

const LOOKUP: Lookup<RouteTable> = Lookup {
    all: |region| &region.route_tables,
    naming: &names::ROUTE_TABLE,
    kinds: &[],
    linked: &[],
    tags: |table| &table.tags,
};

/// Filters for features that no route table here has.
const ABSENT: &[&str] = &[
    "association.gateway-id",
    "route.destination-ipv6-cidr-block",
    "route.egress-only-internet-gateway-id",
    "route.nat-gateway-id",
    "route.transit-gateway-id",
    "route.vpc-peering-connection-id",
];

/// `CreateRouteTable`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let vpc = names::VPC.find(&ctx.here().vpcs, params.need("VpcId")?)?.id.clone();
    let tags = specification(params, "route-table")?;
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("CreateRouteTable", params)?;
    let siblings = ctx.here().route_tables.linked(&vpc).count();
    if made.is_none() && siblings >= ctx.quota(&quota::ROUTE_TABLES) {
        let text = "The maximum number of route tables has been reached.";
        return Err(ApiError::new("RouteTableLimitExceeded", text));
    }
    params.ready()?;
    let table = if let Some(table) = made.and_then(|id| ctx.here().route_tables.get(&id).cloned()) {
        table
    } else {
        let table =
            RouteTable { id: ctx.new_id("rtb-"), vpc, main: None, associations: [].into(), routes: Vec::new(), tags };
        ctx.here_mut().route_tables.insert(table.id.clone(), table.clone());
        ctx.remember("CreateRouteTable", params, &table.id);
        table
    };
    let mut xml = Xml::new();
    xml.node("routeTable", |xml| write(xml, ctx, &table)).maybe("clientToken", token);
    Ok(xml)
}

/// `DescribeRouteTables`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("RouteTableId")?;
    let known = [
        "association.main",
        "association.route-table-association-id",
        "association.route-table-id",
        "association.subnet-id",
        "owner-id",
        "route-table-id",
        "route.destination-cidr-block",
        "route.destination-prefix-list-id",
        "route.gateway-id",
        "route.instance-id",
        "route.origin",
        "route.state",
        "vpc-id",
        "tag",
    ];
    let filters = Filters::read_beside(params, &known, ABSENT)?;
    let page = Page::read(params, 5, 100, !ids.is_empty())?;
    params.ready()?;
    let (owner, list) = (ctx.owner().to_owned(), s3_prefix_list(ctx.region()));
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, table, name| facts(region, table, name, &owner, &list))?;
    let (found, next) = page.cut(found, |table| table.id.clone());
    let mut xml = Xml::new();
    xml.list("routeTableSet", "item", &found, |xml, table| write(xml, ctx, table));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `AssociateRouteTable`. A subnet has at most one explicit association.
pub fn associate(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let region = ctx.here();
    let table = names::ROUTE_TABLE.find(&region.route_tables, params.need("RouteTableId")?)?;
    let subnet = names::SUBNET.find(&region.subnets, params.need("SubnetId")?)?;
    if table.vpc != subnet.vpc {
        return Err(ApiError::new(
            "InvalidParameterValue",
            format!("Route table {} and subnet {} belong to different networks", table.id, subnet.id),
        ));
    }
    let used = region.route_tables.linked(&subnet.id).find_map(|other| {
        other.associations.iter().find(|(_, used)| **used == subnet.id).map(|(id, _)| (other.id.clone(), id.clone()))
    });
    if used.as_ref().is_some_and(|(other, _)| *other != table.id) {
        let text =
            format!("the specified association for route table {} conflicts with an existing association", table.id);
        return Err(ApiError::new("Resource.AlreadyAssociated", text));
    }
    let (table, subnet) = (table.id.clone(), subnet.id.clone());
    params.ready()?;
    let association = used.map_or_else(|| ctx.new_id("rtbassoc-"), |(_, association)| association);
    if let Some(table) = ctx.here_mut().route_tables.get_mut(&table) {
        table.associations.insert(association.clone(), subnet);
    }
    let mut xml = Xml::new();
    xml.leaf("associationId", association).node("associationState", |xml| {
        xml.leaf("state", "associated");
    });
    Ok(xml)
}

/// `DisassociateRouteTable`.
pub fn disassociate(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("AssociationId")?;
    let region = ctx.here();
    if region.route_tables.linked(id).any(|table| table.main.as_deref() == Some(id)) {
        let text = format!("cannot disassociate the main route table association {id}");
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    if !region.route_tables.linked(id).any(|table| table.associations.contains_key(id)) {
        return Err(ApiError::no_such("InvalidAssociationID.NotFound", "association ID", id));
    }
    params.ready()?;
    if let Some(table) = ctx.here_mut().route_tables.linked_mut(id) {
        table.associations.remove(id);
    }
    Ok(Xml::done())
}

/// `ReplaceRouteTableAssociation`: a subnet moves to another table, or the VPC gets another main table.
pub fn replace(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let association = params.need("AssociationId")?.to_owned();
    let region = ctx.here();
    let table = names::ROUTE_TABLE.find(&region.route_tables, params.need("RouteTableId")?)?;
    let holds = |other: &&RouteTable| {
        other.main.as_ref() == Some(&association) || other.associations.contains_key(&association)
    };
    let Some(from) = region.route_tables.linked(&association).find(holds) else {
        return Err(ApiError::no_such("InvalidAssociationID.NotFound", "association ID", &association));
    };
    if from.vpc != table.vpc {
        let text = format!("Route table {} and association {association} belong to different networks", table.id);
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    let (from, to) = (from.id.clone(), table.id.clone());
    params.ready()?;
    let new = ctx.new_id("rtbassoc-");
    let tables = &mut ctx.here_mut().route_tables;
    let moved = tables.get_mut(&from).map(|table| (table.main.take_if(|main| *main == association), table));
    let subnet = moved.and_then(|(_, table)| table.associations.remove(&association));
    if let Some(table) = tables.get_mut(&to) {
        match subnet {
            Some(subnet) => {
                table.associations.insert(new.clone(), subnet);
            }
            None => table.main = Some(new.clone()),
        }
    }
    let mut xml = Xml::new();
    xml.leaf("newAssociationId", new).node("associationState", |xml| {
        xml.leaf("state", "associated");
    });
    Ok(xml)
}

/// `DeleteRouteTable`. Refused while the table has associations or routes of gateway endpoints.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("RouteTableId")?;
    let region = ctx.here();
    let table = names::ROUTE_TABLE.find(&region.route_tables, id)?;
    let held = table.main.is_some() || !table.associations.is_empty() || region.gateways_of(id).next().is_some();
    params.ready()?;
    if held {
        return Err(ApiError::dependency("routeTable", id));
    }
    ctx.here_mut().route_tables.remove(id);
    Ok(Xml::done())
}

/// The destination of the local route, if that has a target of its own.
fn local_block(region: &Region, table: &RouteTable) -> Option<Cidr> {
    let block = region.vpcs.get(&table.vpc)?.block;
    table.routes.iter().all(|route| route.destination != block).then_some(block)
}

fn facts(region: &Region, table: &RouteTable, name: &str, owner: &str, list: &str) -> Vec<String> {
    let local = local_block(region, table).map(|block| block.to_string());
    let gateways = || region.gateways_of(&table.id).map(|endpoint| endpoint.id.clone());
    let has_gateway = gateways().next().is_some();
    match name {
        "association.main" => {
            let explicit = table.associations.keys().map(|_| "false".to_owned());
            table.main.iter().map(|_| "true".to_owned()).chain(explicit).collect()
        }
        "association.route-table-association-id" => {
            table.main.iter().chain(table.associations.keys()).cloned().collect()
        }
        "association.route-table-id" if table.main.is_none() && table.associations.is_empty() => Vec::new(),
        "association.subnet-id" => table.associations.values().cloned().collect(),
        "owner-id" => one(owner),
        "route.destination-cidr-block" => {
            local.into_iter().chain(table.routes.iter().map(|route| route.destination.to_string())).collect()
        }
        "route.instance-id" => {
            table.routes.iter().filter_map(|made| route::instance_of(region, made)).map(str::to_owned).collect()
        }
        "route.destination-prefix-list-id" => has_gateway.then(|| list.to_owned()).into_iter().collect(),
        "route.gateway-id" => local.map(|_| "local".to_owned()).into_iter().chain(gateways()).collect(),
        "route.origin" => {
            let made = has_gateway || !table.routes.is_empty();
            std::iter::once("CreateRouteTable").chain(made.then_some("CreateRoute")).map(str::to_owned).collect()
        }
        "route.state" => {
            let made = table.routes.iter().map(|made| route::state(region, made));
            local.iter().map(|_| "active").chain(made).map(str::to_owned).collect()
        }
        "vpc-id" => one(&table.vpc),
        _ => one(&table.id),
    }
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, table: &RouteTable) {
    let region = ctx.here();
    xml.leaf("routeTableId", &table.id).leaf("vpcId", &table.vpc).leaf("ownerId", ctx.owner());
    xml.node("routeSet", |xml| {
        if let Some(block) = local_block(region, table) {
            xml.node("item", |xml| {
                xml.leaf("destinationCidrBlock", block).leaf("gatewayId", "local");
                xml.leaf("state", "active").leaf("origin", "CreateRouteTable");
            });
        }
        for route in &table.routes {
            route::write(xml, ctx, table, route);
        }
        for endpoint in region.gateways_of(&table.id) {
            xml.node("item", |xml| {
                xml.leaf("destinationPrefixListId", s3_prefix_list(ctx.region())).leaf("gatewayId", &endpoint.id);
                xml.leaf("state", "active").leaf("origin", "CreateRoute");
            });
        }
    });
    let main = table.main.iter().map(|id| (id, None));
    let explicit = table.associations.iter().map(|(id, subnet)| (id, Some(subnet)));
    xml.list("associationSet", "item", main.chain(explicit), |xml, (id, subnet)| {
        xml.leaf("routeTableAssociationId", id).leaf("routeTableId", &table.id).maybe("subnetId", subnet);
        xml.leaf("main", subnet.is_none()).node("associationState", |xml| {
            xml.leaf("state", "associated");
        });
    });
    xml.node("propagatingVgwSet", |_| {});
    tag_set(xml, &table.tags);
}
