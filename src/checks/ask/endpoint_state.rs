//! Is the endpoint's connection in the wanted state?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct EndpointState<'a>(pub &'a lab::EndpointState);

impl Question for EndpointState<'_> {
    fn name(&self) -> String {
        format!("endpoint_state:{}:{}", self.0.endpoint, self.0.state)
    }

    fn title(&self) -> Text {
        m::check_title_endpoint_state()
    }

    fn is_lively(&self) -> bool {
        self.0.state == "pendingAcceptance"
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

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal(&self.0.state)
    }

    fn usual_seconds(&self) -> Option<(u32, u32)> {
        self.0.state.eq_ignore_ascii_case("available").then_some((60, 180))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, &self.0.state))
    }
}

pub(super) fn describe(facts: &Facts, endpoint: &str) -> Call {
    ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [refer(facts, endpoint, "id")] }))
}

/// Compares states without regard to case: camelCase on the wire, `PascalCase` in the SDK's enum (PL:concepts).
fn judge(reply: &Value, wanted: &str) -> CheckOutcome {
    let Some(endpoint) = first(reply, "VpcEndpoints") else { return CheckOutcome::gone() };
    let seen = text(endpoint, "State");
    let (wanted, state) = (wanted.to_ascii_lowercase(), seen.to_ascii_lowercase());
    if wanted == state {
        return CheckOutcome::met(seen);
    }
    match (wanted.as_str(), state.as_str()) {
        ("available", "pendingacceptance") => CheckOutcome::not_yet(seen).because(m::check_why_not_accepted()),
        ("rejected", "pendingacceptance" | "pending" | "available") => {
            CheckOutcome::not_yet(seen).because(m::check_why_not_rejected())
        }
        ("pendingacceptance" | "available", "pending") | ("available", "partial") => CheckOutcome::not_yet(seen),
        ("pendingacceptance", "available") => CheckOutcome::broken(seen).because(m::check_why_accepted_already()),
        (_, "rejected") => CheckOutcome::broken(seen).because(m::check_why_rejected()),
        _ => CheckOutcome::broken(seen).because(m::check_why_endpoint_lost()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        for (wanted, seen, verdict) in [
            ("pendingAcceptance", "pendingAcceptance", Met),
            ("pendingAcceptance", "PendingAcceptance", Met),
            ("pendingAcceptance", "pending", NotYet),
            ("pendingAcceptance", "available", Broken),
            ("pendingAcceptance", "rejected", Broken),
            ("available", "available", Met),
            ("available", "Available", Met),
            ("available", "pendingAcceptance", NotYet),
            ("available", "pending", NotYet),
            ("available", "rejected", Broken),
            ("available", "failed", Broken),
            ("available", "expired", Broken),
            ("available", "deleted", Broken),
            ("available", "deleting", Broken),
            ("rejected", "rejected", Met),
            ("rejected", "pendingAcceptance", NotYet),
            ("rejected", "available", NotYet),
            ("rejected", "expired", Broken),
        ] {
            let judgement = judge(&json!({ "VpcEndpoints": [{ "State": seen }] }), wanted);
            assert_eq!(judgement.verdict, verdict, "{wanted} {seen}");
            assert!(verdict != Broken || judgement.why.is_some(), "{wanted} {seen}");
        }
        assert_eq!(judge(&json!({ "VpcEndpoints": [] }), "available").verdict, Broken);
    }
}
