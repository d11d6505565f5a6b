//! Is the VPC available, with its block?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::checks::spec;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::OneVpc;

pub(super) struct VpcAvailable<'a>(pub &'a OneVpc);

impl Question for VpcAvailable<'_> {
    fn name(&self) -> String {
        format!("vpc_available:{}", self.0.vpc)
    }

    fn title(&self) -> Text {
        m::check_title_vpc_available(&self.0.vpc)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.vpc
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.vpc, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        describe(facts, &self.0.vpc)
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        Text::literal(format!("available, {}", block(scene, &self.0.vpc)))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, block(scene, &self.0.vpc)))
    }
}

pub(super) fn describe(facts: &Facts, vpc: &str) -> Call {
    ec2("DescribeVpcs", json!({ "VpcIds": [refer(facts, vpc, "id")] }))
}

fn block<'a>(scene: &'a CheckContext<'_>, name: &str) -> &'a str {
    spec::vpc(scene.lab, name).map_or("", |vpc| &vpc.cidr)
}

fn judge(reply: &Value, block: &str) -> CheckOutcome {
    let Some(vpc) = first(reply, "Vpcs") else { return CheckOutcome::gone() };
    let seen = format!("{}, {}", text(vpc, "State"), text(vpc, "CidrBlock"));
    if text(vpc, "CidrBlock") != block {
        return CheckOutcome::broken(seen).because(m::check_why_vpc_block(block));
    }
    match text(vpc, "State") {
        "available" => CheckOutcome::met(seen),
        "pending" => CheckOutcome::not_yet(seen),
        _ => CheckOutcome::broken(seen).because(m::check_why_not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Broken, Met, NotYet};

    fn verdict(state: &str, block: &str) -> Verdict {
        judge(&json!({ "Vpcs": [{ "State": state, "CidrBlock": block }] }), "10.0.0.0/16").verdict
    }

    #[test]
    fn verdicts() {
        assert_eq!(verdict("available", "10.0.0.0/16"), Met);
        assert_eq!(verdict("pending", "10.0.0.0/16"), NotYet);
        assert_eq!(verdict("available", "10.1.0.0/16"), Broken);
        assert_eq!(judge(&json!({ "Vpcs": [] }), "10.0.0.0/16").verdict, Broken);
    }
}
