//! Dispatches a check to the file that asks it. `lab` owns the list of checks; an entry without a file here does not
//! compile.

mod answer;
mod console_says;
mod cross_zone_on;
mod cut_off;
mod endpoint_in_zone;
mod endpoint_state;
mod group_admits;
mod instance_running;
mod load_balancer_active;
mod log_shows_load_balancer;
mod no_answer;
mod no_way_back;
pub(super) mod page;
mod principal_allowed;
mod principal_not_allowed;
mod private_name_offered;
mod private_name_verified;
mod record_published;
mod request_waiting;
mod route_to_s3;
mod same_cidr;
mod service_available;
mod service_found;
mod service_hidden;
mod subnet_in_zone;
mod targets_healthy;
mod vpc_available;

use std::collections::BTreeMap;

use super::check_context::CheckContext;
use super::check_outcome::CheckOutcome;
use super::facts::{self, Facts};
use super::finding::Finding;
use super::question::Question;
use crate::cloud::{Api, Call};
use crate::i18n::{Text, m};
use crate::lab::{Check, Side, each_check};

/// Evaluates `$body` with the question behind `$check`. Each question has a type of its own; a trait object would
/// need boxed futures for no gain.
macro_rules! with_question {
    ($check:expr, $question:ident => $body:expr) => {
        each_check!(arms, $check, $question, $body)
    };
}

macro_rules! arms {
    (
        [$check:expr, $question:ident, $body:expr]
        $($(#[$doc:meta])* $key:ident: $kind:ident($spec:ident) $fields:tt;)+
    ) => {
        match $check { $(Check::$kind(fields) => { let $question = $key::$kind(fields); $body })+ }
    };
}

/// A check's name, such as `endpoint_state:endpoint:available`: unique in a step, and the same in every run.
#[must_use]
pub fn name(check: &Check) -> String {
    with_question!(check, question => question.name())
}

#[must_use]
pub fn title(check: &Check) -> Text {
    with_question!(check, question => question.title())
}

/// Whether the answer depends on more than records: machines, packets, a connection that somebody must accept. An
/// endpoint that only keeps records never meets such a check.
#[must_use]
pub fn is_lively(check: &Check) -> bool {
    with_question!(check, question => question.is_lively())
}

/// Whether the check is about the resource with this name.
#[must_use]
pub fn is_about(check: &Check, name: &str) -> bool {
    with_question!(check, question => question.needs().iter().any(|(needed, _)| *needed == name))
}

/// The usual time on AWS until the check is met, in seconds, from and to; `None` if it is met at once. Common
/// experience, not promised by AWS: UNCONFIRMED.
#[must_use]
pub fn usual_seconds(check: &Check) -> Option<(u32, u32)> {
    with_question!(check, question => question.usual_seconds())
}

/// The call that shows what the check asks for, and the side to make it from. An unknown fact stays `${name.fact}`;
/// `None` if the resource's side is not known.
#[must_use]
pub fn look(check: &Check, facts: &Facts, sides: &BTreeMap<String, Side>) -> Option<(Side, Call)> {
    with_question!(check, question => look_for(&question, facts, sides))
}

/// The read-only operations that asking may use, for a lab's permissions.
#[must_use]
pub fn reads(check: &Check) -> Vec<(Api, &'static str)> {
    let call = with_question!(check, question => question.call(&Facts::new()));
    let more = with_question!(check, question => question.follows());
    let mut reads = vec![(call.api, call.operation)];
    reads.extend(more.iter().map(|operation| (Api::Ec2, *operation)));
    reads
}

pub async fn ask(check: &Check, scene: &CheckContext<'_>) -> Finding {
    with_question!(check, question => ask_one(&question, scene).await)
}

fn look_for(question: &impl Question, facts: &Facts, sides: &BTreeMap<String, Side>) -> Option<(Side, Call)> {
    sides.get(question.subject()).map(|side| (question.side().unwrap_or(*side), question.call(facts)))
}

async fn ask_one(question: &impl Question, scene: &CheckContext<'_>) -> Finding {
    let expected = question.expected(scene);
    if let Some(missing) = facts::missing(scene.facts, &question.needs()) {
        return finding(expected, not_made(missing), None);
    }
    let Some((side, call)) = look_for(question, scene.facts, scene.sides) else {
        return finding(expected, not_made(question.subject()), None);
    };
    let judgement = match scene.clients(side).send(&call).await {
        Ok(reply) => question.follow(scene, &reply).await.unwrap_or_else(|fault| CheckOutcome::from(&fault)),
        Err(fault) => question.refused(&fault),
    };
    finding(expected, judgement, Some((side, call)))
}

/// Nothing is in progress yet, so there is nothing to wait for.
fn not_made(name: &str) -> CheckOutcome {
    CheckOutcome::not_yet(m::check_not_made(name)).because(m::check_why_not_made())
}

fn finding(expected: Text, judgement: CheckOutcome, look: Option<(Side, Call)>) -> Finding {
    let CheckOutcome { verdict, seen, why, expected: better, proof, unsettled } = judgement;
    Finding { verdict, expected: better.unwrap_or(expected), seen, why, look, proof, unsettled }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::i18n::Lang;

    fn all() -> Vec<Check> {
        let client = json!({ "client": "client", "endpoint": "endpoint" });
        let page = json!({ "client": "client", "endpoint": "endpoint", "load_balancer": "nlb" });
        let checks = json!([
            { "vpc_available": { "vpc": "provider-vpc" } },
            { "subnet_in_zone": { "subnet": "provider-subnet" } },
            { "route_to_s3": { "route_table": "provider-routes", "gateway_endpoint": "provider-s3" } },
            { "group_admits": { "group": "web-sg", "port": 80, "from": "nlb-sg" } },
            { "group_admits": { "group": "nlb-sg", "port": 80, "from": "10.0.0.0/16" } },
            { "instance_running": { "instance": "web" } },
            { "console_says": { "instance": "web", "text": "ready tok" } },
            { "load_balancer_active": { "load_balancer": "nlb" } },
            { "targets_healthy": { "target_group": "web-targets" } },
            { "service_available": { "service": "service", "acceptance_required": true } },
            { "principal_allowed": { "service": "service", "side": "consumer" } },
            { "principal_not_allowed": { "service": "service", "side": "consumer" } },
            { "service_hidden": { "service": "service", "side": "provider" } },
            { "cross_zone_on": { "load_balancer": "nlb" } },
            { "private_name_offered": { "service": "service", "domain": "app.lab.example" } },
            { "private_name_verified": { "service": "service" } },
            { "record_published": { "zone": "zone", "service": "service" } },
            { "cut_off": client },
            { "same_cidr": { "one": "provider-vpc", "other": "consumer-vpc" } },
            { "service_found": { "lookup": "found-service" } },
            { "endpoint_state": { "endpoint": "endpoint", "state": "pendingAcceptance" } },
            { "endpoint_state": { "endpoint": "endpoint", "state": "available" } },
            { "endpoint_in_zone": { "endpoint": "endpoint" } },
            { "no_answer": client },
            { "answer": client },
            { "page": page },
            { "log_shows_load_balancer": { "instance": "web", "load_balancer": "nlb" } },
            { "no_way_back": { "vpc": "provider-vpc", "client": "client", "endpoint": "endpoint" } },
        ]);
        from_value(checks).expect("they are checks")
    }

    #[test]
    fn names_tell_questions_apart() {
        let names: BTreeSet<String> = all().iter().map(name).collect();
        assert_eq!(names.len(), all().len());
        assert!(names.contains("endpoint_state:endpoint:available"));
        assert!(names.iter().all(|name| !name.contains("tok")), "a name is the same in every run");
    }

    #[test]
    fn titles_are_said_in_both_languages() {
        for check in all() {
            let (ja, en) = (title(&check).render(Lang::Ja), title(&check).render(Lang::En));
            assert_ne!(ja, en);
            assert!(!ja.starts_with("check-") && !en.starts_with("check-"), "{ja} {en}");
        }
    }

    #[test]
    fn nothing_is_met_before_anything_is_made() {
        for check in all() {
            let missing =
                with_question!(&check, question => facts::missing(&Facts::new(), &question.needs()).is_some());
            assert!(missing, "{}", name(&check));
        }
    }

    #[test]
    fn questions_can_be_asked_from_any_thread() {
        fn sendable<'a>(check: &'a Check, scene: &'a CheckContext<'a>) -> impl Send {
            ask(check, scene)
        }
        let _ = sendable;
    }

    #[test]
    fn before_anything_is_made_the_call_refers_to_it() {
        for check in all() {
            let subject = with_question!(&check, question => question.subject().to_owned());
            let (side, call) = look(&check, &Facts::new(), &[(subject.clone(), Side::Provider)].into())
                .expect("the subject's side is known");
            assert_eq!(side, Side::Provider);
            let params = Value::Object(call.params.clone()).to_string();
            assert!(params.contains(&format!("${{{subject}.")), "{params}");
            assert!(call.is_read(), "{}", call.operation);
            assert_eq!(look(&check, &Facts::new(), &BTreeMap::new()), None);
        }
    }
}
