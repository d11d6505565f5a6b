//! What an account is told about itself: attributes, limits, instance types.

use crate::sandbox::wire::{ApiError, Filters, Marker, Page, Params, Xml};
use crate::sandbox::world::{InstanceType, Tags, instance_types, quota};

use super::context::Ctx;
use super::describe::one;

/// `DescribeAccountAttributes`. The VPC numbers date from EC2-Classic, as AWS still answers them. There is no default
/// VPC.
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
        ("targets-per-availability-zone-per-network-load-balancer", ctx.quota(&quota::ZONE_TARGETS)),
        ("targets-per-network-load-balancer", ctx.quota(&quota::BALANCER_TARGETS)),
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
    let filters = Filters::read_beside(params, TYPE_FILTERS, TYPE_ABSENT)?;
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

const TYPE_FILTERS: &[&str] = &[
    "auto-recovery-supported",
    "bare-metal",
    "burstable-performance-supported",
    "current-generation",
    "dedicated-hosts-supported",
    "ebs-info.ebs-optimized-support",
    "ebs-info.encryption-support",
    "ebs-info.nvme-support",
    "free-tier-eligible",
    "hibernation-supported",
    "hypervisor",
    "instance-storage-supported",
    "instance-type",
    "memory-info.size-in-mib",
    "network-info.efa-supported",
    "network-info.ena-support",
    "network-info.encryption-in-transit-supported",
    "network-info.ipv4-addresses-per-interface",
    "network-info.ipv6-addresses-per-interface",
    "network-info.ipv6-supported",
    "network-info.maximum-network-cards",
    "network-info.maximum-network-interfaces",
    "network-info.network-performance",
    "nitro-enclaves-support",
    "nitro-tpm-support",
    "processor-info.supported-architecture",
    "supported-boot-mode",
    "supported-root-device-type",
    "supported-usage-class",
    "supported-virtualization-type",
    "vcpu-info.default-cores",
    "vcpu-info.default-threads-per-core",
    "vcpu-info.default-vcpus",
    "vcpu-info.valid-cores",
    "vcpu-info.valid-threads-per-core",
];

/// Filters for features that no instance type here has.
const TYPE_ABSENT: &[&str] = &[
    "instance-storage-info.disk.count",
    "instance-storage-info.disk.size-in-gb",
    "instance-storage-info.disk.type",
    "instance-storage-info.encryption-support",
    "instance-storage-info.nvme-support",
    "instance-storage-info.total-size-in-gb",
    "network-info.efa-info.maximum-efa-interfaces",
    "nitro-tpm-info.supported-versions",
];

fn facts(kind: &InstanceType, name: &str) -> Vec<String> {
    match name {
        "auto-recovery-supported" | "network-info.ipv6-supported" => one(true),
        "bare-metal"
        | "dedicated-hosts-supported"
        | "hibernation-supported"
        | "instance-storage-supported"
        | "network-info.efa-supported"
        | "network-info.encryption-in-transit-supported" => one(false),
        "burstable-performance-supported" => one(kind.is_burstable()),
        "current-generation" => one(is_current(kind)),
        "ebs-info.ebs-optimized-support" => one(ebs_optimized(kind)),
        "ebs-info.encryption-support" => one("supported"),
        "ebs-info.nvme-support" | "network-info.ena-support" => one(nitro_needs(kind)),
        "free-tier-eligible" => one(kind.free_tier),
        "hypervisor" => one(kind.hypervisor),
        "memory-info.size-in-mib" => one(kind.memory),
        "network-info.ipv4-addresses-per-interface" | "network-info.ipv6-addresses-per-interface" => {
            one(kind.interfaces.1)
        }
        "network-info.maximum-network-cards" => one(1),
        "network-info.maximum-network-interfaces" => one(kind.interfaces.0),
        "network-info.network-performance" => one(kind.network),
        "nitro-enclaves-support" | "nitro-tpm-support" => one("unsupported"),
        "processor-info.supported-architecture" => one(kind.architecture),
        "supported-boot-mode" => boot_modes(kind).iter().map(|mode| (*mode).to_owned()).collect(),
        "supported-root-device-type" => one("ebs"),
        "supported-usage-class" => vec!["on-demand".to_owned(), "spot".to_owned()],
        "supported-virtualization-type" => one("hvm"),
        "vcpu-info.default-cores" | "vcpu-info.valid-cores" => one(kind.vcpus / kind.threads),
        "vcpu-info.default-threads-per-core" => one(kind.threads),
        "vcpu-info.default-vcpus" => one(kind.vcpus),
        "vcpu-info.valid-threads-per-core" => (1..=kind.threads).map(|threads| threads.to_string()).collect(),
        _ => one(kind.name),
    }
}

fn ebs_optimized(kind: &InstanceType) -> &'static str {
    if is_current(kind) { "default" } else { "unsupported" }
}

/// Whether a Nitro feature is required or unsupported.
fn nitro_needs(kind: &InstanceType) -> &'static str {
    if is_current(kind) { "required" } else { "unsupported" }
}

fn boot_modes(kind: &InstanceType) -> &'static [&'static str] {
    match (kind.architecture, is_current(kind)) {
        ("arm64", _) => &["uefi"],
        (_, true) => &["legacy-bios", "uefi"],
        _ => &["legacy-bios"],
    }
}

fn write_type(xml: &mut Xml, kind: &InstanceType) {
    let (interfaces, addresses) = kind.interfaces;
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
        xml.leaf("ebsOptimizedSupport", ebs_optimized(kind)).leaf("encryptionSupport", "supported");
        xml.leaf("nvmeSupport", nitro_needs(kind));
    });
    xml.node("networkInfo", |xml| {
        xml.leaf("networkPerformance", kind.network).leaf("maximumNetworkInterfaces", interfaces);
        xml.leaf("maximumNetworkCards", 1).leaf("defaultNetworkCardIndex", 0);
        xml.leaf("ipv4AddressesPerInterface", addresses).leaf("ipv6AddressesPerInterface", addresses);
        xml.leaf("ipv6Supported", true).leaf("enaSupport", nitro_needs(kind));
        xml.leaf("efaSupported", false).leaf("encryptionInTransitSupported", false).leaf("enaSrdSupported", false);
    });
    xml.node("placementGroupInfo", |xml| {
        xml.words("supportedStrategies", "item", ["partition", "spread"]);
    });
    xml.leaf("hibernationSupported", false).leaf("burstablePerformanceSupported", kind.is_burstable());
    xml.leaf("dedicatedHostsSupported", false).leaf("autoRecoverySupported", true);
    xml.words("supportedBootModes", "item", boot_modes(kind)).leaf("nitroEnclavesSupport", "unsupported");
    xml.leaf("nitroTpmSupport", "unsupported").leaf("phcSupport", "unsupported");
}
