//! The operations of security-group rules: authorize, revoke, describe.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Cidr, Group, Peer, Rule, Tags, quota, s3_prefix_list};

use super::security_group::{is_plain_text, permissions};
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::one;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

/// `AuthorizeSecurityGroupIngress`.
pub fn authorize_ingress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    authorize(ctx, params, false)
}

/// `AuthorizeSecurityGroupEgress`.
pub fn authorize_egress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    authorize(ctx, params, true)
}

/// `RevokeSecurityGroupIngress`.
pub fn revoke_ingress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    revoke(ctx, params, false)
}

/// `RevokeSecurityGroupEgress`.
pub fn revoke_egress(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    revoke(ctx, params, true)
}

/// `DescribeSecurityGroupRules`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("SecurityGroupRuleId")?;
    let filters = Filters::read(params, &["group-id", "security-group-rule-id", "tag"])?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let words = if ids.is_empty() {
        filters.exact(&["group-id", "security-group-rule-id"]).next()
    } else {
        Some(ids.as_slice())
    };
    let all = &ctx.here().groups;
    let groups: Vec<(&String, &Group)> = match (words, filters.exact_tags().next()) {
        (Some(words), _) => all.found_by(words),
        (None, Some(tags)) => all.tagged(&tags),
        (None, None) => all.iter().collect(),
    };
    let all =
        groups.into_iter().map(|(_, group)| group).flat_map(|group| group.rules.iter().map(move |rule| (group, rule)));
    let mut found: Vec<(&Group, &Rule)> = all
        .filter(|(_, rule)| ids.is_empty() || ids.contains(&rule.id))
        .filter(|(group, rule)| {
            filters.hold(&rule.tags, |name| one(if name == "group-id" { &group.id } else { &rule.id }))
        })
        .collect();
    for id in &ids {
        names::RULE.check(id)?;
        if !found.iter().any(|(_, rule)| rule.id == *id) && !exists(ctx, id) {
            return Err(names::RULE.missing(id));
        }
    }
    found.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    let (found, next) = page.cut(found, |(_, rule)| rule.id.clone());
    let mut xml = Xml::new();
    xml.list("securityGroupRuleSet", "item", found, |xml, (group, rule)| write(xml, ctx, group, rule));
    xml.maybe("nextToken", next);
    Ok(xml)
}

fn exists(ctx: &Ctx<'_>, id: &str) -> bool {
    ctx.here().groups.linked(id).any(|group| group.rules.iter().any(|rule| rule.id == id))
}

fn authorize(ctx: &mut Ctx<'_>, params: &Params, egress: bool) -> Result<Xml, ApiError> {
    let group = names::GROUP.find(&ctx.here().groups, params.need("GroupId")?)?.clone();
    let tags = specification(params, "security-group-rule")?;
    let rules = read(ctx, params, &group, egress, &tags)?;
    if rules.is_empty() {
        return Err(ApiError::missing("IpPermissions"));
    }
    for (at, rule) in rules.iter().enumerate() {
        if rules[..at].iter().any(|other| equal(other, rule)) {
            let text = "The same permission must not appear multiple times";
            return Err(ApiError::new("InvalidParameterValue", text));
        }
        if group.rules.iter().any(|other| equal(other, rule)) {
            return Err(duplicate(rule));
        }
    }
    if group.rules.iter().filter(|rule| rule.egress == egress).count() + rules.len() > ctx.quota(&quota::GROUP_RULES) {
        let text = "The maximum number of rules per security group has been reached.";
        return Err(ApiError::new("RulesPerSecurityGroupLimitExceeded", text));
    }
    params.ready()?;
    if let Some(group) = ctx.here_mut().groups.get_mut(&group.id) {
        group.rules.extend(rules.iter().cloned());
    }
    let mut xml = Xml::done();
    xml.list("securityGroupRuleSet", "item", &rules, |xml, rule| write(xml, ctx, &group, rule));
    Ok(xml)
}

fn revoke(ctx: &mut Ctx<'_>, params: &Params, egress: bool) -> Result<Xml, ApiError> {
    let group = names::GROUP.find(&ctx.here().groups, params.need("GroupId")?)?.clone();
    let ids = params.list("SecurityGroupRuleId")?;
    if names_ipv6(params) {
        return Err(no_such_rule());
    }
    let wanted = read(ctx, params, &group, egress, &Tags::new())?;
    if ids.is_empty() == wanted.is_empty() {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "Specify either IpPermissions or SecurityGroupRuleIds",
        ));
    }
    let mut gone = Vec::new();
    for id in &ids {
        let found = group.rules.iter().find(|rule| rule.id == *id && rule.egress == egress);
        gone.push(found.cloned().ok_or_else(|| names::RULE.missing(id))?);
    }
    for rule in &wanted {
        gone.push(group.rules.iter().find(|other| equal(other, rule)).cloned().ok_or_else(no_such_rule)?);
    }
    params.ready()?;
    if let Some(group) = ctx.here_mut().groups.get_mut(&group.id) {
        group.rules.retain(|rule| !gone.iter().any(|gone| gone.id == rule.id));
    }
    let mut xml = Xml::done();
    permissions(&mut xml, "unknownIpPermissionSet", ctx.owner(), std::iter::empty());
    xml.list("revokedSecurityGroupRuleSet", "item", &gone, |xml, rule| {
        xml.leaf("securityGroupRuleId", &rule.id).leaf("groupId", &group.id).leaf("isEgress", rule.egress);
        write_range(xml, rule);
        match &rule.peer {
            Peer::Cidr(block) => xml.leaf("cidrIpv4", block),
            Peer::Group(id) => xml.leaf("referencedGroupId", id),
            Peer::PrefixList(id) => xml.leaf("prefixListId", id),
        };
        xml.maybe("description", rule.description.as_ref());
    });
    Ok(xml)
}

/// Reads `IpPermissions.N`, or a single rule in the older spelling, whose fields are in the request itself.
pub fn read(ctx: &Ctx<'_>, params: &Params, group: &Group, egress: bool, tags: &Tags) -> Result<Vec<Rule>, ApiError> {
    if names_ipv6(params) {
        return Err(ApiError::not_modelled("InvalidParameterValue", "IPv6 rules"));
    }
    let mut rules = Vec::new();
    let mut add = |range: &(String, Option<i32>, Option<i32>), peer: Peer, description: Option<String>| {
        let (protocol, from, to) = range.clone();
        rules.push(Rule { id: ctx.new_id("sgr-"), egress, protocol, from, to, peer, description, tags: tags.clone() });
    };
    for prefix in params.groups("IpPermissions") {
        let range = read_range(params, &format!("{prefix}."))?;
        let mut peers = 0;
        for (list, field) in [("IpRanges", "CidrIp"), ("Groups", "GroupId"), ("PrefixListIds", "PrefixListId")] {
            for item in params.groups(&format!("{prefix}.{list}")) {
                let value = params.need(&format!("{item}.{field}"))?;
                if params.get(&format!("{item}.UserId")).is_some_and(|user| user != ctx.owner()) {
                    return Err(ApiError::not_modelled("InvalidParameterValue", "security groups of another account"));
                }
                // Said for peered VPCs; here it can only be the group's own.
                if params.get(&format!("{item}.VpcId")).is_some_and(|vpc| vpc != group.vpc) {
                    return Err(ApiError::not_modelled("InvalidParameterValue", "security groups of another VPC"));
                }
                add(&range, peer(ctx, &group.vpc, field, value)?, description(params, &item)?);
                peers += 1;
            }
        }
        if peers == 0 {
            // The code is from [devguide: errors-overview]; that EC2 uses it here, and the words, are UNCONFIRMED.
            let text = format!("The rule {prefix} names neither IpRanges nor Groups nor PrefixListIds");
            return Err(ApiError::new("InvalidPermission.Malformed", text));
        }
    }
    // "Not supported. Use IP permissions instead" (API:AuthorizeSecurityGroupEgress), in AWS's words (boto3#790).
    let flat = ["CidrIp", "IpProtocol", "FromPort", "ToPort", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"];
    if let Some(name) = flat.iter().find(|name| egress && params.peek(name).is_some()) {
        return Err(ApiError::new("UnknownParameter", format!("The parameter {name} is not recognized")));
    }
    if let Some(block) = params.get("CidrIp") {
        let range = read_range(params, "")?;
        add(&range, peer(ctx, &group.vpc, "CidrIp", block)?, None);
    }
    Ok(rules)
}

/// Whether a permission has IPv6 ranges. No group here has a rule with one.
fn names_ipv6(params: &Params) -> bool {
    params.groups("IpPermissions").iter().any(|prefix| params.has_list(&format!("{prefix}.Ipv6Ranges")))
}

/// `Description` of the structure at `prefix`.
pub fn description(params: &Params, prefix: &str) -> Result<Option<String>, ApiError> {
    let text = params.get(&format!("{prefix}.Description"));
    if text.is_some_and(|text| !is_plain_text(text)) {
        return Err(ApiError::new(
            "InvalidParameterValue",
            "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  \
             a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        ));
    }
    Ok(text.map(str::to_owned))
}

/// The refusal of a rule that the group already has.
pub fn duplicate(rule: &Rule) -> ApiError {
    let text = format!("the specified rule \"{}\" already exists", sentence(rule));
    ApiError::new("InvalidPermission.Duplicate", text)
}

/// The refusal of a rule that the group does not have.
pub fn no_such_rule() -> ApiError {
    ApiError::new("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
}

/// The other end of a rule. `field` is the parameter that holds it.
pub fn peer(ctx: &Ctx<'_>, vpc: &str, field: &str, value: &str) -> Result<Peer, ApiError> {
    match field {
        "CidrIp" => {
            let block = value.parse::<Cidr>().ok();
            let bad = || ApiError::new("InvalidParameterValue", format!("CIDR block {value} is malformed"));
            block.map(Peer::Cidr).ok_or_else(bad)
        }
        "GroupId" => {
            let named = names::GROUP.find(&ctx.here().groups, value)?;
            if named.vpc != vpc {
                let text = "You have specified two resources that belong to different networks.";
                return Err(ApiError::new("InvalidGroup.NotFound", text));
            }
            Ok(Peer::Group(named.id.clone()))
        }
        _ if !value.starts_with("pl-") => {
            let text = format!("Invalid id: \"{value}\" (expecting \"pl-...\")");
            Err(ApiError::new("InvalidPrefixListId.Malformed", text))
        }
        _ if value == s3_prefix_list(ctx.region()) => Ok(Peer::PrefixList(value.to_owned())),
        _ => Err(ApiError::no_such("InvalidPrefixListID.NotFound", "prefix list ID", value)),
    }
}

/// Protocol and ports.
pub fn read_range(params: &Params, prefix: &str) -> Result<(String, Option<i32>, Option<i32>), ApiError> {
    let protocol = params.need(&format!("{prefix}IpProtocol"))?.to_ascii_lowercase();
    let from = params.number::<i32>(&format!("{prefix}FromPort"))?;
    let to = params.number::<i32>(&format!("{prefix}ToPort"))?;
    let protocol = match protocol.as_str() {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    match protocol {
        // All protocols mean all ports, whatever the request says.
        "-1" => Ok(("-1".to_owned(), None, None)),
        "tcp" | "udp" => {
            let (Some(from), Some(to)) = (from, to) else {
                return Err(ApiError::new(
                    "InvalidParameterValue",
                    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
                ));
            };
            if !(0..=65535).contains(&from) || !(0..=65535).contains(&to) || from > to {
                let text = format!("Invalid TCP/UDP port range ({from}:{to})");
                return Err(ApiError::new("InvalidParameterValue", text));
            }
            Ok((protocol.to_owned(), Some(from), Some(to)))
        }
        "icmp" | "icmpv6" => {
            // "For icmpv6, the port range is optional" (API:IpPermission).
            let all = (protocol == "icmpv6").then_some(-1);
            let (Some(kind), Some(code)) = (from.or(all), to.or(all)) else {
                let text = "Invalid value 'Must specify both from and to ports with ICMP.' for portRange.";
                return Err(ApiError::new("InvalidParameterValue", text));
            };
            // Both have eight bits, and -1 stands for all. The words for a code are AWS's; those for a type follow them.
            for (what, value) in [("type", kind), ("code", code)] {
                if !(-1..=255).contains(&value) {
                    return Err(ApiError::new("InvalidParameterValue", format!("ICMP {what} ({value}) out of range")));
                }
            }
            Ok((protocol.to_owned(), Some(kind), Some(code)))
        }
        other if other.parse::<u8>().is_ok() => Ok((other.to_owned(), None, None)),
        other => Err(ApiError::new(
            "InvalidParameterValue",
            format!("Invalid value '{other}' for IP protocol. Unknown protocol."),
        )),
    }
}

/// Whether two rules allow the same. Ids, descriptions and tags do not count.
pub fn equal(a: &Rule, b: &Rule) -> bool {
    (a.egress, &a.protocol, a.from, a.to, &a.peer) == (b.egress, &b.protocol, b.from, b.to, &b.peer)
}

/// A rule in EC2's words, which are the same for both directions.
fn sentence(rule: &Rule) -> String {
    let peer = match &rule.peer {
        Peer::Cidr(block) => block.to_string(),
        Peer::Group(id) | Peer::PrefixList(id) => id.clone(),
    };
    let protocol = if rule.protocol == "-1" { "ALL".to_owned() } else { rule.protocol.to_uppercase() };
    let ports = match (rule.from, rule.to) {
        (Some(from), Some(to)) => format!(", from port: {from}, to port: {to}"),
        _ => String::new(),
    };
    format!("peer: {peer}, {protocol}{ports}, ALLOW")
}

fn write_range(xml: &mut Xml, rule: &Rule) {
    xml.leaf("ipProtocol", &rule.protocol);
    xml.leaf("fromPort", rule.from.unwrap_or(-1)).leaf("toPort", rule.to.unwrap_or(-1));
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, group: &Group, rule: &Rule) {
    xml.leaf("securityGroupRuleId", &rule.id).leaf("groupId", &group.id).leaf("groupOwnerId", ctx.owner());
    xml.leaf("isEgress", rule.egress);
    write_range(xml, rule);
    match &rule.peer {
        Peer::Cidr(block) => xml.leaf("cidrIpv4", block),
        Peer::PrefixList(id) => xml.leaf("prefixListId", id),
        Peer::Group(id) => xml.node("referencedGroupInfo", |xml| {
            xml.leaf("groupId", id).leaf("userId", ctx.owner()).leaf("vpcId", &group.vpc);
        }),
    };
    xml.maybe("description", rule.description.as_ref());
    xml.leaf("securityGroupRuleArn", ctx.arn("ec2", &format!("security-group-rule/{}", rule.id)));
    tag_set(xml, &rule.tags);
}
