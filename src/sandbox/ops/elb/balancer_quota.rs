//! The limits of load balancers' nodes and targets [nlb: load-balancer-limits]. That AWS refuses more with these words
//! is UNCONFIRMED.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::wire::ApiError;
use crate::sandbox::world::{Balancer, InterfaceKind, TargetGroup, quota};

use crate::sandbox::ops::shared::context::Ctx;

/// Whether a VPC can have `new` more nodes.
pub fn check_nodes(ctx: &Ctx<'_>, vpc: &str, new: usize) -> Result<(), ApiError> {
    let there = ctx.here().interfaces.linked(vpc);
    let nodes = there.filter(|found| found.vpc == vpc && found.kind == InterfaceKind::Balancer).count();
    if new > 0 && nodes + new > ctx.quota(&quota::BALANCER_INTERFACES) {
        let text =
            format!("The maximum number of load balancer network interfaces of the VPC '{vpc}' has been reached");
        return Err(ApiError::new("TooManyLoadBalancers", text));
    }
    Ok(())
}

/// Whether a load balancer can have the `new` targets of `group`, given by id. A target in several groups counts once
/// for each.
pub fn check_targets(ctx: &Ctx<'_>, balancer: &Balancer, group: &TargetGroup, new: &[&str]) -> Result<(), ApiError> {
    let region = ctx.here();
    let listeners = region.listeners.linked(&balancer.arn).filter(|listener| listener.balancer == balancer.arn);
    let mut groups: BTreeSet<&str> = listeners.map(|listener| listener.target_group.as_str()).collect();
    groups.insert(&group.arn);
    let groups = groups.into_iter().filter_map(|arn| region.target_groups.get(arn));
    let held = groups.flat_map(|group| group.targets.iter().map(|target| (group.vpc.as_str(), target.id.as_str())));
    let (mut total, mut zones) = (0, BTreeMap::new());
    for (vpc, id) in held.chain(new.iter().map(|id| (group.vpc.as_str(), *id))) {
        total += 1;
        *zones.entry(region.zone_of_target(vpc, id)).or_insert(0_usize) += 1;
    }
    // With cross-zone load balancing, the limit per zone applies to all zones together.
    let is_one = balancer.attributes.get("load_balancing.cross_zone.enabled").is_some_and(|value| value == "true");
    let most = if is_one { total } else { zones.into_values().max().unwrap_or(0) };
    let refused = if total > ctx.quota(&quota::BALANCER_TARGETS) {
        "targets"
    } else if most > ctx.quota(&quota::ZONE_TARGETS) {
        "targets in an Availability Zone"
    } else {
        return Ok(());
    };
    let text = format!("The load balancer '{}' has reached the maximum number of {refused}", balancer.arn);
    Err(ApiError::new("TooManyTargets", text))
}
