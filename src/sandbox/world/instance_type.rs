//! The instance types that the sandbox offers.

/// One instance type [ec2 instancetypes: general purpose, compute optimized].
#[derive(Debug, PartialEq, Eq)]
pub struct InstanceType {
    pub name: &'static str,
    /// `x86_64` or `arm64`.
    pub architecture: &'static str,
    /// The manufacturer of the processor.
    pub manufacturer: &'static str,
    /// `nitro` or `xen`.
    pub hypervisor: &'static str,
    /// The vCPU quota counts these.
    pub vcpus: u64,
    /// Threads per core.
    pub threads: u64,
    /// In MiB.
    pub memory: u64,
    /// The network's speed in AWS's words.
    pub network: &'static str,
    /// The limit of network interfaces, and of addresses on each.
    pub interfaces: (u64, u64),
    /// Whether a new account may use it in the free tier [ec2 userguide: ec2-free-tier-usage].
    pub free_tier: bool,
}

const INTEL: InstanceType = InstanceType {
    name: "",
    architecture: "x86_64",
    manufacturer: "Intel",
    hypervisor: "nitro",
    vcpus: 2,
    threads: 2,
    memory: 1024,
    network: "Up to 5 Gigabit",
    interfaces: (2, 2),
    free_tier: true,
};
const FLEX: InstanceType = InstanceType { network: "Up to 12.5 Gigabit", interfaces: (3, 10), memory: 4096, ..INTEL };
const GRAVITON: InstanceType = InstanceType { architecture: "arm64", manufacturer: "AWS", threads: 1, ..INTEL };

const TYPES: &[InstanceType] = &[
    InstanceType { name: "c7i-flex.large", ..FLEX },
    InstanceType { name: "m7i-flex.large", memory: 8192, ..FLEX },
    InstanceType {
        name: "t2.micro",
        hypervisor: "xen",
        vcpus: 1,
        threads: 1,
        network: "Low to Moderate",
        free_tier: false,
        ..INTEL
    },
    InstanceType { name: "t3.medium", memory: 4096, interfaces: (3, 6), free_tier: false, ..INTEL },
    InstanceType { name: "t3.micro", ..INTEL },
    InstanceType { name: "t3.small", memory: 2048, interfaces: (3, 4), ..INTEL },
    InstanceType { name: "t4g.micro", ..GRAVITON },
    InstanceType { name: "t4g.small", memory: 2048, interfaces: (3, 4), ..GRAVITON },
];

impl InstanceType {
    /// Whether it earns and spends CPU credits.
    pub fn is_burstable(&self) -> bool {
        self.name.starts_with('t')
    }
}

/// Sorted by name.
pub fn instance_types() -> &'static [InstanceType] {
    TYPES
}

pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    TYPES.iter().find(|kind| kind.name == name)
}
