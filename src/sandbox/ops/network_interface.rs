//! Network interfaces: who made them is what a clean-up needs to know.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Interface, InterfaceKind, Kind};

use super::context::{Ctx, group_set, moment};
use super::describe::{Lookup, one, select};
use super::names;
use super::tags::tag_set;

const LOOKUP: Lookup<Interface> = Lookup {
    all: |region| &region.interfaces,
    naming: &names::INTERFACE,
    kinds: &[Kind::Interface],
    tags: |interface| &interface.tags,
};

/// `DescribeNetworkInterfaces`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("NetworkInterfaceId")?;
    let known = [
        "addresses.private-ip-address",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "availability-zone-id",
        "description",
        "group-id",
        "group-name",
        "interface-type",
        "network-interface-id",
        "owner-id",
        "private-ip-address",
        "requester-managed",
        "status",
        "subnet-id",
        "vpc-id",
        "tag",
    ];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let owner = ctx.owner().to_owned();
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, interface, name| match name {
        "addresses.private-ip-address" | "private-ip-address" => one(interface.address),
        "attachment.instance-id" if interface.kind == InterfaceKind::Instance => one(&interface.owner),
        "attachment.instance-id" => Vec::new(),
        "attachment.status" => one("attached"),
        "availability-zone" => one(&interface.zone_name),
        "availability-zone-id" => one(&interface.zone_id),
        "description" => one(&interface.description),
        "group-id" => interface.groups.clone(),
        "group-name" => interface.groups.iter().map(|id| region.group_name(id).to_owned()).collect(),
        "interface-type" => one(type_of(interface)),
        "owner-id" => one(&owner),
        "requester-managed" => one(interface.kind != InterfaceKind::Instance),
        "status" => one("in-use"),
        "subnet-id" => one(&interface.subnet),
        "vpc-id" => one(&interface.vpc),
        _ => one(&interface.id),
    })?;
    let (found, next) = page.cut(found, |interface| interface.id.clone());
    let mut xml = Xml::new();
    xml.list("networkInterfaceSet", "item", &found, |xml, interface| write(xml, ctx, interface));
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// The word for what an interface is for.
fn type_of(interface: &Interface) -> &'static str {
    match interface.kind {
        InterfaceKind::Instance => "interface",
        InterfaceKind::Balancer => "network_load_balancer",
        InterfaceKind::Endpoint => "vpc_endpoint",
        // Seen in accounts; the SDKs' models do not list it. UNCONFIRMED by the documentation.
        InterfaceKind::ConnectEndpoint => "ec2_instance_connect_endpoint",
    }
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    let own = interface.kind == InterfaceKind::Instance;
    write_common(xml, ctx, interface);
    xml.leaf("availabilityZone", &interface.zone_name).leaf("availabilityZoneId", &interface.zone_id);
    xml.leaf("requesterManaged", !own);
    let requester = match interface.kind {
        InterfaceKind::Instance => None,
        InterfaceKind::Balancer => Some("amazon-elb".to_owned()),
        InterfaceKind::Endpoint | InterfaceKind::ConnectEndpoint => Some(ctx.owner().to_owned()),
    };
    xml.maybe("requesterId", requester);
    xml.node("attachment", |xml| {
        xml.leaf("attachmentId", &interface.attachment);
        if own {
            xml.leaf("instanceId", &interface.owner).leaf("deviceIndex", 0);
            xml.leaf("attachTime", moment(interface.created));
        } else {
            xml.leaf("deviceIndex", 1);
        }
        xml.leaf("instanceOwnerId", if own { ctx.owner() } else { "amazon-aws" });
        xml.leaf("status", "attached").leaf("deleteOnTermination", own);
    });
    tag_set(xml, &interface.tags);
}

/// An interface as `DescribeInstances` shows it.
pub fn write_attached(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    write_common(xml, ctx, interface);
    xml.node("attachment", |xml| {
        xml.leaf("attachmentId", &interface.attachment).leaf("deviceIndex", 0).leaf("status", "attached");
        xml.leaf("attachTime", moment(interface.created)).leaf("deleteOnTermination", true);
    });
}

fn write_common(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    xml.leaf("networkInterfaceId", &interface.id).leaf("subnetId", &interface.subnet).leaf("vpcId", &interface.vpc);
    xml.leaf("description", &interface.description).leaf("ownerId", ctx.owner()).leaf("status", "in-use");
    xml.leaf("macAddress", &interface.mac).leaf("privateIpAddress", interface.address);
    xml.leaf("sourceDestCheck", interface.kind == InterfaceKind::Instance).leaf("interfaceType", type_of(interface));
    group_set(xml, ctx.here(), &interface.groups);
    xml.list("privateIpAddressesSet", "item", [interface.address], |xml, address| {
        xml.leaf("privateIpAddress", address).leaf("primary", true);
    });
}
