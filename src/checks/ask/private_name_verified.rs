//! Has AWS found the record that proves who owns the private DNS name's domain?

use serde_json::Value;

use super::private_name_offered::configuration;
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::OneService;

pub(super) struct PrivateNameVerified<'a>(pub &'a OneService);

impl Question for PrivateNameVerified<'_> {
    fn name(&self) -> String {
        format!("private_name_verified:{}", self.0.service)
    }

    fn title(&self) -> Text {
        m::check_title_private_name_verified()
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
        configuration(facts, &self.0.service)
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal("verified")
    }

    /// AWS looks in public DNS, where the record must have arrived first. AWS only says that this can take a while:
    /// UNCONFIRMED.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((60, 600))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply))
    }
}

/// The states are `pendingVerification`, `verified` and `failed` (API:PrivateDnsNameConfiguration).
fn judge(reply: &Value) -> CheckOutcome {
    let Some(service) = first(reply, "ServiceConfigurations") else { return CheckOutcome::gone() };
    let Some(state) = service.get("PrivateDnsNameConfiguration").map(|dns| text(dns, "State")) else {
        return CheckOutcome::broken(m::check_no_private_name()).because(m::check_why_not_verified());
    };
    match state {
        "verified" => CheckOutcome::met(state),
        "pendingVerification" => CheckOutcome::not_yet(state),
        _ => CheckOutcome::broken(state).because(m::check_why_not_verified()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        for (state, verdict) in [("verified", Met), ("pendingVerification", NotYet), ("failed", Broken)] {
            let service = json!({ "PrivateDnsNameConfiguration": { "State": state } });
            assert_eq!(judge(&json!({ "ServiceConfigurations": [service] })).verdict, verdict, "{state}");
        }
        assert_eq!(judge(&json!({ "ServiceConfigurations": [{}] })).verdict, Broken);
        assert_eq!(judge(&json!({ "ServiceConfigurations": [] })).verdict, Broken);
    }
}
