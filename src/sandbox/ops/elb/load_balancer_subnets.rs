//! The subnets of load balancers: which ones are possible, and how they change.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Balancer, InterfaceKind, Kind, Life, Subnet};

use super::balancer_quota::check_nodes;
use super::common::{find_balancer, modelled};
use crate::sandbox::ops::ec2::endpoint_service::is_held;
use crate::sandbox::ops::shared::context::{Ctx, NewInterface};

/// `SetSubnets`: afterwards the load balancer has only the given subnets, one per zone. The interfaces in the others
/// leave [nlb: availability-zones].
pub fn set_subnets(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let balancer = find_balancer(ctx, params.need("LoadBalancerArn")?)?;
    modelled(params, "IpAddressType", "ipv4", "ipv4")?;
    let subnets = read_subnets(ctx, params)?;
    let interfaces = balancer.interfaces.iter().filter_map(|id| ctx.here().interfaces.get(id));
    let interfaces: Vec<_> = interfaces.map(|one| (one.id.clone(), one.subnet.clone(), one.zone_id.clone())).collect();
    let (kept, gone): (Vec<_>, Vec<_>) =
        interfaces.into_iter().partition(|(_, subnet, _)| subnets.iter().any(|(wanted, _)| wanted.id == *subnet));
    let new: Vec<&Placed> =
        subnets.iter().filter(|(wanted, _)| !kept.iter().any(|(_, subnet, _)| *subnet == wanted.id)).collect();
    check_nodes(ctx, &balancer.vpc, new.len())?;
    for (subnet, address) in &new {
        if subnet.vpc != balancer.vpc {
            let text = format!("The subnet '{}' is not in the VPC of the load balancer", subnet.id);
            return Err(ApiError::new("InvalidSubnet", text));
        }
        check_place(ctx, subnet, *address)?;
    }
    check_leaving(ctx, &balancer, &gone, &subnets)?;
    params.ready_without_dry_run()?;
    let name = balancer.arn.split_once(":loadbalancer/").map_or("", |(_, name)| name);
    let mut held: Vec<String> = kept.into_iter().map(|(id, ..)| id).collect();
    for (subnet, address) in new {
        let interface = NewInterface {
            kind: InterfaceKind::Balancer,
            owner: &balancer.arn,
            description: format!("ELB {name}"),
            groups: balancer.groups.clone(),
            address: *address,
            tags: BTreeMap::new(),
        };
        held.push(ctx.attach(subnet, interface).id);
    }
    let leaving = Life::enter(Kind::Interface, "leaving", ctx.timing());
    let region = ctx.here_mut();
    for (id, ..) in gone {
        if let Some(interface) = region.interfaces.get_mut(&id) {
            interface.life = leaving.clone();
        }
    }
    if let Some(found) = region.balancers.get_mut(&balancer.arn) {
        found.interfaces.clone_from(&held);
    }
    let mut xml = Xml::new();
    write_zones(&mut xml, ctx, &held);
    xml.leaf("IpAddressType", "ipv4").leaf("EnablePrefixForIpv6SourceNat", "off");
    Ok(xml)
}

/// Whether nodes may leave their subnets for these. They may not while endpoints are connected, and not for another
/// subnet of the same zone in one call [nlb: availability-zones; the codes and words are UNCONFIRMED]. A node is a
/// tuple of interface, subnet and zone.
fn check_leaving(
    ctx: &Ctx<'_>,
    balancer: &Balancer,
    gone: &[(String, String, String)],
    wanted: &[Placed],
) -> Result<(), ApiError> {
    let refuse = |text: String| Err(ApiError::new("InvalidConfigurationRequest", text));
    let mut services = ctx.here().services.linked(&balancer.arn);
    if !gone.is_empty() && services.any(|service| is_held(ctx, &service.id)) {
        let text = "Subnets cannot be removed from a Network Load Balancer that has active VPC endpoint associations";
        return refuse(text.to_owned());
    }
    match gone.iter().find(|(.., zone)| wanted.iter().any(|(subnet, _)| subnet.zone_id == *zone)) {
        Some((_, subnet, _)) => refuse(format!(
            "The subnet '{subnet}' must be removed before another subnet in its Availability Zone can be added"
        )),
        None => Ok(()),
    }
}

/// The free addresses that a subnet must have if the node's address is not chosen [nlb: availability-zones].
const ROOM: u64 = 8;

/// Whether a node fits into `subnet`, and can have `address` there.
pub fn check_place(ctx: &Ctx<'_>, subnet: &Subnet, address: Option<Ipv4Addr>) -> Result<(), ApiError> {
    if address.is_none() && ctx.here().free_addresses(subnet) < ROOM {
        let text = format!(
            "Not enough IP space available in {}. ELB requires at least {ROOM} free IP addresses in each subnet.",
            subnet.id
        );
        return Err(ApiError::new("InvalidSubnet", text));
    }
    ctx.check_room(subnet, 1).map_err(|error| ApiError::new("InvalidSubnet", error.message))?;
    address.map_or(Ok(()), |address| {
        ctx.check_address(subnet, address).map_err(|error| ApiError::new("InvalidConfigurationRequest", error.message))
    })
}

/// A subnet, and the node's address in it if it is chosen.
pub type Placed = (Subnet, Option<Ipv4Addr>);

/// Reads `Subnets` or `SubnetMappings`: one for each zone, all in one VPC.
pub fn read_subnets(ctx: &Ctx<'_>, params: &Params) -> Result<Vec<Placed>, ApiError> {
    let plain = params.list("Subnets")?;
    let mut wanted: Vec<(String, Option<Ipv4Addr>)> = Vec::new();
    for prefix in params.groups("SubnetMappings") {
        if let Some(allocation) = params.get(&format!("{prefix}.AllocationId")) {
            let text = format!("The allocation ID '{allocation}' does not exist");
            return Err(ApiError::new("AllocationIdNotFound", text));
        }
        let address = params.get(&format!("{prefix}.PrivateIPv4Address"));
        let address = address
            .map(|text| text.parse().map_err(|_| ApiError::value("PrivateIPv4Address", text, "Not an IPv4 address.")))
            .transpose()?;
        wanted.push((params.need(&format!("{prefix}.SubnetId"))?.to_owned(), address));
    }
    if plain.is_empty() == wanted.is_empty() {
        return Err(ApiError::new("ValidationError", "Specify either subnets or subnet mappings"));
    }
    wanted.extend(plain.into_iter().map(|id| (id, None)));
    let mut subnets: Vec<Placed> = Vec::new();
    for (id, address) in wanted {
        let Some(subnet) = ctx.here().subnets.get(&id) else {
            return Err(ApiError::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist")));
        };
        if subnets.iter().any(|(other, _)| other.vpc != subnet.vpc) {
            return Err(ApiError::new("InvalidConfigurationRequest", "All subnets must belong to the same VPC"));
        }
        if subnets.iter().any(|(other, _)| other.zone_id == subnet.zone_id) {
            let text = "A load balancer cannot be attached to multiple subnets in the same Availability Zone";
            return Err(ApiError::new("InvalidConfigurationRequest", text));
        }
        subnets.push((subnet.clone(), address));
    }
    Ok(subnets)
}

/// `<AvailabilityZones>`.
pub fn write_zones(xml: &mut Xml, ctx: &Ctx<'_>, interfaces: &[String]) {
    let interfaces = interfaces.iter().filter_map(|id| ctx.here().interfaces.get(id));
    xml.list("AvailabilityZones", "member", interfaces, |xml, interface| {
        xml.leaf("ZoneName", &interface.zone_name).leaf("SubnetId", &interface.subnet);
        xml.node("LoadBalancerAddresses", |_| {});
    });
}
