//! Registers and deregisters targets. Their health is in `target_health.rs`.

use std::net::Ipv4Addr;

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Kind, Life, Target, TargetGroup, quota};

use super::balancer_quota::check_targets;
use super::common::find_balancer;
use super::target_group::{balancers_of, find};
use crate::sandbox::ops::shared::context::Ctx;

/// `RegisterTargets`. Instances must be running and in the group's VPC.
pub fn register(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = find(ctx, params.need("TargetGroupArn")?)?;
    let targets = read_targets(params, &group)?;
    check_zones(ctx, params, &group)?;
    if targets.is_empty() {
        return Err(no_targets());
    }
    for (id, _) in &targets {
        if let Err(error) = check_target(ctx, &group, id) {
            // A refused registration has looked at the instance, so a retry gets further.
            ctx.advance_on_read(Kind::Instance, id);
            return Err(error);
        }
    }
    let registered =
        |id: &str, port: u16| group.targets.iter().any(|target| (target.id.as_str(), target.port) == (id, port));
    let new = targets.iter().filter(|(id, port)| !registered(id, *port));
    let new: Vec<&str> = new.map(|(id, _)| id.as_str()).collect();
    if group.targets.len() + new.len() > ctx.quota(&quota::TARGETS) {
        let text = format!("The following target group has too many targets: '{}'", group.arn);
        return Err(ApiError::new("TooManyTargets", text));
    }
    for arn in balancers_of(ctx, &group.arn) {
        check_targets(ctx, &find_balancer(ctx, &arn)?, &group, &new)?;
    }
    params.ready_without_dry_run()?;
    let Some(found) = ctx.here_mut().target_groups.get_mut(&group.arn) else { return Ok(Xml::new()) };
    for (id, port) in targets {
        found.targets.retain(|target| (&target.id, target.port) != (&id, port));
        found.targets.push(Target { id, port, life: Life { state: "registered".to_owned(), due: None } });
    }
    Ok(Xml::new())
}

/// `DeregisterTargets`: the targets drain for the deregistration delay. Without a port, all ports are meant. A target
/// that is not registered is no error (API:DeregisterTargets).
pub fn deregister(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = find(ctx, params.need("TargetGroupArn")?)?;
    let wanted = read_raw_targets(params)?;
    check_zones(ctx, params, &group)?;
    if wanted.is_empty() {
        return Err(no_targets());
    }
    params.ready_without_dry_run()?;
    let delay = group.attributes.get("deregistration_delay.timeout_seconds").and_then(|text| text.parse().ok());
    // Without a listener on the group, there are no connections to drain.
    let used = !balancers_of(ctx, &group.arn).is_empty();
    let draining = Life::enter_for(Kind::Target, "draining", ctx.timing(), delay.unwrap_or(300));
    let Some(found) = ctx.here_mut().target_groups.get_mut(&group.arn) else { return Ok(Xml::new()) };
    let goes = |target: &Target| {
        wanted.iter().any(|(id, port)| *id == target.id && port.is_none_or(|port| port == target.port))
    };
    if used {
        for target in found.targets.iter_mut().filter(|target| goes(target) && target.life.state != "draining") {
            target.life = draining.clone();
        }
    } else {
        found.targets.retain(|target| !goes(target));
    }
    Ok(Xml::new())
}

/// `Targets` as sent: ids, and ports if given.
pub fn read_raw_targets(params: &Params) -> Result<Vec<(String, Option<u16>)>, ApiError> {
    let mut targets = Vec::new();
    for prefix in params.groups("Targets") {
        let id = params.need(&format!("{prefix}.Id"))?.to_owned();
        let port = params.number::<u16>(&format!("{prefix}.Port"))?;
        if port == Some(0) {
            return Err(ApiError::new("ValidationError", "The port of a target must be between 1 and 65535"));
        }
        targets.push((id, port));
    }
    Ok(targets)
}

/// Checks the `AvailabilityZone` of each target. An address has its subnet's zone, whether the zone is given or not;
/// for instances no zone may be given (ELB:TargetDescription). The words are UNCONFIRMED.
pub fn check_zones(ctx: &Ctx<'_>, params: &Params, group: &TargetGroup) -> Result<(), ApiError> {
    for prefix in params.groups("Targets") {
        let Some(zone) = params.get(&format!("{prefix}.AvailabilityZone")) else { continue };
        if group.target_type == "instance" {
            let text = "You cannot specify an Availability Zone for a target of a target group with the target type 'instance'";
            return Err(ApiError::new("ValidationError", text));
        }
        let id = params.need(&format!("{prefix}.Id"))?;
        let subnet = id.parse().ok().and_then(|address| ctx.here().subnet_at(&group.vpc, address));
        let own = subnet.map(|subnet| subnet.zone_name.as_str());
        if own.is_none() || zone == "all" {
            return Err(ApiError::not_modelled("ValidationError", "targets outside the VPC, or in all zones"));
        }
        if own != Some(zone) {
            let text = format!("The IP address '{id}' is not in the Availability Zone '{zone}'");
            return Err(ApiError::new("ValidationError", text));
        }
    }
    Ok(())
}

fn read_targets(params: &Params, group: &TargetGroup) -> Result<Vec<(String, u16)>, ApiError> {
    Ok(read_raw_targets(params)?.into_iter().map(|(id, port)| (id, port.unwrap_or(group.port))).collect())
}

fn check_target(ctx: &Ctx<'_>, group: &TargetGroup, id: &str) -> Result<(), ApiError> {
    let invalid = |text: String| Err(ApiError::new("InvalidTarget", text));
    if group.target_type == "ip" {
        let Ok(address) = id.parse::<Ipv4Addr>() else {
            return invalid(format!("The IP address '{id}' is not a valid IPv4 address"));
        };
        if ctx.here().subnet_at(&group.vpc, address).is_some() {
            return Ok(());
        }
        // The words are from clients' logs. The check is by subnet, not by the VPC's block.
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
