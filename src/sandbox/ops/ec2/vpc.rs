//! The operations of VPCs. Each VPC comes with a default security group, a main route table and a default network ACL.
//! These have no tags and are deleted together with the VPC.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Cidr, Group, Kind, Peer, Region, RouteTable, Rule, Tags, Vpc, quota};

use super::network_acl::default_network_acl;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tag_set, tags_if_any};

const LOOKUP: Lookup<Vpc> =
    Lookup { all: |region| &region.vpcs, naming: &names::VPC, kinds: &[Kind::Vpc], linked: &[], tags: |vpc| &vpc.tags };

/// Blocks in which no VPC can be [vpc userguide: vpc-cidr-blocks].
const RESERVED: [Cidr; 4] = [
    Cidr::fixed([0, 0, 0, 0], 8),
    Cidr::fixed([127, 0, 0, 0], 8),
    Cidr::fixed([169, 254, 0, 0], 16),
    Cidr::fixed([224, 0, 0, 0], 4),
];

/// `CreateVpc`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let Some(text) = params.get("CidrBlock") else {
        let text = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        return Err(ApiError::new("MissingParameter", text));
    };
    let Ok(block) = text.parse::<Cidr>() else {
        return Err(ApiError::value("cidrBlock", text, "This is not a valid CIDR block."));
    };
    if !(16..=28).contains(&block.prefix()) || RESERVED.iter().any(|reserved| reserved.holds(block)) {
        return Err(ApiError::new("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
    }
    only(params, "InstanceTenancy", &["default"])?;
    only(params, "AmazonProvidedIpv6CidrBlock", &["false"])?;
    let tags = specification(params, "vpc")?;
    if ctx.here().vpcs.len() >= ctx.quota(&quota::VPCS) {
        return Err(ApiError::new("VpcLimitExceeded", "The maximum number of VPCs has been reached."));
    }
    params.ready()?;
    let vpc = Vpc {
        id: ctx.new_id("vpc-"),
        block,
        life: ctx.begin(Kind::Vpc, "pending"),
        dns_support: true,
        dns_hostnames: false,
        usage_metrics: false,
        dhcp_options: ctx.new_id("dopt-"),
        association: ctx.new_id("vpc-cidr-assoc-"),
        tags,
    };
    let group = default_group(ctx, &vpc.id);
    let table = RouteTable {
        id: ctx.new_id("rtb-"),
        vpc: vpc.id.clone(),
        main: Some(ctx.new_id("rtbassoc-")),
        associations: [].into(),
        routes: Vec::new(),
        tags: Tags::new(),
    };
    let acl = default_network_acl(ctx, &vpc.id);
    let region = ctx.here_mut();
    region.network_acls.insert(acl.id.clone(), acl);
    region.groups.insert(group.id.clone(), group);
    region.route_tables.insert(table.id.clone(), table);
    region.vpcs.insert(vpc.id.clone(), vpc.clone());
    let mut xml = Xml::new();
    xml.node("vpc", |xml| {
        write(xml, ctx, &vpc);
        // The answer of the creation has the list even if it is empty.
        tag_set(xml, &vpc.tags);
    });
    Ok(xml)
}

/// `DescribeVpcs`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("VpcId")?;
    let known = [
        "cidr",
        "cidr-block",
        "cidrBlock",
        "cidr-block-association.association-id",
        "cidr-block-association.cidr-block",
        "cidr-block-association.state",
        "dhcp-options-id",
        "is-default",
        "isDefault",
        "owner-id",
        "state",
        "vpc-id",
        "tag",
    ];
    let absent = [
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.ipv6-pool",
        "ipv6-cidr-block-association.state",
    ];
    let filters = Filters::read_beside(params, &known, &absent)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let owner = ctx.owner().to_owned();
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, vpc, name| match name {
        "cidr" | "cidr-block" | "cidrBlock" | "cidr-block-association.cidr-block" => one(vpc.block),
        "cidr-block-association.association-id" => one(&vpc.association),
        "cidr-block-association.state" => one("associated"),
        "dhcp-options-id" => one(&vpc.dhcp_options),
        "is-default" | "isDefault" => one(false),
        "owner-id" => one(&owner),
        "state" => one(&vpc.life.state),
        _ => one(&vpc.id),
    })?;
    let (found, next) = page.cut(found, |vpc| vpc.id.clone());
    let mut xml = Xml::new();
    xml.list("vpcSet", "item", &found, |xml, vpc| {
        write(xml, ctx, vpc);
        tags_if_any(xml, &vpc.tags);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `ModifyVpcAttribute`: one attribute per call.
pub fn modify_attribute(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("VpcId")?;
    let vpc = names::VPC.find(&ctx.here().vpcs, id)?;
    let support = params.flag("EnableDnsSupport.Value")?;
    let hostnames = params.flag("EnableDnsHostnames.Value")?;
    let metrics = params.flag("EnableNetworkAddressUsageMetrics.Value")?;
    if [support, hostnames, metrics].iter().flatten().count() != 1 {
        let text = "Specify exactly one of EnableDnsSupport, EnableDnsHostnames and EnableNetworkAddressUsageMetrics";
        return Err(ApiError::new("InvalidParameterCombination", text));
    }
    if hostnames == Some(true) && !vpc.dns_support {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "EnableDnsHostnames cannot be true while EnableDnsSupport is false",
        ));
    }
    params.ready()?;
    if let Some(vpc) = ctx.here_mut().vpcs.get_mut(id) {
        vpc.dns_support = support.unwrap_or(vpc.dns_support);
        vpc.usage_metrics = metrics.unwrap_or(vpc.usage_metrics);
        vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames) && vpc.dns_support;
    }
    Ok(Xml::done())
}

/// `DescribeVpcAttribute`.
pub fn describe_attribute(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("VpcId")?;
    let vpc = names::VPC.find(&ctx.here().vpcs, id)?;
    let attribute = params.need("Attribute")?;
    let value = match attribute {
        "enableDnsSupport" => vpc.dns_support,
        "enableDnsHostnames" => vpc.dns_hostnames,
        "enableNetworkAddressUsageMetrics" => vpc.usage_metrics,
        other => return Err(ApiError::not_modelled("InvalidParameterValue", &format!("the attribute {other}"))),
    };
    params.ready()?;
    let mut xml = Xml::new();
    xml.leaf("vpcId", id).node(attribute, |xml| {
        xml.leaf("value", value);
    });
    Ok(xml)
}

/// `DeleteVpc`. Deletes the VPC's default resources too. Everything else must be gone.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("VpcId")?;
    names::VPC.find(&ctx.here().vpcs, id)?;
    params.ready()?;
    if has_dependants(ctx.here(), id) {
        let region = ctx.here();
        let interfaces: Vec<String> =
            region.interfaces.linked(id).filter(|found| found.vpc == *id).map(|found| found.id.clone()).collect();
        let dying: Vec<String> =
            region.endpoints.linked(id).filter(|found| found.vpc == *id).map(|found| found.id.clone()).collect();
        ctx.advance_blockers(&interfaces);
        for endpoint in dying.iter().filter(|_| interfaces.is_empty()) {
            ctx.advance_on_read(Kind::GatewayEndpoint, endpoint);
        }
        return Err(ApiError::dependency("vpc", id));
    }
    let region = ctx.here_mut();
    region.groups.remove_linked(id, |group| group.vpc == id);
    region.route_tables.remove_linked(id, |table| table.vpc == id);
    region.network_acls.remove_linked(id, |acl| acl.vpc == id);
    region.vpcs.remove(id);
    Ok(Xml::done())
}

/// Whether the VPC has resources besides its default ones.
fn has_dependants(region: &Region, id: &str) -> bool {
    region.subnets.linked(id).any(|subnet| subnet.vpc == id)
        || region.groups.linked(id).any(|group| group.vpc == id && group.name != "default")
        || region.route_tables.linked(id).any(|table| table.vpc == id && table.main.is_none())
        || region.network_acls.linked(id).any(|acl| acl.vpc == id && !acl.default)
        || region.endpoints.linked(id).any(|endpoint| endpoint.vpc == id)
        || region.interfaces.linked(id).any(|interface| interface.vpc == id)
}

/// The default group of a new VPC. Its members may talk to each other, and to any destination.
fn default_group(ctx: &Ctx<'_>, vpc: &str) -> Group {
    let id = ctx.new_id("sg-");
    let rule = |egress, peer| Rule {
        id: ctx.new_id("sgr-"),
        egress,
        protocol: "-1".to_owned(),
        from: None,
        to: None,
        peer,
        description: None,
        tags: Tags::new(),
    };
    Group {
        rules: vec![rule(false, Peer::Group(id.clone())), rule(true, Peer::Cidr(Cidr::ALL))],
        id,
        vpc: vpc.to_owned(),
        name: "default".to_owned(),
        description: "default VPC security group".to_owned(),
        tags: Tags::new(),
    }
}

/// Refuses every value of a parameter except those that the sandbox models.
pub fn only(params: &Params, name: &str, modelled: &[&str]) -> Result<(), ApiError> {
    match params.get(name) {
        Some(value) if !modelled.contains(&value) => {
            Err(ApiError::not_modelled("InvalidParameterValue", &format!("{name}={value}")))
        }
        _ => Ok(()),
    }
}

/// No account-wide block of public access is set.
pub fn access_open(xml: &mut Xml) {
    xml.node("blockPublicAccessStates", |xml| {
        xml.leaf("internetGatewayBlockMode", "off");
    });
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, vpc: &Vpc) {
    xml.leaf("vpcId", &vpc.id).leaf("ownerId", ctx.owner()).leaf("state", &vpc.life.state);
    xml.leaf("cidrBlock", vpc.block).leaf("dhcpOptionsId", &vpc.dhcp_options);
    xml.leaf("instanceTenancy", "default").leaf("isDefault", false);
    xml.list("cidrBlockAssociationSet", "item", [vpc], |xml, vpc| {
        xml.leaf("associationId", &vpc.association).leaf("cidrBlock", vpc.block);
        xml.node("cidrBlockState", |xml| {
            xml.leaf("state", "associated");
        });
    });
    xml.node("ipv6CidrBlockAssociationSet", |_| {});
    access_open(xml);
}
