//! Which checks can no longer be met once a later one is: the same thing, further on.

use crate::lab::Check;

/// Whether `check` can no longer be seen once `later` holds. A connection that was accepted waits for nobody any more,
/// and a client that gets the page does not time out.
#[must_use]
pub fn is_overtaken(check: &Check, later: &Check) -> bool {
    match (check, later) {
        (Check::EndpointState(one), Check::EndpointState(two)) => {
            one.endpoint == two.endpoint && one.state != two.state
        }
        (Check::RequestWaiting(one), Check::EndpointState(two)) => {
            one.endpoint == two.endpoint && !two.state.eq_ignore_ascii_case("pendingAcceptance")
        }
        (Check::NoAnswer(one) | Check::CutOff(one), Check::Answer(two))
        | (Check::Answer(one), Check::NoAnswer(two) | Check::CutOff(two)) => one == two,
        (Check::PrincipalAllowed(one), Check::PrincipalNotAllowed(two))
        | (Check::PrincipalNotAllowed(one), Check::PrincipalAllowed(two)) => one == two,
        (Check::ServiceHidden(one), Check::PrincipalAllowed(two)) => {
            (&one.service, one.side) == (&two.service, two.side)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn only_the_same_thing_further_on_overtakes() {
        let check = |it: serde_json::Value| from_value::<Check>(it).expect("it is a check");
        let state = |of: &str, state: &str| check(json!({ "endpoint_state": { "endpoint": of, "state": state } }));
        let client = |kind: &str, subnet: Option<&str>| {
            check(json!({ kind: { "client": "client", "endpoint": "endpoint", "subnet": subnet } }))
        };
        let waiting = check(json!({ "request_waiting": { "service": "service", "endpoint": "endpoint" } }));
        let hidden = check(json!({ "service_hidden": { "service": "service", "side": "consumer" } }));
        let allowed = |kind: &str| check(json!({ kind: { "service": "service", "side": "consumer" } }));
        for (one, later, overtaken) in [
            (state("endpoint", "pendingAcceptance"), state("endpoint", "available"), true),
            (state("endpoint", "pendingAcceptance"), state("endpoint", "pendingAcceptance"), false),
            (state("endpoint", "pendingAcceptance"), state("other", "available"), false),
            (waiting.clone(), state("endpoint", "available"), true),
            (waiting, state("endpoint", "pendingAcceptance"), false),
            (client("no_answer", None), client("answer", None), true),
            (client("no_answer", Some("b")), client("answer", Some("a")), false),
            (client("answer", None), client("cut_off", None), true),
            (hidden.clone(), allowed("principal_allowed"), true),
            (allowed("principal_not_allowed"), allowed("principal_allowed"), true),
            (hidden, allowed("principal_not_allowed"), false),
            (client("answer", None), state("endpoint", "available"), false),
        ] {
            assert_eq!(is_overtaken(&one, &later), overtaken, "{one:?} {later:?}");
        }
    }
}
