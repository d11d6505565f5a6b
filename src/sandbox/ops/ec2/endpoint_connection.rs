//! The operations of endpoint connections for the provider: list, accept, reject.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Account, Endpoint, Kind, Life, Tags};

use super::endpoint::dns_entries;
use crate::sandbox::ops::shared::context::{Ctx, moment};
use crate::sandbox::ops::shared::describe::one;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::tag_set;

/// The service's id, the endpoint's owner, and the endpoint.
type Connection = (String, String, Endpoint);

/// `DescribeVpcEndpointConnections`: the connections of the caller's services.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let known = [
        "ip-address-type",
        "service-id",
        "vpc-endpoint-id",
        "vpc-endpoint-owner",
        "vpc-endpoint-region",
        "vpc-endpoint-state",
    ];
    let filters = Filters::read_beside(params, &known, &["transit-gateway-attachment-id"])?;
    let page = Page::read(params, 5, Page::CAPPED, false)?;
    params.ready()?;
    for (_, _, endpoint) in connections(ctx, &filters.without_states()) {
        ctx.touch_endpoint(&endpoint.id);
    }
    let (found, next) = page.cut(connections(ctx, &filters), |(_, _, endpoint)| endpoint.id.clone());
    let mut xml = Xml::new();
    xml.list("vpcEndpointConnectionSet", "item", &found, |xml, (service, owner, endpoint)| {
        xml.leaf("serviceId", service).leaf("vpcEndpointId", &endpoint.id).leaf("vpcEndpointOwner", owner);
        xml.leaf("vpcEndpointState", &endpoint.life.state).leaf("creationTimestamp", moment(endpoint.created));
        dns_entries(xml, endpoint);
        let service = &ctx.here().services[service];
        xml.words("networkLoadBalancerArnSet", "item", &service.balancers).leaf("ipAddressType", "ipv4");
        xml.leaf("vpcEndpointConnectionId", &endpoint.connection).leaf("vpcEndpointRegion", ctx.region());
        tag_set(xml, service.connection_tags.get(&endpoint.connection).unwrap_or(&Tags::new()));
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `AcceptVpcEndpointConnections`: connections that wait for acceptance become `pending`. A rejected connection cannot
/// be accepted here; what AWS does then is not documented.
pub fn accept(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    judge_each(ctx, params, |state| match state {
        "pendingAcceptance" => Ok(Some("pending")),
        "pending" | "available" => Ok(None),
        other => Err(format!("A connection in the state {other} cannot be accepted")),
    })
}

/// `RejectVpcEndpointConnections`: possible before and after acceptance [privatelink: concepts].
pub fn reject(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    judge_each(ctx, params, |state| match state {
        "pendingAcceptance" | "pending" | "available" => Ok(Some("rejected")),
        "rejected" => Ok(None),
        other => Err(format!("A connection in the state {other} cannot be rejected")),
    })
}

fn judge_each(
    ctx: &mut Ctx<'_>,
    params: &Params,
    next: impl Fn(&str) -> Result<Option<&'static str>, String>,
) -> Result<Xml, ApiError> {
    let service = names::SERVICE.find(&ctx.here().services, params.need("ServiceId")?)?.id.clone();
    let ids = params.list("VpcEndpointId")?;
    if ids.is_empty() {
        return Err(ApiError::missing("VpcEndpointId"));
    }
    params.ready()?;
    let timing = ctx.timing();
    let mut failed = Vec::new();
    for id in ids {
        let home = ctx.world_mut().home_of_endpoint(&id);
        let endpoint = home.and_then(|region| region.endpoints.get_mut(&id));
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.service.as_ref() == Some(&service)) else {
            let text = format!("The Vpc Endpoint Id '{id}' does not exist");
            failed.push((id, ApiError::new("InvalidVpcEndpointId.NotFound", text)));
            continue;
        };
        match next(&endpoint.life.state) {
            Ok(Some(state)) => endpoint.life = Life::enter(Kind::Endpoint, state, timing),
            Ok(None) => {}
            Err(text) => failed.push((id, ApiError::new("InvalidState", text))),
        }
    }
    Ok(Xml::unsuccessful(&failed))
}

/// The connections of the caller's services in this region that pass the filters, in the order of endpoint ids.
fn connections(ctx: &Ctx<'_>, filters: &Filters) -> Vec<Connection> {
    let (world, own) = (ctx.world(), &ctx.here().services);
    let candidates: Vec<(&Account, &Endpoint)> =
        match (filters.exact(&["vpc-endpoint-id"]).next(), filters.exact(&["service-id"]).next()) {
            (Some(ids), _) => {
                let homes = ids.iter().flat_map(|id| world.regions().map(move |(owner, _, there)| (id, owner, there)));
                homes.filter_map(|(id, owner, there)| Some((owner, there.endpoints.get(id)?))).collect()
            }
            (None, Some(services)) => services.iter().flat_map(|service| world.connections(service)).collect(),
            (None, None) => own.keys().flat_map(|service| world.connections(service)).collect(),
        };
    let mut found: Vec<Connection> = Vec::new();
    for (account, endpoint) in candidates {
        let Some(service) = endpoint.service.as_ref().filter(|service| own.contains_key(service)) else { continue };
        let fits = filters.hold(&Tags::new(), |name| match name {
            "ip-address-type" => one("ipv4"),
            "service-id" => one(service),
            "vpc-endpoint-owner" => one(&account.id),
            "vpc-endpoint-region" => one(ctx.region()),
            "vpc-endpoint-state" => one(&endpoint.life.state),
            _ => one(&endpoint.id),
        });
        if fits {
            found.push((service.clone(), account.id.clone(), endpoint.clone()));
        }
    }
    found.sort_by(|a, b| a.2.id.cmp(&b.2.id));
    found.dedup_by(|a, b| a.2.id == b.2.id);
    found
}
