//! The operation of public images.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{IMAGES, Image, Tags};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::one;

/// The account that owns Amazon's images.
const AMAZON: &str = "137112412989";

/// `DescribeImages`: Amazon's public images are the only ones.
pub fn describe(_ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("ImageId")?;
    let owners = params.list("Owner")?;
    params.flag("IncludeDeprecated")?;
    let filters = Filters::read_beside(params, FILTERS, ABSENT)?;
    let page = Page::read(params, 1, 1000, !ids.is_empty())?;
    for id in &ids {
        if !IMAGES.iter().any(|image| image.id == *id) {
            return Err(ApiError::new("InvalidAMIID.NotFound", format!("The image id '[{id}]' does not exist")));
        }
    }
    params.ready()?;
    let owned = owners.is_empty() || owners.iter().any(|owner| owner == "amazon" || owner == AMAZON);
    let found: Vec<&Image> = IMAGES
        .iter()
        .filter(|image| owned && (ids.is_empty() || ids.iter().any(|id| id == image.id)))
        .filter(|image| filters.hold(&Tags::new(), |name| facts(image, name)))
        .collect();
    let (found, next) = page.cut(found, |image| image.id.to_owned());
    let mut xml = Xml::new();
    xml.list("imagesSet", "item", found, |xml, image| {
        xml.leaf("imageId", image.id).leaf("imageLocation", location(image));
        xml.leaf("imageState", "available").leaf("imageOwnerId", AMAZON).leaf("imageOwnerAlias", "amazon");
        xml.leaf("creationDate", image.created).leaf("isPublic", true).leaf("architecture", image.architecture);
        xml.leaf("imageType", "machine").maybe("platform", image.platform).leaf("name", image.name);
        xml.leaf("rootDeviceType", "ebs").leaf("rootDeviceName", image.root_device());
        xml.leaf("virtualizationType", "hvm").leaf("hypervisor", "xen").leaf("enaSupport", true);
        xml.leaf("description", image.name).leaf("sriovNetSupport", "simple").leaf("bootMode", image.boot_mode());
        write_billing(xml, image);
        xml.list("blockDeviceMapping", "item", [image.root_device()], |xml, device| {
            xml.leaf("deviceName", device).node("ebs", |xml| {
                xml.leaf("deleteOnTermination", true).leaf("volumeType", "gp3").leaf("encrypted", false);
                xml.leaf("snapshotId", image.snapshot()).leaf("iops", 3000).leaf("throughput", 125);
                xml.leaf("volumeSize", image.gib());
            });
        });
        xml.maybe("imdsSupport", image.platform.is_none().then_some("v2.0"));
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// The billing code of an instance with this image [ec2 userguide: billing-info-fields].
pub fn write_billing(xml: &mut Xml, image: &Image) {
    xml.leaf("platformDetails", image.platform_details()).leaf("usageOperation", image.usage_operation());
}

const FILTERS: &[&str] = &[
    "architecture",
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.encrypted",
    "block-device-mapping.snapshot-id",
    "block-device-mapping.volume-size",
    "block-device-mapping.volume-type",
    "boot-mode",
    "creation-date",
    "description",
    "ena-support",
    "hypervisor",
    "image-id",
    "image-type",
    "is-public",
    "manifest-location",
    "name",
    "owner-alias",
    "owner-id",
    "platform",
    "public-ssm-parameter-name",
    "root-device-name",
    "root-device-type",
    "sriov-net-support",
    "state",
    "virtualization-type",
    "tag",
];

/// Filters for features that no image here has.
const ABSENT: &[&str] = &[
    "kernel-id",
    "product-code",
    "product-code.type",
    "ramdisk-id",
    "source-image-id",
    "source-image-region",
    "source-instance-id",
    "state-reason-code",
    "state-reason-message",
];

fn location(image: &Image) -> String {
    format!("amazon/{}", image.name)
}

fn facts(image: &Image, name: &str) -> Vec<String> {
    match name {
        "architecture" => one(image.architecture),
        "creation-date" => one(image.created),
        "image-type" => one("machine"),
        "is-public" | "ena-support" | "block-device-mapping.delete-on-termination" => one(true),
        "block-device-mapping.encrypted" => one(false),
        "block-device-mapping.snapshot-id" => one(image.snapshot()),
        "block-device-mapping.volume-size" => one(image.gib()),
        "block-device-mapping.volume-type" => one("gp3"),
        "boot-mode" => one(image.boot_mode()),
        "hypervisor" => one("xen"),
        "manifest-location" => one(location(image)),
        "public-ssm-parameter-name" => one(image.parameter),
        "sriov-net-support" => one("simple"),
        "name" | "description" => one(image.name),
        "root-device-name" | "block-device-mapping.device-name" => one(image.root_device()),
        "owner-alias" => one("amazon"),
        "owner-id" => one(AMAZON),
        "platform" => image.platform.map(str::to_owned).into_iter().collect(),
        "root-device-type" => one("ebs"),
        "state" => one("available"),
        "virtualization-type" => one("hvm"),
        _ => one(image.id),
    }
}
