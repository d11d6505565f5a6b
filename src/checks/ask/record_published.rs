//! Is the TXT record that the endpoint service asks for in the hosted zone, and do all name servers have it?

use serde_json::{Value, json};

use super::private_name_offered::configuration;
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text};
use crate::cloud::{Call, Fault, route53};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct RecordPublished<'a>(pub &'a lab::RecordPublished);

impl Question for RecordPublished<'_> {
    fn name(&self) -> String {
        format!("record_published:{}", self.0.zone)
    }

    fn title(&self) -> Text {
        m::check_title_record_published()
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.zone
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.zone, "id"), (&self.0.service, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        route53("ListResourceRecordSets", json!({ "HostedZoneId": refer(facts, &self.0.zone, "id") }))
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeVpcEndpointServiceConfigurations"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_record()
    }

    /// "Changes generally propagate to all Route 53 name servers within 60 seconds" (Route53:ChangeResourceRecordSets).
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((10, 60))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let clients = scene.clients_of(&self.0.service, Side::Provider);
        let service = clients.send(&configuration(scene.facts, &self.0.service)).await?;
        // If the learner published it by hand, pllab has no change id to ask about.
        let change = match scene.fact(&self.0.zone, "change") {
            None => Value::Null,
            Some(change) => clients.send(&route53("GetChange", json!({ "Id": change }))).await?,
        };
        Ok(judge(reply, &service, &change))
    }
}

fn judge(zone: &Value, service: &Value, change: &Value) -> CheckOutcome {
    let Some(dns) = first(service, "ServiceConfigurations").and_then(|it| it.get("PrivateDnsNameConfiguration")) else {
        return CheckOutcome::broken(m::check_no_private_name()).because(m::check_why_no_record());
    };
    let wanted = format!("\"{}\"", text(dns, "Value"));
    let is_it = |set: &&Value| {
        text(set, "Type") == "TXT" && list(set, "ResourceRecords").iter().any(|it| text(it, "Value") == wanted)
    };
    let Some(record) = list(zone, "ResourceRecordSets").iter().find(is_it) else {
        return CheckOutcome::broken(m::check_no_record()).because(m::check_why_no_record());
    };
    let name = text(record, "Name");
    match change.get("ChangeInfo").map(|change| text(change, "Status")) {
        Some(status) if status != "INSYNC" => CheckOutcome::not_yet(format!("{name} TXT {status}")),
        _ => CheckOutcome::met(format!("{name} TXT {wanted}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        let zone = |kind: &str, value: &str| {
            let record = json!({ "Name": "_a.lab.example.", "Type": kind, "ResourceRecords": [{ "Value": value }] });
            json!({ "ResourceRecordSets": [{ "Name": "lab.example.", "Type": "NS" }, record] })
        };
        let service = json!({ "ServiceConfigurations": [{ "PrivateDnsNameConfiguration": { "Value": "vpce:1" } }] });
        let change = |status: &str| json!({ "ChangeInfo": { "Status": status } });
        for (zone, service, change, verdict) in [
            (zone("TXT", "\"vpce:1\""), &service, change("INSYNC"), Met),
            (zone("TXT", "\"vpce:1\""), &service, Value::Null, Met),
            (zone("TXT", "\"vpce:1\""), &service, change("PENDING"), NotYet),
            (zone("TXT", "\"vpce:2\""), &service, change("INSYNC"), Broken),
            (zone("CNAME", "\"vpce:1\""), &service, change("INSYNC"), Broken),
            (zone("TXT", "\"vpce:1\""), &json!({ "ServiceConfigurations": [{}] }), change("INSYNC"), Broken),
        ] {
            assert_eq!(judge(&zone, service, &change).verdict, verdict, "{zone} {service} {change}");
        }
    }
}
