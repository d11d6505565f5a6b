//! The operations of security groups. Those of their rules are in `security_group_rule.rs`.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Cidr, Group, Peer, Region, Rule, Tags, quota};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tags_if_any};

const LOOKUP: Lookup<Group> = Lookup {
    all: |region| &region.groups,
    naming: &names::GROUP,
    kinds: &[],
    linked: &["group-name"],
    tags: |group| &group.tags,
};

/// `CreateSecurityGroup`. On the wire, the description is `GroupDescription`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let name = params.need("GroupName")?.to_owned();
    let description = params.need("GroupDescription")?.to_owned();
    let Some(vpc) = params.get("VpcId") else {
        return Err(ApiError::new("VPCIdNotSpecified", "No default VPC for this user"));
    };
    let vpc = names::VPC.find(&ctx.here().vpcs, vpc)?.id.clone();
    check_text("groupName", &name)?;
    check_text("GroupDescription", &description)?;
    // Both refusals are from logs of AWS clients; the documentation has `InvalidGroup.Reserved` for them.
    if name.to_ascii_lowercase().starts_with("sg-") {
        return Err(ApiError::value("GroupName", &name, "Group names may not be in the format sg-*."));
    }
    if name.eq_ignore_ascii_case("default") {
        let text = "Cannot use reserved security group name: default";
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    // "Names are case-insensitive" (API:CreateSecurityGroup).
    if ctx.here().groups.linked(&vpc).any(|group| group.vpc == vpc && group.name.eq_ignore_ascii_case(&name)) {
        let text = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return Err(ApiError::new("InvalidGroup.Duplicate", text));
    }
    if ctx.here().groups.len() >= ctx.quota(&quota::GROUPS) {
        let text = "The maximum number of security groups has been reached.";
        return Err(ApiError::new("SecurityGroupLimitExceeded", text));
    }
    let tags = specification(params, "security-group")?;
    params.ready()?;
    let everywhere = Rule {
        id: ctx.new_id("sgr-"),
        egress: true,
        protocol: "-1".to_owned(),
        from: None,
        to: None,
        peer: Peer::Cidr(Cidr::ALL),
        description: None,
        tags: Tags::new(),
    };
    let group = Group { id: ctx.new_id("sg-"), vpc, name, description, rules: vec![everywhere], tags };
    ctx.here_mut().groups.insert(group.id.clone(), group.clone());
    let mut xml = Xml::done();
    xml.leaf("groupId", &group.id).leaf("securityGroupArn", arn(ctx, &group.id));
    tags_if_any(&mut xml, &group.tags);
    Ok(xml)
}

/// `DescribeSecurityGroups`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("GroupId")?;
    let known = [
        "description",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.group-name",
        "ip-permission.prefix-list-id",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "ip-permission.user-id",
        "egress.ip-permission.cidr",
        "egress.ip-permission.from-port",
        "egress.ip-permission.group-id",
        "egress.ip-permission.group-name",
        "egress.ip-permission.prefix-list-id",
        "egress.ip-permission.protocol",
        "egress.ip-permission.to-port",
        "egress.ip-permission.user-id",
        "owner-id",
        "vpc-id",
        "tag",
    ];
    let absent = ["ip-permission.ipv6-cidr", "egress.ip-permission.ipv6-cidr"];
    let filters = Filters::read_beside(params, &known, &absent)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let owner = ctx.owner().to_owned();
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, group, name| match name {
        "description" => one(&group.description),
        "group-name" => one(&group.name),
        "owner-id" => one(&owner),
        "vpc-id" => one(&group.vpc),
        "group-id" => one(&group.id),
        rule => rule_facts(region, group, rule, &owner),
    })?;
    let (found, next) = page.cut(found, |group| group.id.clone());
    let mut xml = Xml::new();
    xml.list("securityGroupInfo", "item", &found, |xml, group| write(xml, ctx, group));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `DeleteSecurityGroup`. Refused while interfaces use the group, or rules of other groups refer to it
/// (API:DeleteSecurityGroup).
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("GroupId")?;
    let group = names::GROUP.find(&ctx.here().groups, id)?;
    let is_default = group.name == "default";
    params.ready()?;
    if is_default {
        let text = format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        return Err(ApiError::new("CannotDelete", text));
    }
    let region = ctx.here();
    let carriers = carriers(region, id);
    if !carriers.is_empty()
        || is_named(region, id)
        || region.balancers.linked(id).any(|found| found.groups.iter().any(|used| used == id))
    {
        ctx.advance_blockers(&carriers);
        return Err(ApiError::new("DependencyViolation", format!("resource {id} has a dependent object")));
    }
    ctx.here_mut().groups.remove(id);
    let mut xml = Xml::done();
    xml.leaf("groupId", id);
    Ok(xml)
}

/// Checks that these groups exist and belong to `vpc`. `place` is what the refusal names, such as `subnet subnet-1`.
pub fn check_in_vpc(ctx: &Ctx<'_>, groups: &[String], vpc: &str, place: &str) -> Result<(), ApiError> {
    for id in groups {
        let group = names::GROUP.find(&ctx.here().groups, id)?;
        if group.vpc != vpc {
            return Err(ApiError::new(
                "InvalidParameter",
                format!("Security group {id} and {place} belong to different networks."),
            ));
        }
    }
    Ok(())
}

/// Whether one interface can have this many groups.
pub fn check_count(ctx: &Ctx<'_>, groups: &[String]) -> Result<(), ApiError> {
    if groups.len() > ctx.quota(&quota::INTERFACE_GROUPS) {
        let text = "The maximum number of security groups per interface has been reached.";
        return Err(ApiError::new("SecurityGroupsPerInterfaceLimitExceeded", text));
    }
    Ok(())
}

/// The default group of `vpc`, which is used if a request names none.
pub fn default_of(region: &Region, vpc: &str) -> Option<String> {
    region.groups.linked(vpc).find(|group| group.vpc == vpc && group.name == "default").map(|group| group.id.clone())
}

pub fn arn(ctx: &Ctx<'_>, id: &str) -> String {
    ctx.arn("ec2", &format!("security-group/{id}"))
}

fn carriers(region: &Region, id: &str) -> Vec<String> {
    let all = region.interfaces.linked(id);
    all.filter(|found| found.groups.iter().any(|group| group == id)).map(|found| found.id.clone()).collect()
}

fn is_named(region: &Region, id: &str) -> bool {
    let mut others = region.groups.linked(id).filter(|group| group.id != id);
    others.any(|group| group.rules.iter().any(|rule| rule.peer == Peer::Group(id.to_owned())))
}

fn check_text(name: &str, value: &str) -> Result<(), ApiError> {
    if is_plain_text(value) {
        return Ok(());
    }
    let why = "Character sets beyond ASCII are not supported, and at most 255 characters are.";
    Err(ApiError::value(name, value, why))
}

/// Whether a name or a description has only the characters that security groups accept, and at most 255 of them
/// (API:CreateSecurityGroup, API:IpRange).
pub fn is_plain_text(value: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    value.len() <= 255 && value.chars().all(allowed)
}

fn rule_facts(region: &Region, group: &Group, name: &str, owner: &str) -> Vec<String> {
    let (egress, name) = name.strip_prefix("egress.").map_or((false, name), |name| (true, name));
    let rules = group.rules.iter().filter(|rule| rule.egress == egress);
    let fact = |rule: &Rule| match (name.trim_start_matches("ip-permission."), &rule.peer) {
        ("cidr", Peer::Cidr(block)) => Some(block.to_string()),
        ("group-id", Peer::Group(id)) | ("prefix-list-id", Peer::PrefixList(id)) => Some(id.clone()),
        ("group-name", Peer::Group(id)) => Some(region.group_name(id).to_owned()),
        ("user-id", Peer::Group(_)) => Some(owner.to_owned()),
        ("from-port", _) => rule.from.map(|port| port.to_string()),
        ("to-port", _) => rule.to.map(|port| port.to_string()),
        ("protocol", _) => Some(rule.protocol.clone()),
        _ => None,
    };
    rules.filter_map(fact).collect()
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, group: &Group) {
    xml.leaf("ownerId", ctx.owner()).leaf("groupId", &group.id).leaf("groupName", &group.name);
    xml.leaf("groupDescription", &group.description).leaf("vpcId", &group.vpc);
    xml.leaf("securityGroupArn", arn(ctx, &group.id));
    for (name, egress) in [("ipPermissions", false), ("ipPermissionsEgress", true)] {
        permissions(xml, name, ctx.owner(), group.rules.iter().filter(|rule| rule.egress == egress));
    }
    tags_if_any(xml, &group.tags);
}

/// Writes rules as permissions: the rules with one protocol and port range are one item.
pub fn permissions<'a>(xml: &mut Xml, name: &str, owner: &str, rules: impl Iterator<Item = &'a Rule>) {
    let mut items: Vec<(&Rule, Vec<&Rule>)> = Vec::new();
    for rule in rules {
        let same = |other: &Rule| (&other.protocol, other.from, other.to) == (&rule.protocol, rule.from, rule.to);
        match items.iter_mut().find(|(first, _)| same(first)) {
            Some((_, members)) => members.push(rule),
            None => items.push((rule, vec![rule])),
        }
    }
    xml.list(name, "item", items, |xml, (first, members)| {
        xml.leaf("ipProtocol", &first.protocol).maybe("fromPort", first.from).maybe("toPort", first.to);
        for list in ["groups", "ipRanges", "ipv6Ranges", "prefixListIds"] {
            xml.node(list, |xml| {
                for rule in &members {
                    let here = match &rule.peer {
                        Peer::Group(_) => "groups",
                        Peer::Cidr(_) => "ipRanges",
                        Peer::PrefixList(_) => "prefixListIds",
                    };
                    if here != list {
                        continue;
                    }
                    xml.node("item", |xml| {
                        match &rule.peer {
                            Peer::Group(id) => xml.leaf("userId", owner).leaf("groupId", id),
                            Peer::Cidr(block) => xml.leaf("cidrIp", block),
                            Peer::PrefixList(id) => xml.leaf("prefixListId", id),
                        };
                        xml.maybe("description", rule.description.as_ref());
                    });
                }
            });
        }
    });
}
