//! Endpoint services: how the provider publishes them, and what others see of them.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Account, Balancer, Kind, Service, Tags, s3_name};

use super::private_dns;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::identity::caller_arn;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

/// The connection states that keep a service from being deleted.
const HOLDING: [&str; 3] = ["pendingAcceptance", "pending", "available"];

/// The id of S3's gateway service in the sandbox.
const S3_SERVICE_ID: &str = "vpce-svc-05300000000000000";

pub const LOOKUP: Lookup<Service> = Lookup {
    all: |region| &region.services,
    naming: &names::SERVICE,
    kinds: &[Kind::Verification],
    linked: &[],
    tags: |service| &service.tags,
};

/// `CreateVpcEndpointServiceConfiguration`. Acceptance is required by default.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancers = params.list("NetworkLoadBalancerArn")?;
    if params.has_list("GatewayLoadBalancerArn") {
        return Err(ApiError::not_modelled("InvalidParameter", "endpoint services of Gateway Load Balancers"));
    }
    if balancers.is_empty() {
        return Err(ApiError::missing("NetworkLoadBalancerArns"));
    }
    let acceptance_required = params.flag("AcceptanceRequired")?.unwrap_or(true);
    check_ip_types(params, "SupportedIpAddressType")?;
    let private_dns = params.get("PrivateDnsName").map(|name| private_dns::offer(ctx, name)).transpose()?;
    let tags = specification(params, "vpc-endpoint-service")?;
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("CreateVpcEndpointServiceConfiguration", params)?;
    let service = if let Some(service) = made.and_then(|id| ctx.here().services.get(&id).cloned()) {
        service
    } else {
        check_balancers(ctx, &balancers, None)?;
        params.ready()?;
        let id = ctx.new_id("vpce-svc-");
        let service = Service {
            name: format!("com.amazonaws.vpce.{}.{id}", ctx.region()),
            state: "Available".to_owned(),
            acceptance_required,
            zone_ids: zone_ids(ctx, &balancers),
            balancers,
            permissions: Vec::new(),
            connection_tags: [].into(),
            private_dns,
            tags,
            id,
        };
        ctx.here_mut().services.insert(service.id.clone(), service.clone());
        ctx.remember("CreateVpcEndpointServiceConfiguration", params, &service.id);
        service
    };
    let mut xml = Xml::new();
    xml.node("serviceConfiguration", |xml| write(xml, ctx, &service)).maybe("clientToken", token);
    Ok(xml)
}

/// `DescribeVpcEndpointServiceConfigurations`: the caller's own services.
pub fn describe_configurations(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("ServiceId")?;
    let known = ["service-id", "service-name", "service-state", "supported-ip-address-types", "tag"];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 5, Page::CAPPED, !ids.is_empty())?;
    params.ready()?;
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, service, name| match name {
        "service-name" => one(&service.name),
        "service-state" => one(&service.state),
        "supported-ip-address-types" => one("ipv4"),
        _ => one(&service.id),
    })?;
    let (found, next) = page.cut(found, |service| service.id.clone());
    let mut xml = Xml::new();
    xml.list("serviceConfigurationSet", "item", &found, |xml, service| write(xml, ctx, service));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `ModifyVpcEndpointServiceConfiguration`. Called with only the id, it adds the zones that the service's load
/// balancers have gained since [privatelink: configure-endpoint-service].
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let service = names::SERVICE.find(&ctx.here().services, params.need("ServiceId")?)?.clone();
    let acceptance_required = params.flag("AcceptanceRequired")?;
    let removes = params.flag("RemovePrivateDnsName")?.unwrap_or(false);
    let offered = params.get("PrivateDnsName").map(|name| private_dns::offer(ctx, name)).transpose()?;
    if removes && offered.is_some() {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "Specify PrivateDnsName or RemovePrivateDnsName, not both",
        ));
    }
    // "You can remove the endpoint service private DNS name only after there are no connections to the service"
    // [privatelink: manage-dns-names]. That the code is the same as at a deletion is UNCONFIRMED.
    if removes && service.private_dns.is_some() && is_held(ctx, &service.id) {
        return Err(existing_connections());
    }
    check_ip_types(params, "AddSupportedIpAddressType")?;
    let add = params.list("AddNetworkLoadBalancerArn")?;
    let remove = params.list("RemoveNetworkLoadBalancerArn")?;
    check_balancers(ctx, &add, Some(&service.id))?;
    let mut balancers = service.balancers.clone();
    balancers.retain(|arn| !remove.contains(arn));
    if balancers.len() < service.balancers.len() && is_held(ctx, &service.id) {
        return Err(existing_connections());
    }
    balancers.extend(add.into_iter().filter(|arn| !service.balancers.contains(arn)));
    if balancers.is_empty() {
        return Err(ApiError::new("InvalidParameter", "An endpoint service needs at least one load balancer"));
    }
    params.ready()?;
    let zone_ids = zone_ids(ctx, &balancers);
    if let Some(service) = ctx.here_mut().services.get_mut(&service.id) {
        service.acceptance_required = acceptance_required.unwrap_or(service.acceptance_required);
        service.balancers = balancers;
        service.zone_ids = zone_ids;
        // The same name again keeps its record and its verification.
        let same = offered.as_ref().map(|new| &new.name) == service.private_dns.as_ref().map(|old| &old.name);
        if removes || offered.is_some() && !same {
            service.private_dns = offered;
        }
    }
    Ok(Xml::done())
}

/// `DeleteVpcEndpointServiceConfigurations`. A success lists the services that could not be deleted.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("ServiceId")?;
    if ids.is_empty() {
        return Err(ApiError::missing("ServiceId"));
    }
    params.ready()?;
    let mut failed = Vec::new();
    for id in ids {
        if !ctx.here().services.contains_key(&id) {
            let text = format!("The VpcEndpointService Id '{id}' does not exist");
            failed.push((id, ApiError::new("InvalidVpcEndpointService.NotFound", text)));
        } else if is_held(ctx, &id) {
            failed.push((id, existing_connections()));
        } else {
            ctx.here_mut().services.remove(&id);
        }
    }
    Ok(Xml::unsuccessful(&failed))
}

/// `DescribeVpcEndpointServices`: the services to which the caller may make an endpoint.
pub fn describe_services(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let asked = params.list("ServiceName")?;
    let known = ["owner", "service-name", "service-region", "service-type", "supported-ip-address-types", "tag"];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 1, Page::CAPPED, !asked.is_empty())?;
    if params.list("ServiceRegion")?.iter().any(|region| region != ctx.region()) {
        return Err(ApiError::not_modelled("InvalidParameterValue", "services of another region"));
    }
    let mut all = vec![Offer::s3(ctx)];
    let names = if asked.is_empty() { filters.exact(&["service-name"]).next() } else { Some(asked.as_slice()) };
    for (account, region, there) in ctx.world().regions().filter(|(_, region, _)| *region == ctx.region()) {
        let services: Vec<&Service> = match names {
            Some(names) => names.iter().flat_map(|name| there.services.linked(name)).collect(),
            None => there.services.values().collect(),
        };
        let services = services.into_iter().filter(|service| visible(ctx, account, service));
        all.extend(services.map(|service| Offer::own(ctx, account, region, service)));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|a, b| a.name == b.name);
    if let Some(unknown) = asked.iter().find(|name| !all.iter().any(|offer| offer.name == **name)) {
        return Err(names::no_such_service(unknown));
    }
    params.ready()?;
    all.retain(|offer| asked.is_empty() || asked.contains(&offer.name));
    all.retain(|offer| {
        filters.hold(&offer.tags, |name| match name {
            "owner" => one(&offer.owner),
            "service-region" => one(ctx.region()),
            "service-type" => one(offer.kind),
            "supported-ip-address-types" => one("ipv4"),
            _ => one(&offer.name),
        })
    });
    let (found, next) = page.cut(all, |offer| offer.name.clone());
    let mut xml = Xml::new();
    xml.words("serviceNameSet", "item", found.iter().map(|offer| &offer.name));
    xml.list("serviceDetailSet", "item", &found, |xml, offer| offer.write(xml, ctx));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// Whether the caller may see and use a service of `owner`: its own always, another account's if it is allowed to.
/// (Within the own account: observed in 2019; not documented.)
pub fn visible(ctx: &Ctx<'_>, owner: &Account, service: &Service) -> bool {
    let root = format!("arn:aws:iam::{}:root", ctx.owner());
    let caller = caller_arn(ctx);
    let allowed = |principal: &str| principal == "*" || principal == root || principal == caller;
    owner.id == ctx.owner() || service.permissions.iter().any(|permission| allowed(&permission.principal))
}

/// A service as a consumer sees it.
struct Offer {
    name: String,
    id: String,
    kind: &'static str,
    owner: String,
    zone_ids: Vec<String>,
    base_name: String,
    acceptance_required: bool,
    /// The private name, and the state of its verification.
    private_name: Option<(String, String)>,
    tags: Tags,
}

impl Offer {
    fn s3(ctx: &Ctx<'_>) -> Self {
        Self {
            name: s3_name(ctx.region()),
            id: S3_SERVICE_ID.to_owned(),
            kind: "Gateway",
            owner: "amazon".to_owned(),
            zone_ids: ctx.zones().into_iter().map(|zone| zone.id).collect(),
            base_name: format!("s3.{}.amazonaws.com", ctx.region()),
            acceptance_required: false,
            private_name: None,
            tags: Tags::new(),
        }
    }

    fn own(ctx: &Ctx<'_>, account: &Account, region: &str, service: &Service) -> Self {
        Self {
            name: service.name.clone(),
            id: service.id.clone(),
            kind: "Interface",
            owner: account.id.clone(),
            zone_ids: service.zone_ids.clone(),
            base_name: base_name(service, region),
            acceptance_required: service.acceptance_required,
            private_name: service
                .private_dns
                .as_ref()
                .map(|private| (private.name.clone(), private_dns::state(private).to_owned())),
            // Only the owner sees the tags.
            tags: if account.id == ctx.owner() { service.tags.clone() } else { Tags::new() },
        }
    }

    fn write(&self, xml: &mut Xml, ctx: &Ctx<'_>) {
        xml.leaf("serviceName", &self.name).leaf("serviceId", &self.id);
        write_type(xml, self.kind);
        xml.leaf("serviceRegion", ctx.region());
        write_zones(xml, ctx, &self.zone_ids);
        xml.leaf("owner", &self.owner).words("baseEndpointDnsNameSet", "item", [&self.base_name]);
        if let Some((name, state)) = &self.private_name {
            xml.leaf("privateDnsName", name).leaf("privateDnsNameVerificationState", state);
            xml.list("privateDnsNameSet", "item", [name], |xml, name| {
                xml.leaf("privateDnsName", name);
            });
        }
        xml.leaf("vpcEndpointPolicySupported", self.kind == "Gateway");
        xml.leaf("acceptanceRequired", self.acceptance_required).leaf("managesVpcEndpoints", false);
        xml.words("supportedIpAddressTypeSet", "item", ["ipv4"]);
        tag_set(xml, &self.tags);
    }
}

fn base_name(service: &Service, region: &str) -> String {
    format!("{}.{region}.vpce.amazonaws.com", service.id)
}

fn check_ip_types(params: &Params, name: &str) -> Result<(), ApiError> {
    match params.list(name)?.iter().find(|kind| *kind != "ipv4") {
        None => Ok(()),
        Some(other) => Err(ApiError::not_modelled("InvalidParameterValue", &format!("the IP address type {other}"))),
    }
}

/// Checks that the load balancers exist, are active, and belong to no other service.
fn check_balancers(ctx: &Ctx<'_>, arns: &[String], service: Option<&str>) -> Result<(), ApiError> {
    for arn in arns {
        let Some(balancer) = ctx.here().balancers.get(arn) else {
            let (code, text) = if arn.starts_with("arn:aws:elasticloadbalancing:") {
                ("InvalidNetworkLoadBalancerArn.NotFound", "does not exist")
            } else {
                ("InvalidNetworkLoadBalancerArn.Malformed", "is malformed")
            };
            return Err(ApiError::new(code, format!("The Network Load Balancer ARN '{arn}' {text}")));
        };
        if balancer.life.state != "active" {
            // What AWS does here is not documented. Either way, the client should wait.
            let text = format!("The Network Load Balancer {} is not active: {}", balancer.name, balancer.life.state);
            return Err(ApiError::new("InvalidParameter", text));
        }
        if ctx
            .here()
            .services
            .linked(arn)
            .any(|other| Some(other.id.as_str()) != service && other.balancers.contains(arn))
        {
            let text = format!("The Network Load Balancer {arn} is already associated with another endpoint service");
            return Err(ApiError::new("InvalidParameter", text));
        }
    }
    Ok(())
}

fn zone_ids(ctx: &Ctx<'_>, balancers: &[String]) -> Vec<String> {
    let region = ctx.here();
    let found = balancers.iter().filter_map(|arn| region.balancers.get(arn));
    let interfaces = found.flat_map(|balancer: &Balancer| &balancer.interfaces);
    let mut ids: Vec<String> =
        interfaces.filter_map(|id| region.interfaces.get(id)).map(|found| found.zone_id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Whether connections keep the service from being deleted.
pub fn is_held(ctx: &Ctx<'_>, service: &str) -> bool {
    ctx.world().connections(service).any(|(_, endpoint)| HOLDING.contains(&endpoint.life.state.as_str()))
}

fn existing_connections() -> ApiError {
    ApiError::new("ExistingVpcEndpointConnections", "Service has existing active VPC Endpoint connections!")
}

fn write_type(xml: &mut Xml, kind: &str) {
    xml.list("serviceType", "item", [kind], |xml, kind| {
        xml.leaf("serviceType", kind);
    });
}

/// Writes zones by id, and by the caller's own names for them.
fn write_zones(xml: &mut Xml, ctx: &Ctx<'_>, ids: &[String]) {
    let own = ctx.zones();
    let named = own.iter().filter(|zone| ids.contains(&zone.id)).map(|zone| &zone.name);
    xml.words("availabilityZoneSet", "item", named).words("availabilityZoneIdSet", "item", ids);
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, service: &Service) {
    write_type(xml, "Interface");
    xml.leaf("serviceId", &service.id).leaf("serviceName", &service.name).leaf("serviceState", &service.state);
    write_zones(xml, ctx, &service.zone_ids);
    xml.leaf("acceptanceRequired", service.acceptance_required).leaf("managesVpcEndpoints", false);
    xml.words("networkLoadBalancerArnSet", "item", &service.balancers);
    xml.words("supportedIpAddressTypeSet", "item", ["ipv4"]).leaf("remoteAccessEnabled", false);
    xml.words("baseEndpointDnsNameSet", "item", [base_name(service, ctx.region())]);
    if let Some(private) = &service.private_dns {
        private_dns::write(xml, private);
    }
    tag_set(xml, &service.tags);
}
