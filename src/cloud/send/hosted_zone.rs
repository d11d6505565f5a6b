//! Route 53: public hosted zones and their records, which prove who owns a domain.

use aws_sdk_route53::types::{
    Change, ChangeBatch, ChangeInfo, HostedZone, HostedZoneConfig, ResourceRecord, ResourceRecordSet, RrType,
};
use serde_json::Value;

use super::params::{Params, read};
use super::reply::Reply;
use crate::cloud::fault::{Fault, FaultClass};
use crate::cloud::limits::{pages, token};
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "CreateHostedZone" => create(clients, call).await,
        "GetHostedZone" => get(clients, call).await,
        "ListHostedZones" => list(clients, call).await,
        "ListHostedZonesByName" => list_by_name(clients, call).await,
        "DeleteHostedZone" => delete(clients, call).await,
        "ChangeResourceRecordSets" => change_record_sets(clients, call).await,
        "ListResourceRecordSets" => list_record_sets(clients, call).await,
        "GetChange" => get_change(clients, call).await,
        _ => return None,
    })
}

async fn create(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        let config = p.part("HostedZoneConfig", |p| {
            Ok(HostedZoneConfig::builder()
                .set_comment(p.text("Comment")?)
                .set_private_zone(p.flag("PrivateZone")?)
                .build())
        })?;
        Ok(clients
            .route53
            .create_hosted_zone()
            .set_name(p.text("Name")?)
            .set_caller_reference(p.text("CallerReference")?)
            .set_hosted_zone_config(config))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .part("HostedZone", reply.hosted_zone(), zone)
        .part("ChangeInfo", reply.change_info(), change_info)
        .part("DelegationSet", reply.delegation_set(), |set| {
            Reply::new().texts("NameServers", set.name_servers()).end()
        })
        .end())
}

async fn get(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.route53.get_hosted_zone().set_id(p.text("Id")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new()
        .part("HostedZone", reply.hosted_zone(), zone)
        .part("DelegationSet", reply.delegation_set(), |set| {
            Reply::new().texts("NameServers", set.name_servers()).end()
        })
        .end())
}

async fn list(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |_| Ok(clients.route53.list_hosted_zones()))?;
    let pages = pages(call, |at| request.clone().set_marker(at).send(), |page| token(page.next_marker())).await?;
    Ok(Reply::new().all("HostedZones", pages.iter().flat_map(|page| page.hosted_zones()), zone).end())
}

/// Reads one page: the zones from a name on. Those of the name itself come first.
async fn list_by_name(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request =
        read(&call.params, |p| Ok(clients.route53.list_hosted_zones_by_name().set_dns_name(p.text("DNSName")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().all("HostedZones", reply.hosted_zones(), zone).text("DNSName", reply.dns_name()).end())
}

async fn delete(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.route53.delete_hosted_zone().set_id(p.text("Id")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("ChangeInfo", reply.change_info(), change_info).end())
}

async fn change_record_sets(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients
            .route53
            .change_resource_record_sets()
            .set_hosted_zone_id(p.text("HostedZoneId")?)
            .set_change_batch(p.part("ChangeBatch", change_batch)?))
    })?;
    let reply = request.send().await.map_err(fault).map_err(not_there)?;
    Ok(Reply::new().part("ChangeInfo", reply.change_info(), change_info).end())
}

/// Route 53 has no code for deleting a record that does not exist; only the batch's message says so.
fn not_there(fault: Fault) -> Fault {
    if fault.code == "InvalidChangeBatch" && fault.message.contains("but it was not found") {
        return Fault { class: FaultClass::NotFound, ..fault };
    }
    fault
}

async fn list_record_sets(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        Ok(clients.route53.list_resource_record_sets().set_hosted_zone_id(p.text("HostedZoneId")?))
    })?;
    let pages = pages(
        call,
        |at: Option<(String, Option<RrType>)>| {
            let (name, kind) = at.map_or((None, None), |(name, kind)| (Some(name), kind));
            request.clone().set_start_record_name(name).set_start_record_type(kind).send()
        },
        |page| Some((token(page.next_record_name())?, page.next_record_type().cloned())),
    )
    .await?;
    Ok(Reply::new()
        .all("ResourceRecordSets", pages.iter().flat_map(|page| page.resource_record_sets()), record_set)
        .end())
}

async fn get_change(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| Ok(clients.route53.get_change().set_id(p.text("Id")?)))?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("ChangeInfo", reply.change_info(), change_info).end())
}

fn change_batch(p: &Params<'_>) -> Result<ChangeBatch, Fault> {
    let changes = p.list("Changes", |p| {
        whole(
            Change::builder()
                .set_action(p.word("Action")?)
                .set_resource_record_set(p.part("ResourceRecordSet", wanted_set)?)
                .build(),
        )
    })?;
    whole(ChangeBatch::builder().set_comment(p.text("Comment")?).set_changes(changes).build())
}

fn wanted_set(p: &Params<'_>) -> Result<ResourceRecordSet, Fault> {
    let records =
        p.list("ResourceRecords", |p| whole(ResourceRecord::builder().set_value(p.text("Value")?).build()))?;
    whole(
        ResourceRecordSet::builder()
            .set_name(p.text("Name")?)
            .set_type(p.word("Type")?)
            .set_ttl(p.number("TTL")?.map(i64::from))
            .set_resource_records(records)
            .build(),
    )
}

/// This SDK's builders fail without required members.
fn whole<T>(built: Result<T, aws_sdk_route53::error::BuildError>) -> Result<T, Fault> {
    built.map_err(|error| Fault::ours(FaultClass::Refused, "MissingParameter", error.to_string()))
}

fn zone(zone: &HostedZone) -> Value {
    Reply::new()
        .text("Id", Some(zone.id()))
        .text("Name", Some(zone.name()))
        .text("CallerReference", Some(zone.caller_reference()))
        .part("Config", zone.config(), |config| {
            Reply::new().text("Comment", config.comment()).flag("PrivateZone", Some(config.private_zone())).end()
        })
        .number("ResourceRecordSetCount", zone.resource_record_set_count().and_then(|count| i32::try_from(count).ok()))
        .end()
}

fn change_info(info: &ChangeInfo) -> Value {
    Reply::new()
        .text("Id", Some(info.id()))
        .text("Status", Some(info.status()))
        .time("SubmittedAt", Some(info.submitted_at()))
        .text("Comment", info.comment())
        .end()
}

fn record_set(set: &ResourceRecordSet) -> Value {
    Reply::new()
        .text("Name", Some(set.name()))
        .text("Type", Some(set.r#type()))
        .number("TTL", set.ttl().and_then(|ttl| i32::try_from(ttl).ok()))
        .list("ResourceRecords", set.resource_records(), |record| {
            Reply::new().text("Value", Some(record.value())).end()
        })
        .end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_gone_is_told_from_a_batch_that_is_wrong() {
        let class = |message: &str| not_there(Fault::ours(FaultClass::Refused, "InvalidChangeBatch", message)).class;
        let gone = "[Tried to delete resource record set [name='_a.lab.example.', type='TXT'] but it was not found]";
        assert_eq!(class(gone), FaultClass::NotFound);
        let there = "[Tried to create resource record set [name='_a.lab.example.', type='TXT'] but it already exists]";
        assert_eq!(class(there), FaultClass::Refused);
    }
}
