//! Network ACLs and their associations with subnets. Their rules are in `network_acl_entry.rs`.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{AclEntry, Cidr, NetworkAcl, Subnet, Tags, quota};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set};

/// The number of the rule `*` on the wire. Every list ends with this rule.
const LAST: u16 = 32767;

const LOOKUP: Lookup<NetworkAcl> = Lookup {
    all: |region| &region.network_acls,
    naming: &names::NETWORK_ACL,
    kinds: &[],
    linked: &[],
    tags: |acl| &acl.tags,
};

/// `CreateNetworkAcl`. A new ACL has only the rule `*`, so it denies everything.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let vpc = names::VPC.find(&ctx.here().vpcs, params.need("VpcId")?)?.id.clone();
    let tags = specification(params, "network-acl")?;
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("CreateNetworkAcl", params)?;
    let acl = if let Some(acl) = made.and_then(|id| ctx.here().network_acls.get(&id).cloned()) {
        acl
    } else {
        if ctx.here().network_acls.linked(&vpc).count() >= ctx.quota(&quota::ACLS) {
            let text = "The maximum number of network ACLs has been reached.";
            return Err(ApiError::new("NetworkAclLimitExceeded", text));
        }
        params.ready()?;
        let acl = NetworkAcl {
            id: ctx.new_id("acl-"),
            vpc,
            default: false,
            associations: [].into(),
            entries: Vec::new(),
            tags,
        };
        ctx.here_mut().network_acls.insert(acl.id.clone(), acl.clone());
        ctx.remember("CreateNetworkAcl", params, &acl.id);
        acl
    };
    let mut xml = Xml::new();
    xml.node("networkAcl", |xml| write(xml, ctx, &acl)).maybe("clientToken", token);
    Ok(xml)
}

/// `DescribeNetworkAcls`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("NetworkAclId")?;
    let known = [
        "association.association-id",
        "association.network-acl-id",
        "association.subnet-id",
        "default",
        "entry.cidr",
        "entry.egress",
        "entry.icmp.code",
        "entry.icmp.type",
        "entry.port-range.from",
        "entry.port-range.to",
        "entry.protocol",
        "entry.rule-action",
        "entry.rule-number",
        "network-acl-id",
        "owner-id",
        "vpc-id",
        "tag",
    ];
    let filters = Filters::read_beside(params, &known, &["entry.ipv6-cidr"])?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let owner = ctx.owner().to_owned();
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, acl, name| facts(acl, name, &owner))?;
    let (found, next) = page.cut(found, |acl| acl.id.clone());
    let mut xml = Xml::new();
    xml.list("networkAclSet", "item", &found, |xml, acl| write(xml, ctx, acl));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `DeleteNetworkAcl`. Refused while subnets use the ACL. The default ACL is only deleted together with its VPC.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("NetworkAclId")?;
    let acl = names::NETWORK_ACL.find(&ctx.here().network_acls, id)?;
    if acl.default {
        return Err(ApiError::new("InvalidParameterValue", format!("cannot delete default network ACL {id}")));
    }
    let held = !acl.associations.is_empty();
    params.ready()?;
    if held {
        return Err(ApiError::dependency("networkAcl", id));
    }
    ctx.here_mut().network_acls.remove(id);
    Ok(Xml::done())
}

/// `ReplaceNetworkAclAssociation`: gives a subnet another ACL of its VPC, under a new association id.
pub fn replace_association(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let association = params.need("AssociationId")?;
    let region = ctx.here();
    let found =
        region.network_acls.linked(association).find_map(|acl| Some((&acl.vpc, acl.associations.get(association)?)));
    let Some((vpc, subnet)) = found else {
        return Err(ApiError::no_such("InvalidAssociationID.NotFound", "association ID", association));
    };
    let acl = names::NETWORK_ACL.find(&region.network_acls, params.need("NetworkAclId")?)?;
    if acl.vpc != *vpc {
        return Err(ApiError::new(
            "InvalidParameterValue",
            format!("Network ACL {} and subnet {subnet} belong to different networks", acl.id),
        ));
    }
    let (subnet, acl) = (subnet.clone(), acl.id.clone());
    params.ready()?;
    let new = ctx.new_id("aclassoc-");
    let acls = &mut ctx.here_mut().network_acls;
    if let Some(other) = acls.linked_mut(association) {
        other.associations.remove(association);
    }
    if let Some(acl) = acls.get_mut(&acl) {
        acl.associations.insert(new.clone(), subnet);
    }
    let mut xml = Xml::new();
    xml.leaf("newAssociationId", new);
    Ok(xml)
}

/// The default ACL of a new VPC. Its rule 100 allows everything in both directions.
pub fn default_network_acl(ctx: &Ctx<'_>, vpc: &str) -> NetworkAcl {
    let all = |egress| AclEntry {
        egress,
        number: 100,
        protocol: "-1".to_owned(),
        allow: true,
        block: Cidr::ALL,
        ports: None,
        icmp: None,
    };
    NetworkAcl {
        id: ctx.new_id("acl-"),
        vpc: vpc.to_owned(),
        default: true,
        associations: [].into(),
        entries: vec![all(false), all(true)],
        tags: Tags::new(),
    }
}

/// Gives a new subnet its VPC's default ACL.
pub fn associate_default(ctx: &mut Ctx<'_>, subnet: &Subnet) {
    let association = ctx.new_id("aclassoc-");
    let default = ctx.here().network_acls.linked(&subnet.vpc).find(|acl| acl.default).map(|acl| acl.id.clone());
    if let Some(acl) = default.and_then(|id| ctx.here_mut().network_acls.get_mut(&id)) {
        acl.associations.insert(association, subnet.id.clone());
    }
}

fn facts(acl: &NetworkAcl, name: &str, owner: &str) -> Vec<String> {
    let entries = || acl.entries.iter();
    match name {
        "association.association-id" => acl.associations.keys().cloned().collect(),
        "association.network-acl-id" if acl.associations.is_empty() => Vec::new(),
        "association.subnet-id" => acl.associations.values().cloned().collect(),
        "default" => one(acl.default),
        "entry.cidr" => entries().map(|entry| entry.block.to_string()).chain(one(Cidr::ALL)).collect(),
        "entry.egress" => vec!["false".to_owned(), "true".to_owned()],
        "entry.icmp.code" => entries().filter_map(|entry| entry.icmp).map(|(_, code)| code.to_string()).collect(),
        "entry.icmp.type" => entries().filter_map(|entry| entry.icmp).map(|(kind, _)| kind.to_string()).collect(),
        "entry.port-range.from" => {
            entries().filter_map(|entry| entry.ports).map(|(from, _)| from.to_string()).collect()
        }
        "entry.port-range.to" => entries().filter_map(|entry| entry.ports).map(|(_, to)| to.to_string()).collect(),
        "entry.protocol" => entries().flat_map(|entry| spellings(&entry.protocol)).chain(one("-1")).collect(),
        "entry.rule-action" => entries().map(|entry| action(entry.allow).to_owned()).chain(one("deny")).collect(),
        "entry.rule-number" => entries().map(|entry| entry.number.to_string()).chain(one(LAST)).collect(),
        "owner-id" => one(owner),
        "vpc-id" => one(&acl.vpc),
        _ => one(&acl.id),
    }
}

/// A protocol's number, and its name if the filter knows one.
fn spellings(protocol: &str) -> Vec<String> {
    let name = match protocol {
        "6" => Some("tcp"),
        "17" => Some("udp"),
        "1" => Some("icmp"),
        _ => None,
    };
    std::iter::once(protocol).chain(name).map(str::to_owned).collect()
}

fn action(allow: bool) -> &'static str {
    if allow { "allow" } else { "deny" }
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, acl: &NetworkAcl) {
    xml.leaf("networkAclId", &acl.id).leaf("vpcId", &acl.vpc).leaf("ownerId", ctx.owner());
    xml.leaf("default", acl.default);
    let last = |egress| AclEntry {
        egress,
        number: LAST,
        protocol: "-1".to_owned(),
        allow: false,
        block: Cidr::ALL,
        ports: None,
        icmp: None,
    };
    // Outbound first, each list ending with the rule `*` [API:DescribeNetworkAcls].
    let side = |egress| {
        let own = acl.entries.iter().filter(move |entry| entry.egress == egress).cloned();
        own.chain([last(egress)])
    };
    xml.list("entrySet", "item", side(true).chain(side(false)), |xml, entry| write_entry(xml, &entry));
    xml.list("associationSet", "item", &acl.associations, |xml, (id, subnet)| {
        xml.leaf("networkAclAssociationId", id).leaf("networkAclId", &acl.id).leaf("subnetId", subnet);
    });
    tag_set(xml, &acl.tags);
}

fn write_entry(xml: &mut Xml, entry: &AclEntry) {
    xml.leaf("ruleNumber", entry.number).leaf("protocol", &entry.protocol).leaf("ruleAction", action(entry.allow));
    xml.leaf("egress", entry.egress).leaf("cidrBlock", entry.block);
    if let Some((from, to)) = entry.ports {
        xml.node("portRange", |xml| {
            xml.leaf("from", from).leaf("to", to);
        });
    }
    if let Some((kind, code)) = entry.icmp {
        xml.node("icmpTypeCode", |xml| {
            xml.leaf("code", code).leaf("type", kind);
        });
    }
}
