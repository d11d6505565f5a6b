//! Is the subnet available, in its zone?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::checks::spec;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::OneSubnet;

pub(super) struct SubnetInZone<'a>(pub &'a OneSubnet);

impl Question for SubnetInZone<'_> {
    fn name(&self) -> String {
        format!("subnet_in_zone:{}", self.0.subnet)
    }

    fn title(&self) -> Text {
        m::check_title_subnet_in_zone(&self.0.subnet)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.subnet
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.subnet, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        ec2("DescribeSubnets", json!({ "SubnetIds": [refer(facts, &self.0.subnet, "id")] }))
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        Text::literal(format!("available, {}", zone(scene, &self.0.subnet)))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, &zone(scene, &self.0.subnet)))
    }
}

/// The lab's zone, or the chosen one if the lab leaves it open.
fn zone(scene: &CheckContext<'_>, name: &str) -> String {
    match spec::subnet(scene.lab, name).map(|subnet| subnet.zone.as_str()) {
        Some(zone) if zone != "auto" => zone.to_owned(),
        _ => refer(scene.facts, name, "zone_id"),
    }
}

/// `zone` is an id, or a name as this account uses it.
fn judge(reply: &Value, zone: &str) -> CheckOutcome {
    let Some(subnet) = first(reply, "Subnets") else { return CheckOutcome::gone() };
    let (state, id, name) =
        (text(subnet, "State"), text(subnet, "AvailabilityZoneId"), text(subnet, "AvailabilityZone"));
    let seen = format!("{state}, {id} ({name})");
    if id != zone && name != zone {
        return CheckOutcome::broken(seen).because(m::check_why_subnet_zone(zone));
    }
    match state {
        "available" => CheckOutcome::met(seen),
        "pending" => CheckOutcome::not_yet(seen),
        _ => CheckOutcome::broken(seen).because(m::check_why_not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Broken, Met, NotYet};

    fn verdict(state: &str, zone: &str) -> Verdict {
        let subnet =
            json!({ "State": state, "AvailabilityZoneId": "apne1-az4", "AvailabilityZone": "ap-northeast-1a" });
        judge(&json!({ "Subnets": [subnet] }), zone).verdict
    }

    #[test]
    fn verdicts() {
        assert_eq!(verdict("available", "apne1-az4"), Met);
        assert_eq!(verdict("available", "ap-northeast-1a"), Met);
        assert_eq!(verdict("pending", "apne1-az4"), NotYet);
        assert_eq!(verdict("available", "apne1-az1"), Broken);
        assert_eq!(verdict("failed", "apne1-az4"), Broken);
        assert_eq!(judge(&json!({}), "apne1-az4").verdict, Broken);
    }
}
