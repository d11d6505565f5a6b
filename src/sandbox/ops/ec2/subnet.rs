//! The operations of subnets.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Cidr, Kind, Region, Subnet, Zone, quota};

use super::network_acl::associate_default;
use super::vpc::{access_open, only};
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::{specification, tags_if_any};

const LOOKUP: Lookup<Subnet> = Lookup {
    all: |region| &region.subnets,
    naming: &names::SUBNET,
    kinds: &[Kind::Subnet],
    linked: &[],
    tags: |subnet| &subnet.tags,
};

/// `CreateSubnet`. Without a zone, AWS chooses one; here it is the account's first.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let vpc = names::VPC.find(&ctx.here().vpcs, params.need("VpcId")?)?.clone();
    let text = params.need("CidrBlock")?;
    let Ok(block) = text.parse::<Cidr>() else {
        return Err(ApiError::value("cidrBlock", text, "This is not a valid CIDR block."));
    };
    if !(16..=28).contains(&block.prefix()) || !vpc.block.holds(block) {
        return Err(ApiError::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let mut siblings = ctx.here().subnets.linked(&vpc.id);
    if siblings.any(|subnet| subnet.block.overlaps(block)) {
        let text = format!("The CIDR '{text}' conflicts with another subnet");
        return Err(ApiError::new("InvalidSubnet.Conflict", text));
    }
    if ctx.here().subnets.linked(&vpc.id).count() >= ctx.quota(&quota::SUBNETS) {
        return Err(ApiError::new("SubnetLimitExceeded", "The maximum number of subnets has been reached."));
    }
    let zone = zone(ctx, params)?;
    let tags = specification(params, "subnet")?;
    params.ready()?;
    let subnet = Subnet {
        id: ctx.new_id("subnet-"),
        vpc: vpc.id,
        block,
        zone_name: zone.name,
        zone_id: zone.id,
        life: ctx.begin(Kind::Subnet, "pending"),
        tags,
    };
    ctx.here_mut().subnets.insert(subnet.id.clone(), subnet.clone());
    associate_default(ctx, &subnet);
    let mut xml = Xml::new();
    xml.node("subnet", |xml| write(xml, ctx, &subnet));
    Ok(xml)
}

/// `DescribeSubnets`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("SubnetId")?;
    let known = [
        "availability-zone",
        "availabilityZone",
        "availabilityZoneId",
        "defaultForAz",
        "availability-zone-id",
        "available-ip-address-count",
        "cidr",
        "cidr-block",
        "cidrBlock",
        "default-for-az",
        "enable-dns64",
        "ipv6-native",
        "map-customer-owned-ip-on-launch",
        "map-public-ip-on-launch",
        "owner-id",
        "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
        "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
        "private-dns-name-options-on-launch.hostname-type",
        "state",
        "subnet-arn",
        "subnet-id",
        "vpc-id",
        "tag",
    ];
    let absent = [
        "customer-owned-ipv4-pool",
        "enable-lni-at-device-index",
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.state",
        "outpost-arn",
    ];
    let filters = Filters::read_beside(params, &known, &absent)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let (owner, base) = (ctx.owner().to_owned(), ctx.arn("ec2", "subnet/"));
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, subnet, name| match name {
        "availability-zone" | "availabilityZone" => one(&subnet.zone_name),
        "availability-zone-id" | "availabilityZoneId" => one(&subnet.zone_id),
        "available-ip-address-count" => one(region.free_addresses(subnet)),
        "cidr" | "cidr-block" | "cidrBlock" => one(subnet.block),
        "default-for-az"
        | "defaultForAz"
        | "enable-dns64"
        | "ipv6-native"
        | "map-customer-owned-ip-on-launch"
        | "map-public-ip-on-launch"
        | "private-dns-name-options-on-launch.enable-resource-name-dns-a-record"
        | "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record" => one(false),
        "private-dns-name-options-on-launch.hostname-type" => one("ip-name"),
        "owner-id" => one(&owner),
        "state" => one(&subnet.life.state),
        "subnet-arn" => one(format!("{base}{}", subnet.id)),
        "vpc-id" => one(&subnet.vpc),
        _ => one(&subnet.id),
    })?;
    let (found, next) = page.cut(found, |subnet| subnet.id.clone());
    let mut xml = Xml::new();
    xml.list("subnetSet", "item", &found, |xml, subnet| write(xml, ctx, subnet));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `DeleteSubnet`. Deletes its route-table association too. Refused while it has interfaces.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("SubnetId")?;
    names::SUBNET.find(&ctx.here().subnets, id)?;
    params.ready()?;
    let inside = interfaces_in(ctx.here(), id);
    if !inside.is_empty() {
        ctx.advance_blockers(&inside);
        return Err(ApiError::dependency("subnet", id));
    }
    let region = ctx.here_mut();
    region.subnets.remove(id);
    while let Some(table) = region.route_tables.linked_mut(id) {
        table.associations.retain(|_, subnet| subnet != id);
    }
    while let Some(acl) = region.network_acls.linked_mut(id) {
        acl.associations.retain(|_, subnet| subnet != id);
    }
    Ok(Xml::done())
}

/// `ModifySubnetAttribute`: accepts only the values that the sandbox's subnets always have.
pub fn modify_attribute(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    names::SUBNET.find(&ctx.here().subnets, params.need("SubnetId")?)?;
    only(params, "MapPublicIpOnLaunch.Value", &["false"])?;
    only(params, "AssignIpv6AddressOnCreation.Value", &["false"])?;
    only(params, "EnableDns64.Value", &["false"])?;
    params.ready()?;
    Ok(Xml::done())
}

fn interfaces_in(region: &Region, subnet: &str) -> Vec<String> {
    region.interfaces.linked(subnet).filter(|found| found.subnet == *subnet).map(|found| found.id.clone()).collect()
}

fn zone(ctx: &Ctx<'_>, params: &Params) -> Result<Zone, ApiError> {
    let zones = ctx.zones();
    let (name, id) = (params.get("AvailabilityZone"), params.get("AvailabilityZoneId"));
    if name.is_some() && id.is_some() {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "Specify AvailabilityZone or AvailabilityZoneId, not both",
        ));
    }
    let found = match (name, id) {
        (Some(name), _) => zones.iter().find(|zone| zone.name == name),
        (_, Some(id)) => zones.iter().find(|zone| zone.id == id),
        _ => zones.first(),
    };
    found.cloned().ok_or_else(|| {
        let (parameter, value) = name.map_or(("availabilityZoneId", id), |name| ("availabilityZone", Some(name)));
        let all: Vec<&str> =
            zones.iter().map(|zone| if name.is_some() { zone.name.as_str() } else { zone.id.as_str() }).collect();
        let why =
            format!("Subnets can currently only be created in the following availability zones: {}.", all.join(", "));
        ApiError::value(parameter, value.unwrap_or_default(), &why)
    })
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, subnet: &Subnet) {
    xml.leaf("subnetId", &subnet.id).leaf("subnetArn", ctx.arn("ec2", &format!("subnet/{}", subnet.id)));
    xml.leaf("state", &subnet.life.state).leaf("ownerId", ctx.owner()).leaf("vpcId", &subnet.vpc);
    xml.leaf("cidrBlock", subnet.block).leaf("availableIpAddressCount", ctx.here().free_addresses(subnet));
    xml.leaf("availabilityZone", &subnet.zone_name).leaf("availabilityZoneId", &subnet.zone_id);
    xml.leaf("defaultForAz", false).leaf("mapPublicIpOnLaunch", false).leaf("assignIpv6AddressOnCreation", false);
    xml.leaf("mapCustomerOwnedIpOnLaunch", false).leaf("enableDns64", false).leaf("ipv6Native", false);
    write_host_names(xml, "privateDnsNameOptionsOnLaunch");
    xml.node("ipv6CidrBlockAssociationSet", |_| {});
    access_open(xml);
    tags_if_any(xml, &subnet.tags);
}

/// Instances are named by their address, which is the default.
pub fn write_host_names(xml: &mut Xml, element: &str) {
    xml.node(element, |xml| {
        xml.leaf("hostnameType", "ip-name").leaf("enableResourceNameDnsARecord", false);
        xml.leaf("enableResourceNameDnsAAAARecord", false);
    });
}
