//! EC2: an account's and a region's zones, network interfaces, prefix lists and tags.

use aws_sdk_ec2::types::{AvailabilityZone, NetworkInterface};
use serde_json::Value;

use super::params::read;
use super::reply::Reply;
use super::shared::{filter, group, tag};
use crate::cloud::fault::Fault;
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "DescribeAvailabilityZones" => zones(clients, call).await,
        "DescribeInstanceTypes" => types(clients, call).await,
        "DescribeInstanceTypeOfferings" => offerings(clients, call).await,
        "DescribeNetworkInterfaces" => network_interfaces(clients, call).await,
        "DescribePrefixLists" => prefix_lists(clients, call).await,
        "DescribeTags" => tags(clients, call).await,
        _ => return None,
    })
}

async fn zones(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_availability_zones()
            .set_zone_names(p.texts("ZoneNames")?)
            .set_zone_ids(p.texts("ZoneIds")?)
            .set_all_availability_zones(p.flag("AllAvailabilityZones")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("AvailabilityZones", reply.availability_zones(), zone).end())
}

async fn types(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request =
        read(&call.params, |p| Ok(clients.ec2.describe_instance_types().set_filters(p.list("Filters", filter)?)))?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("InstanceTypes", pages.iter().flat_map(|page| page.instance_types()), |kind| {
            Reply::new()
                .text("InstanceType", kind.instance_type())
                .part("VCpuInfo", kind.v_cpu_info(), |info| {
                    Reply::new().number("DefaultVCpus", info.default_v_cpus()).end()
                })
                .end()
        })
        .end())
}

async fn offerings(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_instance_type_offerings()
            .set_location_type(p.word("LocationType")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("InstanceTypeOfferings", pages.iter().flat_map(|page| page.instance_type_offerings()), |offering| {
            Reply::new()
                .text("InstanceType", offering.instance_type())
                .text("LocationType", offering.location_type())
                .text("Location", offering.location())
                .end()
        })
        .end())
}

async fn network_interfaces(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_network_interfaces()
            .set_network_interface_ids(p.texts("NetworkInterfaceIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("NetworkInterfaces", pages.iter().flat_map(|page| page.network_interfaces()), network_interface)
        .end())
}

async fn prefix_lists(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .ec2
            .describe_prefix_lists()
            .set_prefix_list_ids(p.texts("PrefixListIds")?)
            .set_filters(p.list("Filters", filter)?))
    })?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("PrefixLists", pages.iter().flat_map(|page| page.prefix_lists()), |list| {
            Reply::new()
                .text("PrefixListId", list.prefix_list_id())
                .text("PrefixListName", list.prefix_list_name())
                .texts("Cidrs", list.cidrs())
                .end()
        })
        .end())
}

async fn tags(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.ec2.describe_tags().set_filters(p.list("Filters", filter)?)))?;
    let pages = pages(call, |at| request.clone().set_next_token(at).send(), |page| token(page.next_token())).await?;
    Ok(Reply::new()
        .all("Tags", pages.iter().flat_map(|page| page.tags()), |tag| {
            Reply::new()
                .text("Key", tag.key())
                .text("Value", tag.value())
                .text("ResourceId", tag.resource_id())
                .text("ResourceType", tag.resource_type())
                .end()
        })
        .end())
}

fn zone(zone: &AvailabilityZone) -> Value {
    Reply::new()
        .text("ZoneName", zone.zone_name())
        .text("ZoneId", zone.zone_id())
        .text("ZoneType", zone.zone_type())
        .text("State", zone.state())
        .text("RegionName", zone.region_name())
        .text("OptInStatus", zone.opt_in_status())
        .text("GroupName", zone.group_name())
        .text("NetworkBorderGroup", zone.network_border_group())
        .list("Messages", zone.messages(), |message| Reply::new().text("Message", message.message()).end())
        .end()
}

fn network_interface(interface: &NetworkInterface) -> Value {
    Reply::new()
        .text("NetworkInterfaceId", interface.network_interface_id())
        .text("InterfaceType", interface.interface_type())
        .flag("SourceDestCheck", interface.source_dest_check())
        .text("Description", interface.description())
        .text("Status", interface.status())
        .text("VpcId", interface.vpc_id())
        .text("SubnetId", interface.subnet_id())
        .text("AvailabilityZone", interface.availability_zone())
        .text("AvailabilityZoneId", interface.availability_zone_id())
        .text("PrivateIpAddress", interface.private_ip_address())
        .text("PrivateDnsName", interface.private_dns_name())
        .list("PrivateIpAddresses", interface.private_ip_addresses(), |address| {
            Reply::new().flag("Primary", address.primary()).text("PrivateIpAddress", address.private_ip_address()).end()
        })
        .list("Groups", interface.groups(), group)
        .part("Attachment", interface.attachment(), |attachment| {
            Reply::new()
                .text("AttachmentId", attachment.attachment_id())
                .text("InstanceId", attachment.instance_id())
                .text("InstanceOwnerId", attachment.instance_owner_id())
                .number("DeviceIndex", attachment.device_index())
                .text("Status", attachment.status())
                .flag("DeleteOnTermination", attachment.delete_on_termination())
                .end()
        })
        .text("OwnerId", interface.owner_id())
        .text("RequesterId", interface.requester_id())
        .flag("RequesterManaged", interface.requester_managed())
        .list("TagSet", interface.tag_set(), tag)
        .end()
}
