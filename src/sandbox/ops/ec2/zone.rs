//! Regions, zones, and the instance types that they offer.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{REGIONS, Tags, Zone, instance_types};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::one;

/// `DescribeAvailabilityZones`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let names = params.list("ZoneName")?;
    let ids = params.list("ZoneId")?;
    params.flag("AllAvailabilityZones")?;
    let known = ["group-name", "opt-in-status", "region-name", "state", "zone-id", "zone-name", "zone-type"];
    let filters = Filters::read_beside(params, &known, &["message", "parent-zone-id", "parent-zone-name"])?;
    let zones = ctx.zones();
    for (what, asked) in names.iter().map(|name| ("name", name)).chain(ids.iter().map(|id| ("id", id))) {
        if !zones.iter().any(|zone| zone.name == *asked || zone.id == *asked) {
            return Err(ApiError::new("InvalidParameterValue", format!("Invalid availability zone {what}: [{asked}]")));
        }
    }
    params.ready()?;
    let region = ctx.region();
    let chosen =
        |zone: &Zone| (names.is_empty() && ids.is_empty()) || names.contains(&zone.name) || ids.contains(&zone.id);
    let found = zones.iter().filter(|zone| chosen(zone)).filter(|zone| {
        filters.hold(&Tags::new(), |name| match name {
            "group-name" => one(format!("{region}-zg-1")),
            "opt-in-status" => one("opt-in-not-required"),
            "region-name" => one(region),
            "state" => one("available"),
            "zone-id" => one(&zone.id),
            "zone-type" => one("availability-zone"),
            _ => one(&zone.name),
        })
    });
    let mut xml = Xml::new();
    xml.list("availabilityZoneInfo", "item", found, |xml, zone| {
        xml.leaf("zoneName", &zone.name).leaf("zoneId", &zone.id).leaf("zoneState", "available");
        xml.leaf("regionName", region).leaf("optInStatus", "opt-in-not-required");
        xml.leaf("groupName", format!("{region}-zg-1")).leaf("networkBorderGroup", region);
        xml.leaf("zoneType", "availability-zone").node("messageSet", |_| {});
    });
    Ok(xml)
}

/// `DescribeRegions`.
pub fn describe_regions(_ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let names = params.list("RegionName")?;
    params.flag("AllRegions")?;
    let filters = Filters::read(params, &["endpoint", "opt-in-status", "region-name"])?;
    if let Some(unknown) = names.iter().find(|name| !REGIONS.contains(&name.as_str())) {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid region provided: [{unknown}]")));
    }
    params.ready()?;
    let chosen = REGIONS.iter().filter(|region| names.is_empty() || names.iter().any(|name| name == *region));
    let found = chosen.filter(|region| {
        filters.hold(&Tags::new(), |name| match name {
            "endpoint" => one(format!("ec2.{region}.amazonaws.com")),
            "opt-in-status" => one("opt-in-not-required"),
            _ => one(region),
        })
    });
    let mut xml = Xml::new();
    xml.list("regionInfo", "item", found, |xml, region| {
        xml.leaf("regionName", region).leaf("regionEndpoint", format!("ec2.{region}.amazonaws.com"));
        xml.leaf("optInStatus", "opt-in-not-required");
    });
    Ok(xml)
}

/// `DescribeInstanceTypeOfferings`. Every type is offered in every zone.
pub fn describe_offerings(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let kind = params.get("LocationType").unwrap_or("region").to_owned();
    let filters = Filters::read(params, &["instance-type", "location"])?;
    let page = Page::read(params, 5, 1000, false)?;
    let places: Vec<String> = match kind.as_str() {
        "region" => vec![ctx.region().to_owned()],
        "availability-zone" => ctx.zones().into_iter().map(|zone| zone.name).collect(),
        "availability-zone-id" => ctx.zones().into_iter().map(|zone| zone.id).collect(),
        other => return Err(ApiError::not_modelled("InvalidParameterValue", &format!("the location type {other}"))),
    };
    params.ready()?;
    let all = instance_types().iter().flat_map(|kind| places.iter().map(move |place| (kind.name, place.clone())));
    let found = all
        .filter(|(name, place)| {
            filters.hold(&Tags::new(), |filter| if filter == "location" { one(place) } else { one(name) })
        })
        .collect();
    let (found, next) = page.cut(found, |(name, place): &(&str, String)| format!("{name} {place}"));
    let mut xml = Xml::new();
    xml.list("instanceTypeOfferingSet", "item", found, |xml, (name, place)| {
        xml.leaf("instanceType", name).leaf("locationType", &kind).leaf("location", place);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}
