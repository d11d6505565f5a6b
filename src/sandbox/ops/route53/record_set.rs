//! The operations of Route 53's records. Only TXT records can be published; each zone also has its NS and SOA.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{DnsRecord, HostedZone};

use super::hosted_zone::{change, domain, find, name_servers, reversed, size, write_change};
use crate::sandbox::ops::shared::context::Ctx;

/// The most records on a page (Route53:ListResourceRecordSets).
const PAGE: usize = 300;

/// `ChangeResourceRecordSets`: all of the changes, or none.
pub fn change_sets(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?.clone();
    let comment = params.get("ChangeBatch.Comment").map(str::to_owned);
    let mut records = zone.records.clone();
    let mut wrong = Vec::new();
    let changes = params.groups("ChangeBatch.Changes");
    if changes.is_empty() {
        return Err(ApiError::new("InvalidInput", "The change batch has no changes"));
    }
    for prefix in changes {
        let action = params.need(&format!("{prefix}.Action"))?.to_owned();
        let record = read(params, &format!("{prefix}.ResourceRecordSet"))?;
        if let Some(why) = outside(&zone, &record).or_else(|| apply(&mut records, &action, record)) {
            wrong.push(why);
        }
    }
    params.ready_without_dry_run()?;
    if !wrong.is_empty() {
        return Err(ApiError::new("InvalidChangeBatch", format!("[{}]", wrong.join(", "))));
    }
    if let Some(zone) = ctx.here_mut().hosted_zones.get_mut(&zone.id) {
        zone.records = records;
    }
    let change = change(ctx, comment);
    let mut xml = Xml::new();
    xml.node("ChangeInfo", |xml| write_change(xml, &change));
    Ok(xml)
}

/// `ListResourceRecordSets`, in the order of the names' labels from the right.
pub fn list(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?.clone();
    let name = params.get("name").map(domain).transpose()?;
    let kind = params.get("type").map(str::to_owned);
    let size = size(params, PAGE)?;
    params.ready_without_dry_run()?;
    let start = name.map(|name| (reversed(&name), kind.unwrap_or_default()));
    let mut all = born_with(&zone);
    all.extend(zone.records.iter().map(|record| ("TXT", record.clone())));
    let key = |(kind, record): &(&str, DnsRecord)| (reversed(&record.name), (*kind).to_owned());
    all.sort_by_key(key);
    all.retain(|row| start.as_ref().is_none_or(|start| key(row) >= *start));
    let next = all.get(size).map(|(kind, record)| (record.name.clone(), *kind));
    all.truncate(size);
    let mut xml = Xml::new();
    xml.list("ResourceRecordSets", "ResourceRecordSet", all, |xml, (kind, record)| {
        xml.leaf("Name", &record.name).leaf("Type", kind).leaf("TTL", record.ttl);
        xml.list("ResourceRecords", "ResourceRecord", &record.values, |xml, value| {
            xml.leaf("Value", value);
        });
    });
    xml.leaf("IsTruncated", next.is_some());
    if let Some((name, kind)) = next {
        xml.leaf("NextRecordName", name).leaf("NextRecordType", kind);
    }
    xml.leaf("MaxItems", size);
    Ok(xml)
}

fn born_with(zone: &HostedZone) -> Vec<(&'static str, DnsRecord)> {
    let servers = name_servers(zone);
    let record = |ttl, values| DnsRecord { name: zone.name.clone(), ttl, values };
    let authority = format!("{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", servers[0]);
    let servers = servers.map(|server| server + ".");
    vec![("NS", record(172_800, servers.to_vec())), ("SOA", record(900, vec![authority]))]
}

fn read(params: &Params, prefix: &str) -> Result<DnsRecord, ApiError> {
    let name = domain(params.need(&format!("{prefix}.Name"))?)?;
    let kind = params.need(&format!("{prefix}.Type"))?;
    if kind != "TXT" {
        return Err(ApiError::not_modelled("InvalidInput", &format!("records of the type {kind}")));
    }
    let ttl = params.number(&format!("{prefix}.TTL"))?;
    let ttl = ttl.ok_or_else(|| ApiError::new("InvalidInput", "Missing field 'TTL' in the resource record set"))?;
    let mut values = Vec::new();
    for group in params.groups(&format!("{prefix}.ResourceRecords")) {
        values.push(params.need(&format!("{group}.Value")).or_else(|_| params.need(&group))?.to_owned());
    }
    if values.is_empty() {
        return Err(ApiError::new("InvalidInput", "Missing field 'ResourceRecords' in the resource record set"));
    }
    Ok(DnsRecord { name, ttl, values })
}

/// Why a record cannot be in the zone; `None` if it can.
fn outside(zone: &HostedZone, record: &DnsRecord) -> Option<String> {
    if record.name != zone.name && !record.name.ends_with(&format!(".{}", zone.name)) {
        return Some(format!("RRSet with DNS name {} is not permitted in zone {}", record.name, zone.name));
    }
    let quoted = |value: &&String| value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    let bare = record.values.iter().find(|value| !quoted(value))?;
    Some(format!(
        "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) \
         encountered with '{bare}''"
    ))
}

/// Applies one change, or returns the reason against it.
fn apply(records: &mut Vec<DnsRecord>, action: &str, record: DnsRecord) -> Option<String> {
    let found = records.iter().position(|old| old.name == record.name);
    let named = format!("[name='{}', type='TXT']", record.name);
    match (action, found) {
        ("CREATE", Some(_)) => Some(format!("Tried to create resource record set {named} but it already exists")),
        ("DELETE", None) => Some(format!("Tried to delete resource record set {named} but it was not found")),
        ("DELETE", Some(at)) if records[at] != record => Some(format!(
            "Tried to delete resource record set {named} but the values provided do not match the current values"
        )),
        ("DELETE", Some(at)) => {
            records.remove(at);
            None
        }
        ("CREATE" | "UPSERT", _) => {
            records.retain(|old| old.name != record.name);
            records.push(record);
            None
        }
        _ => Some(format!("'{action}' is not CREATE, DELETE or UPSERT")),
    }
}
