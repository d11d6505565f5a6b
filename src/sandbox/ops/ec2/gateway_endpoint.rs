//! Gateway endpoints to S3: a route in a route table, and no interface.

use crate::sandbox::wire::{ApiError, Params};
use crate::sandbox::world::{Endpoint, EndpointKind, Kind, quota, s3_name};

use super::vpc::only;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::names::no_such_service;
use crate::sandbox::ops::shared::tags::specification;

/// The part of `CreateVpcEndpoint` for gateways.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Endpoint, ApiError> {
    let vpc = names::VPC.find(&ctx.here().vpcs, params.need("VpcId")?)?.clone();
    let name = params.need("ServiceName")?.to_owned();
    if name.starts_with(&format!("com.amazonaws.vpce.{}.", ctx.region())) {
        let text = "Endpoint type (Gateway) does not match available service types ([Interface]).";
        return Err(ApiError::new("InvalidParameter", text));
    }
    if name != s3_name(ctx.region()) {
        let is_there = names::is_aws_service(&name, ctx.region());
        let other = || ApiError::not_modelled("InvalidParameter", "gateway endpoints to other services than S3");
        return Err(if is_there { other() } else { no_such_service(&name) });
    }
    if params.has_list("SubnetId") || params.has_list("SecurityGroupId") {
        let text = "Subnets and security groups are for Interface endpoints only";
        return Err(ApiError::new("InvalidParameter", text));
    }
    if ctx.here().endpoints.values().filter(|one| one.kind == EndpointKind::Gateway).count()
        >= ctx.quota(&quota::GATEWAY_ENDPOINTS)
    {
        return Err(ApiError::new("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached."));
    }
    // Terraform sends it with every endpoint.
    only(params, "PrivateDnsEnabled", &["false"])?;
    let route_tables = params.list("RouteTableId")?;
    check_tables(ctx, &vpc.id, &route_tables)?;
    let tags = specification(params, "vpc-endpoint")?;
    params.ready()?;
    let endpoint = Endpoint {
        id: ctx.new_id("vpce-"),
        kind: EndpointKind::Gateway,
        vpc: vpc.id,
        service_name: name,
        service: None,
        life: ctx.begin(Kind::GatewayEndpoint, "available"),
        route_tables,
        interfaces: Vec::new(),
        groups: Vec::new(),
        dns_names: Vec::new(),
        private_dns: None,
        hosted_zone: String::new(),
        connection: String::new(),
        created: ctx.millis(),
        changing: 0,
        tags,
    };
    ctx.here_mut().endpoints.insert(endpoint.id.clone(), endpoint.clone());
    ctx.remember("CreateVpcEndpoint", params, &endpoint.id);
    Ok(endpoint)
}

/// The gateway's route tables after a change.
pub fn changed_tables(
    ctx: &Ctx<'_>,
    endpoint: &Endpoint,
    add: &[String],
    remove: &[String],
) -> Result<Vec<String>, ApiError> {
    let mut tables = endpoint.route_tables.clone();
    tables.retain(|id| !remove.contains(id));
    let new: Vec<String> = add.iter().filter(|id| !tables.contains(id)).cloned().collect();
    check_tables(ctx, &endpoint.vpc, &new)?;
    tables.extend(new);
    Ok(tables)
}

/// Checks that the tables exist, belong to the VPC, and have no route to S3 yet.
fn check_tables(ctx: &Ctx<'_>, vpc: &str, tables: &[String]) -> Result<(), ApiError> {
    for id in tables {
        let table = names::ROUTE_TABLE.find(&ctx.here().route_tables, id)?;
        if table.vpc != vpc {
            let text = format!("The route table {id} does not belong to the VPC {vpc}");
            return Err(ApiError::new("InvalidParameter", text));
        }
        if ctx.here().gateways_of(id).next().is_some() {
            let text = format!("route table {id} already has a route with destination-prefix-list-id of S3");
            return Err(ApiError::new("RouteAlreadyExists", text));
        }
    }
    Ok(())
}
