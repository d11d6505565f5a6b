//! The operations of network interfaces. A clean-up needs to know who made an interface.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Interface, InterfaceKind, Kind, Region, host_name};

use super::security_group::{check_count, check_in_vpc};
use super::vpc::only;
use crate::sandbox::ops::shared::context::{Ctx, group_set, moment, unmanaged};
use crate::sandbox::ops::shared::describe::{Lookup, one, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::tag_set;

const LOOKUP: Lookup<Interface> = Lookup {
    all: |region| &region.interfaces,
    naming: &names::INTERFACE,
    kinds: &[Kind::Interface],
    linked: &[],
    tags: |interface| &interface.tags,
};

/// `DescribeNetworkInterfaces`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("NetworkInterfaceId")?;
    let filters = Filters::read_beside(params, FILTERS, ABSENT)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let (owner, region_name) = (ctx.owner().to_owned(), ctx.region());
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, interface, name| {
        facts(region, interface, name, (&owner, region_name))
    })?;
    let (found, next) = page.cut(found, |interface| interface.id.clone());
    let mut xml = Xml::new();
    xml.list("networkInterfaceSet", "item", &found, |xml, interface| write(xml, ctx, interface));
    xml.maybe("nextToken", next);
    Ok(xml)
}

const FILTERS: &[&str] = &[
    "addresses.primary",
    "addresses.private-dns-name",
    "addresses.private-ip-address",
    "attachment.attach-time",
    "attachment.attachment-id",
    "attachment.delete-on-termination",
    "attachment.device-index",
    "attachment.instance-id",
    "attachment.instance-owner-id",
    "attachment.status",
    "availability-zone",
    "availability-zone-id",
    "description",
    "group-id",
    "group-name",
    "interface-type",
    "mac-address",
    "network-interface-id",
    "operator.managed",
    "owner-id",
    "private-dns-name",
    "private-ip-address",
    "requester-id",
    "requester-managed",
    "source-dest-check",
    "status",
    "subnet-id",
    "vpc-id",
    "tag",
];

/// Filters for features that no interface here has: public and IPv6 addresses.
const ABSENT: &[&str] = &[
    "addresses.association.owner-id",
    "addresses.association.public-ip",
    "association.allocation-id",
    "association.association-id",
    "association.ip-owner-id",
    "association.public-dns-name",
    "association.public-ip",
    "ipv6-addresses.ipv6-address",
    "operator.principal",
];

/// The values of an interface for a filter, also for the filters of its instance.
pub fn facts(region: &Region, interface: &Interface, name: &str, (owner, region_name): (&str, &str)) -> Vec<String> {
    let own = interface.kind == InterfaceKind::Instance;
    let attached = |value: &dyn ToString| if own { one(value.to_string()) } else { Vec::new() };
    match name {
        "addresses.primary" => one(true),
        "addresses.private-dns-name" | "private-dns-name" => {
            private_name(region, interface, region_name).into_iter().collect()
        }
        "addresses.private-ip-address" | "private-ip-address" => one(interface.address),
        "attachment.attach-time" => attached(&moment(interface.created)),
        "attachment.attachment-id" => one(&interface.attachment),
        "attachment.delete-on-termination" | "source-dest-check" => one(own),
        "attachment.device-index" => one(device_index(interface)),
        "attachment.instance-id" => attached(&interface.owner),
        "attachment.instance-owner-id" => one(attached_by(interface, owner)),
        "attachment.network-card-index" => one(0),
        "attachment.status" => one("attached"),
        "availability-zone" => one(&interface.zone_name),
        "availability-zone-id" => one(&interface.zone_id),
        "deny-all-igw-traffic" | "ipv6-native" | "operator.managed" => one(false),
        "description" => one(&interface.description),
        "group-id" => interface.groups.clone(),
        "group-name" => interface.groups.iter().map(|id| region.group_name(id).to_owned()).collect(),
        "interface-type" => one(type_of(interface)),
        "mac-address" => one(&interface.mac),
        "owner-id" => one(owner),
        "requester-id" => requester(interface, owner).into_iter().collect(),
        "requester-managed" => one(!own),
        "status" => one("in-use"),
        "subnet-id" => one(&interface.subnet),
        "tag-key" => interface.tags.keys().cloned().collect(),
        "tag-value" => interface.tags.values().cloned().collect(),
        "vpc-id" => one(&interface.vpc),
        _ => one(&interface.id),
    }
}

/// `DescribeNetworkInterfaceAttribute`.
pub fn describe_attribute(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = params.need("NetworkInterfaceId")?;
    let interface = names::INTERFACE.find(&ctx.here().interfaces, id)?;
    let mut xml = Xml::new();
    xml.leaf("networkInterfaceId", id);
    match params.need("Attribute")? {
        "description" => {
            xml.node("description", |xml| {
                xml.leaf("value", &interface.description);
            });
        }
        "groupSet" => group_set(&mut xml, ctx.here(), &interface.groups),
        "sourceDestCheck" => {
            xml.node("sourceDestCheck", |xml| {
                xml.leaf("value", interface.kind == InterfaceKind::Instance);
            });
        }
        "attachment" => write_attachment(&mut xml, ctx, interface),
        other => return Err(ApiError::not_modelled("InvalidParameterValue", &format!("the attribute {other}"))),
    }
    params.ready()?;
    Ok(xml)
}

/// `ModifyNetworkInterfaceAttribute`: description and groups of an instance's interface. AWS's own interfaces only
/// change together with the resource they belong to.
pub fn modify_attribute(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let interface = names::INTERFACE.find(&ctx.here().interfaces, params.need("NetworkInterfaceId")?)?.clone();
    let description = params.get("Description.Value").map(str::to_owned);
    let groups = params.list("SecurityGroupId")?;
    only(params, "SourceDestCheck.Value", &["true"])?;
    if description.is_some() && !groups.is_empty() {
        let text = "Fields for multiple attribute types specified: a call changes one attribute";
        return Err(ApiError::new("InvalidParameterCombination", text));
    }
    if interface.kind != InterfaceKind::Instance {
        // The wording is UNCONFIRMED; that an account cannot change AWS's own interfaces is documented [ec2 userguide:
        // requester-managed-eni].
        let text = format!("You do not have permission to access the specified resource: {}", interface.id);
        return Err(ApiError::new("OperationNotPermitted", text));
    }
    check_in_vpc(ctx, &groups, &interface.vpc, &format!("VPC {}", interface.vpc))?;
    check_count(ctx, &groups)?;
    params.ready()?;
    let region = ctx.here_mut();
    if let Some(found) = region.interfaces.get_mut(&interface.id) {
        if !groups.is_empty() {
            found.groups.clone_from(&groups);
        }
        found.description = description.unwrap_or(interface.description);
    }
    if let Some(instance) = region.instances.get_mut(&interface.owner).filter(|_| !groups.is_empty()) {
        instance.groups = groups;
    }
    Ok(Xml::done())
}

/// An interface's DNS name, which it only has in a VPC with DNS host names.
fn private_name(region: &Region, interface: &Interface, region_name: &str) -> Option<String> {
    let named = region.vpcs.get(&interface.vpc).is_some_and(|vpc| vpc.dns_hostnames);
    named.then(|| host_name(region_name, interface.address))
}

/// Who requested an interface that the account did not make itself.
fn requester(interface: &Interface, owner: &str) -> Option<String> {
    match interface.kind {
        InterfaceKind::Instance => None,
        InterfaceKind::Balancer => Some("amazon-elb".to_owned()),
        InterfaceKind::Endpoint | InterfaceKind::ConnectEndpoint => Some(owner.to_owned()),
    }
}

/// The owner of the resource that an interface is attached to.
fn attached_by<'a>(interface: &Interface, owner: &'a str) -> &'a str {
    if interface.kind == InterfaceKind::Instance { owner } else { "amazon-aws" }
}

/// An instance's own interface is its first; AWS attaches its own as the second.
fn device_index(interface: &Interface) -> u8 {
    u8::from(interface.kind != InterfaceKind::Instance)
}

/// The word for an interface's purpose.
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
    xml.maybe("requesterId", requester(interface, ctx.owner()));
    write_attachment(xml, ctx, interface);
    tag_set(xml, &interface.tags);
}

fn write_attachment(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    let own = interface.kind == InterfaceKind::Instance;
    xml.node("attachment", |xml| {
        xml.leaf("attachmentId", &interface.attachment);
        if own {
            xml.leaf("instanceId", &interface.owner).leaf("attachTime", moment(interface.created));
        }
        xml.leaf("deviceIndex", device_index(interface));
        xml.leaf("instanceOwnerId", attached_by(interface, ctx.owner()));
        xml.leaf("status", "attached").leaf("deleteOnTermination", own).leaf("networkCardIndex", 0);
    });
}

/// An interface as `DescribeInstances` shows it.
pub fn write_attached(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    write_common(xml, ctx, interface);
    xml.node("attachment", |xml| {
        xml.leaf("attachmentId", &interface.attachment).leaf("deviceIndex", 0).leaf("status", "attached");
        xml.leaf("networkCardIndex", 0);
        xml.leaf("attachTime", moment(interface.created)).leaf("deleteOnTermination", true);
    });
}

fn write_common(xml: &mut Xml, ctx: &Ctx<'_>, interface: &Interface) {
    xml.leaf("networkInterfaceId", &interface.id).leaf("subnetId", &interface.subnet).leaf("vpcId", &interface.vpc);
    xml.leaf("description", &interface.description).leaf("ownerId", ctx.owner()).leaf("status", "in-use");
    xml.leaf("macAddress", &interface.mac).leaf("privateIpAddress", interface.address);
    xml.leaf("sourceDestCheck", interface.kind == InterfaceKind::Instance).leaf("interfaceType", type_of(interface));
    group_set(xml, ctx.here(), &interface.groups);
    unmanaged(xml);
    let name = private_name(ctx.here(), interface, ctx.region());
    xml.maybe("privateDnsName", name.as_ref());
    xml.node("ipv6AddressesSet", |_| {});
    xml.list("privateIpAddressesSet", "item", [interface.address], |xml, address| {
        xml.leaf("privateIpAddress", address).maybe("privateDnsName", name.as_ref()).leaf("primary", true);
    });
}
