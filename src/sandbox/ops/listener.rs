//! Listeners.

use crate::sandbox::wire::{ApiError, Marker, Params, Xml};
use crate::sandbox::world::Listener;

use super::context::Ctx;
use super::load_balancer::{self, modelled};
use super::tags::read as read_tags;
use super::target_group;

/// `CreateListener`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = load_balancer::find(ctx, params.need("LoadBalancerArn")?)?;
    modelled(params, "Protocol", "", "TCP")?;
    let port = target_group::read_port(params)?;
    let actions = params.groups("DefaultActions");
    let [action] = actions.as_slice() else {
        return Err(ApiError::new(
            "ValidationError",
            "A Network Load Balancer's listener has exactly one default action",
        ));
    };
    modelled(params, &format!("{action}.Type"), "", "forward")?;
    let group = target_group::find(ctx, &forward_target(params, action)?)?;
    if group.vpc != balancer.vpc {
        let text = format!("The target group '{}' is not in the VPC of the load balancer", group.arn);
        return Err(ApiError::new("InvalidConfigurationRequest", text));
    }
    let listeners = ctx.here().listeners.values();
    if listeners.clone().any(|other| other.balancer == balancer.arn && other.port == port) {
        let text = format!("A listener already exists on this port for this load balancer '{}'", balancer.arn);
        return Err(ApiError::new("DuplicateListener", text));
    }
    if listeners.clone().any(|other| other.target_group == group.arn && other.balancer != balancer.arn) {
        let text =
            format!("The following target groups cannot be associated with more than one load balancer: {}", group.arn);
        return Err(ApiError::new("TargetGroupAssociationLimit", text));
    }
    let tags = read_tags(params, "Tags")?;
    params.ready_without_dry_run()?;
    let base = balancer.arn.replacen(":loadbalancer/", ":listener/", 1);
    let listener = Listener {
        arn: format!("{base}/{}", ctx.hex(16)),
        balancer: balancer.arn,
        port,
        protocol: "TCP".to_owned(),
        target_group: group.arn,
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
        load_balancer::find(ctx, balancer)?;
    }
    for arn in &arns {
        find(ctx, arn)?;
    }
    let page = Marker::read(params)?;
    params.ready_without_dry_run()?;
    let all = ctx.here().listeners.values();
    let found = all.filter(|listener| arns.contains(&listener.arn) || balancer == Some(listener.balancer.as_str()));
    let (found, next) = page.cut(found.collect(), |listener: &&Listener| listener.arn.clone());
    let mut xml = Xml::new();
    xml.list("Listeners", "member", found, write).maybe("NextMarker", next);
    Ok(xml)
}

/// `DeleteListener`.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arn = params.need("ListenerArn")?;
    find(ctx, arn)?;
    params.ready_without_dry_run()?;
    ctx.here_mut().listeners.remove(arn);
    Ok(Xml::new())
}

fn find(ctx: &Ctx<'_>, arn: &str) -> Result<(), ApiError> {
    if ctx.here().listeners.contains_key(arn) {
        return Ok(());
    }
    Err(ApiError::new("ListenerNotFound", "One or more listeners not found"))
}

/// The one target group of a forward action, in either spelling; both may be given when they agree.
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
    xml.list("DefaultActions", "member", [listener], |xml, listener| {
        xml.leaf("Type", "forward").leaf("TargetGroupArn", &listener.target_group).leaf("Order", 1);
        xml.node("ForwardConfig", |xml| {
            xml.list("TargetGroups", "member", [&listener.target_group], |xml, arn| {
                xml.leaf("TargetGroupArn", arn);
            });
        });
    });
}
