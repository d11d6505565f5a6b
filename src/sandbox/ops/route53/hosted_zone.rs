//! Route 53's public hosted zones, in which the owner of a domain proves the ownership.
//!
//! Route 53 is global. Its zones are kept in us-east-1, the region in its signatures.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{DnsChange, HostedZone, Kind};

use crate::sandbox::ops::shared::context::{Ctx, moment};

/// Names for which AWS refuses to make a zone, in these words.
const RESERVED: [&str; 3] = ["example.com.", "example.net.", "example.org."];
/// The most zones on a page (Route53:ListHostedZones).
const PAGE: usize = 100;

/// `CreateHostedZone`. The caller's reference makes it idempotent.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let name = domain(params.need("Name")?)?;
    let reference = params.need("CallerReference")?.to_owned();
    let comment = params.get("HostedZoneConfig.Comment").map(str::to_owned);
    if params.flag("HostedZoneConfig.PrivateZone")? == Some(true) || params.get("VPC.VPCId").is_some() {
        return Err(ApiError::not_modelled("InvalidInput", "private hosted zones"));
    }
    if RESERVED.contains(&name.as_str()) {
        let text = format!("{} is reserved by AWS!", name.trim_end_matches('.'));
        return Err(ApiError::new("InvalidDomainName", text));
    }
    if ctx.here().hosted_zones.values().any(|zone| zone.caller_reference == reference) {
        let text = "A hosted zone has already been created with the specified caller reference.";
        return Err(ApiError::new("HostedZoneAlreadyExists", text).with_status(409));
    }
    params.ready_without_dry_run()?;
    let zone = HostedZone {
        id: format!("Z{}", ctx.random().text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 20)),
        name,
        caller_reference: reference,
        comment,
        records: Vec::new(),
        tags: [].into(),
    };
    let change = change(ctx, None);
    let mut xml = Xml::new();
    xml.node("HostedZone", |xml| write(xml, &zone)).node("ChangeInfo", |xml| write_change(xml, &change));
    write_delegation(&mut xml, &zone);
    ctx.here_mut().hosted_zones.insert(zone.id.clone(), zone);
    Ok(xml)
}

/// `ListHostedZones`, in the order of their ids.
pub fn list(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let marker = params.get("marker").unwrap_or_default().to_owned();
    let size = size(params, PAGE)?;
    params.ready_without_dry_run()?;
    let mut zones: Vec<&HostedZone> =
        ctx.here().hosted_zones.values().filter(|zone| zone.id.as_str() >= marker.as_str()).collect();
    let next = zones.get(size).map(|zone| zone.id.clone());
    zones.truncate(size);
    let mut xml = Xml::new();
    xml.list("HostedZones", "HostedZone", zones, write);
    xml.leaf("Marker", marker).leaf("IsTruncated", next.is_some());
    xml.maybe("NextMarker", next).leaf("MaxItems", size);
    Ok(xml)
}

/// `ListHostedZonesByName`, in the order of the names' labels from the right.
pub fn list_by_name(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let from = params.get("dnsname").map(domain).transpose()?;
    let from_id = params.get("hostedzoneid").map(|id| bare(id).to_owned());
    let size = size(params, PAGE)?;
    params.ready_without_dry_run()?;
    let start = from.as_deref().map(|name| (reversed(name), from_id.clone().unwrap_or_default()));
    let mut zones: Vec<&HostedZone> = ctx.here().hosted_zones.values().collect();
    zones.sort_by_key(|zone| (reversed(&zone.name), zone.id.clone()));
    zones.retain(|zone| start.as_ref().is_none_or(|start| (reversed(&zone.name), zone.id.clone()) >= *start));
    let next = zones.get(size).map(|zone| (zone.name.clone(), zone.id.clone()));
    zones.truncate(size);
    let mut xml = Xml::new();
    xml.list("HostedZones", "HostedZone", zones, write);
    xml.maybe("DNSName", from).maybe("HostedZoneId", from_id).leaf("IsTruncated", next.is_some());
    if let Some((name, id)) = next {
        xml.leaf("NextDNSName", name).leaf("NextHostedZoneId", id);
    }
    xml.leaf("MaxItems", size);
    Ok(xml)
}

/// `GetHostedZone`.
pub fn get(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?.clone();
    params.ready_without_dry_run()?;
    let mut xml = Xml::new();
    xml.node("HostedZone", |xml| write(xml, &zone));
    write_delegation(&mut xml, &zone);
    Ok(xml)
}

/// `DeleteHostedZone`. Refused while the zone has records besides NS and SOA.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let zone = find(ctx, params)?;
    let (id, held) = (zone.id.clone(), !zone.records.is_empty());
    params.ready_without_dry_run()?;
    if held {
        let text = "The specified hosted zone contains non-required resource record sets and so cannot be deleted.";
        return Err(ApiError::new("HostedZoneNotEmpty", text));
    }
    ctx.here_mut().hosted_zones.remove(&id);
    let change = change(ctx, None);
    let mut xml = Xml::new();
    xml.node("ChangeInfo", |xml| write_change(xml, &change));
    Ok(xml)
}

/// `GetChange`: `PENDING` until the name servers have the change.
pub fn get_change(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let id = bare(params.need("Id")?).to_owned();
    params.ready_without_dry_run()?;
    ctx.advance_on_read(Kind::DnsChange, &id);
    let Some(change) = ctx.here().dns_changes.get(&id) else {
        let text = format!("Could not find resource with ID: {id}");
        return Err(ApiError::new("NoSuchChange", text).with_status(404));
    };
    let mut xml = Xml::new();
    xml.node("ChangeInfo", |xml| write_change(xml, change));
    Ok(xml)
}

/// The zone in the request's path.
pub fn find<'a>(ctx: &'a Ctx<'_>, params: &Params) -> Result<&'a HostedZone, ApiError> {
    let id = bare(params.need("Id")?);
    ctx.here().hosted_zones.get(id).ok_or_else(|| {
        ApiError::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}")).with_status(404)
    })
}

/// Records a change of the zones.
pub fn change(ctx: &mut Ctx<'_>, comment: Option<String>) -> DnsChange {
    let change = DnsChange {
        id: format!("C{}", ctx.random().text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 20)),
        comment,
        submitted: ctx.millis(),
        life: ctx.begin(Kind::DnsChange, "PENDING"),
    };
    ctx.here_mut().dns_changes.insert(change.id.clone(), change.clone());
    change
}

/// `<ChangeInfo>`.
pub fn write_change(xml: &mut Xml, change: &DnsChange) {
    xml.leaf("Id", format!("/change/{}", change.id)).leaf("Status", &change.life.state);
    xml.leaf("SubmittedAt", moment(change.submitted)).maybe("Comment", change.comment.as_ref());
}

/// A domain name in lower case with its final dot.
pub fn domain(text: &str) -> Result<String, ApiError> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_*".contains(c))
    };
    if name.len() > 255 || !name.split('.').all(is_label) {
        return Err(ApiError::new("InvalidDomainName", format!("The domain name is not valid: '{text}'")));
    }
    Ok(name + ".")
}

/// A name's labels from the right, which is the order in which Route 53 lists.
pub fn reversed(name: &str) -> Vec<String> {
    name.trim_end_matches('.').rsplit('.').map(str::to_owned).collect()
}

/// `maxitems`, at most `most`.
pub fn size(params: &Params, most: usize) -> Result<usize, ApiError> {
    match params.number::<usize>("maxitems")? {
        None => Ok(most),
        Some(0) => Err(ApiError::value("maxitems", "0", "Expecting a positive number.")),
        Some(size) => Ok(size.min(most)),
    }
}

/// Four name servers in four different domains, as AWS gives each zone.
pub fn name_servers(zone: &HostedZone) -> [String; 4] {
    let seed: u32 = zone.id.bytes().map(u32::from).sum();
    let mut at = 0;
    ["com", "net", "org", "co.uk"].map(|domain| {
        at += 512;
        format!("ns-{}.awsdns-{:02}.{domain}", at - 512 + seed % 512, seed % 64)
    })
}

/// An id without the path that Route 53 puts before it.
fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

fn write(xml: &mut Xml, zone: &HostedZone) {
    xml.leaf("Id", format!("/hostedzone/{}", zone.id)).leaf("Name", &zone.name);
    xml.leaf("CallerReference", &zone.caller_reference).node("Config", |xml| {
        xml.maybe("Comment", zone.comment.as_ref()).leaf("PrivateZone", false);
    });
    // Every zone's own NS and SOA records count too.
    xml.leaf("ResourceRecordSetCount", zone.records.len() + 2);
}

fn write_delegation(xml: &mut Xml, zone: &HostedZone) {
    xml.node("DelegationSet", |xml| {
        xml.words("NameServers", "NameServer", name_servers(zone));
    });
}
