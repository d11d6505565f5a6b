//! The provider's word on a connection request: accept, or reject.

use serde_json::json;

use super::api_step::{ApiStep, Naming, fact};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::ec2;
use crate::i18n::m;
use crate::lab::Acceptance;

/// Accepting what is accepted changes nothing, so an unanswered call is sent again.
pub(super) fn make(acceptance: &Acceptance, _making: &Naming<'_>) -> Vec<ApiStep> {
    word("AcceptVpcEndpointConnections", acceptance)
}

/// Rejecting works on a request, and on a connection that was accepted before.
pub(super) fn reject(acceptance: &Acceptance) -> Vec<ApiStep> {
    word("RejectVpcEndpointConnections", acceptance)
}

fn word(operation: &'static str, acceptance: &Acceptance) -> Vec<ApiStep> {
    let call = ec2(
        operation,
        json!({
            "ServiceId": fact(&acceptance.service, "id"),
            "VpcEndpointIds": [fact(&acceptance.endpoint, "id")],
        }),
    );
    vec![ApiStep { name: "word", call, facts: &[], find: None, repeat: true }]
}

/// The connection is no thing of its own: it is a state between the endpoint and the service.
pub(super) fn survey(acceptance: &Acceptance) -> Survey {
    let filters = json!([{ "Name": "service-id", "Values": [fact(&acceptance.service, "id")] }]);
    let list = ec2("DescribeVpcEndpointConnections", json!({ "Filters": filters }));
    Survey { lasts: false, ..Survey::new(list, "VpcEndpointConnections", "VpcEndpointId") }
}

pub(super) fn observe(acceptance: &Acceptance, state: &str, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let mine = known(&acceptance.endpoint, "id").is_some_and(|id| id == object.id);
    let sighting = MatchReport::of(object, &[]);
    mine.then(|| sighting.value(m::point_connection(), state, &object.text("VpcEndpointState")))
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:AcceptVpcEndpointConnections"], &["vpc-endpoint-service/*"])]
}

pub(super) fn reject_grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:RejectVpcEndpointConnections"], &["vpc-endpoint-service/*"])]
}
