//! The operations of target groups. Those of their targets are in `target.rs`.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Marker, Params, Xml};
use crate::sandbox::world::{TargetGroup, quota};

use super::common::{check_arn, check_name, find_balancer, modelled, read_attributes, write_attributes};
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::tags::read_members;

/// A target group's attributes and their defaults. Those marked `true` can be changed here.
const ATTRIBUTES: &[(&str, &str, bool)] = &[
    ("deregistration_delay.connection_termination.enabled", "false", true),
    ("deregistration_delay.timeout_seconds", "300", true),
    ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration", true),
    ("preserve_client_ip.enabled", "true", true),
    ("proxy_protocol_v2.enabled", "false", true),
    ("stickiness.enabled", "false", false),
    ("stickiness.type", "source_ip", false),
    ("target_group_health.dns_failover.minimum_healthy_targets.count", "1", false),
    ("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", false),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1", false),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off", false),
    ("target_health_state.unhealthy.connection_termination.enabled", "true", true),
    ("target_health_state.unhealthy.draining_interval_seconds", "0", false),
];

/// `CreateTargetGroup`. The name makes it idempotent, as with load balancers.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let name = check_name(params.need("Name")?, "Target group name")?;
    let protocol = match params.need("Protocol")? {
        protocol @ ("TCP" | "TLS" | "UDP" | "TCP_UDP") => protocol.to_owned(),
        other => return Err(ApiError::not_modelled("ValidationError", &format!("target groups of protocol {other}"))),
    };
    modelled(params, "IpAddressType", "ipv4", "ipv4")?;
    let vpc = params.need("VpcId")?.to_owned();
    if !ctx.here().vpcs.contains_key(&vpc) {
        return Err(ApiError::new("ValidationError", format!("The VPC ID '{vpc}' is not found")));
    }
    let target_type = params.get("TargetType").unwrap_or("instance").to_owned();
    if !["instance", "ip"].contains(&target_type.as_str()) {
        return Err(ApiError::not_modelled("ValidationError", &format!("TargetType={target_type}")));
    }
    let check_protocol = params.get("HealthCheckProtocol").unwrap_or("TCP");
    let mut group = TargetGroup {
        arn: String::new(),
        port: read_port(params)?,
        check_protocol: "TCP".to_owned(),
        check_port: "traffic-port".to_owned(),
        check_path: None,
        check_interval: 30,
        // The default depends on the protocol [nlb: target-group-health-checks].
        check_timeout: if check_protocol == "HTTP" { 6 } else { 10 },
        healthy: 5,
        unhealthy: 2,
        matcher: None,
        attributes: ATTRIBUTES.iter().map(|(key, value, _)| ((*key).to_owned(), (*value).to_owned())).collect(),
        targets: Vec::new(),
        fingerprint: params.fingerprint(),
        tags: read_members(params)?,
        name,
        vpc,
        target_type,
        protocol,
    };
    // UDP always keeps the client's address [nlb: edit-target-group-attributes].
    if group.target_type == "ip" && ["TCP", "TLS"].contains(&group.protocol.as_str()) {
        group.attributes.insert("preserve_client_ip.enabled".to_owned(), "false".to_owned());
    }
    read_check(params, &mut group)?;
    let same_name = ctx.here().target_groups.linked(&group.name).find(|found| found.name == group.name).cloned();
    if same_name.as_ref().is_some_and(|found| found.fingerprint != group.fingerprint) {
        let text = format!("A target group with the same name '{}' exists, but with different settings", group.name);
        return Err(ApiError::new("DuplicateTargetGroupName", text));
    }
    if same_name.is_none() && ctx.here().target_groups.len() >= ctx.quota(&quota::TARGET_GROUPS) {
        let text = "The maximum number of target groups has been reached";
        return Err(ApiError::new("TooManyTargetGroups", text));
    }
    params.ready_without_dry_run()?;
    let group = if let Some(group) = same_name {
        group
    } else {
        group.arn = ctx.arn("elasticloadbalancing", &format!("targetgroup/{}/{}", group.name, ctx.hex(16)));
        ctx.here_mut().target_groups.insert(group.arn.clone(), group.clone());
        group
    };
    Ok(list(ctx, &[group]))
}

/// `DescribeTargetGroups`: all, by ARN, by name, or of a load balancer.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = params.list("TargetGroupArns")?;
    let names = params.list("Names")?;
    let balancer = params.get("LoadBalancerArn").map(str::to_owned);
    let page = Marker::read(params)?;
    let all = &ctx.here().target_groups;
    let mut found = Vec::new();
    for arn in &arns {
        found.push(find(ctx, arn)?);
    }
    for name in &names {
        found.push(all.linked(name).find(|group| group.name == *name).cloned().ok_or_else(not_found)?);
    }
    let by_itself = arns.is_empty() && names.is_empty();
    if let Some(arn) = &balancer {
        find_balancer(ctx, arn)?;
        let used = ctx.here().listeners.linked(arn).filter(|listener| listener.balancer == *arn);
        let used: Vec<&str> = used.map(|listener| listener.target_group.as_str()).collect();
        if by_itself {
            found = used.iter().filter_map(|arn| all.get(arn)).cloned().collect();
        }
        found.retain(|group| used.contains(&group.arn.as_str()));
    } else if by_itself {
        found = all.values().cloned().collect();
    }
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    found.dedup_by(|a, b| a.arn == b.arn);
    params.ready_without_dry_run()?;
    let (found, next) = page.cut(found, |group| group.arn.clone());
    let mut xml = list(ctx, &found);
    xml.maybe("NextMarker", next);
    Ok(xml)
}

/// `ModifyTargetGroup`: changes its health check.
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let mut group = find(ctx, params.need("TargetGroupArn")?)?;
    read_check(params, &mut group)?;
    params.ready_without_dry_run()?;
    ctx.here_mut().target_groups.insert(group.arn.clone(), group.clone());
    Ok(list(ctx, &[group]))
}

/// `DeleteTargetGroup`. Refused while a listener uses it. Deleting a group that does not exist succeeds, because the
/// API has no such error.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arn = params.need("TargetGroupArn")?;
    check_arn(ctx, arn, "targetgroup/", "target group")?;
    params.ready_without_dry_run()?;
    if ctx.here().listeners.linked(arn).any(|listener| listener.target_group == arn) {
        let text = format!("Target group '{arn}' is currently in use by a listener or a rule");
        return Err(ApiError::new("ResourceInUse", text));
    }
    ctx.here_mut().target_groups.remove(arn);
    Ok(Xml::new())
}

/// `DescribeTargetGroupAttributes`.
pub fn describe_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = find(ctx, params.need("TargetGroupArn")?)?;
    params.ready_without_dry_run()?;
    Ok(write_attributes(&group.attributes))
}

/// `ModifyTargetGroupAttributes`.
pub fn modify_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arn = params.need("TargetGroupArn")?;
    let changes = read_attributes(params, ATTRIBUTES)?;
    let group = find(ctx, arn)?;
    if let Some(delay) = changes.get("deregistration_delay.timeout_seconds")
        && !delay.parse().is_ok_and(|seconds: u32| seconds <= 3600)
    {
        let text = "deregistration_delay.timeout_seconds must be between 0 and 3600";
        return Err(ApiError::new("ValidationError", text));
    }
    let cross_zone = changes.get("load_balancing.cross_zone.enabled");
    if cross_zone.is_some_and(|value| !["true", "false", "use_load_balancer_configuration"].contains(&value.as_str())) {
        let text = "load_balancing.cross_zone.enabled must be true, false or use_load_balancer_configuration";
        return Err(ApiError::new("ValidationError", text));
    }
    params.ready_without_dry_run()?;
    let mut attributes: BTreeMap<String, String> = group.attributes;
    attributes.extend(changes);
    if let Some(found) = ctx.here_mut().target_groups.get_mut(&group.arn) {
        found.attributes.clone_from(&attributes);
    }
    Ok(write_attributes(&attributes))
}

pub fn find(ctx: &Ctx<'_>, arn: &str) -> Result<TargetGroup, ApiError> {
    check_arn(ctx, arn, "targetgroup/", "target group")?;
    ctx.here().target_groups.get(arn).cloned().ok_or_else(not_found)
}

/// The ARNs of the load balancers whose listeners forward to this group.
pub fn balancers_of(ctx: &Ctx<'_>, arn: &str) -> Vec<String> {
    let listeners = ctx.here().listeners.linked(arn).filter(|listener| listener.target_group == arn);
    let mut arns: Vec<String> = listeners.map(|listener| listener.balancer.clone()).collect();
    arns.sort();
    arns.dedup();
    arns
}

pub fn read_port(params: &Params) -> Result<u16, ApiError> {
    match params.number::<u16>("Port")? {
        Some(port) if port > 0 => Ok(port),
        _ => Err(ApiError::new("ValidationError", "Port must be specified, between 1 and 65535")),
    }
}

/// Reads the health check's settings into `group`. Absent settings keep their values.
fn read_check(params: &Params, group: &mut TargetGroup) -> Result<(), ApiError> {
    let invalid = |text: &str| Err(ApiError::new("ValidationError", text));
    match params.get("HealthCheckProtocol").unwrap_or(&group.check_protocol) {
        "TCP" => "TCP".clone_into(&mut group.check_protocol),
        "HTTP" => {
            "HTTP".clone_into(&mut group.check_protocol);
            group.check_path.get_or_insert_with(|| "/".to_owned());
            group.matcher.get_or_insert_with(|| "200-399".to_owned());
        }
        other => {
            return Err(ApiError::not_modelled("ValidationError", &format!("HealthCheckProtocol={other}")));
        }
    }
    if group.check_protocol == "TCP" {
        (group.check_path, group.matcher) = (None, None);
    }
    if params.flag("HealthCheckEnabled")? == Some(false) {
        return invalid("Health check enabled must be true for target groups with target type 'instance' or 'ip'");
    }
    if let Some(port) = params.get("HealthCheckPort") {
        if port != "traffic-port" && !port.parse().is_ok_and(|port: u16| port > 0) {
            return invalid("HealthCheckPort must be 'traffic-port' or between 1 and 65535");
        }
        port.clone_into(&mut group.check_port);
    }
    for (name, value) in [("HealthCheckPath", &mut group.check_path), ("Matcher.HttpCode", &mut group.matcher)] {
        if let Some(text) = params.get(name) {
            if group.check_protocol != "HTTP" {
                // The code was seen on AWS; the words are UNCONFIRMED.
                let text = format!("{name} is not supported for health checks with protocol TCP");
                return Err(ApiError::new("InvalidConfigurationRequest", text));
            }
            *value = Some(text.to_owned());
        }
    }
    if group.check_path.as_ref().is_some_and(|path| !path.starts_with('/') || path.len() > 1024) {
        return invalid("HealthCheckPath must begin with '/' and have at most 1024 characters");
    }
    if group.matcher.as_deref().is_some_and(|matcher| !matcher.split(',').all(is_code_range)) {
        return invalid("Matcher.HttpCode must be codes or ranges between 200 and 599, such as 200,202 or 200-399");
    }
    let within = |name: &str, value: &mut u32, least: u32, most: u32| match params.number::<u32>(name)? {
        Some(number) if !(least..=most).contains(&number) => {
            Err(ApiError::new("ValidationError", format!("{name} must be between {least} and {most}")))
        }
        Some(number) => {
            *value = number;
            Ok(())
        }
        None => Ok(()),
    };
    within("HealthCheckIntervalSeconds", &mut group.check_interval, 5, 300)?;
    within("HealthCheckTimeoutSeconds", &mut group.check_timeout, 2, 120)?;
    within("HealthyThresholdCount", &mut group.healthy, 2, 10)?;
    within("UnhealthyThresholdCount", &mut group.unhealthy, 2, 10)?;
    if group.check_timeout > group.check_interval {
        let (timeout, interval) = (group.check_timeout, group.check_interval);
        return invalid(&format!(
            "Health check timeout '{timeout}' must be smaller than or equal to the interval '{interval}'"
        ));
    }
    Ok(())
}

fn is_code_range(text: &str) -> bool {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let code = |text: &str| text.parse::<u16>().ok().filter(|code| (200..600).contains(code));
    matches!((code(first), code(last)), (Some(first), Some(last)) if first <= last)
}

fn not_found() -> ApiError {
    ApiError::new("TargetGroupNotFound", "One or more target groups not found")
}

fn list(ctx: &Ctx<'_>, groups: &[TargetGroup]) -> Xml {
    let mut xml = Xml::new();
    xml.list("TargetGroups", "member", groups, |xml, group| {
        xml.leaf("TargetGroupArn", &group.arn).leaf("TargetGroupName", &group.name);
        xml.leaf("Protocol", &group.protocol).leaf("Port", group.port).leaf("VpcId", &group.vpc);
        xml.leaf("HealthCheckProtocol", &group.check_protocol).leaf("HealthCheckPort", &group.check_port);
        xml.leaf("HealthCheckEnabled", true).leaf("HealthCheckIntervalSeconds", group.check_interval);
        xml.leaf("HealthCheckTimeoutSeconds", group.check_timeout).leaf("HealthyThresholdCount", group.healthy);
        xml.leaf("UnhealthyThresholdCount", group.unhealthy).maybe("HealthCheckPath", group.check_path.as_ref());
        if let Some(matcher) = &group.matcher {
            xml.node("Matcher", |xml| {
                xml.leaf("HttpCode", matcher);
            });
        }
        xml.words("LoadBalancerArns", "member", balancers_of(ctx, &group.arn));
        xml.leaf("TargetType", &group.target_type).leaf("IpAddressType", "ipv4");
    });
    xml
}
