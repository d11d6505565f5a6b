//! The tags of hosted zones. Terraform lists them after it has made a zone.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{HostedZone, Tags};

use super::hosted_zone::find;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::tags;

/// The most tags of a zone, the most changes of a call, and the most zones of one (Route53:ChangeTagsForResource).
const MOST: usize = 10;

/// `ChangeTagsForResource`.
pub fn change(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?.clone();
    let add = read(params)?;
    let remove: Vec<String> =
        params.groups("RemoveTagKeys").iter().filter_map(|name| params.get(name).map(str::to_owned)).collect();
    if add.is_empty() && remove.is_empty() {
        return Err(ApiError::new("InvalidInput", "Specify AddTags or RemoveTagKeys"));
    }
    let mut tags = zone.tags;
    tags.retain(|key, _| !remove.contains(key));
    tags.extend(add);
    if tags.len() > MOST {
        return Err(ApiError::new("InvalidInput", format!("A hosted zone has at most {MOST} tags")));
    }
    params.ready_without_dry_run()?;
    if let Some(found) = ctx.here_mut().hosted_zones.get_mut(&zone.id) {
        found.tags = tags;
    }
    Ok(Xml::new())
}

/// `ListTagsForResource`.
pub fn list(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?.clone();
    params.ready_without_dry_run()?;
    let mut xml = Xml::new();
    xml.node("ResourceTagSet", |xml| write(xml, &zone));
    Ok(xml)
}

/// `ListTagsForResources`: of up to ten zones.
pub fn list_of_many(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids: Vec<String> =
        params.groups("ResourceIds").iter().filter_map(|name| params.get(name).map(str::to_owned)).collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(ApiError::new("InvalidInput", format!("Specify between 1 and {MOST} resource ids")));
    }
    params.ready_without_dry_run()?;
    let mut zones = Vec::new();
    for id in &ids {
        let missing = || ApiError::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}"));
        zones.push(ctx.here().hosted_zones.get(id.as_str()).ok_or_else(|| missing().with_status(404))?);
    }
    let mut xml = Xml::new();
    xml.list("ResourceTagSets", "ResourceTagSet", zones, write);
    Ok(xml)
}

fn read(params: &Params) -> Result<Tags, ApiError> {
    tags::read(params, "AddTags").map_err(|error| ApiError::new("InvalidInput", error.message))
}

fn write(xml: &mut Xml, zone: &HostedZone) {
    xml.leaf("ResourceType", "hostedzone").leaf("ResourceId", &zone.id);
    xml.list("Tags", "Tag", &zone.tags, |xml, (key, value)| {
        xml.leaf("Key", key).leaf("Value", value);
    });
}
