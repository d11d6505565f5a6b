//! The operations of Network Load Balancers.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Marker, Params, Xml};
use crate::sandbox::world::{Balancer, InterfaceKind, Kind, Life, canonical_hosted_zone, quota};

use super::balancer_quota::check_nodes;
use super::common::{check_arn, check_name, find_balancer, modelled, read_attributes, write_attributes};
use super::load_balancer_subnets::{check_place, read_subnets, write_zones};
use crate::sandbox::ops::shared::context::{Ctx, NewInterface, moment};
use crate::sandbox::ops::shared::tags::{at_most_twenty, read_members};

/// A load balancer's attributes and their defaults. Those marked `true` can be changed here.
const ATTRIBUTES: &[(&str, &str, bool)] = &[
    ("access_logs.s3.bucket", "", false),
    ("access_logs.s3.enabled", "false", false),
    ("access_logs.s3.prefix", "", false),
    ("deletion_protection.enabled", "false", true),
    ("dns_record.client_routing_policy", "any_availability_zone", false),
    ("load_balancing.cross_zone.enabled", "false", true),
    ("zonal_shift.config.enabled", "false", false),
];

/// `CreateLoadBalancer`. The name makes it idempotent: the same request again gives the same load balancer.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let name = check_name(params.need("Name")?, "The load balancer name")?;
    if name.starts_with("internal-") {
        // The words are UNCONFIRMED [API:CreateLoadBalancer].
        let text = format!("The load balancer name '{name}' cannot begin with 'internal-'");
        return Err(ApiError::new("ValidationError", text));
    }
    modelled(params, "Type", "application", "network")?;
    modelled(params, "IpAddressType", "ipv4", "ipv4")?;
    let subnets = read_subnets(ctx, params)?;
    let vpc = subnets[0].0.vpc.clone();
    let scheme = params.get("Scheme").unwrap_or("internet-facing").to_owned();
    match scheme.as_str() {
        "internal" => {}
        "internet-facing" => {
            return Err(ApiError::new("InvalidSubnet", format!("VPC {vpc} has no internet gateway")));
        }
        other => return Err(ApiError::new("InvalidScheme", format!("The scheme '{other}' is not valid"))),
    }
    let groups = params.list("SecurityGroups")?;
    check_groups(ctx, &groups, &vpc)?;
    let tags = read_members(params)?;
    let same_name = ctx.here().balancers.linked(&name).find(|found| found.name == name).cloned();
    if same_name.as_ref().is_some_and(|found| found.fingerprint != params.fingerprint()) {
        let text = format!("A load balancer with the same name '{name}' exists, but with different settings");
        return Err(ApiError::new("DuplicateLoadBalancerName", text));
    }
    if same_name.is_none() {
        if ctx.here().balancers.len() >= ctx.quota(&quota::BALANCERS) {
            let text = "The maximum number of load balancers has been reached";
            return Err(ApiError::new("TooManyLoadBalancers", text));
        }
        check_nodes(ctx, &vpc, subnets.len())?;
        for (subnet, address) in &subnets {
            check_place(ctx, subnet, *address)?;
        }
    }
    params.ready_without_dry_run()?;
    let balancer = if let Some(balancer) = same_name {
        balancer
    } else {
        let id = ctx.hex(16);
        let arn = ctx.arn("elasticloadbalancing", &format!("loadbalancer/net/{name}/{id}"));
        let mut interfaces = Vec::new();
        for (subnet, address) in &subnets {
            let new = NewInterface {
                kind: InterfaceKind::Balancer,
                owner: &arn,
                description: format!("ELB net/{name}/{id}"),
                groups: groups.clone(),
                address: *address,
                tags: BTreeMap::new(),
            };
            interfaces.push(ctx.attach(subnet, new).id);
        }
        let balancer = Balancer {
            dns_name: format!("{name}-{id}.elb.{}.amazonaws.com", ctx.region()),
            name,
            scheme,
            vpc,
            life: ctx.begin(Kind::Balancer, "provisioning"),
            created: ctx.millis(),
            interfaces,
            groups,
            enforce: true,
            attributes: ATTRIBUTES.iter().map(|(key, value, _)| ((*key).to_owned(), (*value).to_owned())).collect(),
            fingerprint: params.fingerprint(),
            tags,
            arn: arn.clone(),
        };
        ctx.here_mut().balancers.insert(arn, balancer.clone());
        balancer
    };
    let mut xml = Xml::new();
    xml.list("LoadBalancers", "member", [balancer], |xml, balancer| write(xml, ctx, &balancer));
    Ok(xml)
}

/// `DescribeLoadBalancers`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = params.list("LoadBalancerArns")?;
    let names = params.list("Names")?;
    if !arns.is_empty() && !names.is_empty() {
        let text = "Load balancer names and load balancer ARNs cannot be specified at the same time";
        return Err(ApiError::new("ValidationError", text));
    }
    at_most_twenty("load balancers", arns.len().max(names.len()))?;
    let page = Marker::read(params)?;
    params.ready_without_dry_run()?;
    for arn in &arns {
        find_balancer(ctx, arn)?;
    }
    let all = &ctx.here().balancers;
    let mut chosen: Vec<String> = arns;
    for name in &names {
        let not_found = || ApiError::new("LoadBalancerNotFound", format!("Load balancers '[{name}]' not found"));
        let found = all.linked(name).find(|found| found.name == *name).ok_or_else(not_found)?;
        chosen.push(found.arn.clone());
    }
    if chosen.is_empty() {
        chosen = all.keys().cloned().collect();
    }
    chosen.sort();
    chosen.dedup();
    for arn in &chosen {
        ctx.advance_on_read(Kind::Balancer, arn);
    }
    let (chosen, next) = page.cut(chosen, Clone::clone);
    let mut xml = Xml::new();
    let found = chosen.iter().filter_map(|arn| ctx.here().balancers.get(arn));
    xml.list("LoadBalancers", "member", found, |xml, balancer| write(xml, ctx, balancer));
    xml.maybe("NextMarker", next);
    Ok(xml)
}

/// `DeleteLoadBalancer`. Its listeners go with it, its target groups stay, and its interfaces leave some time later.
/// Deleting a load balancer that does not exist succeeds (API:DeleteLoadBalancer).
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arn = params.need("LoadBalancerArn")?;
    check_arn(ctx, arn, "loadbalancer/", "load balancer")?;
    params.ready_without_dry_run()?;
    let Some(balancer) = ctx.here().balancers.get(arn).cloned() else { return Ok(Xml::new()) };
    if balancer.attributes.get("deletion_protection.enabled").is_some_and(|value| value == "true") {
        let text = format!("Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
        return Err(ApiError::new("OperationNotPermitted", text));
    }
    if ctx.here().services.linked(arn).any(|service| service.balancers.iter().any(|used| used == arn)) {
        let text =
            format!("Load balancer '{arn}' cannot be deleted because it is currently associated with another service");
        return Err(ApiError::new("ResourceInUse", text));
    }
    let leaving = Life::enter(Kind::Interface, "leaving", ctx.timing());
    let region = ctx.here_mut();
    region.listeners.remove_linked(arn, |listener| listener.balancer == arn);
    region.balancers.remove(arn);
    for id in &balancer.interfaces {
        if let Some(interface) = region.interfaces.get_mut(id) {
            interface.life = leaving.clone();
        }
    }
    Ok(Xml::new())
}

/// `SetSecurityGroups`. A load balancer made without groups can never get one; one made with groups keeps at least one
/// [nlb: load-balancer-security-groups].
pub fn set_security_groups(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = find_balancer(ctx, params.need("LoadBalancerArn")?)?;
    if !params.has_list("SecurityGroups") {
        return Err(ApiError::missing("SecurityGroups"));
    }
    let groups = params.list("SecurityGroups")?;
    let enforce = match params.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") {
        None => balancer.enforce,
        Some("on") => true,
        Some("off") => false,
        Some(other) => return Err(ApiError::value("EnforceSecurityGroupInboundRules", other, "Expected on or off.")),
    };
    if balancer.groups.is_empty() {
        let text = "Security groups cannot be set on a Network Load Balancer that was created without any";
        return Err(ApiError::new("InvalidConfigurationRequest", text));
    }
    if groups.is_empty() {
        let text = "A Network Load Balancer that was created with security groups must keep at least one";
        return Err(ApiError::new("InvalidConfigurationRequest", text));
    }
    check_groups(ctx, &groups, &balancer.vpc)?;
    params.ready_without_dry_run()?;
    let region = ctx.here_mut();
    for id in &balancer.interfaces {
        if let Some(interface) = region.interfaces.get_mut(id) {
            interface.groups.clone_from(&groups);
        }
    }
    if let Some(found) = region.balancers.get_mut(&balancer.arn) {
        found.groups.clone_from(&groups);
        found.enforce = enforce;
    }
    let mut xml = Xml::new();
    xml.words("SecurityGroupIds", "member", &groups);
    xml.leaf("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", on_off(enforce));
    Ok(xml)
}

/// `DescribeLoadBalancerAttributes`.
pub fn describe_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = find_balancer(ctx, params.need("LoadBalancerArn")?)?;
    params.ready_without_dry_run()?;
    Ok(write_attributes(&balancer.attributes))
}

/// `ModifyLoadBalancerAttributes`.
pub fn modify_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = find_balancer(ctx, params.need("LoadBalancerArn")?)?;
    let changes = read_attributes(params, ATTRIBUTES)?;
    params.ready_without_dry_run()?;
    let mut attributes = balancer.attributes;
    attributes.extend(changes);
    if let Some(found) = ctx.here_mut().balancers.get_mut(&balancer.arn) {
        found.attributes.clone_from(&attributes);
    }
    Ok(write_attributes(&attributes))
}

fn check_groups(ctx: &Ctx<'_>, groups: &[String], vpc: &str) -> Result<(), ApiError> {
    let bad = groups.iter().find(|id| ctx.here().groups.get(id).is_none_or(|group| group.vpc != vpc));
    bad.map_or(Ok(()), |id| {
        let text = format!("The security group '{id}' does not exist in the VPC '{vpc}'");
        Err(ApiError::new("InvalidSecurityGroup", text))
    })
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, balancer: &Balancer) {
    xml.leaf("LoadBalancerArn", &balancer.arn).leaf("LoadBalancerName", &balancer.name);
    xml.leaf("DNSName", &balancer.dns_name).leaf("CreatedTime", moment(balancer.created));
    xml.maybe("CanonicalHostedZoneId", canonical_hosted_zone(ctx.region()));
    xml.leaf("Scheme", &balancer.scheme).leaf("VpcId", &balancer.vpc).leaf("Type", "network");
    xml.node("State", |xml| {
        xml.leaf("Code", &balancer.life.state);
    });
    write_zones(xml, ctx, &balancer.interfaces);
    if !balancer.groups.is_empty() {
        xml.words("SecurityGroups", "member", &balancer.groups);
        xml.leaf("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", on_off(balancer.enforce));
    }
    xml.leaf("IpAddressType", "ipv4").leaf("EnablePrefixForIpv6SourceNat", "off");
}
