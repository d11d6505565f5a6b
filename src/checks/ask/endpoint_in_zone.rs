//! Is the endpoint in a zone that the service covers?

use serde_json::{Value, json};

use super::endpoint_state::describe;
use super::service_found::{by_name, named, zones};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text, texts};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::{OneEndpoint, Side};

pub(super) struct EndpointInZone<'a>(pub &'a OneEndpoint);

impl Question for EndpointInZone<'_> {
    fn name(&self) -> String {
        format!("endpoint_in_zone:{}", self.0.endpoint)
    }

    fn title(&self) -> Text {
        m::check_title_endpoint_in_zone()
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.endpoint
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.endpoint, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        describe(facts, &self.0.endpoint)
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeSubnets", "DescribeVpcEndpointServices"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_service_zone()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let Some(endpoint) = first(reply, "VpcEndpoints") else { return Ok(CheckOutcome::gone()) };
        let (service, ids) = (text(endpoint, "ServiceName"), texts(endpoint, "SubnetIds"));
        if ids.is_empty() {
            return Ok(CheckOutcome::not_yet(m::check_no_subnet()));
        }
        let clients = scene.clients_of(&self.0.endpoint, Side::Consumer);
        let subnets = clients.send(&ec2("DescribeSubnets", json!({ "SubnetIds": ids }))).await?;
        let services = clients.send(&by_name(service)).await?;
        let judgement = judge(&subnets, &services, service);
        // Name and interface exist already, while no traffic passes yet.
        let dns = list(endpoint, "DnsEntries").first().map_or("", |entry| text(entry, "DnsName"));
        let enis = texts(endpoint, "NetworkInterfaceIds").join(", ");
        Ok(CheckOutcome {
            seen: m::CheckEndpointSeen { dns, eni: enis, zone: judgement.seen.clone() }.text(),
            ..judgement
        })
    }
}

/// Judges the reply about the endpoint's subnets by the reply about the service called `name`. Zones are compared by
/// id, and by name only if the target returns no ids: both replies are the consumer's own view.
fn judge(subnets: &Value, services: &Value, name: &str) -> CheckOutcome {
    let Some(service) = named(services, name) else {
        return CheckOutcome::broken(m::check_not_found()).because(m::check_why_service_not_found());
    };
    let covered = zones(service);
    let subnets = list(subnets, "Subnets");
    let outside = subnets.iter().find(|subnet| {
        !covered.contains(&text(subnet, "AvailabilityZoneId")) && !covered.contains(&text(subnet, "AvailabilityZone"))
    });
    let shown = |subnet| format!("{} ({})", text(subnet, "AvailabilityZoneId"), text(subnet, "AvailabilityZone"));
    let judgement = match outside {
        None if subnets.is_empty() => CheckOutcome::gone(),
        None => {
            let mut zones: Vec<String> = subnets.iter().map(shown).collect();
            // The reply's subnets have no defined order.
            zones.sort();
            CheckOutcome::met(zones.join(", "))
        }
        Some(subnet) => CheckOutcome::broken(shown(subnet)).because(m::check_why_endpoint_zone(covered.join(", "))),
    };
    judgement.expecting(covered.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        let subnets =
            |id: &str, name: &str| json!({ "Subnets": [{ "AvailabilityZoneId": id, "AvailabilityZone": name }] });
        let by_id = json!({ "ServiceDetails": [{ "ServiceName": "svc", "AvailabilityZoneIds": ["apne1-az4"],
                            "AvailabilityZones": ["ap-northeast-1a"] }] });
        let names = json!({ "ServiceDetails": [{ "ServiceName": "svc", "AvailabilityZones": ["ap-northeast-1a"] }] });
        let here = subnets("apne1-az4", "ap-northeast-1a");
        let there = subnets("apne1-az1", "ap-northeast-1c");
        assert_eq!(judge(&here, &by_id, "svc").verdict, Met);
        assert_eq!(judge(&here, &names, "svc").verdict, Met);
        assert_eq!(judge(&there, &by_id, "svc").verdict, Broken);
        assert_eq!(judge(&there, &by_id, "svc").expected, Some(Text::literal("apne1-az4")));
        // Equal names prove nothing, because names differ between accounts.
        assert_eq!(judge(&subnets("apne1-az1", "ap-northeast-1a"), &by_id, "svc").verdict, Broken);
        assert_eq!(judge(&here, &json!({ "ServiceDetails": [] }), "svc").verdict, Broken);
        assert_eq!(judge(&json!({ "Subnets": [] }), &by_id, "svc").verdict, Broken);
    }
}
