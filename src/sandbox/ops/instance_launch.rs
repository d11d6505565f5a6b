//! What `RunInstances` is asked for: read and checked. `instance.rs` starts it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::wire::{ApiError, Params};
use crate::sandbox::world::{IMAGES, Image, Instance, Subnet, Tags, instance_type, quota};

use super::context::Ctx;
use super::names;
use super::security_group::{check_count, check_in_vpc, default_of};
use super::tags::specifications;
use super::vpc::only;

/// Most bytes of user data, decoded [ec2 userguide: user-data].
const USER_DATA_LIMIT: usize = 16 * 1024;

/// What `RunInstances` was asked for, checked.
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
    pub tags: Tags,
    pub interface_tags: Tags,
}

/// Reads a request, and checks what does not depend on what else runs.
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

/// The vCPUs of what runs, and of what is about to [ec2 instancetypes: ec2-instance-quotas].
pub fn check_vcpus(ctx: &Ctx<'_>, launch: &Launch) -> Result<(), ApiError> {
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
