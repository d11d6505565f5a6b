//! What AWS itself provides: images, and S3's addresses.

use sha2::{Digest as _, Sha256};

use crate::host::net::Cidr;

/// The owner of AWS's prefix lists, as EC2 reports it.
pub const PREFIX_LIST_OWNER: &str = "AWS";

#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The same in every region here.
    pub id: &'static str,
    pub name: &'static str,
    /// `x86_64` or `arm64`.
    pub architecture: &'static str,
    /// `windows`, or `None` for Linux.
    pub platform: Option<&'static str>,
    pub created: &'static str,
    /// The public SSM parameter that names it, for `resolve:ssm:`.
    pub parameter: &'static str,
}

impl Image {
    /// The id of its root volume's snapshot.
    pub fn snapshot(&self) -> String {
        self.id.replacen("ami-", "snap-", 1)
    }

    /// The size of its root volume in GiB.
    pub fn gib(&self) -> u32 {
        if self.platform.is_some() { 30 } else { 8 }
    }

    /// Its boot mode: AL2023 prefers UEFI, and arm64 has nothing else [ec2 userguide: ami-boot].
    pub fn boot_mode(&self) -> &'static str {
        match (self.architecture, self.platform) {
            ("arm64", _) => "uefi",
            (_, None) => "uefi-preferred",
            (_, Some(_)) => "legacy-bios",
        }
    }

    /// The boot mode of an instance that runs it.
    pub fn booted(&self) -> &'static str {
        if self.boot_mode().starts_with("uefi") { "uefi" } else { "legacy-bios" }
    }

    pub fn root_device(&self) -> &'static str {
        if self.platform.is_some() { "/dev/sda1" } else { "/dev/xvda" }
    }

    /// The operation on a bill.
    pub fn usage_operation(&self) -> &'static str {
        if self.platform.is_some() { "RunInstances:0002" } else { "RunInstances" }
    }

    /// The platform on a bill.
    pub fn platform_details(&self) -> &'static str {
        if self.platform.is_some() { "Windows" } else { "Linux/UNIX" }
    }
}

/// Amazon Linux 2023 for both architectures, and Windows Server. Ids and build dates are the sandbox's own.
pub const IMAGES: &[Image] = &[
    Image {
        id: "ami-0a12023a12023a64f",
        name: "al2023-ami-2023.9.20261026.0-kernel-6.12-x86_64",
        architecture: "x86_64",
        platform: None,
        created: "2026-10-28T18:04:11.000Z",
        parameter: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    },
    Image {
        id: "ami-0a12023a12023a4a6",
        name: "al2023-ami-2023.9.20261026.0-kernel-6.12-arm64",
        architecture: "arm64",
        platform: None,
        created: "2026-10-28T18:04:12.000Z",
        parameter: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    },
    Image {
        id: "ami-0a12022a12022a641",
        name: "Windows_Server-2022-English-Full-Base-2026.10.14",
        architecture: "x86_64",
        platform: Some("windows"),
        created: "2026-10-14T05:12:30.000Z",
        parameter: "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    },
];

/// The name of S3's service and of its prefix list.
pub fn s3_name(region: &str) -> String {
    format!("com.amazonaws.{region}.s3")
}

/// The id of S3's prefix list: AWS's own in the two regions where it is widely published, invented elsewhere.
pub fn s3_prefix_list(region: &str) -> String {
    match region {
        "ap-northeast-1" => "pl-61a54008".to_owned(),
        "us-east-1" => "pl-63a5400a".to_owned(),
        other => {
            let sum = Sha256::digest(other.as_bytes());
            format!("pl-6{:02x}{:02x}{:02x}8", sum[0], sum[1], sum[2])
        }
    }
}

/// Blocks that stand for S3, sorted as text. AWS's real list is longer and changes.
pub fn s3_blocks() -> [Cidr; 2] {
    [Cidr::fixed([3, 5, 144, 0], 20), Cidr::fixed([52, 219, 0, 0], 16)]
}
