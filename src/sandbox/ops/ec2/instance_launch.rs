//! Reads and checks what `RunInstances` is asked for. `instance.rs` starts the instance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::wire::{ApiError, Params};
use crate::sandbox::world::{Disk, IMAGES, Image, InstanceType, Subnet, Tags, instance_type, quota};

use super::security_group::{check_count, check_in_vpc, default_of};
use super::vpc::only;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::specifications;

/// The most bytes of decoded user data [ec2 userguide: user-data].
const USER_DATA_LIMIT: usize = 16 * 1024;

/// A checked request of `RunInstances`.
#[derive(Debug)]
pub struct Launch {
    pub image: &'static Image,
    pub kind: String,
    pub count: usize,
    pub subnet: Subnet,
    pub groups: Vec<String>,
    pub address: Option<std::net::Ipv4Addr>,
    pub user_data: String,
    pub http_tokens: String,
    pub hop_limit: u32,
    pub protected: bool,
    pub disk: Disk,
    pub credits: String,
    pub tags: Tags,
    pub interface_tags: Tags,
}

/// Reads a request, and checks everything that does not depend on other instances.
pub fn read(ctx: &Ctx<'_>, params: &Params) -> Result<Launch, ApiError> {
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
    let disk = read_disk(params, image)?;
    let credits = read_credits(params, found)?;
    // Every instance here has these settings anyway. Terraform sends them with each launch.
    for (name, value) in [
        ("DisableApiStop", "false"),
        ("EbsOptimized", "false"),
        ("HibernationOptions.Configured", "false"),
        ("InstanceInitiatedShutdownBehavior", "stop"),
        ("Monitoring.Enabled", "false"),
    ] {
        if params.peek(name) == Some(value) {
            params.get(name);
        }
    }
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
        disk: Disk { tags: tags.remove("volume").unwrap_or_default(), ..disk },
        credits,
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

/// Subnet, groups and address, from the instance or from its only interface.
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
    if params.has_list("SecurityGroup") {
        let text = "The parameter groupName cannot be used with the parameter subnet";
        return Err(ApiError::new("InvalidParameterCombination", text));
    }
    let subnet = names::SUBNET.find(&ctx.here().subnets, subnet)?.clone();
    let mut groups = params.list(&format!("{prefix}SecurityGroupId"))?;
    check_in_vpc(ctx, &groups, &subnet.vpc, &format!("subnet {}", subnet.id))?;
    check_count(ctx, &groups)?;
    if groups.is_empty() {
        groups = default_of(ctx.here(), &subnet.vpc).into_iter().collect();
    }
    // An interface's only address may also be in a list, which is how the AWS CLI sends it.
    let mut listed = None;
    for item in params.groups(&format!("{prefix}PrivateIpAddresses")).iter().filter(|_| !prefix.is_empty()) {
        if listed.is_some() || params.flag(&format!("{item}.Primary"))? != Some(true) {
            return Err(ApiError::not_modelled("InvalidParameterValue", "secondary private addresses"));
        }
        listed = Some(params.need(&format!("{item}.PrivateIpAddress"))?);
    }
    let address = params.get(&format!("{prefix}PrivateIpAddress")).or(listed);
    let address = address
        .map(|text| text.parse().map_err(|_| ApiError::value("privateIpAddress", text, "Not an IPv4 address.")))
        .transpose()?;
    Ok((subnet, groups, address))
}

/// The settings of the root volume, which is the only one.
fn read_disk(params: &Params, image: &Image) -> Result<Disk, ApiError> {
    let mut disk = Disk::of(image);
    for prefix in params.groups("BlockDeviceMapping") {
        let device = params.need(&format!("{prefix}.DeviceName"))?;
        if device != image.root_device() {
            return Err(ApiError::not_modelled("InvalidParameterValue", &format!("another volume, {device}")));
        }
        let least = disk.gib;
        disk.gib = params.number(&format!("{prefix}.Ebs.VolumeSize"))?.unwrap_or(least);
        if disk.gib < least {
            let (wanted, snapshot) = (disk.gib, image.snapshot());
            let text =
                format!("Volume of size {wanted}GB is smaller than snapshot '{snapshot}', expect size >= {least}GB");
            return Err(ApiError::new("InvalidBlockDeviceMapping", text));
        }
        only(params, &format!("{prefix}.Ebs.VolumeType"), &["gp2", "gp3"])?;
        if let Some(kind) = params.get(&format!("{prefix}.Ebs.VolumeType")) {
            kind.clone_into(&mut disk.kind);
        }
        only(params, &format!("{prefix}.Ebs.DeleteOnTermination"), &["true"])?;
        disk.encrypted = params.flag(&format!("{prefix}.Ebs.Encrypted"))?.unwrap_or(false);
    }
    Ok(disk)
}

/// The credit option of burstable types. The default is `standard` for T2 and `unlimited` for later types
/// [ec2 userguide: burstable-performance-instances]. Other types ignore the option.
fn read_credits(params: &Params, kind: &InstanceType) -> Result<String, ApiError> {
    let default = if kind.name.starts_with("t2.") { "standard" } else { "unlimited" };
    let given = if kind.is_burstable() { params.get("CreditSpecification.CpuCredits") } else { None };
    match given.unwrap_or(default) {
        known @ ("standard" | "unlimited") => Ok(known.to_owned()),
        other => Err(ApiError::value("cpuCredits", other, "Expected standard or unlimited.")),
    }
}

/// Decodes user data, which is text in base64.
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

/// The image with this id, or with this `resolve:ssm:` reference [ec2 userguide:
/// using-systems-manager-parameter-to-find-ami].
fn find_image(text: &str) -> Result<&'static Image, ApiError> {
    let found = match text.strip_prefix("resolve:ssm:") {
        Some(parameter) => IMAGES.iter().find(|image| image.parameter == parameter),
        None => IMAGES.iter().find(|image| image.id == text),
    };
    found.ok_or_else(|| {
        let absent = format!("The image id '[{text}]' does not exist");
        match text.strip_prefix("ami-") {
            _ if text.starts_with("resolve:") => ApiError::new("InvalidParameterValue", absent),
            Some(digits) if digits.chars().all(|c| c.is_ascii_hexdigit()) => {
                ApiError::new("InvalidAMIID.NotFound", absent)
            }
            _ => ApiError::new("InvalidAMIID.Malformed", format!("Invalid id: \"{text}\" (expecting \"ami-...\")")),
        }
    })
}

/// Checks the quota for the vCPUs of the running instances and the new ones [ec2 instancetypes: ec2-instance-quotas].
pub fn check_vcpus(ctx: &Ctx<'_>, launch: &Launch) -> Result<(), ApiError> {
    let each = instance_type(&launch.kind).map_or(0, |kind| kind.vcpus);
    let wanted = u64::try_from(launch.count).unwrap_or(u64::MAX).saturating_mul(each);
    let running = ctx.here().instances.weight();
    let most = ctx.quota(&quota::VCPUS);
    if usize::try_from(running.saturating_add(wanted)).unwrap_or(usize::MAX) > most {
        let text = format!(
            "You have requested more vCPU capacity than your current vCPU limit of {most} allows for the instance \
             bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request \
             to request an adjustment to this limit."
        );
        return Err(ApiError::new("VcpuLimitExceeded", text));
    }
    Ok(())
}
