//! Starts and describes instances. `instance_launch.rs` reads a launch, `instance_filter.rs` has the filters, and
//! `instance_state.rs` stops and ends instances.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Image, Instance, InterfaceKind, Kind, Life, host_name, instance_type};

use super::image::write_billing;
use super::instance_filter::{ABSENT, FILTERS, facts};
use super::instance_launch::{Launch, check_vcpus, read};
use super::network_interface;
use super::subnet::write_host_names;
use crate::sandbox::ops::shared::context::{Ctx, NewInterface, group_set, moment, unmanaged};
use crate::sandbox::ops::shared::describe::{Lookup, select};
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::tags_if_any;

pub const LOOKUP: Lookup<Instance> = Lookup {
    all: |region| &region.instances,
    naming: &names::INSTANCE,
    // Checks come first: they begin when the instance runs, and one look must advance only one state.
    kinds: &[Kind::Checks, Kind::Instance],
    linked: &[],
    tags: |instance| &instance.tags,
};

/// `RunInstances`.
pub fn run(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let launch = read(ctx, params)?;
    let token = params.get("ClientToken").map(str::to_owned);
    let made = ctx.replay("RunInstances", params)?;
    if made.is_none() {
        check_vcpus(ctx, &launch)?;
        ctx.check_room(&launch.subnet, launch.count as u64)?;
        if let Some(address) = launch.address {
            ctx.check_address(&launch.subnet, address)?;
        }
    }
    params.ready()?;
    let reservation = match made {
        Some(reservation) => reservation,
        None => start(ctx, params, &launch, token.as_deref()),
    };
    let all = ctx.here().instances.linked(&reservation);
    let instances: Vec<Instance> = all.filter(|found| found.reservation == reservation).cloned().collect();
    if instances.iter().all(|instance| instance.life.state == "terminated") {
        let text = "The instances of this client token are terminated";
        return Err(ApiError::new("IdempotentInstanceTerminated", text));
    }
    let mut xml = Xml::new();
    write_reservation(&mut xml, ctx, &reservation, &instances);
    Ok(xml)
}

fn start(ctx: &mut Ctx<'_>, params: &Params, launch: &Launch, token: Option<&str>) -> String {
    let reservation = ctx.new_id("r-");
    for launch_index in 0..launch.count {
        let id = ctx.new_id("i-");
        let new = NewInterface {
            kind: InterfaceKind::Instance,
            owner: &id,
            description: String::new(),
            groups: launch.groups.clone(),
            address: launch.address,
            tags: launch.interface_tags.clone(),
        };
        let interface = ctx.attach(&launch.subnet, new);
        let instance = Instance {
            reservation: reservation.clone(),
            launch_index,
            image: launch.image.id.to_owned(),
            kind: launch.kind.clone(),
            vpc: launch.subnet.vpc.clone(),
            subnet: launch.subnet.id.clone(),
            zone_name: launch.subnet.zone_name.clone(),
            zone_id: launch.subnet.zone_id.clone(),
            address: interface.address,
            interface: interface.id,
            groups: launch.groups.clone(),
            user_data: launch.user_data.clone(),
            token: token.map(str::to_owned),
            launched: ctx.millis(),
            life: ctx.begin(Kind::Instance, "pending"),
            checks: Life { state: "not-applicable".to_owned(), due: None },
            reason: None,
            reboots: 0,
            asked: None,
            http_tokens: launch.http_tokens.clone(),
            hop_limit: launch.hop_limit,
            protected: launch.protected,
            volume: ctx.new_id("vol-"),
            disk: launch.disk.clone(),
            credits: launch.credits.clone(),
            tags: launch.tags.clone(),
            id: id.clone(),
        };
        ctx.here_mut().instances.insert(id, instance);
    }
    ctx.remember("RunInstances", params, &reservation);
    reservation
}

/// `DescribeInstances`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("InstanceId")?;
    let filters = Filters::read_beside(params, FILTERS, ABSENT)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let (owner, region_name) = (ctx.owner().to_owned(), ctx.region());
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, instance, name| {
        facts(region, instance, name, (&owner, region_name))
    })?;
    let (mut found, next) = page.cut(found, |instance| instance.id.clone());
    found.sort_by(|a, b| (&a.reservation, a.launch_index).cmp(&(&b.reservation, b.launch_index)));
    let mut xml = Xml::new();
    let reservations: Vec<&[Instance]> = found.chunk_by(|a, b| a.reservation == b.reservation).collect();
    xml.list("reservationSet", "item", reservations, |xml, instances| {
        write_reservation(xml, ctx, &instances[0].reservation, instances);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

fn write_reservation(xml: &mut Xml, ctx: &Ctx<'_>, reservation: &str, instances: &[Instance]) {
    xml.leaf("reservationId", reservation).leaf("ownerId", ctx.owner()).node("groupSet", |_| {});
    xml.list("instancesSet", "item", instances, |xml, instance| write(xml, ctx, instance));
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, instance: &Instance) {
    let region = ctx.here();
    let image = instance.image();
    let there = instance.life.state != "terminated";
    let name = host_name(ctx.region(), instance.address);
    xml.leaf("instanceId", &instance.id).leaf("imageId", &instance.image);
    write_state(xml, "instanceState", &instance.life.state);
    xml.leaf("privateDnsName", if there { name.as_str() } else { "" }).leaf("dnsName", "");
    xml.leaf("reason", instance.transition());
    xml.leaf("amiLaunchIndex", instance.launch_index).node("productCodes", |_| {});
    xml.leaf("instanceType", &instance.kind).leaf("launchTime", moment(instance.launched));
    xml.node("placement", |xml| {
        xml.leaf("availabilityZone", &instance.zone_name).leaf("availabilityZoneId", &instance.zone_id);
        xml.leaf("groupName", "").leaf("tenancy", "default");
    });
    xml.maybe("platform", image.platform).node("monitoring", |xml| {
        xml.leaf("state", "disabled");
    });
    if there {
        xml.leaf("subnetId", &instance.subnet).leaf("vpcId", &instance.vpc);
        xml.leaf("privateIpAddress", instance.address).leaf("sourceDestCheck", true);
    }
    group_set(xml, region, if there { &instance.groups } else { &[] });
    if let Some((code, message)) = instance.state_reason() {
        xml.node("stateReason", |xml| {
            xml.leaf("code", code).leaf("message", message);
        });
    }
    xml.leaf("architecture", image.architecture).leaf("rootDeviceType", "ebs");
    xml.leaf("rootDeviceName", image.root_device());
    write_volumes(xml, instance);
    xml.leaf("virtualizationType", "hvm").leaf("hypervisor", "xen").leaf("ebsOptimized", false);
    write_settings(xml, instance, image);
    xml.leaf("enaSupport", true).maybe("clientToken", instance.token.as_ref());
    tags_if_any(xml, &instance.tags);
    xml.list("networkInterfaceSet", "item", region.interfaces.get(&instance.interface), |xml, interface| {
        network_interface::write_attached(xml, ctx, interface);
    });
    xml.node("metadataOptions", |xml| {
        xml.leaf("state", "applied").leaf("httpTokens", &instance.http_tokens);
        xml.leaf("httpPutResponseHopLimit", instance.hop_limit).leaf("httpEndpoint", "enabled");
        xml.leaf("httpProtocolIpv6", "disabled").leaf("instanceMetadataTags", "disabled");
    });
}

/// Settings that every instance has and that cannot be changed here.
fn write_settings(xml: &mut Xml, instance: &Instance, image: &Image) {
    write_billing(xml, image);
    xml.leaf("usageOperationUpdateTime", moment(instance.launched)).leaf("bootMode", image.boot_mode());
    xml.leaf("currentInstanceBootMode", image.booted());
    if let Some(kind) = instance_type(&instance.kind) {
        xml.node("cpuOptions", |xml| {
            xml.leaf("coreCount", kind.vcpus / kind.threads).leaf("threadsPerCore", kind.threads);
        });
    }
    xml.node("capacityReservationSpecification", |xml| {
        xml.leaf("capacityReservationPreference", "open");
    });
    xml.node("hibernationOptions", |xml| {
        xml.leaf("configured", false);
    });
    xml.node("enclaveOptions", |xml| {
        xml.leaf("enabled", false);
    });
    xml.node("maintenanceOptions", |xml| {
        xml.leaf("autoRecovery", "default").leaf("rebootMigration", "default");
    });
    xml.node("networkPerformanceOptions", |xml| {
        xml.leaf("bandwidthWeighting", "default");
    });
    write_host_names(xml, "privateDnsNameOptions");
    unmanaged(xml);
}

/// `<blockDeviceMapping>`: the root volume, until the instance is terminated.
pub fn write_volumes(xml: &mut Xml, instance: &Instance) {
    let volume = instance.has_volume().then_some(&instance.volume);
    xml.list("blockDeviceMapping", "item", volume, |xml, volume| {
        xml.leaf("deviceName", instance.image().root_device()).node("ebs", |xml| {
            xml.leaf("volumeId", volume).leaf("status", "attached");
            xml.leaf("attachTime", moment(instance.launched)).leaf("deleteOnTermination", true);
            unmanaged(xml);
        });
    });
}

/// `<instanceState>` and similar elements.
pub fn write_state(xml: &mut Xml, name: &str, state: &str) {
    xml.node(name, |xml| {
        xml.leaf("code", Instance::code(state)).leaf("name", state);
    });
}
