//! The routes that an account makes itself. They lead to network interfaces, because no other target exists here.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Cidr, Region, Route, RouteTable, quota, s3_prefix_list};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;

/// Targets that do not exist here: the parameter, the code of an unknown id, and the target's description.
const ABSENT: [(&str, &str, &str); 9] = [
    ("GatewayId", "InvalidGatewayID.NotFound", "internet gateways and virtual private gateways"),
    ("EgressOnlyInternetGatewayId", "InvalidGatewayID.NotFound", "egress-only internet gateways"),
    ("NatGatewayId", "InvalidNatGatewayID.NotFound", "NAT gateways"),
    ("TransitGatewayId", "InvalidTransitGatewayID.NotFound", "transit gateways"),
    ("VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound", "VPC peering connections"),
    ("VpcEndpointId", "InvalidVpcEndpointId.NotFound", "Gateway Load Balancer endpoints"),
    ("LocalGatewayId", "InvalidParameterValue", "local gateways"),
    ("CarrierGatewayId", "InvalidParameterValue", "carrier gateways"),
    ("CoreNetworkArn", "InvalidParameterValue", "core networks"),
];

/// `CreateRoute`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let (table, destination) = read(ctx, params)?;
    let interface = read_target(ctx, params, &table)?;
    if table.routes.iter().any(|route| route.destination == destination) || is_local(ctx.here(), &table, destination) {
        let text = format!("The route identified by {destination} already exists.");
        return Err(ApiError::new("RouteAlreadyExists", text));
    }
    fits_vpc(ctx.here(), &table, destination)?;
    let own = table.routes.iter().filter(|route| !is_local(ctx.here(), &table, route.destination)).count();
    if own >= ctx.quota(&quota::ROUTES) {
        return Err(ApiError::new("RouteLimitExceeded", "The maximum number of routes has been reached."));
    }
    params.ready()?;
    put(ctx, &table.id, Route { destination, interface });
    Ok(Xml::done())
}

/// `ReplaceRoute`: another target for an existing route. The local route may also be given another target, and later
/// its own again [vpc userguide: replace-local-route-target].
pub fn replace(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let (table, destination) = read(ctx, params)?;
    let local = is_local(ctx.here(), &table, destination);
    if params.flag("LocalTarget")? == Some(true) {
        if !local {
            // AWS's own words are UNCONFIRMED.
            let text = format!("The route {destination} in route table {} is no local route.", table.id);
            return Err(ApiError::new("InvalidParameterValue", text));
        }
        params.ready()?;
        take(ctx, &table.id, destination);
        return Ok(Xml::done());
    }
    let interface = read_target(ctx, params, &table)?;
    if !local && !table.routes.iter().any(|route| route.destination == destination) {
        // The words are from clients' logs.
        let text =
            format!("There is no route defined for '{destination}' in the route table. Use CreateRoute instead.");
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    params.ready()?;
    put(ctx, &table.id, Route { destination, interface });
    Ok(Xml::done())
}

/// `DeleteRoute`. The local route cannot be deleted, and a gateway endpoint's route goes with the endpoint.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    if let Some(list) = params.get("DestinationPrefixListId") {
        let table = names::ROUTE_TABLE.find(&ctx.here().route_tables, params.need("RouteTableId")?)?;
        let gateway = ctx.here().gateways_of(&table.id).next().filter(|_| list == s3_prefix_list(ctx.region()));
        return Err(gateway.map_or_else(
            || missing("destination-prefix-list-id", list, table),
            |gateway| {
                // The rest of the sentence is UNCONFIRMED.
                let text = format!("cannot remove VPC endpoint route {} in route table {}", gateway.id, table.id);
                ApiError::new("InvalidParameterValue", text)
            },
        ));
    }
    let (table, destination) = read(ctx, params)?;
    if is_local(ctx.here(), &table, destination) {
        let text = format!("cannot remove local route {destination} in route table {}", table.id);
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    if !table.routes.iter().any(|route| route.destination == destination) {
        return Err(missing("destination-cidr-block", &destination.to_string(), &table));
    }
    params.ready()?;
    take(ctx, &table.id, destination);
    Ok(Xml::done())
}

/// Inside the VPC's block, a route's destination must be a whole subnet [vpc userguide: subnet-route-tables].
fn fits_vpc(region: &Region, table: &RouteTable, destination: Cidr) -> Result<(), ApiError> {
    let inside = region.vpcs.get(&table.vpc).is_some_and(|vpc| vpc.block.holds(destination));
    if inside && !region.subnets.linked(&table.vpc).any(|subnet| subnet.block == destination) {
        // The words are from clients' logs.
        let text = "Route destination doesn't match any subnet CIDR blocks.";
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    Ok(())
}

/// `<item>` of a route. That a local route with another target keeps its origin is UNCONFIRMED.
pub fn write(xml: &mut Xml, ctx: &Ctx<'_>, table: &RouteTable, route: &Route) {
    let origin = if is_local(ctx.here(), table, route.destination) { "CreateRouteTable" } else { "CreateRoute" };
    xml.node("item", |xml| {
        xml.leaf("destinationCidrBlock", route.destination);
        if let Some(instance) = instance_of(ctx.here(), route) {
            xml.leaf("instanceId", instance).leaf("instanceOwnerId", ctx.owner());
        }
        xml.leaf("networkInterfaceId", &route.interface).leaf("state", state(ctx.here(), route));
        xml.leaf("origin", origin);
    });
}

/// `blackhole` if nothing is there any more to take the packets [vpc userguide: route-tables].
pub fn state(region: &Region, route: &Route) -> &'static str {
    let instance = instance_of(region, route).and_then(|id| region.instances.get(id));
    let is_there = region.interfaces.contains_key(&route.interface);
    if is_there && instance.is_none_or(|instance| instance.life.state == "running") { "active" } else { "blackhole" }
}

pub fn instance_of<'a>(region: &'a Region, route: &Route) -> Option<&'a str> {
    let owner = &region.interfaces.get(&route.interface)?.owner;
    region.instances.get(owner).map(|instance| instance.id.as_str())
}

fn missing(what: &str, destination: &str, table: &RouteTable) -> ApiError {
    ApiError::new("InvalidRoute.NotFound", format!("no route with {what} {destination} in route table {}", table.id))
}

fn is_local(region: &Region, table: &RouteTable, destination: Cidr) -> bool {
    region.vpcs.get(&table.vpc).is_some_and(|vpc| vpc.block == destination)
}

fn take(ctx: &mut Ctx<'_>, table: &str, destination: Cidr) {
    if let Some(table) = ctx.here_mut().route_tables.get_mut(table) {
        table.routes.retain(|route| route.destination != destination);
    }
}

fn put(ctx: &mut Ctx<'_>, table: &str, route: Route) {
    take(ctx, table, route.destination);
    if let Some(table) = ctx.here_mut().route_tables.get_mut(table) {
        table.routes.push(route);
        table.routes.sort_by_key(|route| route.destination);
    }
}

fn read(ctx: &Ctx<'_>, params: &Params) -> Result<(RouteTable, Cidr), ApiError> {
    let table = names::ROUTE_TABLE.find(&ctx.here().route_tables, params.need("RouteTableId")?)?.clone();
    for other in ["DestinationIpv6CidrBlock", "DestinationPrefixListId"] {
        if params.get(other).is_some() {
            return Err(ApiError::not_modelled("InvalidParameterValue", &format!("routes with {other}")));
        }
    }
    let text = params.need("DestinationCidrBlock")?;
    let block =
        text.parse().map_err(|_| ApiError::value("destinationCidrBlock", text, "This is not a valid CIDR block."));
    Ok((table, block?))
}

/// The only target, which must be an interface in the table's VPC.
fn read_target(ctx: &Ctx<'_>, params: &Params, table: &RouteTable) -> Result<String, ApiError> {
    for (parameter, code, what) in ABSENT {
        if params.get(parameter).is_some() {
            return Err(ApiError::not_modelled(code, what));
        }
    }
    let region = ctx.here();
    let id = match (params.get("NetworkInterfaceId"), params.get("InstanceId")) {
        (Some(interface), None) => interface.to_owned(),
        (None, Some(instance)) => names::INSTANCE.find(&region.instances, instance)?.interface.clone(),
        _ => {
            return Err(ApiError::new(
                "MissingParameter",
                "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, \
                 vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId or instanceId",
            ));
        }
    };
    let interface = names::INTERFACE.find(&region.interfaces, &id)?;
    if interface.vpc != table.vpc {
        let text = format!("route table {} and network interface {id} belong to different networks", table.id);
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    Ok(id)
}
