//! What the operations of `ELBv2` share: names, ARNs, attributes.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::Balancer;

use crate::sandbox::ops::shared::context::Ctx;

/// The most characters of a name.
const NAME_LIMIT: usize = 32;

pub fn find_balancer(ctx: &Ctx<'_>, arn: &str) -> Result<Balancer, ApiError> {
    check_arn(ctx, arn, "loadbalancer/", "load balancer")?;
    let found = ctx.here().balancers.get(arn).cloned();
    found.ok_or_else(|| ApiError::new("LoadBalancerNotFound", format!("Load balancers '[{arn}]' not found")))
}

/// Checks a name: letters, digits and inner dashes. `what` begins ELB's sentence in a refusal.
pub fn check_name(name: &str, what: &str) -> Result<String, ApiError> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let why = if name.chars().count() > NAME_LIMIT {
        "cannot be longer than '32' characters"
    } else if !plain {
        "can only contain characters that are alphanumeric characters and hyphens(-)"
    } else if name.starts_with('-') || name.ends_with('-') {
        // These words are UNCONFIRMED; that AWS refuses is documented [API:CreateLoadBalancer].
        "cannot begin or end with a hyphen(-)"
    } else {
        return Ok(name.to_owned());
    };
    Err(ApiError::new("ValidationError", format!("{what} '{name}' {why}")))
}

/// Checks that `arn` is of this `kind` and in the region of the call.
pub fn check_arn(ctx: &Ctx<'_>, arn: &str, kind: &str, what: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_one = matches!(parts.as_slice(), ["arn", "aws", "elasticloadbalancing", region, _, resource]
        if *region == ctx.region() && resource.starts_with(kind));
    if is_one { Ok(()) } else { Err(ApiError::new("ValidationError", format!("'{arn}' is not a valid {what} ARN"))) }
}

/// Refuses every value of a parameter except the modelled one. `default` is AWS's default if it is absent.
pub fn modelled(params: &Params, name: &str, default: &str, only: &str) -> Result<(), ApiError> {
    match params.get(name).unwrap_or(default) {
        value if value == only => Ok(()),
        other => Err(ApiError::not_modelled("ValidationError", &format!("{name}={other}, only {only}"))),
    }
}

/// Reads `Attributes`. Keys must be known, and only the changeable ones may change.
pub fn read_attributes(params: &Params, known: &[(&str, &str, bool)]) -> Result<BTreeMap<String, String>, ApiError> {
    let mut changes = BTreeMap::new();
    for prefix in params.groups("Attributes") {
        let key = params.need(&format!("{prefix}.Key"))?.to_owned();
        let value = params.get(&format!("{prefix}.Value")).unwrap_or_default().to_owned();
        let Some((_, default, changeable)) = known.iter().find(|(name, ..)| *name == key) else {
            return Err(ApiError::not_modelled("ValidationError", &format!("the attribute {key}")));
        };
        if !changeable && value != *default {
            return Err(ApiError::not_modelled("ValidationError", &format!("{key}={value}, only '{default}'")));
        }
        if ["true", "false"].contains(default) && !["true", "false"].contains(&value.as_str()) {
            return Err(ApiError::new("ValidationError", format!("{key} must be true or false")));
        }
        changes.insert(key, value);
    }
    if changes.is_empty() {
        return Err(ApiError::new("ValidationError", "Attributes must be specified"));
    }
    Ok(changes)
}

/// `<Attributes>`.
pub fn write_attributes(attributes: &BTreeMap<String, String>) -> Xml {
    let mut xml = Xml::new();
    xml.list("Attributes", "member", attributes, |xml, (key, value)| {
        xml.leaf("Key", key).leaf("Value", value);
    });
    xml
}
