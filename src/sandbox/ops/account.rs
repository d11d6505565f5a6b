//! What an account is told about itself and what it may use: attributes, limits, instance types.

use crate::sandbox::wire::{ApiError, Filters, Marker, Page, Params, Xml};
use crate::sandbox::world::{InstanceType, Tags, instance_types, quota};

use super::context::Ctx;
use super::describe::one;

/// `DescribeAccountAttributes`. The VPC numbers are those of EC2-Classic's time, as AWS still answers them; there is no
/// default VPC.
pub fn describe_attributes(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let asked = params.list("AttributeName")?;
    let all = [
        ("supported-platforms", "VPC".to_owned()),
        ("vpc-max-security-groups-per-interface", ctx.quota(&quota::INTERFACE_GROUPS).to_string()),
        ("max-elastic-ips", "5".to_owned()),
        ("max-instances", "20".to_owned()),
        ("vpc-max-elastic-ips", "5".to_owned()),
        ("default-vpc", "none".to_owned()),
    ];
    if let Some(unknown) = asked.iter().find(|name| !all.iter().any(|(known, _)| known == name)) {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid attribute name '{unknown}'")));
    }
    params.ready()?;
    let found = all.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|asked| asked == name));
    let mut xml = Xml::new();
    xml.list("accountAttributeSet", "item", found, |xml, (name, value)| {
        xml.leaf("attributeName", name).list("attributeValueSet", "item", [value], |xml, value| {
            xml.leaf("attributeValue", value);
        });
    });
    Ok(xml)
}

/// `ELBv2`'s `DescribeAccountLimits`, those of Network Load Balancers.
pub fn describe_limits(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let page = Marker::read(params)?;
    params.ready_without_dry_run()?;
    let limits = vec![
        ("listeners-per-network-load-balancer", ctx.quota(&quota::LISTENERS)),
        ("network-load-balancers", ctx.quota(&quota::BALANCERS)),
        ("target-groups", ctx.quota(&quota::TARGET_GROUPS)),
        ("target-groups-per-action-on-network-load-balancer", 1),
        ("targets-per-availability-zone-per-network-load-balancer", 500),
        ("targets-per-network-load-balancer", 3000),
    ];
    let (limits, next) = page.cut(limits, |(name, _)| (*name).to_owned());
    let mut xml = Xml::new();
    xml.list("Limits", "member", limits, |xml, (name, most)| {
        xml.leaf("Name", name).leaf("Max", most);
    });
    xml.maybe("NextMarker", next);
    Ok(xml)
}

/// `DescribeInstanceTypes`.
pub fn describe_types(_ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let names = params.list("InstanceType")?;
    let known = [
        "bare-metal",
        "burstable-performance-supported",
        "current-generation",
        "free-tier-eligible",
        "hypervisor",
        "instance-type",
        "memory-info.size-in-mib",
        "processor-info.supported-architecture",
        "supported-root-device-type",
        "supported-usage-class",
        "supported-virtualization-type",
        "vcpu-info.default-vcpus",
    ];
    let filters = Filters::read(params, &known)?;
    let page = Page::read(params, 5, 100, !names.is_empty())?;
    let unknown: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !instance_types().iter().any(|kind| kind.name == *name))
        .collect();
    if !unknown.is_empty() {
        let text = format!("The following supplied instance types do not exist: [{}]", unknown.join(", "));
        return Err(ApiError::new("InvalidInstanceType", text));
    }
    params.ready()?;
    let found: Vec<&InstanceType> = instance_types()
        .iter()
        .filter(|kind| names.is_empty() || names.iter().any(|name| name == kind.name))
        .filter(|kind| filters.hold(&Tags::new(), |name| facts(kind, name)))
        .collect();
    let (found, next) = page.cut(found, |kind| kind.name.to_owned());
    let mut xml = Xml::new();
    xml.list("instanceTypeSet", "item", found, write_type).maybe("nextToken", next);
    Ok(xml)
}

fn is_current(kind: &InstanceType) -> bool {
    kind.hypervisor == "nitro"
}

fn facts(kind: &InstanceType, name: &str) -> Vec<String> {
    match name {
        "bare-metal" => one(false),
        "burstable-performance-supported" => one(kind.is_burstable()),
        "current-generation" => one(is_current(kind)),
        "free-tier-eligible" => one(kind.free_tier),
        "hypervisor" => one(kind.hypervisor),
        "memory-info.size-in-mib" => one(kind.memory),
        "processor-info.supported-architecture" => one(kind.architecture),
        "supported-root-device-type" => one("ebs"),
        "supported-usage-class" => vec!["on-demand".to_owned(), "spot".to_owned()],
        "supported-virtualization-type" => one("hvm"),
        "vcpu-info.default-vcpus" => one(kind.vcpus),
        _ => one(kind.name),
    }
}

fn write_type(xml: &mut Xml, kind: &InstanceType) {
    let (nitro, (interfaces, addresses)) = (kind.hypervisor == "nitro", kind.interfaces);
    xml.leaf("instanceType", kind.name).leaf("currentGeneration", is_current(kind));
    xml.leaf("freeTierEligible", kind.free_tier).words("supportedUsageClasses", "item", ["on-demand", "spot"]);
    xml.words("supportedRootDeviceTypes", "item", ["ebs"]).words("supportedVirtualizationTypes", "item", ["hvm"]);
    xml.leaf("bareMetal", false).leaf("hypervisor", kind.hypervisor);
    xml.node("processorInfo", |xml| {
        xml.words("supportedArchitectures", "item", [kind.architecture]).leaf("manufacturer", kind.manufacturer);
    });
    xml.node("vCpuInfo", |xml| {
        xml.leaf("defaultVCpus", kind.vcpus).leaf("defaultCores", kind.vcpus / kind.threads);
        xml.leaf("defaultThreadsPerCore", kind.threads).words("validCores", "item", [kind.vcpus / kind.threads]);
        xml.words("validThreadsPerCore", "item", 1..=kind.threads);
    });
    xml.node("memoryInfo", |xml| {
        xml.leaf("sizeInMiB", kind.memory);
    });
    xml.leaf("instanceStorageSupported", false);
    xml.node("ebsInfo", |xml| {
        let optimized = if nitro { "default" } else { "unsupported" };
        xml.leaf("ebsOptimizedSupport", optimized).leaf("encryptionSupport", "supported");
        xml.leaf("nvmeSupport", if nitro { "required" } else { "unsupported" });
    });
    xml.node("networkInfo", |xml| {
        xml.leaf("networkPerformance", kind.network).leaf("maximumNetworkInterfaces", interfaces);
        xml.leaf("maximumNetworkCards", 1).leaf("defaultNetworkCardIndex", 0);
        xml.leaf("ipv4AddressesPerInterface", addresses).leaf("ipv6AddressesPerInterface", addresses);
        xml.leaf("ipv6Supported", true).leaf("enaSupport", if nitro { "required" } else { "unsupported" });
        xml.leaf("efaSupported", false).leaf("encryptionInTransitSupported", false).leaf("enaSrdSupported", false);
    });
    xml.node("placementGroupInfo", |xml| {
        xml.words("supportedStrategies", "item", ["partition", "spread"]);
    });
    xml.leaf("hibernationSupported", false).leaf("burstablePerformanceSupported", kind.is_burstable());
    xml.leaf("dedicatedHostsSupported", false).leaf("autoRecoverySupported", true);
    let modes: &[&str] = match (kind.architecture, nitro) {
        ("arm64", _) => &["uefi"],
        (_, true) => &["legacy-bios", "uefi"],
        _ => &["legacy-bios"],
    };
    xml.words("supportedBootModes", "item", modes).leaf("nitroEnclavesSupport", "unsupported");
    xml.leaf("nitroTpmSupport", "unsupported").leaf("phcSupport", "unsupported");
}
