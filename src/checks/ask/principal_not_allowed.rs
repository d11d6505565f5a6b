//! Is the other side's account not, or no longer, allowed to request a connection?

use serde_json::Value;

use super::principal_allowed::{PrincipalAllowed, allowed};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct PrincipalNotAllowed<'a>(pub &'a lab::PrincipalAllowed);

impl Question for PrincipalNotAllowed<'_> {
    fn name(&self) -> String {
        let allowed = PrincipalAllowed(self.0).name();
        allowed.replacen("principal_allowed", "principal_not_allowed", 1)
    }

    fn title(&self) -> Text {
        m::check_title_principal_not_allowed(match self.0.side {
            Side::Provider => m::side_provider(),
            Side::Consumer => m::side_consumer(),
        })
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
        PrincipalAllowed(self.0).call(facts)
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_not_allowed()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let account = scene.accounts.get(&self.0.side).map_or("", String::as_str);
        Ok(judge(reply, account))
    }
}

fn judge(reply: &Value, account: &str) -> CheckOutcome {
    match allowed(reply, account) {
        Some(principal) => CheckOutcome::broken(principal).because(m::check_why_still_allowed(principal)),
        None => CheckOutcome::met(m::check_not_allowed(account)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        for (principals, verdict) in [
            (json!([]), Met),
            (json!([{ "Principal": "arn:aws:iam::333333333333:root" }]), Met),
            (json!([{ "Principal": "arn:aws:iam::222222222222:root" }]), Broken),
            (json!([{ "Principal": "*" }]), Broken),
        ] {
            let reply = json!({ "AllowedPrincipals": principals });
            assert_eq!(judge(&reply, "222222222222").verdict, verdict, "{reply}");
        }
    }
}
