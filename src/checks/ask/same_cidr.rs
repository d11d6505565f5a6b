//! Do both VPCs have the same block? The lesson is that this works, because nothing is routed between them.

use serde_json::Value;

use super::vpc_available::describe;
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct SameCidr<'a>(pub &'a lab::SameCidr);

impl Question for SameCidr<'_> {
    fn name(&self) -> String {
        format!("same_cidr:{}:{}", self.0.one, self.0.other)
    }

    fn title(&self) -> Text {
        m::check_title_same_cidr()
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.other
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.one, "id"), (&self.0.other, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        describe(facts, &self.0.other)
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_same_cidr()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let clients = scene.clients_of(&self.0.one, Side::Provider);
        let one = clients.send(&describe(scene.facts, &self.0.one)).await?;
        Ok(judge((&self.0.one, &one), (&self.0.other, reply)))
    }
}

/// Each argument is a VPC's name and the reply about it.
fn judge(one: (&str, &Value), other: (&str, &Value)) -> CheckOutcome {
    let block = |(_, reply)| first(reply, "Vpcs").map(|vpc| text(vpc, "CidrBlock"));
    let (Some(first), Some(second)) = (block(one), block(other)) else { return CheckOutcome::gone() };
    let seen = format!("{} {first}, {} {second}", one.0, other.0);
    if first == second {
        CheckOutcome::met(seen)
    } else {
        CheckOutcome::broken(seen).because(m::CheckWhySameCidr { block: first, name: other.0 }.text())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        let vpc = |block: &str| json!({ "Vpcs": [{ "CidrBlock": block }] });
        let (here, there) = (vpc("10.0.0.0/16"), vpc("10.1.0.0/16"));
        assert_eq!(judge(("one", &here), ("other", &here)).verdict, Met);
        assert_eq!(judge(("one", &here), ("other", &there)).verdict, Broken);
        assert_eq!(judge(("one", &here), ("other", &json!({ "Vpcs": [] }))).verdict, Broken);
    }
}
