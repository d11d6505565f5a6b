//! Does the consumer find the service by its name?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer, told};
use crate::checks::question::Question;
use crate::checks::reply::{list, text, texts};
use crate::cloud::{Call, Fault, FaultClass, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct ServiceFound<'a>(pub &'a lab::ServiceFound);

impl Question for ServiceFound<'_> {
    fn name(&self) -> String {
        format!("service_found:{}", self.0.lookup)
    }

    fn title(&self) -> Text {
        m::check_title_service_found()
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.lookup
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.lookup, "name")]
    }

    fn call(&self, facts: &Facts) -> Call {
        by_name(&refer(facts, &self.0.lookup, "name"))
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        Text::literal(told(scene.facts, &self.0.lookup, "name"))
    }

    fn refused(&self, fault: &Fault) -> CheckOutcome {
        if fault.code == "InvalidServiceName" || fault.class == FaultClass::NotFound {
            return CheckOutcome::broken(fault.to_string()).because(m::check_why_service_not_found());
        }
        CheckOutcome::from(fault)
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply, scene.fact(&self.0.lookup, "name").unwrap_or_default()))
    }
}

/// The call that shows a service by its name.
pub(super) fn by_name(name: &str) -> Call {
    ec2("DescribeVpcEndpointServices", json!({ "ServiceNames": [name] }))
}

/// The service called `name`, in a reply to [`by_name`].
pub(super) fn named<'a>(reply: &'a Value, name: &str) -> Option<&'a Value> {
    list(reply, "ServiceDetails").iter().find(|service| text(service, "ServiceName") == name)
}

/// The zones that a service covers: ids, or names if the target returns no ids. A consumer sees only zones that both
/// accounts have (API:DescribeVpcEndpointServices).
pub(super) fn zones(service: &Value) -> Vec<&str> {
    let ids = texts(service, "AvailabilityZoneIds");
    if ids.is_empty() { texts(service, "AvailabilityZones") } else { ids }
}

fn judge(reply: &Value, name: &str) -> CheckOutcome {
    let Some(service) = named(reply, name) else {
        return CheckOutcome::broken(m::check_not_found()).because(m::check_why_service_not_found());
    };
    let zones = zones(service);
    if zones.is_empty() {
        return CheckOutcome::broken(m::check_no_zone(name)).because(m::check_why_no_common_zone());
    }
    CheckOutcome::met(format!("{name} ({})", zones.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, CannotTell, Met};

    const NAME: &str = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-1";

    #[test]
    fn verdicts() {
        let found = |zones: Value| json!({ "ServiceDetails": [{ "ServiceName": NAME, "AvailabilityZoneIds": zones }] });
        assert_eq!(judge(&found(json!(["apne1-az4"])), NAME).verdict, Met);
        assert_eq!(judge(&found(json!([])), NAME).verdict, Broken);
        assert_eq!(judge(&json!({ "ServiceDetails": [] }), NAME).verdict, Broken);
        let names_only =
            json!({ "ServiceDetails": [{ "ServiceName": NAME, "AvailabilityZones": ["ap-northeast-1a"] }] });
        assert_eq!(judge(&names_only, NAME).verdict, Met);
    }

    #[test]
    fn a_name_that_may_not_be_used_looks_like_one_that_does_not_exist() {
        let lookup = lab::ServiceFound { lookup: "found".into() };
        let fault = |code: &str, class| Fault { code: code.into(), message: String::new(), request_id: None, class };
        let refused = |fault| ServiceFound(&lookup).refused(&fault);
        let judgement = refused(fault("InvalidServiceName", FaultClass::Refused));
        assert_eq!(judgement.verdict, Broken);
        assert!(judgement.why.is_some());
        assert_eq!(refused(fault("RequestLimitExceeded", FaultClass::Busy)).verdict, CannotTell);
    }
}
