//! A public hosted zone of Route 53, with the TXT record that proves to AWS who owns the domain of a service's
//! private name (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>).
//!
//! `CreateHostedZone` takes no tags. The call's reference tells the run's zone from others, and the zone's comment says
//! what tags would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::actions::api_step::{ApiStep, Keep, Naming, Places, fact, facts_of};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, shown_all};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::actions::service_configuration::configuration;
use crate::cloud::tags::RunTags;
use crate::cloud::{Call, route53, text_at};
use crate::i18n::{Text, m};
use crate::lab::{HostedZone, Lab};

const FACTS: Places = &[("id", "Id")];

/// The facts of the record that a service asks for.
const RECORD: Places = &[
    ("record", "PrivateDnsNameConfiguration.Name"),
    ("value", "PrivateDnsNameConfiguration.Value"),
    ("under", "PrivateDnsName"),
];

/// Route 53's lists take no filter: pick the zone that this very call made.
const OURS: Keep = Keep { list: "/HostedZones", field: "CallerReference", param: "/CallerReference" };

/// Seconds that resolvers may cache the record; short, because a lab is short.
const TTL: u32 = 60;

impl ResourceKind for HostedZone {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: None,
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_hosted_zone(name)
    }
}

fn look(name: &str) -> Call {
    route53("GetHostedZone", json!({ "Id": fact(name, "id") }))
}

/// A zone that still has our record cannot be deleted.
fn delete(name: &str) -> Vec<ApiStep> {
    let delete = route53("DeleteHostedZone", json!({ "Id": fact(name, "id") }));
    vec![ApiStep::again("withdraw", change(name, "DELETE")), ApiStep::again("delete", delete)]
}

/// The record lies directly below the private name. Route 53 wants a TXT value in quotation marks.
fn change(zone: &str, action: &str) -> Call {
    let record = json!({
        "Name": format!("${{{zone}.record}}.${{{zone}.under}}"),
        "Type": "TXT",
        "TTL": TTL,
        "ResourceRecords": [{ "Value": format!("\"${{{zone}.value}}\"") }],
    });
    let changes = json!([{ "Action": action, "ResourceRecordSet": record }]);
    let params = json!({ "HostedZoneId": fact(zone, "id"), "ChangeBatch": { "Changes": changes } });
    route53("ChangeResourceRecordSets", params)
}

impl LabResource for HostedZone {
    /// Asks the service for the record before making anything, so that the clean-up knows the record whatever happens
    /// in between.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let marks = RunTags { run: naming.run, lab: naming.lab, learner: naming.learner, resource: &self.name };
        let create = route53(
            "CreateHostedZone",
            json!({
                "Name": self.domain,
                "CallerReference": naming.token(&self.name),
                "HostedZoneConfig": { "Comment": marks.note() },
            }),
        );
        let find = route53("ListHostedZonesByName", json!({ "DNSName": self.domain }));
        vec![
            ApiStep::again("ask", configuration(&self.service)).tells("ServiceConfigurations[0]", RECORD),
            ApiStep::once("create", create)
                .tells("HostedZone", FACTS)
                .found_by(find, "HostedZones[0]", FACTS)
                .keeping(OURS),
            ApiStep::again("publish", change(&self.name, "UPSERT")).tells("", &[("change", "ChangeInfo.Id")]),
        ]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_hosted_zone(&self.domain)
    }

    /// The record in a zone is compared with the one that the service asks for.
    fn survey(&self) -> Option<Survey> {
        let survey = Survey::new(route53("ListHostedZonesByName", json!({})), "HostedZones", "Id")
            .with(|id| vec![route53("ListResourceRecordSets", json!({ "HostedZoneId": id }))]);
        Some(Survey { beside: Some(configuration(&self.service)), ..survey })
    }

    fn observe(&self, object: &Object, _: &Known<'_>) -> Option<MatchReport> {
        if object.text("Config.PrivateZone") == "true" {
            return None;
        }
        let mut report = MatchReport::of(object, FACTS);
        let mut texts = BTreeSet::new();
        for reply in &object.more {
            report.facts.extend(published(reply));
            texts.extend(records_of(reply).map(|(name, value)| format!("{name} {value}")));
        }
        let report = report.value(m::point_domain(), &self.domain, object.text("Name").trim_end_matches('.'));
        Some(match asked_for(object) {
            None => report,
            Some((record, facts)) => {
                let fit = match () {
                    () if texts.contains(&record) => Match::Right,
                    () if texts.is_empty() => Match::Open,
                    () => Match::Wrong,
                };
                let upsert = change(&self.name, "UPSERT").resolve(&|_, fact| match fact {
                    "id" => Some(object.id.clone()),
                    fact => facts.get(fact).cloned(),
                });
                report.point(m::point_record(), record, shown_all(&texts), fit).mended(upsert)
            }
        })
    }

    /// Route 53 has no tag conditions on zones, but the policy can at least exclude records other than TXT
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html>).
    fn grants(&self) -> Vec<Grant> {
        let zones = &["hostedzone/*"];
        vec![
            // A clean-up from another machine finds the zone by its comment.
            Grant::any(&["route53:CreateHostedZone", "route53:ListHostedZones"], &["*"]),
            Grant::any(&["route53:DeleteHostedZone", "route53:GetHostedZone", "route53:ListResourceRecordSets"], zones),
            Grant::any(&["route53:ChangeResourceRecordSets"], zones).rail(
                "ForAllValues:StringEquals",
                "route53:ChangeResourceRecordSetsRecordTypes",
                "TXT",
            ),
            // Polled until every name server has the record.
            Grant::any(&["route53:GetChange"], &["change/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}

/// The TXT records of a zone: the full name without its last dot, and the value.
fn records_of(reply: &Value) -> impl Iterator<Item = (String, String)> {
    let records = reply.get("ResourceRecordSets").and_then(Value::as_array).into_iter().flatten();
    records.filter(|record| text_at(record, "Type").as_deref() == Some("TXT")).map(|record| {
        let name = text_at(record, "Name").unwrap_or_default();
        (name.trim_end_matches('.').to_owned(), text_at(record, "ResourceRecords[0].Value").unwrap_or_default())
    })
}

/// The facts of the proof that a zone's records contain, by which it is withdrawn.
#[must_use]
pub fn published(records: &Value) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    for (name, value) in records_of(records) {
        if let Some((label, under)) = name.split_once('.').filter(|(it, _)| it.starts_with('_')) {
            let known = [("record", label), ("under", under), ("value", value.trim_matches('"'))];
            facts.extend(known.map(|(fact, text)| (fact.to_owned(), text.to_owned())));
        }
    }
    facts
}

/// The record that the service asks for: its full name with its value in quotation marks, and its facts.
fn asked_for(zone: &Object) -> Option<(String, BTreeMap<String, String>)> {
    let service = zone.more.iter().find_map(|reply| reply.get("ServiceConfigurations")?.get(0))?;
    let facts = facts_of(service, RECORD)?;
    Some((format!("{}.{} \"{}\"", facts.get("record")?, facts.get("under")?, facts.get("value")?), facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_zones_of_a_name_it_is_the_run_s() {
        let (name, domain, service) = ("zone".to_owned(), "lab.example".to_owned(), "service".to_owned());
        let zone = HostedZone { name, domain, service };
        let parts = zone.make(&Naming { run: "k3x9bc", lab: "private-dns", learner: "aiko", round: 0 });
        let create = parts.iter().find(|part| part.name == "create").expect("it is made");
        let find = create.find.as_ref().expect("it can be found");
        let theirs = json!({ "Id": "/hostedzone/Z1", "CallerReference": "pllab-other1-zone" });
        let ours = json!({ "Id": "/hostedzone/Z2", "CallerReference": "pllab-k3x9bc-zone" });
        let found = create.found(find, json!({ "HostedZones": [theirs, ours] })).expect("ours is among them");
        assert_eq!(found["id"], "/hostedzone/Z2");
        assert_eq!(create.found(find, json!({ "HostedZones": [theirs] })), None);
    }
}
