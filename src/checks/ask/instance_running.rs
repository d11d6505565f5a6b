//! Is the instance running?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::OneInstance;

pub(super) struct InstanceRunning<'a>(pub &'a OneInstance);

impl Question for InstanceRunning<'_> {
    fn name(&self) -> String {
        format!("instance_running:{}", self.0.instance)
    }

    fn title(&self) -> Text {
        m::check_title_instance_running(&self.0.instance)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.instance
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.instance, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        ec2("DescribeInstances", json!({ "InstanceIds": [refer(facts, &self.0.instance, "id")] }))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal("running")
    }

    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((10, 60))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply))
    }
}

fn judge(reply: &Value) -> CheckOutcome {
    let Some(instance) = first(reply, "Reservations").and_then(|it| first(it, "Instances")) else {
        return CheckOutcome::gone();
    };
    let state = instance.get("State").map_or("", |state| text(state, "Name"));
    match state {
        "running" => CheckOutcome::met(state),
        "pending" => CheckOutcome::not_yet(state),
        "stopping" | "stopped" => CheckOutcome::broken(state).because(m::check_why_instance_stopped()),
        _ => {
            let reason = instance.get("StateReason").map_or("", |reason| text(reason, "Message"));
            let seen = if reason.is_empty() { state.to_owned() } else { format!("{state}: {reason}") };
            CheckOutcome::broken(seen).because(m::check_why_instance_terminated())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        for (state, verdict) in [
            ("running", Met),
            ("pending", NotYet),
            ("stopping", Broken),
            ("stopped", Broken),
            ("shutting-down", Broken),
            ("terminated", Broken),
        ] {
            let reply = json!({ "Reservations": [{ "Instances": [{ "State": { "Name": state } }] }] });
            assert_eq!(judge(&reply).verdict, verdict, "{state}");
        }
        assert_eq!(judge(&json!({ "Reservations": [] })).verdict, Broken);
    }

    #[test]
    fn the_reason_of_a_terminated_instance_is_shown() {
        let instance = json!({
            "State": { "Name": "terminated" },
            "StateReason": { "Message": "Client.VolumeLimitExceeded: Volume limit exceeded" },
        });
        let judgement = judge(&json!({ "Reservations": [{ "Instances": [instance] }] }));
        assert_eq!(judgement.seen, Text::literal("terminated: Client.VolumeLimitExceeded: Volume limit exceeded"));
    }
}
