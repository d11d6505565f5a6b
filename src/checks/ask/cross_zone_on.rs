//! Does each node of the load balancer use the targets of every zone?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{list, text};
use crate::cloud::{Call, Fault, elbv2};
use crate::i18n::{Text, m};
use crate::lab::OneLoadBalancer;

/// The attribute's key (API:LoadBalancerAttribute).
const KEY: &str = "load_balancing.cross_zone.enabled";

pub(super) struct CrossZoneOn<'a>(pub &'a OneLoadBalancer);

impl Question for CrossZoneOn<'_> {
    fn name(&self) -> String {
        format!("cross_zone_on:{}", self.0.load_balancer)
    }

    fn title(&self) -> Text {
        m::check_title_cross_zone_on(&self.0.load_balancer)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.load_balancer
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.load_balancer, "arn")]
    }

    fn call(&self, facts: &Facts) -> Call {
        let arn = refer(facts, &self.0.load_balancer, "arn");
        elbv2("DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": arn }))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal(format!("{KEY} = true"))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply))
    }
}

fn judge(reply: &Value) -> CheckOutcome {
    let attribute = list(reply, "Attributes").iter().find(|attribute| text(attribute, "Key") == KEY);
    let Some(attribute) = attribute else { return CheckOutcome::gone() };
    let value = text(attribute, "Value");
    let seen = format!("{KEY} = {value}");
    if value == "true" {
        CheckOutcome::met(seen)
    } else {
        CheckOutcome::broken(seen).because(m::check_why_cross_zone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        let reply =
            |value: &str| json!({ "Attributes": [{ "Key": "x", "Value": "true" }, { "Key": KEY, "Value": value }] });
        assert_eq!(judge(&reply("true")).verdict, Met);
        assert_eq!(judge(&reply("false")).verdict, Broken);
        assert_eq!(judge(&json!({ "Attributes": [] })).verdict, Broken);
    }
}
