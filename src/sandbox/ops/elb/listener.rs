//! `ELBv2`'s listener operations.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Marker, Params, Xml};
use crate::sandbox::world::{Balancer, Listener, idle_seconds, quota};

use super::balancer_quota::check_targets;
use super::common::{check_arn, find_balancer, modelled, read_attributes, write_attributes};
use super::target_group;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::tags::read_members;

/// `CreateListener`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = find_balancer(ctx, params.need("LoadBalancerArn")?)?;
    check_protocol(params, "")?;
    let port = target_group::read_port(params)?;
    let target_group = read_action(ctx, params, &balancer)?;
    // "If you attempt to create multiple listeners with the same settings, each call succeeds" (API:CreateListener).
    let mut own = ctx.here().listeners.linked(&balancer.arn);
    let same = own.find(|it| it.balancer == balancer.arn && it.port == port && it.target_group == target_group);
    if let Some(same) = same.cloned() {
        read_members(params)?;
        params.ready_without_dry_run()?;
        let mut xml = Xml::new();
        xml.list("Listeners", "member", [&same], write);
        return Ok(xml);
    }
    check_port(ctx, &balancer.arn, port, None)?;
    if ctx.here().listeners.linked(&balancer.arn).count() >= ctx.quota(&quota::LISTENERS) {
        let text = "The maximum number of listeners of this load balancer has been reached";
        return Err(ApiError::new("TooManyListeners", text));
    }
    let tags = read_members(params)?;
    params.ready_without_dry_run()?;
    let base = balancer.arn.replacen(":loadbalancer/", ":listener/", 1);
    let listener = Listener {
        arn: format!("{base}/{}", ctx.hex(16)),
        balancer: balancer.arn,
        port,
        protocol: "TCP".to_owned(),
        target_group,
        idle_seconds: idle_seconds(),
        tags,
    };
    ctx.here_mut().listeners.insert(listener.arn.clone(), listener.clone());
    let mut xml = Xml::new();
    xml.list("Listeners", "member", [&listener], write);
    Ok(xml)
}

/// `DescribeListeners`, of a load balancer or by ARN.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = params.list("ListenerArns")?;
    let balancer = params.get("LoadBalancerArn");
    if arns.is_empty() == balancer.is_none() {
        let text = "Specify either listener ARNs or a load balancer ARN";
        return Err(ApiError::new("ValidationError", text));
    }
    if let Some(balancer) = balancer {
        find_balancer(ctx, balancer)?;
    }
    for arn in &arns {
        find(ctx, arn)?;
    }
    let page = Marker::read(params)?;
    params.ready_without_dry_run()?;
    let all = &ctx.here().listeners;
    let found = match balancer {
        Some(balancer) => all.linked(balancer).filter(|listener| listener.balancer == balancer).collect(),
        None => all.with_ids(&arns).into_iter().map(|(_, listener)| listener).collect(),
    };
    let (found, next) = page.cut(found, |listener: &&Listener| listener.arn.clone());
    let mut xml = Xml::new();
    xml.list("Listeners", "member", found, write).maybe("NextMarker", next);
    Ok(xml)
}

/// `ModifyListener`: another port, another target group. Absent parameters keep their values.
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let mut listener = find(ctx, params.need("ListenerArn")?)?;
    check_protocol(params, "TCP")?;
    let balancer = find_balancer(ctx, &listener.balancer)?;
    if params.get("Port").is_some() {
        listener.port = target_group::read_port(params)?;
        check_port(ctx, &balancer.arn, listener.port, Some(&listener.arn))?;
    }
    if params.has_list("DefaultActions") {
        listener.target_group = read_action(ctx, params, &balancer)?;
    }
    params.ready_without_dry_run()?;
    ctx.here_mut().listeners.insert(listener.arn.clone(), listener.clone());
    let mut xml = Xml::new();
    xml.list("Listeners", "member", [&listener], write);
    Ok(xml)
}

/// A listener's only attribute, in seconds between 60 and 6000 [nlb: update-idle-timeout].
const IDLE: &str = "tcp.idle_timeout.seconds";

/// `DescribeListenerAttributes`.
pub fn describe_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let listener = find(ctx, params.need("ListenerArn")?)?;
    params.ready_without_dry_run()?;
    Ok(attributes(&listener))
}

/// `ModifyListenerAttributes`.
pub fn modify_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let mut listener = find(ctx, params.need("ListenerArn")?)?;
    let changes = read_attributes(params, &[(IDLE, "350", true)])?;
    let seconds = changes.get(IDLE).and_then(|text| text.parse().ok()).filter(|value| (60..=6000).contains(value));
    let Some(seconds) = seconds else {
        return Err(ApiError::new("InvalidConfigurationRequest", format!("{IDLE} must be between 60 and 6000")));
    };
    params.ready_without_dry_run()?;
    listener.idle_seconds = seconds;
    ctx.here_mut().listeners.insert(listener.arn.clone(), listener.clone());
    Ok(attributes(&listener))
}

fn attributes(listener: &Listener) -> Xml {
    write_attributes(&BTreeMap::from([(IDLE.to_owned(), listener.idle_seconds.to_string())]))
}

/// Only TCP is modelled. A Network Load Balancer refuses HTTP (the words are UNCONFIRMED).
fn check_protocol(params: &Params, default: &str) -> Result<(), ApiError> {
    if let Some(protocol @ ("HTTP" | "HTTPS" | "GENEVE")) = params.get("Protocol") {
        let text = format!("Protocol '{protocol}' is not supported with a load balancer of type network");
        return Err(ApiError::new("UnsupportedProtocol", text));
    }
    modelled(params, "Protocol", default, "TCP")
}

/// The one target group that the default action forwards to.
fn read_action(ctx: &Ctx<'_>, params: &Params, balancer: &Balancer) -> Result<String, ApiError> {
    let actions = params.groups("DefaultActions");
    let [action] = actions.as_slice() else {
        return Err(ApiError::new(
            "ValidationError",
            "A Network Load Balancer's listener has exactly one default action",
        ));
    };
    modelled(params, &format!("{action}.Type"), "", "forward")?;
    modelled(params, &format!("{action}.Order"), "1", "1")?;
    let group = target_group::find(ctx, &forward_target(params, action)?)?;
    // A TCP listener forwards only to groups that take TCP [nlb: load-balancer-listeners].
    if !["TCP", "TCP_UDP"].contains(&group.protocol.as_str()) {
        let text = format!("The listener and the following target groups have incompatible protocols: '{}'", group.arn);
        return Err(ApiError::new("IncompatibleProtocols", text));
    }
    if group.vpc != balancer.vpc {
        let text = format!("The target group '{}' is not in the VPC of the load balancer", group.arn);
        return Err(ApiError::new("InvalidConfigurationRequest", text));
    }
    let mut listeners = ctx.here().listeners.linked(&group.arn);
    if listeners.any(|other| other.target_group == group.arn && other.balancer != balancer.arn) {
        let text =
            format!("The following target groups cannot be associated with more than one load balancer: {}", group.arn);
        return Err(ApiError::new("TargetGroupAssociationLimit", text));
    }
    check_targets(ctx, balancer, &group, &[])?;
    Ok(group.arn)
}

/// Refuses a port that another listener of the load balancer has. `own` is the listener being changed.
fn check_port(ctx: &Ctx<'_>, balancer: &str, port: u16, own: Option<&str>) -> Result<(), ApiError> {
    let mut others = ctx.here().listeners.linked(balancer).filter(|other| Some(other.arn.as_str()) != own);
    if others.any(|other| other.balancer == balancer && other.port == port) {
        let text = format!("A listener already exists on this port for this load balancer '{balancer}'");
        return Err(ApiError::new("DuplicateListener", text));
    }
    Ok(())
}

/// `DeleteListener`.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arn = params.need("ListenerArn")?;
    find(ctx, arn)?;
    params.ready_without_dry_run()?;
    ctx.here_mut().listeners.remove(arn);
    Ok(Xml::new())
}

pub fn find(ctx: &Ctx<'_>, arn: &str) -> Result<Listener, ApiError> {
    check_arn(ctx, arn, "listener/", "listener")?;
    let found = ctx.here().listeners.get(arn).cloned();
    found.ok_or_else(|| ApiError::new("ListenerNotFound", "One or more listeners not found"))
}

/// The only target group of a forward action, in either spelling. Both may be given if they agree.
fn forward_target(params: &Params, action: &str) -> Result<String, ApiError> {
    let short = params.get(&format!("{action}.TargetGroupArn")).map(str::to_owned);
    let mut long = Vec::new();
    for item in params.groups(&format!("{action}.ForwardConfig.TargetGroups")) {
        long.push(params.need(&format!("{item}.TargetGroupArn"))?.to_owned());
        params.number::<u32>(&format!("{item}.Weight"))?;
    }
    match (short, long.as_slice()) {
        (Some(arn), []) => Ok(arn),
        (None, [arn]) => Ok(arn.clone()),
        (Some(arn), [same]) if arn == *same => Ok(arn),
        _ => Err(ApiError::not_modelled("ValidationError", "a forward action to other than one target group")),
    }
}

fn write(xml: &mut Xml, listener: &Listener) {
    xml.leaf("ListenerArn", &listener.arn).leaf("LoadBalancerArn", &listener.balancer);
    xml.leaf("Port", listener.port).leaf("Protocol", &listener.protocol);
    xml.list("DefaultActions", "member", [listener], write_actions);
}

/// The action of a listener, which is that of its default rule.
pub fn write_actions(xml: &mut Xml, listener: &Listener) {
    xml.leaf("Type", "forward").leaf("TargetGroupArn", &listener.target_group).leaf("Order", 1);
    xml.node("ForwardConfig", |xml| {
        xml.list("TargetGroups", "member", [&listener.target_group], |xml, arn| {
            xml.leaf("TargetGroupArn", arn).leaf("Weight", 1);
        });
        xml.node("TargetGroupStickinessConfig", |xml| {
            xml.leaf("Enabled", false);
        });
    });
}
