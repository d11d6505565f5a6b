//! Tags of both services: read, made, deleted, described. `tagged.rs` finds the resources that have them.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::Tags;

use super::context::Ctx;
use super::describe::one;
use super::names;
use super::tagged::{candidates, service_of_connection, tags_mut};

/// The most tags of a resource.
const LIMIT: usize = 50;

/// Reads `TagSpecification.N` for an operation that makes resources of these `types`.
pub fn specifications(params: &Params, types: &[&str]) -> Result<BTreeMap<String, Tags>, ApiError> {
    let mut all: BTreeMap<String, Tags> = BTreeMap::new();
    for prefix in params.groups("TagSpecification") {
        let kind = params.need(&format!("{prefix}.ResourceType"))?;
        if !types.contains(&kind) {
            return Err(ApiError::new(
                "InvalidParameterValue",
                format!("'{kind}' is not a valid taggable resource type for this operation."),
            ));
        }
        let tags = read(params, &format!("{prefix}.Tag"))?;
        if tags.is_empty() {
            return Err(ApiError::new("InvalidTagKey.Malformed", "Tag specification must have at least one tag"));
        }
        if all.insert(kind.to_owned(), tags).is_some() {
            return Err(ApiError::new("InvalidParameterValue", format!("'{kind}' is specified more than once.")));
        }
    }
    Ok(all)
}

/// [`specifications`] for an operation that makes resources of one type.
pub fn specification(params: &Params, kind: &str) -> Result<Tags, ApiError> {
    Ok(specifications(params, &[kind])?.remove(kind).unwrap_or_default())
}

/// Reads a list of keys and values. Keys must be unique, have at most 128 characters, and not be AWS's own; values have
/// at most 256.
pub fn read(params: &Params, list: &str) -> Result<Tags, ApiError> {
    let mut tags = Tags::new();
    for prefix in params.groups(list) {
        let key = params.get(&format!("{prefix}.Key")).unwrap_or_default().to_owned();
        let value = params.get(&format!("{prefix}.Value")).unwrap_or_default().to_owned();
        if key.is_empty() {
            // The words are UNCONFIRMED; the code is from [devguide: errors-overview].
            return Err(ApiError::new("InvalidTagKey.Malformed", "Tag key cannot be null or empty"));
        }
        if key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(ApiError::new(
                "InvalidParameterValue",
                format!("Tag key '{key}' or its value has a wrong length."),
            ));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(ApiError::new(
                "InvalidParameterValue",
                "Tag keys starting with 'aws:' are reserved for internal use",
            ));
        }
        if tags.insert(key.clone(), value).is_some() {
            return Err(ApiError::new("InvalidParameterValue", format!("Duplicate tag key '{key}' specified.")));
        }
    }
    if tags.len() > LIMIT {
        return Err(ApiError::new("TagLimitExceeded", format!("More than {LIMIT} tags")));
    }
    Ok(tags)
}

/// [`read`] with `ELBv2`'s codes.
pub fn read_members(params: &Params) -> Result<Tags, ApiError> {
    read(params, "Tags").map_err(|error| match error.code.as_str() {
        "TagLimitExceeded" => ApiError::new("TooManyTags", "The limit of tags is exceeded"),
        "InvalidTagKey.Malformed" => ApiError::new("ValidationError", error.message),
        _ if error.message.starts_with("Duplicate") => ApiError::new("DuplicateTagKeys", error.message),
        _ => error,
    })
}

/// `<tagSet>` as EC2 writes it.
pub fn tag_set(xml: &mut Xml, tags: &Tags) {
    xml.list("tagSet", "item", tags, |xml, (key, value)| {
        xml.leaf("key", key).leaf("value", value);
    });
}

/// [`tag_set`] where AWS leaves an empty one out: VPCs, subnets, instances, volumes and security groups, counted over
/// recordings of AWS (tests/clients/recorded-members.tsv).
pub fn tags_if_any(xml: &mut Xml, tags: &Tags) {
    if !tags.is_empty() {
        tag_set(xml, tags);
    }
}

/// `CreateTags`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params, "ResourceId")?;
    let tags = read(params, "Tag")?;
    if tags.is_empty() {
        return Err(ApiError::missing("Tag"));
    }
    for id in &ids {
        check_limit(ctx, id, &tags)?;
    }
    params.ready()?;
    add(ctx, &ids, &tags);
    Ok(Xml::done())
}

/// `DeleteTags`. A tag without a value is deleted whatever its value; one with a value only if it is equal. Without
/// tags, all are deleted.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params, "ResourceId")?;
    let mut wanted = Vec::new();
    for prefix in params.groups("Tag") {
        let key = params.need(&format!("{prefix}.Key"))?.to_owned();
        let name = format!("{prefix}.Value");
        wanted.push((key, params.has_list(&name).then(|| params.get(&name).unwrap_or_default().to_owned())));
    }
    params.ready()?;
    for id in &ids {
        if let Some(tags) = tags_mut(ctx.here_mut(), id) {
            tags.retain(|key, value| {
                let goes = wanted.iter().any(|(k, v)| k == key && v.as_ref().is_none_or(|v| v == value));
                !(wanted.is_empty() || goes)
            });
        }
    }
    Ok(Xml::done())
}

/// EC2's `DescribeTags`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let filters = Filters::read(params, &["key", "resource-id", "resource-type", "value", "tag"])?;
    let page = Page::read(params, 5, 1000, false)?;
    params.ready()?;
    let mut rows = Vec::new();
    for (id, kind, tags) in candidates(ctx.here(), &filters) {
        // A connection disappears with its endpoint, which may belong to another account.
        if kind == "vpc-endpoint-connection" && service_of_connection(ctx, id).is_none() {
            continue;
        }
        for (key, value) in tags {
            let only = Tags::from([(key.clone(), value.clone())]);
            let fits = filters.hold(&only, |name| match name {
                "key" => one(key),
                "value" => one(value),
                "resource-id" => one(id),
                _ => one(kind),
            });
            if fits {
                rows.push((id.to_owned(), kind, key.clone(), value.clone()));
            }
        }
    }
    rows.sort();
    let (rows, next) = page.cut(rows, |(id, _, key, _)| format!("{id} {key}"));
    let mut xml = Xml::new();
    xml.list("tagSet", "item", rows, |xml, (id, kind, key, value)| {
        xml.leaf("resourceId", id).leaf("resourceType", kind).leaf("key", key).leaf("value", value);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `ELBv2`'s `AddTags`.
pub fn add_tags(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = arns(ctx, params)?;
    let tags = read_members(params)?;
    for arn in &arns {
        check_limit(ctx, arn, &tags).map_err(|_| ApiError::new("TooManyTags", "The limit of tags is exceeded"))?;
    }
    params.ready_without_dry_run()?;
    add(ctx, &arns, &tags);
    Ok(Xml::new())
}

/// `ELBv2`'s `RemoveTags`.
pub fn remove_tags(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = arns(ctx, params)?;
    let keys = params.list("TagKeys")?;
    params.ready_without_dry_run()?;
    for arn in &arns {
        if let Some(tags) = tags_mut(ctx.here_mut(), arn) {
            tags.retain(|key, _| !keys.contains(key));
        }
    }
    Ok(Xml::new())
}

/// `ELBv2`'s `DescribeTags`.
pub fn describe_tags(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let arns = arns(ctx, params)?;
    params.ready_without_dry_run()?;
    let mut xml = Xml::new();
    xml.list("TagDescriptions", "member", &arns, |xml, arn| {
        xml.leaf("ResourceArn", arn);
        let tags = tags_mut(ctx.here_mut(), arn).cloned().unwrap_or_default();
        xml.list("Tags", "member", &tags, |xml, (key, value)| {
            xml.leaf("Key", key).leaf("Value", value);
        });
    });
    Ok(xml)
}

fn ids(ctx: &mut Ctx<'_>, params: &Params, list: &str) -> Result<Vec<String>, ApiError> {
    let ids = params.list(list)?;
    if ids.is_empty() {
        return Err(ApiError::missing(list));
    }
    for id in &ids {
        let known = tags_mut(ctx.here_mut(), id).is_some() || service_of_connection(ctx, id).is_some();
        if id.starts_with("arn:") || !known {
            return Err(names::unknown(id));
        }
    }
    Ok(ids)
}

fn arns(ctx: &mut Ctx<'_>, params: &Params) -> Result<Vec<String>, ApiError> {
    let arns = params.list("ResourceArns")?;
    if arns.is_empty() {
        return Err(ApiError::new("ValidationError", "ResourceArns must not be empty"));
    }
    at_most_twenty("resource ARNs", arns.len())?;
    for arn in &arns {
        if !arn.starts_with("arn:") || tags_mut(ctx.here_mut(), arn).is_none() {
            let (code, what) = match arn.split(':').nth(5).unwrap_or_default() {
                rest if rest.starts_with("targetgroup/") => ("TargetGroupNotFound", "target groups"),
                rest if rest.starts_with("listener/") => ("ListenerNotFound", "listeners"),
                _ => ("LoadBalancerNotFound", "load balancers"),
            };
            return Err(ApiError::new(code, format!("One or more {what} not found")));
        }
    }
    Ok(arns)
}

/// "You can specify up to 20 … in a single call" (API:DescribeTags, API:DescribeLoadBalancers). The words are
/// UNCONFIRMED.
pub fn at_most_twenty(what: &str, count: usize) -> Result<(), ApiError> {
    if count > 20 {
        let text = format!("The number of {what} in a call cannot exceed 20");
        return Err(ApiError::new("ValidationError", text));
    }
    Ok(())
}

fn check_limit(ctx: &mut Ctx<'_>, id: &str, new: &Tags) -> Result<(), ApiError> {
    let old = tags_mut(ctx.here_mut(), id).cloned().unwrap_or_default();
    let added = new.keys().filter(|key| !old.contains_key(*key)).count();
    if old.len() + added > LIMIT {
        return Err(ApiError::new("TagLimitExceeded", format!("More than {LIMIT} tags")));
    }
    Ok(())
}

fn add(ctx: &mut Ctx<'_>, ids: &[String], new: &Tags) {
    for id in ids {
        if let Some(service) = service_of_connection(ctx, id)
            && let Some(service) = ctx.here_mut().services.get_mut(&service)
        {
            service.connection_tags.entry(id.clone()).or_default();
        }
        if let Some(tags) = tags_mut(ctx.here_mut(), id) {
            tags.extend(new.clone());
        }
    }
}
