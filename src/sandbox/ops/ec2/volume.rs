//! The operation of volumes. The only volumes are root volumes, which come and go with their instances.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::Instance;

use crate::sandbox::ops::shared::context::{Ctx, moment, unmanaged};
use crate::sandbox::ops::shared::describe::one;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::tags_if_any;

/// `DescribeVolumes`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("VolumeId")?;
    let known = [
        "attachment.attach-time",
        "attachment.delete-on-termination",
        "attachment.device",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "availability-zone-id",
        "create-time",
        "encrypted",
        "fast-restored",
        "multi-attach-enabled",
        "operator.managed",
        "size",
        "snapshot-id",
        "status",
        "tag",
        "volume-id",
        "volume-type",
    ];
    let filters = Filters::read_beside(params, &known, &["operator.principal"])?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let words = if ids.is_empty() {
        filters.exact(&["attachment.instance-id", "volume-id"]).next()
    } else {
        Some(ids.as_slice())
    };
    let all = &ctx.here().instances;
    let instances: Vec<(&String, &Instance)> = match (words, filters.exact_tags().next()) {
        (Some(words), _) => all.found_by(words),
        (None, Some(tags)) => all.tagged(&tags),
        (None, None) => all.iter().collect(),
    };
    let instances = instances.into_iter().map(|(_, instance)| instance).filter(|instance| instance.has_volume());
    let mut found: Vec<Instance> = instances
        .filter(|instance| ids.is_empty() || ids.contains(&instance.volume))
        .filter(|instance| filters.hold(&instance.disk.tags, |name| fact(instance, name)))
        .cloned()
        .collect();
    for id in &ids {
        names::VOLUME.check(id)?;
        if !all.linked(id).any(|instance| instance.volume == *id && instance.has_volume()) {
            return Err(names::VOLUME.missing(id));
        }
    }
    found.sort_by(|a, b| a.volume.cmp(&b.volume));
    let (found, next) = page.cut(found, |instance| instance.volume.clone());
    let mut xml = Xml::new();
    xml.list("volumeSet", "item", &found, write).maybe("nextToken", next);
    Ok(xml)
}

fn fact(instance: &Instance, name: &str) -> Vec<String> {
    let disk = &instance.disk;
    match name {
        "attachment.attach-time" | "create-time" => one(moment(instance.launched)),
        "attachment.delete-on-termination" => one(true),
        "attachment.device" => one(instance.image().root_device()),
        "attachment.instance-id" => one(&instance.id),
        "attachment.status" => one("attached"),
        "availability-zone" => one(&instance.zone_name),
        "availability-zone-id" => one(&instance.zone_id),
        "encrypted" => one(disk.encrypted),
        "fast-restored" | "multi-attach-enabled" | "operator.managed" => one(false),
        "size" => one(disk.gib),
        "snapshot-id" => one(instance.image().snapshot()),
        "status" => one("in-use"),
        "volume-type" => one(&disk.kind),
        _ => one(&instance.volume),
    }
}

fn write(xml: &mut Xml, instance: &Instance) {
    let (disk, image) = (&instance.disk, instance.image());
    let made = moment(instance.launched);
    xml.leaf("volumeId", &instance.volume).leaf("size", disk.gib).leaf("snapshotId", image.snapshot());
    xml.leaf("availabilityZone", &instance.zone_name).leaf("availabilityZoneId", &instance.zone_id);
    xml.leaf("status", "in-use").leaf("createTime", &made);
    xml.list("attachmentSet", "item", [instance], |xml, instance| {
        xml.leaf("volumeId", &instance.volume).leaf("instanceId", &instance.id).leaf("device", image.root_device());
        xml.leaf("status", "attached").leaf("attachTime", &made).leaf("deleteOnTermination", true);
    });
    xml.leaf("volumeType", &disk.kind).leaf("encrypted", disk.encrypted).leaf("multiAttachEnabled", false);
    xml.leaf("fastRestored", false);
    // The baseline performance of a volume [ebs userguide: ebs-volume-types].
    if disk.kind == "gp3" {
        xml.leaf("iops", 3000).leaf("throughput", 125);
    } else {
        xml.leaf("iops", (3 * disk.gib).max(100));
    }
    unmanaged(xml);
    tags_if_any(xml, &disk.tags);
}
