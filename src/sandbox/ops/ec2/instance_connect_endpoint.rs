//! EC2 Instance Connect Endpoints, through which clients get into a VPC. Their states and interfaces are modelled,
//! tunnels are not.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{ConnectEndpoint, InterfaceKind, Kind, Life, quota};

use super::security_group::{check_count, check_in_vpc, default_of};
use super::vpc::only;
use crate::sandbox::ops::shared::context::{Ctx, NewInterface, moment};
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

const LOOKUP: Lookup<ConnectEndpoint> = Lookup {
    all: |region| &region.connect_endpoints,
    naming: &names::CONNECT_ENDPOINT,
    kinds: &[Kind::ConnectEndpoint],
    linked: &[],
    tags: |endpoint| &endpoint.tags,
};

/// `CreateInstanceConnectEndpoint`. The quotas are AWS's [ec2 userguide: eice-quotas]; the code of the refusal is
/// UNCONFIRMED.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let subnet = names::SUBNET.find(&ctx.here().subnets, params.need("SubnetId")?)?.clone();
    let preserve_client_ip = params.flag("PreserveClientIp")?.unwrap_or(false);
    only(params, "IpAddressType", &["ipv4"])?;
    let mut groups = params.list("SecurityGroupId")?;
    check_in_vpc(ctx, &groups, &subnet.vpc, &format!("subnet {}", subnet.id))?;
    check_count(ctx, &groups)?;
    if groups.is_empty() {
        groups = default_of(ctx.here(), &subnet.vpc).into_iter().collect();
    }
    let tags = specification(params, "instance-connect-endpoint")?;
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("CreateInstanceConnectEndpoint", params)?;
    let endpoint = if let Some(found) = made.and_then(|id| ctx.here().connect_endpoints.get(&id).cloned()) {
        params.ready()?;
        found
    } else {
        let (of_region, of_vpc) = quota::CONNECT_ENDPOINTS;
        let all = &ctx.here().connect_endpoints;
        if all.len() >= of_region || all.linked(&subnet.vpc).count() >= of_vpc {
            let text = format!(
                "The maximum number of EC2 Instance Connect Endpoints ({of_vpc} in a VPC, {of_region} in a Region) has \
                 been reached."
            );
            return Err(ApiError::new("ResourceLimitExceeded", text));
        }
        ctx.check_room(&subnet, 1)?;
        params.ready()?;
        let id = ctx.new_id("eice-");
        let new = NewInterface {
            kind: InterfaceKind::ConnectEndpoint,
            owner: &id,
            description: format!("EC2 Instance Connect Endpoint {id}"),
            groups: groups.clone(),
            address: None,
            tags: [].into(),
        };
        let interface = ctx.attach(&subnet, new).id;
        let endpoint = ConnectEndpoint {
            vpc: subnet.vpc,
            subnet: subnet.id,
            zone_name: subnet.zone_name,
            zone_id: subnet.zone_id,
            life: ctx.begin(Kind::ConnectEndpoint, "create-in-progress"),
            interface,
            groups,
            preserve_client_ip,
            dns_name: format!("{id}.{}.ec2-instance-connect-endpoint.{}.amazonaws.com", ctx.hex(8), ctx.region()),
            created: ctx.millis(),
            tags,
            id: id.clone(),
        };
        ctx.here_mut().connect_endpoints.insert(id.clone(), endpoint.clone());
        ctx.remember("CreateInstanceConnectEndpoint", params, &id);
        endpoint
    };
    let mut xml = Xml::new();
    xml.node("instanceConnectEndpoint", |xml| write(xml, ctx, &endpoint)).maybe("clientToken", token);
    Ok(xml)
}

/// `DescribeInstanceConnectEndpoints`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("InstanceConnectEndpointId")?;
    let filters = Filters::read(params, &["instance-connect-endpoint-id", "state", "subnet-id", "vpc-id", "tag"])?;
    let page = Page::read(params, 1, 50, !ids.is_empty())?;
    params.ready()?;
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, endpoint, name| match name {
        "state" => one(&endpoint.life.state),
        "subnet-id" => one(&endpoint.subnet),
        "vpc-id" => one(&endpoint.vpc),
        _ => one(&endpoint.id),
    })?;
    let (found, next) = page.cut(found, |endpoint| endpoint.id.clone());
    let mut xml = Xml::new();
    xml.list("instanceConnectEndpointSet", "item", &found, |xml, endpoint| write(xml, ctx, endpoint));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `DeleteInstanceConnectEndpoint`. Its interface is removed when the endpoint is gone.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("InstanceConnectEndpointId")?;
    names::CONNECT_ENDPOINT.find(&ctx.here().connect_endpoints, id)?;
    params.ready()?;
    let leaving = Life::enter(Kind::ConnectEndpoint, "delete-in-progress", ctx.timing());
    if let Some(endpoint) = ctx.here_mut().connect_endpoints.get_mut(id)
        && endpoint.life.state != "delete-in-progress"
    {
        endpoint.life = leaving;
    }
    let endpoint = names::CONNECT_ENDPOINT.find(&ctx.here().connect_endpoints, id)?.clone();
    let mut xml = Xml::new();
    xml.node("instanceConnectEndpoint", |xml| write(xml, ctx, &endpoint));
    Ok(xml)
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, endpoint: &ConnectEndpoint) {
    xml.leaf("ownerId", ctx.owner()).leaf("instanceConnectEndpointId", &endpoint.id);
    let arn = ctx.arn("ec2", &format!("instance-connect-endpoint/{}", endpoint.id));
    xml.leaf("instanceConnectEndpointArn", arn).leaf("state", &endpoint.life.state).leaf("stateMessage", "");
    xml.leaf("dnsName", &endpoint.dns_name).words("networkInterfaceIdSet", "item", [&endpoint.interface]);
    xml.leaf("vpcId", &endpoint.vpc).leaf("availabilityZone", &endpoint.zone_name);
    xml.leaf("availabilityZoneId", &endpoint.zone_id).leaf("createdAt", moment(endpoint.created));
    xml.leaf("subnetId", &endpoint.subnet).leaf("preserveClientIp", endpoint.preserve_client_ip);
    xml.words("securityGroupIdSet", "item", &endpoint.groups).leaf("ipAddressType", "ipv4");
    xml.node("publicDnsNames", |xml| {
        xml.node("ipv4", |xml| {
            xml.leaf("dnsName", &endpoint.dns_name);
        });
    });
    tag_set(xml, &endpoint.tags);
}
