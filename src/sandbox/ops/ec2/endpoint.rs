//! VPC endpoints: the operations that both types share, and interface endpoints. Gateways are in `gateway_endpoint.rs`.

use std::time::Duration;

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{
    Endpoint, EndpointKind, InterfaceKind, Kind, Life, PrivateZone, Region, Service, Subnet, quota,
};

use super::endpoint_service::visible;
use super::gateway_endpoint;
use super::private_dns::check_use;
use super::security_group::{check_count, check_in_vpc, default_of};
use super::vpc::only;
use crate::sandbox::ops::shared::context::{Ctx, NewInterface, group_set, moment};
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

/// The policy of an endpoint that was made without one.
const OPEN_POLICY: &str =
    r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

const LOOKUP: Lookup<Endpoint> = Lookup {
    all: |region| &region.endpoints,
    naming: &names::ENDPOINT,
    kinds: &[Kind::Endpoint, Kind::GatewayEndpoint],
    linked: &[],
    tags: |endpoint| &endpoint.tags,
};

/// `CreateVpcEndpoint`. The default type is `Gateway`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let kind = match params.get("VpcEndpointType").unwrap_or("Gateway") {
        "Gateway" => EndpointKind::Gateway,
        "Interface" => EndpointKind::Interface,
        other @ ("GatewayLoadBalancer" | "Resource" | "ServiceNetwork") => {
            return Err(ApiError::not_modelled("InvalidParameterValue", &format!("the endpoint type {other}")));
        }
        other => {
            // The code is from [devguide: errors-overview]; the words are UNCONFIRMED.
            let text = format!("The VPC endpoint type '{other}' is not valid.");
            return Err(ApiError::new("InvalidVpcEndpointType", text));
        }
    };
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("CreateVpcEndpoint", params)?;
    let made = made.and_then(|id| ctx.here().endpoints.get(&id).cloned());
    only(params, "IpAddressType", &["ipv4"])?;
    only(params, "ServiceRegion", &[ctx.region()])?;
    let endpoint = match (made, kind) {
        // This request made the endpoint before, so all its parameters were understood then.
        (Some(endpoint), _) => endpoint,
        (None, EndpointKind::Gateway) => gateway_endpoint::create(ctx, params)?,
        (None, EndpointKind::Interface) => create_interface(ctx, params)?,
    };
    let mut xml = Xml::new();
    xml.node("vpcEndpoint", |xml| write(xml, ctx, &endpoint)).maybe("clientToken", token);
    Ok(xml)
}

fn create_interface(ctx: &mut Ctx<'_>, params: &Params) -> Result<Endpoint, ApiError> {
    let vpc = names::VPC.find(&ctx.here().vpcs, params.need("VpcId")?)?.id.clone();
    let name = params.need("ServiceName")?.to_owned();
    let service = find_service(ctx, &name)?;
    if params.has_list("RouteTableId") {
        return Err(ApiError::new("InvalidParameter", "Route tables are for Gateway endpoints only"));
    }
    let private_dns = if params.flag("PrivateDnsEnabled")? == Some(true) {
        Some(private_zone(ctx, check_use(ctx, &service, &vpc, None, !service.acceptance_required)?))
    } else {
        None
    };
    only(params, "DnsOptions.DnsRecordIpType", &["ipv4"])?;
    let subnets = read_subnets(ctx, &params.list("SubnetId")?, &vpc)?;
    check_zones(&service, &subnets, &[])?;
    let mut groups = params.list("SecurityGroupId")?;
    check_in_vpc(ctx, &groups, &vpc, &format!("VPC {vpc}"))?;
    check_count(ctx, &groups)?;
    if groups.is_empty() {
        groups = default_of(ctx.here(), &vpc).into_iter().collect();
    }
    let siblings = ctx.here().endpoints.linked(&vpc);
    if siblings.filter(|one| one.vpc == vpc && one.kind == EndpointKind::Interface).count()
        >= ctx.quota(&quota::INTERFACE_ENDPOINTS)
    {
        return Err(ApiError::new("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached."));
    }
    for subnet in &subnets {
        ctx.check_room(subnet, 1)?;
    }
    let tags = specification(params, "vpc-endpoint")?;
    params.ready()?;
    let id = ctx.new_id("vpce-");
    let base = format!("{}.{}.vpce.amazonaws.com", service.id, ctx.region());
    let suffix = ctx.random().text(b"abcdefghijklmnopqrstuvwxyz0123456789", 8);
    let regional = (format!("{id}-{suffix}.{base}"), None);
    let zonal = subnets
        .iter()
        .map(|subnet| (format!("{id}-{suffix}-{}.{base}", subnet.zone_name), Some(subnet.zone_name.clone())));
    let state = if service.acceptance_required { "pendingAcceptance" } else { "pending" };
    let endpoint = Endpoint {
        kind: EndpointKind::Interface,
        vpc,
        service_name: name,
        life: ctx.begin(Kind::Endpoint, state),
        route_tables: Vec::new(),
        interfaces: Vec::new(),
        dns_names: std::iter::once(regional).chain(zonal).collect(),
        hosted_zone: format!("Z{}", ctx.random().text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 13)),
        private_dns,
        connection: ctx.new_id("vpce-con-"),
        created: ctx.millis(),
        changing: 0,
        service: Some(service.id),
        groups,
        tags,
        id: id.clone(),
    };
    ctx.here_mut().endpoints.insert(id.clone(), endpoint);
    for subnet in &subnets {
        add_interface(ctx, &id, subnet);
    }
    ctx.remember("CreateVpcEndpoint", params, &id);
    Ok(ctx.here().endpoints[&id].clone())
}

fn add_interface(ctx: &mut Ctx<'_>, endpoint: &str, subnet: &Subnet) {
    let groups = ctx.here().endpoints.get(endpoint).map(|found| found.groups.clone()).unwrap_or_default();
    let new = NewInterface {
        kind: InterfaceKind::Endpoint,
        owner: endpoint,
        description: format!("VPC Endpoint Interface {endpoint}"),
        groups,
        address: None,
        tags: [].into(),
    };
    let interface = ctx.attach(subnet, new);
    if let Some(found) = ctx.here_mut().endpoints.get_mut(endpoint) {
        found.interfaces.push(interface.id);
    }
}

/// `DescribeVpcEndpoints`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("VpcEndpointId")?;
    let known = [
        "ip-address-type",
        "service-name",
        "service-region",
        "vpc-endpoint-id",
        "vpc-endpoint-state",
        "vpc-endpoint-type",
        "vpc-id",
        "tag",
    ];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 1, Page::CAPPED, !ids.is_empty())?;
    params.ready()?;
    let region_name = ctx.region();
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, endpoint, name| match name {
        "ip-address-type" => one("ipv4"),
        "service-name" => one(&endpoint.service_name),
        "service-region" => one(region_name),
        "vpc-endpoint-state" => one(&endpoint.life.state),
        "vpc-endpoint-type" => one(endpoint.kind.name()),
        "vpc-id" => one(&endpoint.vpc),
        _ => one(&endpoint.id),
    })?;
    let (found, next) = page.cut(found, |endpoint| endpoint.id.clone());
    let mut xml = Xml::new();
    xml.list("vpcEndpointSet", "item", &found, |xml, endpoint| write(xml, ctx, endpoint));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// How long a change of an interface endpoint takes on AWS, during which it takes no other. From experience: UNCONFIRMED.
const CHANGE: Duration = Duration::from_secs(5);

/// `ModifyVpcEndpoint`: groups and subnets of an interface endpoint, route tables of a gateway.
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let endpoint = names::ENDPOINT.find(&ctx.here().endpoints, params.need("VpcEndpointId")?)?.clone();
    only(params, "IpAddressType", &["ipv4"])?;
    let private_dns = params.flag("PrivateDnsEnabled")?;
    let list = |name: &str| params.list(name);
    let (add_tables, remove_tables) = (list("AddRouteTableId")?, list("RemoveRouteTableId")?);
    let (add_groups, remove_groups) = (list("AddSecurityGroupId")?, list("RemoveSecurityGroupId")?);
    let (add_subnets, remove_subnets) = (list("AddSubnetId")?, list("RemoveSubnetId")?);
    if ["deleting", "rejected", "failed"].contains(&endpoint.life.state.as_str()) {
        let text = format!("The endpoint {} is in the state {}", endpoint.id, endpoint.life.state);
        return Err(ApiError::new("IncorrectState", text));
    }
    if ctx.millis() < endpoint.changing {
        // The words are UNCONFIRMED.
        let text = format!("The endpoint {} is being modified", endpoint.id);
        return Err(ApiError::new("OperationInProgress", text));
    }
    let has_interface_part = [&add_groups, &remove_groups, &add_subnets, &remove_subnets].iter().any(|l| !l.is_empty());
    let has_gateway_part = !add_tables.is_empty() || !remove_tables.is_empty();
    if endpoint.kind == EndpointKind::Gateway {
        if has_interface_part || private_dns == Some(true) {
            return Err(ApiError::new("InvalidParameter", "A Gateway endpoint has route tables only"));
        }
        let tables = gateway_endpoint::changed_tables(ctx, &endpoint, &add_tables, &remove_tables)?;
        params.ready()?;
        if let Some(found) = ctx.here_mut().endpoints.get_mut(&endpoint.id) {
            found.route_tables = tables;
        }
        return Ok(Xml::done());
    }
    if has_gateway_part {
        return Err(ApiError::new("InvalidParameter", "An Interface endpoint has no route tables"));
    }
    check_in_vpc(ctx, &add_groups, &endpoint.vpc, &format!("VPC {}", endpoint.vpc))?;
    let mut groups = endpoint.groups.clone();
    groups.retain(|id| !remove_groups.contains(id));
    groups.extend(add_groups.into_iter().filter(|id| !endpoint.groups.contains(id)));
    if groups.is_empty() {
        return Err(ApiError::new("InvalidParameter", "An endpoint needs at least one security group"));
    }
    let added = read_subnets(ctx, &add_subnets, &endpoint.vpc)?;
    let kept: Vec<Subnet> = endpoint
        .interfaces
        .iter()
        .filter_map(|id| ctx.here().interfaces.get(id))
        .filter(|interface| !remove_subnets.contains(&interface.subnet))
        .filter_map(|interface| ctx.here().subnets.get(&interface.subnet).cloned())
        .collect();
    let service = endpoint.service.as_ref().and_then(|id| service_by_id(ctx, id));
    if let Some(service) = &service {
        check_zones(service, &added, &kept)?;
    }
    let private_dns = match (private_dns, &service) {
        (None, _) => endpoint.private_dns.clone(),
        (Some(true), _) if endpoint.private_dns.is_some() => endpoint.private_dns.clone(),
        (Some(true), Some(service)) => {
            let accepted = endpoint.life.state != "pendingAcceptance";
            let name = check_use(ctx, service, &endpoint.vpc, Some(&endpoint.id), accepted)?;
            Some(private_zone(ctx, name))
        }
        (Some(true), None) => return Err(names::no_such_service(&endpoint.service_name)),
        (Some(false), _) => None,
    };
    for subnet in &added {
        ctx.check_room(subnet, 1)?;
    }
    params.ready()?;
    change_interfaces(ctx, &endpoint, groups, &added, &remove_subnets);
    let until = ctx.millis() + ctx.on_the_clock(CHANGE);
    if let Some(found) = ctx.here_mut().endpoints.get_mut(&endpoint.id) {
        found.changing = until;
        found.private_dns = private_dns;
    }
    Ok(Xml::done())
}

fn change_interfaces(
    ctx: &mut Ctx<'_>,
    endpoint: &Endpoint,
    groups: Vec<String>,
    added: &[Subnet],
    removed: &[String],
) {
    let region = ctx.here_mut();
    let (gone, kept): (Vec<String>, Vec<String>) = endpoint
        .interfaces
        .iter()
        .cloned()
        .partition(|id| region.interfaces.get(id).is_some_and(|interface| removed.contains(&interface.subnet)));
    region.interfaces.retain(|id, _| !gone.contains(id));
    for id in &kept {
        if let Some(interface) = region.interfaces.get_mut(id) {
            interface.groups.clone_from(&groups);
        }
    }
    if let Some(found) = region.endpoints.get_mut(&endpoint.id) {
        found.interfaces = kept;
        found.groups = groups;
    }
    for subnet in added {
        add_interface(ctx, &endpoint.id, subnet);
    }
    let region = ctx.here_mut();
    let Some(found) = region.endpoints.get_mut(&endpoint.id) else { return };
    let zones = found.interfaces.iter().filter_map(|id| region.interfaces.get(id)).map(|one| one.zone_name.clone());
    if let Some((label, base)) = found.dns_names.first().and_then(|(name, _)| name.split_once('.')) {
        let (label, base) = (label.to_owned(), base.to_owned());
        let zonal: Vec<_> = zones.map(|zone| (format!("{label}-{zone}.{base}"), Some(zone))).collect();
        found.dns_names.truncate(1);
        found.dns_names.extend(zonal);
    }
}

/// `DeleteVpcEndpoints`. A success lists the endpoints that could not be deleted.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("VpcEndpointId")?;
    if ids.is_empty() {
        return Err(ApiError::missing("VpcEndpointId"));
    }
    params.ready()?;
    let timing = ctx.timing();
    let mut failed = Vec::new();
    for id in ids {
        let Some(endpoint) = ctx.here_mut().endpoints.get_mut(&id) else {
            let text = format!("The Vpc Endpoint Id '{id}' does not exist");
            failed.push((id, ApiError::new("InvalidVpcEndpoint.NotFound", text)));
            continue;
        };
        if endpoint.life.state != "deleting" {
            endpoint.life = Life::enter(endpoint.life_kind(), "deleting", timing);
            endpoint.route_tables.clear();
        }
    }
    Ok(Xml::unsuccessful(&failed))
}

/// The private hosted zone that AWS makes for a private name.
fn private_zone(ctx: &Ctx<'_>, name: String) -> PrivateZone {
    PrivateZone { name, id: format!("Z{}", ctx.random().text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 20)) }
}

fn find_service(ctx: &Ctx<'_>, name: &str) -> Result<Service, ApiError> {
    if names::is_aws_service(name, ctx.region()) {
        return Err(ApiError::not_modelled("InvalidParameter", "interface endpoints to AWS services"));
    }
    let found = ctx.world().regions().find_map(|(account, region_name, region)| {
        let service = region.services.linked(name).find(|service| service.name == name)?;
        (region_name == ctx.region() && visible(ctx, account, service)).then(|| service.clone())
    });
    found.ok_or_else(|| names::no_such_service(name))
}

fn service_by_id(ctx: &Ctx<'_>, id: &str) -> Option<Service> {
    ctx.world().regions().find_map(|(_, _, region)| region.services.get(id).cloned())
}

fn read_subnets(ctx: &Ctx<'_>, ids: &[String], vpc: &str) -> Result<Vec<Subnet>, ApiError> {
    let mut subnets = Vec::new();
    for id in ids {
        let subnet = names::SUBNET.find(&ctx.here().subnets, id)?;
        if subnet.vpc != vpc {
            return Err(ApiError::new("InvalidParameter", format!("The subnet {id} does not belong to the VPC {vpc}")));
        }
        subnets.push(subnet.clone());
    }
    Ok(subnets)
}

/// Checks that there is one subnet per zone, and that the service has the zones. Zones are compared by id.
fn check_zones(service: &Service, subnets: &[Subnet], others: &[Subnet]) -> Result<(), ApiError> {
    for (at, subnet) in subnets.iter().enumerate() {
        if !service.zone_ids.contains(&subnet.zone_id) {
            let text = format!(
                "The VPC endpoint service {} does not support the availability zone of the subnet: {}.",
                service.name, subnet.id
            );
            return Err(ApiError::new("InvalidParameter", text));
        }
        if others.iter().chain(&subnets[..at]).any(|other| other.zone_id == subnet.zone_id) {
            let text = format!(
                "Found another VPC endpoint subnet in the availability zone of {}. VPC endpoint subnets should be in \
                 different availability zones supported by the VPC endpoint service.",
                subnet.id
            );
            return Err(ApiError::new("DuplicateSubnetsInSameZone", text));
        }
    }
    Ok(())
}

/// `<dnsEntrySet>`.
pub fn dns_entries(xml: &mut Xml, endpoint: &Endpoint) {
    let public = endpoint.dns_names.iter().map(|(name, _)| (name, &endpoint.hosted_zone));
    let private = endpoint.private_dns.iter().map(|zone| (&zone.name, &zone.id));
    xml.list("dnsEntrySet", "item", public.chain(private), |xml, (name, zone)| {
        xml.leaf("dnsName", name).leaf("hostedZoneId", zone);
    });
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, endpoint: &Endpoint) {
    let region: &Region = ctx.here();
    let subnets = endpoint.interfaces.iter().filter_map(|id| region.interfaces.get(id)).map(|found| &found.subnet);
    xml.leaf("vpcEndpointId", &endpoint.id).leaf("vpcEndpointType", endpoint.kind.name());
    xml.leaf("vpcId", &endpoint.vpc).leaf("serviceName", &endpoint.service_name);
    xml.leaf("state", &endpoint.life.state).leaf("policyDocument", OPEN_POLICY);
    xml.words("routeTableIdSet", "item", &endpoint.route_tables).words("subnetIdSet", "item", subnets);
    group_set(xml, region, &endpoint.groups);
    xml.leaf("ipAddressType", "ipv4").node("dnsOptions", |xml| {
        xml.leaf("dnsRecordIpType", "ipv4");
    });
    xml.leaf("privateDnsEnabled", endpoint.private_dns.is_some()).leaf("requesterManaged", false);
    xml.words("networkInterfaceIdSet", "item", &endpoint.interfaces);
    dns_entries(xml, endpoint);
    xml.leaf("creationTimestamp", moment(endpoint.created)).leaf("ownerId", ctx.owner());
    xml.leaf("serviceRegion", ctx.region());
    tag_set(xml, &endpoint.tags);
}
