//! What a learner added to the run's things to repair them, as `pllab why` says: it belongs to the run and goes with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::actions::{self, Match, Naming, Object};
use crate::checks::reply::{list, text};
use crate::cloud::{Clouds, ec2, elbv2};
use crate::engine::calls::perform::{Failure, Polling, Work, clients, perform};
use crate::engine::calls::run_log::{Intent, RunLog};
use crate::engine::event::{Event, Purpose};
use crate::engine::record::journal::JournalError;
use crate::lab::{Kind, Lab, Resource, Side};

/// Takes a listener that does the work of one of the run's, which is gone, for the run's own. Without that, it would
/// keep the target group in use.
///
/// # Errors
/// If the cloud cannot be asked, or the journal cannot be written.
pub async fn adopt_listeners(core: &RunLog, clouds: &Clouds, lab: &Lab) -> Result<(), Failure> {
    for step in &lab.steps {
        for resource in &step.makes {
            let Resource::Listener(listener) = resource else { continue };
            let state = core.state();
            let Some(line) = state.resources.get(&listener.name).filter(|line| line.id().is_some()) else { continue };
            let Some(balancer) = core.fact(&listener.load_balancer, "arn") else { continue };
            let call = elbv2("DescribeListeners", json!({ "LoadBalancerArn": balancer }));
            // The load balancer may be gone too, and its listeners with it.
            let Ok(reply) = clients(clouds, line.side).send(&call).await else { continue };
            let all = list(&reply, "Listeners");
            let old = line.id().unwrap_or_default();
            if all.iter().any(|it| text(it, "ListenerArn") == old) {
                continue;
            }
            let known = |name: &str, fact: &str| core.fact(name, fact);
            let replacement = all.iter().find_map(|it| {
                let object = Object { id: text(it, "ListenerArn").to_owned(), item: it.clone(), more: Vec::new() };
                let report = actions::observe(resource, &object, &known)?;
                report.points.iter().all(|point| point.fit == Match::Right).then_some(report)
            });
            let Some(replacement) = replacement else { continue };
            core.record(&Event::Gone { resource: listener.name.clone(), id: old.to_owned() })?;
            let naming = Naming { run: &state.run, lab: &state.lab, learner: &state.learner, round: line.round };
            let parts = actions::make(resource, &naming);
            if line.yours {
                core.record(&Event::Recognised {
                    step: step.id.clone(),
                    resource: listener.name.clone(),
                    kind: resource.kind(),
                    side: line.side,
                    facts: replacement.facts,
                    uses: line.made_with.clone(),
                    parts: parts.iter().map(|part| part.name.to_string()).collect(),
                })?;
            } else if let Some(part) = parts.first() {
                let intent = Intent {
                    step: &step.id,
                    resource: &listener.name,
                    kind: &resource.kind(),
                    side: line.side,
                    purpose: Purpose::Make,
                    part: &part.name,
                    call: &core.resolve(&part.call)?,
                };
                let number = core.intend(&intent)?;
                core.settle(number, Ok(replacement.facts), true)?;
            }
        }
    }
    Ok(())
}

/// Removes rules that somebody added to the run's groups and that name another group of the run: two groups that name
/// each other can never be deleted. What is refused here is refused again at the deletion, which says so.
///
/// # Errors
/// If the journal cannot be written.
pub async fn untie(
    core: &RunLog,
    clouds: &Clouds,
    patience: Polling,
    goes: &BTreeSet<String>,
) -> Result<(), JournalError> {
    let groups: Vec<(String, String, Side, String)> = core.with(|state| {
        let lines = goes.iter().filter_map(|name| Some((name, state.resources.get(name)?)));
        let groups = lines.filter(|(_, line)| line.kind == Kind::SecurityGroup);
        groups
            .filter_map(|(name, line)| Some((name.clone(), line.id()?.to_owned(), line.side, line.step.clone())))
            .collect()
    });
    let names: BTreeMap<&str, &str> = groups.iter().map(|(name, id, ..)| (id.as_str(), name.as_str())).collect();
    for side in [Side::Provider, Side::Consumer] {
        let ids: Vec<&str> = groups.iter().filter(|(.., its, _)| *its == side).map(|(_, id, ..)| id.as_str()).collect();
        if ids.len() < 2 {
            continue;
        }
        let filters = json!([{ "Name": "group-id", "Values": ids }]);
        let call = ec2("DescribeSecurityGroups", json!({ "Filters": filters }));
        let Ok(reply) = clients(clouds, side).send(&call).await else { continue };
        for (name, id, _, step) in groups.iter().filter(|(.., its, _)| *its == side) {
            let Some(group) = list(&reply, "SecurityGroups").iter().find(|it| text(it, "GroupId") == id) else {
                continue;
            };
            // The ledger knows the rules that the group was made with, and the order of deletion follows them.
            let added = |other: &str| {
                other != id && names.get(other).is_some_and(|other| !core.with(|state| state.needs(name, other)))
            };
            for inbound in [true, false] {
                let key = if inbound { "IpPermissions" } else { "IpPermissionsEgress" };
                let rules: Vec<Value> =
                    list(group, key).iter().filter_map(|rule| naming_groups(rule, &added)).collect();
                if rules.is_empty() {
                    continue;
                }
                let work = Work {
                    step,
                    resource: name,
                    kind: &Kind::SecurityGroup,
                    side,
                    purpose: Purpose::Delete,
                    waiting: None,
                };
                match perform(core, clouds, &patience, &work, &actions::without_rules(name, inbound, &rules)).await {
                    Err(Failure::Journal(error)) => return Err(error),
                    Ok(()) | Err(Failure::Fault(_) | Failure::Unsaid(_)) => {}
                }
            }
        }
    }
    Ok(())
}

/// The part of a rule whose sources or destinations are groups that `wanted` names.
fn naming_groups(rule: &Value, wanted: &dyn Fn(&str) -> bool) -> Option<Value> {
    let groups: Vec<Value> = list(rule, "UserIdGroupPairs")
        .iter()
        .map(|pair| text(pair, "GroupId"))
        .filter(|id| wanted(id))
        .map(|id| json!({ "GroupId": id }))
        .collect();
    let mut part = json!({ "UserIdGroupPairs": groups });
    for key in ["IpProtocol", "FromPort", "ToPort"] {
        if let Some(value) = rule.get(key) {
            part[key] = value.clone();
        }
    }
    (!groups.is_empty()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_groups_in_question_are_taken_out_of_a_rule() {
        let rule = json!({
            "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{ "CidrIp": "10.0.0.0/16" }],
            "UserIdGroupPairs": [{ "GroupId": "sg-1", "UserId": "111122223333" }, { "GroupId": "sg-2" }],
        });
        let part = naming_groups(&rule, &|id| id == "sg-1").expect("it names the group");
        let expected =
            json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": "sg-1" }] });
        assert_eq!(part, expected);
        assert_eq!(naming_groups(&rule, &|id| id == "sg-3"), None);
    }
}
