//! Is the load balancer active, and internal?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault, elbv2};
use crate::i18n::{Text, m};
use crate::lab::OneLoadBalancer;

pub(super) struct LoadBalancerActive<'a>(pub &'a OneLoadBalancer);

impl Question for LoadBalancerActive<'_> {
    fn name(&self) -> String {
        format!("load_balancer_active:{}", self.0.load_balancer)
    }

    fn title(&self) -> Text {
        m::check_title_load_balancer_active(&self.0.load_balancer)
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
        elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [refer(facts, &self.0.load_balancer, "arn")] }))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal("active, internal")
    }

    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((120, 240))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply))
    }
}

fn judge(reply: &Value) -> CheckOutcome {
    let Some(balancer) = first(reply, "LoadBalancers") else { return CheckOutcome::gone() };
    let part = |key| balancer.get("State").map_or("", |state| text(state, key));
    let (code, reason, scheme) = (part("Code"), part("Reason"), text(balancer, "Scheme"));
    let seen = format!("{code}, {scheme}");
    if scheme != "internal" {
        return CheckOutcome::broken(seen).because(m::check_why_load_balancer_scheme());
    }
    match code {
        "active" => CheckOutcome::met(seen),
        "provisioning" | "active_impaired" => CheckOutcome::not_yet(seen),
        _ if reason.is_empty() => CheckOutcome::broken(seen).because(m::check_why_load_balancer_failed()),
        _ => CheckOutcome::broken(format!("{seen}: {reason}")).because(m::check_why_load_balancer_failed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        for (code, scheme, verdict) in [
            ("active", "internal", Met),
            ("provisioning", "internal", NotYet),
            ("active_impaired", "internal", NotYet),
            ("failed", "internal", Broken),
            ("active", "internet-facing", Broken),
        ] {
            let reply = json!({ "LoadBalancers": [{ "State": { "Code": code }, "Scheme": scheme }] });
            assert_eq!(judge(&reply).verdict, verdict, "{code} {scheme}");
        }
        assert_eq!(judge(&json!({ "LoadBalancers": [] })).verdict, Broken);
    }
}
