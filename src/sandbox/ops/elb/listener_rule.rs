//! The rules of listeners. A Network Load Balancer's listener has its default rule and no other.

use crate::sandbox::wire::{ApiError, Marker, Params, Xml};
use crate::sandbox::world::Listener;

use super::common::find_balancer;
use super::listener::{find, write_actions};
use crate::sandbox::ops::shared::context::Ctx;

/// `DescribeRules`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = params.list("RuleArns")?;
    let page = Marker::read(params)?;
    let listeners: Vec<Listener> = match params.get("ListenerArn") {
        Some(arn) if arns.is_empty() => vec![find(ctx, arn)?],
        None if !arns.is_empty() => {
            let all = ctx.here().listeners.values();
            let found: Vec<Listener> = all.filter(|listener| arns.contains(&rule_arn(listener))).cloned().collect();
            if found.len() < arns.len() {
                return Err(ApiError::new("RuleNotFound", "One or more rules not found"));
            }
            found
        }
        _ => {
            let text = "Specify either a listener ARN or rule ARNs";
            return Err(ApiError::new("ValidationError", text));
        }
    };
    params.ready_without_dry_run()?;
    for listener in &listeners {
        find_balancer(ctx, &listener.balancer)?;
    }
    let (found, next) = page.cut(listeners, |listener: &Listener| listener.arn.clone());
    let mut xml = Xml::new();
    xml.list("Rules", "member", &found, |xml, listener| {
        xml.leaf("RuleArn", rule_arn(listener)).leaf("Priority", "default").node("Conditions", |_| {});
        xml.list("Actions", "member", [listener], write_actions).leaf("IsDefault", true);
    });
    xml.maybe("NextMarker", next);
    Ok(xml)
}

/// `listener-rule` in place of `listener`, and an id of its own, made of the listener's.
fn rule_arn(listener: &Listener) -> String {
    let id: String = listener.arn.rsplit('/').next().unwrap_or_default().chars().rev().collect();
    format!("{}/{id}", listener.arn.replacen(":listener/", ":listener-rule/", 1))
}
