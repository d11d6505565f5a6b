//! Registers and deregisters targets. Their health is in `target_health.rs`.

use std::net::Ipv4Addr;

use crate::host::net::Cidr;
use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Kind, Life, Subnet, Target, TargetGroup, quota};

use super::balancer_quota::check_targets;
use super::common::find_balancer;
use super::target_group::{balancers_of, find};
use crate::sandbox::ops::shared::context::Ctx;

/// Where addresses outside the VPC may be [API elbv2:TargetDescription].
const OUTSIDE: [Cidr; 4] = [
    Cidr::fixed([10, 0, 0, 0], 8),
    Cidr::fixed([172, 16, 0, 0], 12),
    Cidr::fixed([192, 168, 0, 0], 16),
    Cidr::fixed([100, 64, 0, 0], 10),
];

/// `RegisterTargets`. Instances must be running and in the group's VPC.
pub fn register(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = find(ctx, params.need("TargetGroupArn")?)?;
    let asked = read_asked(params)?;
    if asked.is_empty() {
        return Err(no_targets());
    }
    for one in &asked {
        if let Err(error) = check_zone(ctx, &group, one).and_then(|()| check_target(ctx, &group, one)) {
            // A refused registration has looked at the instance, so a retry gets further.
            ctx.advance_on_read(Kind::Instance, &one.id);
            return Err(error);
        }
    }
    let targets: Vec<(String, u16)> =
        asked.iter().map(|one| (one.id.clone(), one.port.unwrap_or(group.port))).collect();
    let registered =
        |id: &str, port: u16| group.targets.iter().any(|target| (target.id.as_str(), target.port) == (id, port));
    let new = targets.iter().filter(|(id, port)| !registered(id, *port));
    let new: Vec<&str> = new.map(|(id, _)| id.as_str()).collect();
    if group.targets.iter().filter(|target| !target.is_leaving()).count() + new.len() > ctx.quota(&quota::TARGETS) {
        let text = format!("The following target group has too many targets: '{}'", group.arn);
        return Err(ApiError::new("TooManyTargets", text));
    }
    for arn in balancers_of(ctx, &group.arn) {
        check_targets(ctx, &find_balancer(ctx, &arn)?, &group, &new)?;
    }
    params.ready_without_dry_run()?;
    let outside: Vec<Option<String>> =
        asked.into_iter().map(|one| one.zone.filter(|_| subnet_of(ctx, &group, &one.id).is_none())).collect();
    let Some(found) = ctx.here_mut().target_groups.get_mut(&group.arn) else { return Ok(Xml::new()) };
    for ((id, port), zone) in targets.into_iter().zip(outside) {
        found.targets.retain(|target| (&target.id, target.port) != (&id, port));
        found.targets.push(Target { id, port, zone, life: Life { state: "registered".to_owned(), due: None } });
    }
    Ok(Xml::new())
}

/// `DeregisterTargets`: the targets drain for the deregistration delay. Without a port, the group's port is meant: "If
/// you specified a port override when you registered a target, you must specify both the target ID and the port". A
/// target that is not registered is no error (API:DeregisterTargets).
pub fn deregister(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = find(ctx, params.need("TargetGroupArn")?)?;
    let wanted = read_asked(params)?;
    wanted.iter().try_for_each(|one| check_zone(ctx, &group, one))?;
    if wanted.is_empty() {
        return Err(no_targets());
    }
    params.ready_without_dry_run()?;
    let delay = group.attributes.get("deregistration_delay.timeout_seconds").and_then(|text| text.parse().ok());
    // Without a listener on the group, there are no connections to drain.
    let used = !balancers_of(ctx, &group.arn).is_empty();
    let draining = Life::enter_for(Kind::Target, "draining", ctx.timing(), delay.unwrap_or(300));
    let Some(found) = ctx.here_mut().target_groups.get_mut(&group.arn) else { return Ok(Xml::new()) };
    let goes =
        |target: &Target| wanted.iter().any(|one| one.id == target.id && one.port.unwrap_or(group.port) == target.port);
    if used {
        for target in found.targets.iter_mut().filter(|target| goes(target) && !target.is_ending()) {
            target.life = draining.clone();
        }
    } else {
        found.targets.retain(|target| !goes(target));
    }
    Ok(Xml::new())
}

/// One of `Targets`, as sent.
pub struct Asked {
    pub id: String,
    pub port: Option<u16>,
    zone: Option<String>,
}

pub fn read_asked(params: &Params) -> Result<Vec<Asked>, ApiError> {
    let mut targets = Vec::new();
    for prefix in params.groups("Targets") {
        let id = params.need(&format!("{prefix}.Id"))?.to_owned();
        let port = params.number::<u16>(&format!("{prefix}.Port"))?;
        if port == Some(0) {
            return Err(ApiError::new("ValidationError", "The port of a target must be between 1 and 65535"));
        }
        let zone = params.get(&format!("{prefix}.AvailabilityZone")).map(str::to_owned);
        targets.push(Asked { id, port, zone });
    }
    Ok(targets)
}

/// Checks the `AvailabilityZone` of a target. An address in the VPC has its subnet's zone, whether the zone is given or
/// not; one outside has the zone that is given, or all of them; for instances no zone may be given
/// (ELB:TargetDescription). The words about addresses are from clients' logs, those about instances UNCONFIRMED.
pub fn check_zone(ctx: &Ctx<'_>, group: &TargetGroup, asked: &Asked) -> Result<(), ApiError> {
    let (Some(zone), id) = (&asked.zone, &asked.id) else { return Ok(()) };
    let invalid = |text: &str| Err(ApiError::new("ValidationError", text));
    if group.target_type == "instance" {
        return invalid(
            "You cannot specify an Availability Zone for a target of a target group with the target type 'instance'",
        );
    }
    match subnet_of(ctx, group, id) {
        Some(subnet) if subnet.zone_name != *zone => invalid(&format!(
            "The IP address '{id}' is within the VPC, and cannot have its Availability Zone overridden to '{zone}' from \
             '{}'",
            subnet.zone_name
        )),
        None if zone != "all" && !ctx.zones().iter().any(|known| known.name == *zone) => invalid(&format!(
            "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP \
             address '{id}' is outside the VPC"
        )),
        _ => Ok(()),
    }
}

/// The subnet of the group's VPC that contains an address.
fn subnet_of<'a>(ctx: &'a Ctx<'_>, group: &TargetGroup, id: &str) -> Option<&'a Subnet> {
    ctx.here().subnet_at(&group.vpc, id.parse().ok()?)
}

fn check_target(ctx: &Ctx<'_>, group: &TargetGroup, asked: &Asked) -> Result<(), ApiError> {
    let id = asked.id.as_str();
    let invalid = |text: String| Err(ApiError::new("InvalidTarget", text));
    if group.target_type == "ip" {
        let Ok(address) = id.parse::<Ipv4Addr>() else {
            let text = format!("The IP address '{id}' is not a valid IPv4 address");
            return Err(ApiError::new("ValidationError", text));
        };
        // The check is by subnet, not by the VPC's block.
        if ctx.here().subnet_at(&group.vpc, address).is_some() {
            return Ok(());
        }
        if !OUTSIDE.iter().any(|block| block.has(address)) {
            // That it is refused is documented; the words are UNCONFIRMED.
            return invalid(format!("The following targets are not in an allowed range of IP addresses: '{id}'"));
        }
        if asked.zone.is_some() {
            return Ok(());
        }
        // The words are from clients' logs.
        let text = format!("The Availability Zone is required for IP address '{id}' because it is not in the VPC");
        return Err(ApiError::new("ValidationError", text));
    }
    match ctx.here().instances.get(id) {
        None => invalid(format!("The following targets are not valid instances: '{id}'")),
        Some(instance) if instance.vpc != group.vpc => {
            invalid(format!("The following targets are not in the target group VPC '{}': '{id}'", group.vpc))
        }
        Some(instance) if instance.life.state != "running" => {
            invalid(format!("The following targets are not in a running state and cannot be registered: '{id}'"))
        }
        Some(_) => Ok(()),
    }
}

fn no_targets() -> ApiError {
    ApiError::new("ValidationError", "Targets must be specified")
}
