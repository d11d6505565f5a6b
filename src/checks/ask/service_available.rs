//! Is the endpoint service available, and does it require acceptance as the lab says?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text, texts};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct ServiceAvailable<'a>(pub &'a lab::ServiceAvailable);

impl Question for ServiceAvailable<'_> {
    fn name(&self) -> String {
        format!("service_available:{}", self.0.service)
    }

    fn title(&self) -> Text {
        m::check_title_service_available(&self.0.service)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.service
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.service, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        let id = refer(facts, &self.0.service, "id");
        ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [id] }))
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeAvailabilityZones"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        in_words("Available", self.0.acceptance_required)
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let judgement = judge(reply, self.0.acceptance_required);
        let Some(service) = first(reply, "ServiceConfigurations") else { return Ok(judgement) };
        // The console's form shows the zones that the service leaves out beside those that it covers.
        let clients = scene.clients_of(&self.0.service, Side::Provider);
        let all = clients.send(&ec2("DescribeAvailabilityZones", json!({}))).await?;
        let (within, without) = zones(service, &all);
        let seen =
            m::CheckServiceSeen { name: text(service, "ServiceName"), state: judgement.seen.clone(), within, without }
                .text();
        Ok(CheckOutcome { seen, ..judgement })
    }
}

/// The ids of the zones that the service covers, and the account's zones that it does not.
fn zones(service: &Value, all: &Value) -> (String, Text) {
    let within = texts(service, "AvailabilityZoneIds");
    let ids: Vec<&str> = list(all, "AvailabilityZones").iter().map(|zone| text(zone, "ZoneId")).collect();
    let without: Vec<&str> = ids.into_iter().filter(|id| !within.contains(id)).collect();
    let left_out = if without.is_empty() { m::check_no_zone_left_out() } else { Text::literal(without.join(", ")) };
    (within.join(", "), left_out)
}

fn in_words(state: &str, acceptance: bool) -> Text {
    if acceptance { m::check_service_asks(state) } else { m::check_service_does_not_ask(state) }
}

fn judge(reply: &Value, acceptance: bool) -> CheckOutcome {
    let Some(service) = first(reply, "ServiceConfigurations") else { return CheckOutcome::gone() };
    let (state, asks) = (text(service, "ServiceState"), service.get("AcceptanceRequired") == Some(&Value::Bool(true)));
    let seen = in_words(state, asks);
    if state.eq_ignore_ascii_case("pending") {
        return CheckOutcome::not_yet(seen);
    }
    if !state.eq_ignore_ascii_case("available") {
        return CheckOutcome::broken(seen).because(m::check_why_service_state());
    }
    match (acceptance, asks) {
        (true, false) => CheckOutcome::broken(seen).because(m::check_why_acceptance_off()),
        (false, true) => CheckOutcome::broken(seen).because(m::check_why_acceptance_on()),
        _ => CheckOutcome::met(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        for (state, asks, wanted, verdict) in [
            ("Available", true, true, Met),
            ("Available", false, false, Met),
            ("Pending", true, true, NotYet),
            ("Available", false, true, Broken),
            ("Available", true, false, Broken),
            ("Deleting", true, true, Broken),
            ("Failed", true, true, Broken),
        ] {
            let reply = json!({ "ServiceConfigurations": [{ "ServiceState": state, "AcceptanceRequired": asks }] });
            assert_eq!(judge(&reply, wanted).verdict, verdict, "{state} {asks} {wanted}");
        }
        assert_eq!(judge(&json!({ "ServiceConfigurations": [] }), true).verdict, Broken);
    }
}
