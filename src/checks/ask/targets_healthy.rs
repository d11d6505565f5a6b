//! Is every target healthy?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{list, text};
use crate::checks::spec;
use crate::cloud::{Call, Fault, elbv2};
use crate::i18n::{Text, m};
use crate::lab::OneTargetGroup;

pub(super) struct TargetsHealthy<'a>(pub &'a OneTargetGroup);

impl Question for TargetsHealthy<'_> {
    fn name(&self) -> String {
        format!("targets_healthy:{}", self.0.target_group)
    }

    fn title(&self) -> Text {
        m::check_title_targets_healthy(&self.0.target_group)
    }

    fn is_lively(&self) -> bool {
        true
    }

    fn subject(&self) -> &str {
        &self.0.target_group
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.target_group, "arn")]
    }

    fn call(&self, facts: &Facts) -> Call {
        elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": refer(facts, &self.0.target_group, "arn") }))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal("healthy")
    }

    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((120, 300))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let wanted: Vec<&str> = spec::target_group(scene.lab, &self.0.target_group)
            .map(|group| group.targets.iter().filter_map(|name| scene.fact(name, "id")).collect())
            .unwrap_or_default();
        Ok(judge(reply, &wanted))
    }
}

/// `wanted` are the instances that should be among the targets.
fn judge(reply: &Value, wanted: &[&str]) -> CheckOutcome {
    let targets: Vec<Target<'_>> = list(reply, "TargetHealthDescriptions").iter().map(Target::read).collect();
    let absent = wanted.iter().find(|id| !targets.iter().any(|target| target.id == **id));
    if targets.is_empty() || absent.is_some() {
        return CheckOutcome::broken(m::check_no_target(absent.copied().unwrap_or("none")))
            .because(m::check_why_no_target())
            .unsettled();
    }
    // The worst target decides. Among equals, show the first.
    let worst = targets.iter().rev().max_by_key(|target| target.rank());
    let Some(worst) = worst else { return CheckOutcome::gone() };
    let seen = worst.in_words();
    match worst.rank() {
        0 => CheckOutcome::met(format!("healthy {}/{}", targets.len(), targets.len())),
        1 => CheckOutcome::not_yet(seen),
        2 => CheckOutcome::not_yet(seen).because(m::check_why_unhealthy()),
        // Until every part of AWS knows the listener, its target group counts as unused.
        _ => CheckOutcome::broken(seen).because(m::check_why_unused()).unsettled(),
    }
}

struct Target<'a> {
    id: &'a str,
    state: &'a str,
    reason: &'a str,
}

impl<'a> Target<'a> {
    fn read(description: &'a Value) -> Self {
        let health = |key| description.get("TargetHealth").map_or("", |health| text(health, key));
        let id = description.get("Target").map_or("", |target| text(target, "Id"));
        Self { id, state: health("State"), reason: health("Reason") }
    }

    /// 0 healthy, 1 in progress, 2 failing its health checks, 3 not taking part. States of
    /// (NLB:target-group-health-checks).
    fn rank(&self) -> u8 {
        match self.state {
            "healthy" => 0,
            "initial" | "unavailable" => 1,
            "unhealthy" | "unhealthy.draining" => 2,
            _ => 3,
        }
    }

    fn in_words(&self) -> String {
        let Self { id, state, reason } = self;
        if reason.is_empty() { format!("{id}: {state}") } else { format!("{id}: {state} ({reason})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};
    use crate::i18n::Lang;

    fn reply(states: &[(&str, &str)]) -> Value {
        let targets: Vec<Value> = states
            .iter()
            .enumerate()
            .map(|(n, (state, reason))| {
                json!({ "Target": { "Id": format!("i-{n}"), "Port": 80 },
                        "TargetHealth": { "State": state, "Reason": reason } })
            })
            .collect();
        json!({ "TargetHealthDescriptions": targets })
    }

    #[test]
    fn verdicts() {
        for (states, verdict) in [
            (&[("healthy", "")][..], Met),
            (&[("initial", "Elb.RegistrationInProgress")], NotYet),
            (&[("unhealthy", "Target.FailedHealthChecks")], NotYet),
            (&[("healthy", ""), ("initial", "Elb.InitialHealthChecking")], NotYet),
            (&[("unused", "Target.NotInUse")], Broken),
            (&[("draining", "Target.DeregistrationInProgress")], Broken),
            (&[("initial", ""), ("unused", "Target.InvalidState")], Broken),
            (&[], Broken),
        ] {
            assert_eq!(judge(&reply(states), &[]).verdict, verdict, "{states:?}");
        }
    }

    #[test]
    fn a_target_of_someone_else_is_not_enough() {
        assert_eq!(judge(&reply(&[("healthy", "")]), &["i-0"]).verdict, Met);
        assert_eq!(judge(&reply(&[("healthy", "")]), &["i-7"]).verdict, Broken);
    }

    #[test]
    fn an_empty_group_and_an_absent_target_are_told_apart() {
        assert_eq!(judge(&reply(&[]), &[]).seen.render(Lang::En), "no targets");
        assert_eq!(judge(&reply(&[("healthy", "")]), &["i-7"]).seen.render(Lang::En), "i-7 is not registered");
    }

    #[test]
    fn only_an_unhealthy_target_is_explained_while_waiting() {
        assert!(judge(&reply(&[("initial", "")]), &[]).why.is_none());
        assert!(judge(&reply(&[("unhealthy", "")]), &[]).why.is_some());
    }
}
