//! Changes rules in place: new ports or peers under the same id, new descriptions.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Peer, Rule, Tags};

use super::security_group_rule::{description, duplicate, equal, no_such_rule, peer, read, read_range};
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;

/// `ModifySecurityGroupRules`. A rule keeps its id, its direction, and the kind of its peer
/// (API:ModifySecurityGroupRules).
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let group = names::GROUP.find(&ctx.here().groups, params.need("GroupId")?)?.clone();
    let mut rules = group.rules.clone();
    let wanted = params.groups("SecurityGroupRule");
    if wanted.is_empty() {
        return Err(ApiError::missing("SecurityGroupRule"));
    }
    for prefix in wanted {
        let id = params.need(&format!("{prefix}.SecurityGroupRuleId"))?;
        names::RULE.check(id)?;
        let at = rules.iter().position(|rule| rule.id == id).ok_or_else(|| names::RULE.missing(id))?;
        let new = changed(ctx, params, &format!("{prefix}.SecurityGroupRule."), &rules[at], &group.vpc)?;
        if rules.iter().any(|other| other.id != new.id && equal(other, &new)) {
            return Err(duplicate(&new));
        }
        rules[at] = new;
    }
    params.ready()?;
    if let Some(group) = ctx.here_mut().groups.get_mut(&group.id) {
        group.rules = rules;
    }
    Ok(Xml::done())
}

fn changed(ctx: &Ctx<'_>, params: &Params, prefix: &str, rule: &Rule, vpc: &str) -> Result<Rule, ApiError> {
    if params.get(&format!("{prefix}IpProtocol")).is_none() {
        // AWS's words, which moto's test verifies against AWS.
        let text = "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.";
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    let (protocol, from, to) = read_range(params, prefix)?;
    let peers = [("CidrIpv4", "CidrIp"), ("ReferencedGroupId", "GroupId"), ("PrefixListId", "PrefixListId")];
    let mut given = Vec::new();
    for (name, field) in peers {
        if let Some(value) = params.get(&format!("{prefix}{name}")) {
            given.push(peer(ctx, vpc, field, value)?);
        }
    }
    let (Some(peer), true) = (given.pop(), given.is_empty()) else {
        let text = "Specify exactly one of CidrIpv4, ReferencedGroupId and PrefixListId";
        return Err(ApiError::new("InvalidParameterCombination", text));
    };
    let same_kind = matches!(
        (&peer, &rule.peer),
        (Peer::Cidr(_), Peer::Cidr(_)) | (Peer::Group(_), Peer::Group(_)) | (Peer::PrefixList(_), Peer::PrefixList(_))
    );
    if !same_kind {
        let text = format!("The type of the source or destination of {} cannot be changed", rule.id);
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    let description = description(params, prefix.trim_end_matches('.'))?;
    Ok(Rule { protocol, from, to, peer, description, ..rule.clone() })
}

/// `UpdateSecurityGroupRuleDescriptionsIngress`.
pub fn describe_ingress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    describe(ctx, params, false)
}

/// `UpdateSecurityGroupRuleDescriptionsEgress`.
pub fn describe_egress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    describe(ctx, params, true)
}

fn describe(ctx: &mut Ctx<'_>, params: &Params, egress: bool) -> Result<Xml, ApiError> {
    let group = names::GROUP.find(&ctx.here().groups, params.need("GroupId")?)?.clone();
    let mut rules = group.rules.clone();
    let by_value = read(ctx, params, &group, egress, &Tags::new())?;
    let by_id = params.groups("SecurityGroupRuleDescription");
    if by_value.is_empty() == by_id.is_empty() {
        let text = "Specify either IpPermissions or SecurityGroupRuleDescriptions";
        return Err(ApiError::new("InvalidParameterCombination", text));
    }
    for wanted in by_value {
        let rule = rules.iter_mut().find(|rule| equal(rule, &wanted)).ok_or_else(no_such_rule)?;
        rule.description = wanted.description;
    }
    for prefix in by_id {
        let id = params.need(&format!("{prefix}.SecurityGroupRuleId"))?;
        let Some(rule) = rules.iter_mut().find(|rule| rule.id == id && rule.egress == egress) else {
            return Err(names::RULE.missing(id));
        };
        rule.description = description(params, &prefix)?;
    }
    params.ready()?;
    if let Some(group) = ctx.here_mut().groups.get_mut(&group.id) {
        group.rules = rules;
    }
    Ok(Xml::done())
}
