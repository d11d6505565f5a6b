//! The provider's answer to a connection request, shared by `acceptance` and `rejection`. A connection is not a
//! resource of its own: it is a state between the endpoint and the service.

use serde_json::json;

use super::api_step::{ApiStep, fact};
use super::match_report::{Known, Match, MatchReport, Object, Survey};
use crate::cloud::ec2;
use crate::i18n::m;

/// Repeating an answer changes nothing, so an unanswered call is sent again.
pub(super) fn word(operation: &'static str, service: &str, endpoint: &str) -> Vec<ApiStep> {
    let params = json!({ "ServiceId": fact(service, "id"), "VpcEndpointIds": [fact(endpoint, "id")] });
    vec![ApiStep::again("word", ec2(operation, params))]
}

pub(super) fn survey(service: &str) -> Survey {
    let filters = json!([{ "Name": "service-id", "Values": [fact(service, "id")] }]);
    let list = ec2("DescribeVpcEndpointConnections", json!({ "Filters": filters }));
    Survey { lasts: false, ..Survey::new(list, "VpcEndpointConnections", "VpcEndpointId") }
}

/// Compares the state of `endpoint`'s connection with `state`.
pub(super) fn observe(endpoint: &str, state: &str, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    let mine = known(endpoint, "id").is_some_and(|id| id == object.id);
    let seen = object.text("VpcEndpointState");
    // Until it is answered, it is open; before it is rejected, it may be accepted first.
    let fit = match (state, seen.as_str()) {
        _ if seen == state => Match::Right,
        (_, "pendingAcceptance" | "pending") | ("rejected", "available") => Match::Open,
        _ => Match::Wrong,
    };
    mine.then(|| MatchReport::of(object, &[]).point(m::point_connection(), state, seen, fit))
}
