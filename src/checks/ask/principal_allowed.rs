//! May the other side's account request a connection?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{list, text};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct PrincipalAllowed<'a>(pub &'a lab::PrincipalAllowed);

impl PrincipalAllowed<'_> {
    fn account<'a>(&self, scene: &'a CheckContext<'_>) -> &'a str {
        scene.accounts.get(&self.0.side).map_or("", String::as_str)
    }
}

impl Question for PrincipalAllowed<'_> {
    fn name(&self) -> String {
        let side = match self.0.side {
            Side::Provider => "provider",
            Side::Consumer => "consumer",
        };
        format!("principal_allowed:{}:{side}", self.0.service)
    }

    fn title(&self) -> Text {
        let side = match self.0.side {
            Side::Provider => m::side_provider(),
            Side::Consumer => m::side_consumer(),
        };
        m::check_title_principal_allowed(side)
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
        ec2("DescribeVpcEndpointServicePermissions", json!({ "ServiceId": refer(facts, &self.0.service, "id") }))
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        Text::literal(root_of(self.account(scene)))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, self.account(scene)))
    }
}

fn root_of(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// The principal in a reply that allows the whole account. A star allows every account, including this one.
pub(super) fn allowed<'a>(reply: &'a Value, account: &str) -> Option<&'a str> {
    let root = root_of(account);
    principals(reply).into_iter().find(|principal| *principal == root || *principal == "*")
}

fn principals(reply: &Value) -> Vec<&str> {
    list(reply, "AllowedPrincipals").iter().map(|allowed| text(allowed, "Principal")).collect()
}

fn judge(reply: &Value, account: &str) -> CheckOutcome {
    if let Some(principal) = allowed(reply, account) {
        return CheckOutcome::met(principal);
    }
    let principals = principals(reply);
    let seen = if principals.is_empty() { m::check_no_principal() } else { Text::literal(principals.join(", ")) };
    CheckOutcome::broken(seen).because(m::check_why_principal(root_of(account)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        for (principals, verdict) in [
            (json!([{ "Principal": "arn:aws:iam::222222222222:root", "PrincipalType": "Account" }]), Met),
            (json!([{ "Principal": "*", "PrincipalType": "All" }]), Met),
            (json!([{ "Principal": "arn:aws:iam::333333333333:root" }]), Broken),
            (json!([]), Broken),
        ] {
            let reply = json!({ "AllowedPrincipals": principals });
            assert_eq!(judge(&reply, "222222222222").verdict, verdict, "{reply}");
        }
    }
}
