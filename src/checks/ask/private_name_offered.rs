//! Does the endpoint service offer its private DNS name, verified or not?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct PrivateNameOffered<'a>(pub &'a lab::PrivateNameOffered);

impl Question for PrivateNameOffered<'_> {
    fn name(&self) -> String {
        format!("private_name_offered:{}", self.0.service)
    }

    fn title(&self) -> Text {
        m::check_title_private_name_offered(&self.0.service)
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
        Text::literal(&self.0.domain)
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, &self.0.domain))
    }
}

/// The call that shows a service from its provider's side.
pub(super) fn configuration(facts: &Facts, service: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [refer(facts, service, "id")] }))
}

fn judge(reply: &Value, domain: &str) -> CheckOutcome {
    let Some(service) = first(reply, "ServiceConfigurations") else { return CheckOutcome::gone() };
    let offered = text(service, "PrivateDnsName");
    if offered == domain {
        return CheckOutcome::met(offered);
    }
    let seen = if offered.is_empty() { m::check_no_private_name() } else { Text::literal(offered) };
    CheckOutcome::broken(seen).because(m::check_why_private_name(domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        for (service, verdict) in [
            (json!({ "PrivateDnsName": "app.lab.example" }), Met),
            (json!({ "PrivateDnsName": "www.lab.example" }), Broken),
            (json!({}), Broken),
        ] {
            let judgement = judge(&json!({ "ServiceConfigurations": [service] }), "app.lab.example");
            assert_eq!(judgement.verdict, verdict, "{service}");
        }
        assert_eq!(judge(&json!({ "ServiceConfigurations": [] }), "app.lab.example").verdict, Broken);
    }
}
