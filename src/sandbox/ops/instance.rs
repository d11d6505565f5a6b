//! Instances: launching and describing. How they stop and end is in `instance_state.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{
    IMAGES, Image, Instance, InterfaceKind, Kind, Life, Region, Subnet, Tags, instance_type, quota,
};

use super::context::{Ctx, NewInterface, group_set, moment};
use super::describe::{Lookup, one, select};
use super::image::{boot_mode, write_billing};
use super::names;
use super::network_interface;
use super::security_group::{check_count, check_in_vpc, default_of};
use super::subnet::write_host_names;
use super::tags::{specifications, tag_set};
use super::vpc::only;

/// Most bytes of user data, decoded [ec2 userguide: user-data].
const USER_DATA_LIMIT: usize = 16 * 1024;

pub const LOOKUP: Lookup<Instance> = Lookup {
    all: |region| &region.instances,
    naming: &names::INSTANCE,
    // Checks first: they begin when the instance runs, and one look is one step.
    kinds: &[Kind::Checks, Kind::Instance],
    tags: |instance| &instance.tags,
};

/// What `RunInstances` was asked for, checked.
struct Launch {
    image: &'static Image,
    kind: String,
    count: usize,
    subnet: Subnet,
    groups: Vec<String>,
    address: Option<std::net::Ipv4Addr>,
    user_data: String,
    http_tokens: String,
    hop_limit: u32,
    protected: bool,
    tags: Tags,
    interface_tags: Tags,
}

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
    let all = ctx.here().instances.values();
    let instances: Vec<Instance> = all.filter(|found| found.reservation == reservation).cloned().collect();
    if instances.iter().all(|instance| instance.life.state == "terminated") {
        let text = "The instances of this client token are terminated";
        return Err(ApiError::new("IdempotentInstanceTerminated", text));
    }
    let mut xml = Xml::new();
    write_reservation(&mut xml, ctx, &reservation, &instances);
    Ok(xml)
}

/// The vCPUs of what runs, and of what is about to [ec2 instancetypes: ec2-instance-quotas].
fn check_vcpus(ctx: &Ctx<'_>, launch: &Launch) -> Result<(), ApiError> {
    let of = |kind: &str| instance_type(kind).map_or(0, |kind| usize::try_from(kind.vcpus).unwrap_or(usize::MAX));
    let runs = |instance: &&Instance| ["pending", "running"].contains(&instance.life.state.as_str());
    let running: usize = ctx.here().instances.values().filter(runs).map(|instance| of(&instance.kind)).sum();
    let most = ctx.quota(&quota::VCPUS);
    if running + launch.count * of(&launch.kind) > most {
        let text = format!(
            "You have requested more vCPU capacity than your current vCPU limit of {most} allows for the instance \
             bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request \
             to request an adjustment to this limit."
        );
        return Err(ApiError::new("VcpuLimitExceeded", text));
    }
    Ok(())
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
            http_tokens: launch.http_tokens.clone(),
            hop_limit: launch.hop_limit,
            protected: launch.protected,
            volume: ctx.new_id("vol-"),
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
    let known = [
        "architecture",
        "availability-zone",
        "availability-zone-id",
        "client-token",
        "image-id",
        "instance-id",
        "instance-state-code",
        "instance-state-name",
        "instance-type",
        "instance.group-id",
        "instance.group-name",
        "network-interface.network-interface-id",
        "network-interface.subnet-id",
        "network-interface.vpc-id",
        "owner-id",
        "private-ip-address",
        "reservation-id",
        "subnet-id",
        "vpc-id",
        "tag",
    ];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let owner = ctx.owner().to_owned();
    let found = select(ctx, &LOOKUP, &ids, &filters, |region, instance, name| facts(region, instance, name, &owner))?;
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

fn facts(region: &Region, instance: &Instance, name: &str, owner: &str) -> Vec<String> {
    let there = instance.life.state != "terminated";
    let placed = |value: &dyn ToString| if there { one(value.to_string()) } else { Vec::new() };
    match name {
        "architecture" => one(image(instance).architecture),
        "availability-zone" => one(&instance.zone_name),
        "availability-zone-id" => one(&instance.zone_id),
        "client-token" => instance.token.iter().cloned().collect(),
        "image-id" => one(&instance.image),
        "instance-state-code" => one(Instance::code(&instance.life.state)),
        "instance-state-name" => one(&instance.life.state),
        "instance-type" => one(&instance.kind),
        "instance.group-id" => instance.groups.clone(),
        "instance.group-name" => instance.groups.iter().map(|id| region.group_name(id).to_owned()).collect(),
        "network-interface.network-interface-id" => placed(&instance.interface),
        "network-interface.subnet-id" | "subnet-id" => placed(&instance.subnet),
        "network-interface.vpc-id" | "vpc-id" => placed(&instance.vpc),
        "owner-id" => one(owner),
        "private-ip-address" => placed(&instance.address),
        "reservation-id" => one(&instance.reservation),
        _ => one(&instance.id),
    }
}

fn read(ctx: &Ctx<'_>, params: &Params) -> Result<Launch, ApiError> {
    let image = find_image(params.need("ImageId")?)?;
    let kind = params.need("InstanceType")?.to_owned();
    let Some(found) = instance_type(&kind) else {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid value '{kind}' for InstanceType.")));
    };
    let architecture = found.architecture;
    if architecture != image.architecture {
        let text = format!(
            "The architecture '{architecture}' of the specified instance type does not match the architecture '{}' of \
             the specified AMI.",
            image.architecture
        );
        return Err(ApiError::new("InvalidParameterValue", text));
    }
    let least: usize = params.number("MinCount")?.ok_or_else(|| ApiError::missing("MinCount"))?;
    let most: usize = params.number("MaxCount")?.ok_or_else(|| ApiError::missing("MaxCount"))?;
    if least < 1 || most < least || most > 20 {
        return Err(ApiError::value("maxCount", &most.to_string(), "At least 1 and minCount, at most 20."));
    }
    if let Some(key) = params.get("KeyName") {
        return Err(ApiError::no_such("InvalidKeyPair.NotFound", "key pair", key));
    }
    read_blocks(params)?;
    only(params, "MetadataOptions.HttpEndpoint", &["enabled"])?;
    only(params, "MetadataOptions.InstanceMetadataTags", &["disabled"])?;
    only(params, "MetadataOptions.HttpProtocolIpv6", &["disabled"])?;
    // AL2023 images ask for version 2 and two hops [ec2 userguide: configuring-instance-metadata-options].
    let http_tokens = params.get("MetadataOptions.HttpTokens").unwrap_or("required").to_owned();
    if !["required", "optional"].contains(&http_tokens.as_str()) {
        return Err(ApiError::value("HttpTokens", &http_tokens, "Expected required or optional."));
    }
    let hop_limit = params.number("MetadataOptions.HttpPutResponseHopLimit")?.unwrap_or(2);
    let (subnet, groups, address) = read_network(ctx, params)?;
    if params.get("Placement.AvailabilityZone").is_some_and(|zone| zone != subnet.zone_name) {
        return Err(ApiError::new(
            "InvalidParameterValue",
            "The availability zone and the availability zone of the subnet do not match",
        ));
    }
    if address.is_some() && most > 1 {
        return Err(ApiError::new("InvalidParameterCombination", "A private address needs a single instance"));
    }
    let mut tags = specifications(params, &["instance", "volume", "network-interface"])?;
    Ok(Launch {
        image,
        kind,
        count: most,
        subnet,
        groups,
        address,
        user_data: read_user_data(params.get("UserData"))?,
        http_tokens,
        hop_limit,
        protected: params.flag("DisableApiTermination")?.unwrap_or(false),
        tags: tags.remove("instance").unwrap_or_default(),
        interface_tags: tags.remove("network-interface").unwrap_or_default(),
    })
}

/// Subnet, groups and address: of the instance, or of its one interface.
fn read_network(ctx: &Ctx<'_>, params: &Params) -> Result<(Subnet, Vec<String>, Option<std::net::Ipv4Addr>), ApiError> {
    let interfaces = params.groups("NetworkInterface");
    let prefix = match interfaces.as_slice() {
        [] => String::new(),
        [only_one] => {
            only(params, &format!("{only_one}.DeviceIndex"), &["0"])?;
            only(params, &format!("{only_one}.AssociatePublicIpAddress"), &["false"])?;
            only(params, &format!("{only_one}.DeleteOnTermination"), &["true"])?;
            if params.get("SubnetId").is_some() || params.has_list("SecurityGroupId") {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "Network interfaces and an instance-level subnet ID or security groups may not be specified on \
                     the same request",
                ));
            }
            format!("{only_one}.")
        }
        _ => return Err(ApiError::not_modelled("InvalidParameterValue", "more than one network interface")),
    };
    let Some(subnet) = params.get(&format!("{prefix}SubnetId")) else {
        return Err(ApiError::new(
            "VPCIdNotSpecified",
            "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
        ));
    };
    let subnet = names::SUBNET.find(&ctx.here().subnets, subnet)?.clone();
    let mut groups = params.list(&format!("{prefix}SecurityGroupId"))?;
    check_in_vpc(ctx, &groups, &subnet.vpc)?;
    check_count(ctx, &groups)?;
    if groups.is_empty() {
        groups = default_of(ctx.here(), &subnet.vpc).into_iter().collect();
    }
    let address = params.get(&format!("{prefix}PrivateIpAddress"));
    let address = address
        .map(|text| text.parse().map_err(|_| ApiError::value("privateIpAddress", text, "Not an IPv4 address.")))
        .transpose()?;
    Ok((subnet, groups, address))
}

/// Volumes are not modelled; their settings are read so that usual requests pass, and checked for their form.
fn read_blocks(params: &Params) -> Result<(), ApiError> {
    for prefix in params.groups("BlockDeviceMapping") {
        params.need(&format!("{prefix}.DeviceName"))?;
        params.number::<u32>(&format!("{prefix}.Ebs.VolumeSize"))?;
        only(params, &format!("{prefix}.Ebs.VolumeType"), &["gp2", "gp3"])?;
        only(params, &format!("{prefix}.Ebs.DeleteOnTermination"), &["true"])?;
        params.flag(&format!("{prefix}.Ebs.Encrypted"))?;
    }
    Ok(())
}

/// User data as sent: text in base64.
pub fn read_user_data(encoded: Option<&str>) -> Result<String, ApiError> {
    let Some(encoded) = encoded else { return Ok(String::new()) };
    let bad =
        |why: &str| ApiError::new("InvalidUserData.Malformed", format!("Invalid BASE64 encoding of user data. {why}"));
    let compact: String = encoded.split_whitespace().collect();
    let bytes = STANDARD.decode(compact).map_err(|error| bad(&error.to_string()))?;
    if bytes.len() > USER_DATA_LIMIT {
        return Err(ApiError::new("InvalidParameterValue", "User data is limited to 16384 bytes"));
    }
    String::from_utf8(bytes).map_err(|_| bad("pllab's sandbox models text only."))
}

/// The image with this id, or that a `resolve:ssm:` reference names [ec2 userguide:
/// using-systems-manager-parameter-to-find-ami].
fn find_image(text: &str) -> Result<&'static Image, ApiError> {
    let found = match text.strip_prefix("resolve:ssm:") {
        Some(parameter) => IMAGES.iter().find(|image| image.parameter == parameter),
        None => IMAGES.iter().find(|image| image.id == text),
    };
    found.ok_or_else(|| {
        let code = match text.strip_prefix("ami-") {
            _ if text.starts_with("resolve:") => "InvalidParameterValue",
            Some(digits) if digits.chars().all(|c| c.is_ascii_hexdigit()) => "InvalidAMIID.NotFound",
            _ => "InvalidAMIID.Malformed",
        };
        ApiError::new(code, format!("The image id '[{text}]' does not exist"))
    })
}

/// The image an instance was started from.
pub fn image(instance: &Instance) -> &'static Image {
    // The world only holds ids of this list; an older one falls back to the first rather than failing.
    IMAGES.iter().find(|image| image.id == instance.image).unwrap_or(&IMAGES[0])
}

fn write_reservation(xml: &mut Xml, ctx: &Ctx<'_>, reservation: &str, instances: &[Instance]) {
    xml.leaf("reservationId", reservation).leaf("ownerId", ctx.owner()).node("groupSet", |_| {});
    xml.list("instancesSet", "item", instances, |xml, instance| write(xml, ctx, instance));
}

fn write(xml: &mut Xml, ctx: &Ctx<'_>, instance: &Instance) {
    let region = ctx.here();
    let image = image(instance);
    let there = instance.life.state != "terminated";
    let name = format!("ip-{}.{}.compute.internal", instance.address.to_string().replace('.', "-"), ctx.region());
    xml.leaf("instanceId", &instance.id).leaf("imageId", &instance.image);
    write_state(xml, "instanceState", &instance.life.state);
    xml.leaf("privateDnsName", if there { name.as_str() } else { "" }).leaf("dnsName", "");
    xml.maybe("reason", instance.reason.as_ref().map(|(_, reason)| reason));
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
    if let Some((code, message)) = &instance.reason {
        xml.node("stateReason", |xml| {
            xml.leaf("code", code).leaf("message", message);
        });
    }
    xml.leaf("architecture", image.architecture).leaf("rootDeviceType", "ebs");
    xml.leaf("rootDeviceName", root_device(image));
    write_volumes(xml, instance);
    xml.leaf("virtualizationType", "hvm").leaf("hypervisor", "xen").leaf("ebsOptimized", false);
    write_settings(xml, instance, image);
    xml.leaf("enaSupport", true).maybe("clientToken", instance.token.as_ref());
    tag_set(xml, &instance.tags);
    xml.list("networkInterfaceSet", "item", region.interfaces.get(&instance.interface), |xml, interface| {
        network_interface::write_attached(xml, ctx, interface);
    });
    xml.node("metadataOptions", |xml| {
        xml.leaf("state", "applied").leaf("httpTokens", &instance.http_tokens);
        xml.leaf("httpPutResponseHopLimit", instance.hop_limit).leaf("httpEndpoint", "enabled");
        xml.leaf("httpProtocolIpv6", "disabled").leaf("instanceMetadataTags", "disabled");
    });
}

/// What every instance has and nobody here changes.
fn write_settings(xml: &mut Xml, instance: &Instance, image: &Image) {
    write_billing(xml, image);
    xml.leaf("usageOperationUpdateTime", moment(instance.launched)).leaf("bootMode", boot_mode(image));
    let booted = if boot_mode(image).starts_with("uefi") { "uefi" } else { "legacy-bios" };
    xml.leaf("currentInstanceBootMode", booted);
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

/// What says that no AWS service manages a resource for the account.
pub fn unmanaged(xml: &mut Xml) {
    xml.node("operator", |xml| {
        xml.leaf("managed", false);
    });
}

/// The name of an image's root device.
pub fn root_device(image: &Image) -> &'static str {
    if image.platform.is_some() { "/dev/sda1" } else { "/dev/xvda" }
}

/// `<blockDeviceMapping>`: the root volume, until the instance is terminated.
pub fn write_volumes(xml: &mut Xml, instance: &Instance) {
    let volume = (instance.life.state != "terminated").then_some(&instance.volume);
    xml.list("blockDeviceMapping", "item", volume, |xml, volume| {
        xml.leaf("deviceName", root_device(image(instance))).node("ebs", |xml| {
            xml.leaf("volumeId", volume).leaf("status", "attached");
            xml.leaf("attachTime", moment(instance.launched)).leaf("deleteOnTermination", true);
            unmanaged(xml);
        });
    });
}

/// `<instanceState>` and its likes.
pub fn write_state(xml: &mut Xml, name: &str, state: &str) {
    xml.node(name, |xml| {
        xml.leaf("code", Instance::code(state)).leaf("name", state);
    });
}
