//! Is the endpoint service available, and does it ask for acceptance as it should?

use serde_json::{Value, json};

use super::facts::{Facts, refer};
use super::judgement::Judgement;
use super::question::Question;
use super::reply::{ec2, first, text};
use super::scene::Scene;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct ServiceAvailable<'a>(pub &'a lab::ServiceAvailable);

impl Question for ServiceAvailable<'_> {
    fn name(&self) -> String {
        format!("service_available:{}", self.0.service)
    }

    fn title(&self) -> Text {
        m::check_title_service_available(&self.0.service)
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

    fn expected(&self, _: &Scene<'_>) -> Text {
        in_words("Available", self.0.acceptance_required)
    }

    async fn follow(&self, _: &Scene<'_>, reply: &Value) -> Result<Judgement, Fault> {
        Ok(judge(reply, self.0.acceptance_required))
    }
}

fn in_words(state: &str, acceptance: bool) -> Text {
    if acceptance { m::check_service_asks(state) } else { m::check_service_does_not_ask(state) }
}

fn judge(reply: &Value, acceptance: bool) -> Judgement {
    let Some(service) = first(reply, "ServiceConfigurations") else { return Judgement::gone() };
    let (state, asks) = (text(service, "ServiceState"), service.get("AcceptanceRequired") == Some(&Value::Bool(true)));
    let seen = in_words(state, asks);
    if state.eq_ignore_ascii_case("pending") {
        return Judgement::not_yet(seen);
    }
    if !state.eq_ignore_ascii_case("available") {
        return Judgement::broken(seen).because(m::check_why_service_state());
    }
    match (acceptance, asks) {
        (true, false) => Judgement::broken(seen).because(m::check_why_acceptance_off()),
        (false, true) => Judgement::broken(seen).because(m::check_why_acceptance_on()),
        _ => Judgement::met(seen),
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
