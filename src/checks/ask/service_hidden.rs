//! Does AWS tell an account that is not allowed that the service does not exist?

use serde_json::Value;

use super::service_found::{by_name, named};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::cloud::{Call, Fault, FaultClass};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct ServiceHidden<'a>(pub &'a lab::ServiceHidden);

impl Question for ServiceHidden<'_> {
    fn name(&self) -> String {
        let side = match self.0.side {
            Side::Provider => "provider",
            Side::Consumer => "consumer",
        };
        format!("service_hidden:{}:{side}", self.0.service)
    }

    fn title(&self) -> Text {
        m::check_title_service_hidden(match self.0.side {
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

    fn side(&self) -> Option<Side> {
        Some(self.0.side)
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.service, "name")]
    }

    fn call(&self, facts: &Facts) -> Call {
        by_name(&refer(facts, &self.0.service, "name"))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_service_hidden()
    }

    /// AWS answers as for a mistyped name: `InvalidServiceName`, "... does not exist". That an account that is not
    /// allowed gets the same answer is common experience, not documented: UNCONFIRMED.
    fn refused(&self, fault: &Fault) -> CheckOutcome {
        if fault.code == "InvalidServiceName" || fault.class == FaultClass::NotFound {
            return CheckOutcome::met(fault.to_string());
        }
        CheckOutcome::from(fault)
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, scene.fact(&self.0.service, "name").unwrap_or_default()))
    }
}

/// A change of the permissions may take a moment to spread, so a service that is still found is not a failure yet.
fn judge(reply: &Value, name: &str) -> CheckOutcome {
    match named(reply, name) {
        Some(_) => CheckOutcome::not_yet(name).because(m::check_why_service_found()),
        None => CheckOutcome::met(m::check_not_found()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::Verdict::{CannotTell, Met, NotYet};

    #[test]
    fn verdicts() {
        assert_eq!(judge(&json!({ "ServiceDetails": [{ "ServiceName": "svc" }] }), "svc").verdict, NotYet);
        assert_eq!(judge(&json!({ "ServiceDetails": [] }), "svc").verdict, Met);
        let look = lab::ServiceHidden { service: "service".into(), side: Side::Consumer };
        let fault = |code: &str, class| Fault { code: code.into(), message: String::new(), request_id: None, class };
        assert_eq!(ServiceHidden(&look).refused(&fault("InvalidServiceName", FaultClass::Refused)).verdict, Met);
        assert_eq!(ServiceHidden(&look).refused(&fault("RequestLimitExceeded", FaultClass::Busy)).verdict, CannotTell);
    }
}
