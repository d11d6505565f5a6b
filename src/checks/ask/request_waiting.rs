//! Does the provider see the endpoint's request, as its console would list it?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, text};
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct RequestWaiting<'a>(pub &'a lab::RequestWaiting);

impl Question for RequestWaiting<'_> {
    fn name(&self) -> String {
        format!("request_waiting:{}:{}", self.0.service, self.0.endpoint)
    }

    fn title(&self) -> Text {
        m::check_title_request_waiting()
    }

    /// The provider must see the connection listed with the service.
    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.service
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.service, "id"), (&self.0.endpoint, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        let filter = |name: &str, value: String| json!({ "Name": name, "Values": [value] });
        let filters = json!([
            filter("service-id", refer(facts, &self.0.service, "id")),
            filter("vpc-endpoint-id", refer(facts, &self.0.endpoint, "id")),
        ]);
        ec2("DescribeVpcEndpointConnections", json!({ "Filters": filters }))
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal("pendingAcceptance")
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(reply))
    }
}

/// The provider sees a request a moment after the endpoint was created.
fn judge(reply: &Value) -> CheckOutcome {
    let Some(connection) = first(reply, "VpcEndpointConnections") else {
        return CheckOutcome::not_yet(m::check_no_request()).because(m::check_why_no_request());
    };
    let state = text(connection, "VpcEndpointState");
    let seen = m::CheckRequest {
        endpoint: text(connection, "VpcEndpointId"),
        owner: text(connection, "VpcEndpointOwner"),
        state,
    }
    .text();
    if state.eq_ignore_ascii_case("pendingAcceptance") {
        CheckOutcome::met(seen)
    } else {
        CheckOutcome::broken(seen).because(m::check_why_request_answered())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        let reply = |state: &str| {
            json!({ "VpcEndpointConnections": [
                { "VpcEndpointId": "vpce-1", "VpcEndpointOwner": "111122223333", "VpcEndpointState": state },
            ] })
        };
        assert_eq!(judge(&reply("pendingAcceptance")).verdict, Met);
        assert_eq!(judge(&reply("available")).verdict, Broken);
        assert_eq!(judge(&json!({ "VpcEndpointConnections": [] })).verdict, NotYet);
    }
}
