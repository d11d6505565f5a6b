//! The account: who is signed in, what they may do, which zones there are, what earlier runs have left.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::dry_run;
use super::row::Row;
use crate::checks::cause;
use crate::cloud::{Api, Call, Clients, FaultClass, clock_skew, tags};
use crate::engine::{Leftovers, leftovers};
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Side};
use crate::policy::needs::needs;
use crate::session::exit::Failed;
use crate::session::target::Target;
use crate::session::zone;

/// AWS accepts a signature for about five minutes, EC2 for fifteen [`ERR`: `RequestExpired`].
const SKEW_LIMIT: i64 = 240;

pub fn sides(target: &Target) -> Vec<(Option<Side>, Side)> {
    if target.two_accounts() {
        vec![(Some(Side::Provider), Side::Provider), (Some(Side::Consumer), Side::Consumer)]
    } else {
        vec![(None, Side::Provider)]
    }
}

pub fn clients(target: &Target, side: Side) -> &Clients {
    match side {
        Side::Provider => &target.clouds.provider,
        Side::Consumer => &target.clouds.consumer,
    }
}

pub async fn rows(target: &Target, loaded: &Loaded, learner: &str, flags: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (shown, side) in sides(target) {
        if let Some(who) = target.identities.get(&side) {
            rows.push(Row::ok("identity", m::doctor_identity(), Text::literal(&who.arn)).of(shown));
        }
    }
    rows.push(clock(&target.clouds.provider).await);
    for (shown, side) in sides(target) {
        let both = [Side::Provider, Side::Consumer];
        let meant: &[Side] = if shown.is_none() { &both } else { std::slice::from_ref(&side) };
        match may(clients(target, side), loaded, meant, learner).await {
            Ok(found) => rows.extend(found.into_iter().map(|row| row.of(shown))),
            Err(row) => {
                rows.push(row.of(shown));
                return rows;
            }
        }
    }
    rows.push(zones(target, loaded).await);
    rows.push(linked_role(&target.clouds.provider).await);
    rows.push(left(target, learner, flags).await);
    rows
}

pub fn signed_out(failed: &Failed) -> Row {
    let why = failed.report.as_ref().map_or_else(m::doctor_not_found, |report| report.title.clone());
    // Signing in only helps if the credentials are the problem.
    if matches!(&why, Text::Message { key, .. } if key == "cli-unusable") {
        return Row::unknown("identity", m::doctor_identity(), why);
    }
    Row::problem("identity", m::doctor_identity(), why, m::doctor_identity_todo())
}

/// AWS says in its refusal if the clock is the reason.
pub fn clock_of_refusal(failed: &Failed) -> Row {
    let details = failed.report.iter().flat_map(|report| &report.details);
    let said = details.map(|text| text.render(crate::i18n::Lang::En)).collect::<String>();
    let timed = ["RequestExpired", "RequestTimeTooSkewed", "Signature expired", "Signature not yet current"];
    if timed.iter().any(|word| said.contains(word)) {
        Row::problem("clock", m::doctor_clock(), m::doctor_clock_refused(), m::doctor_clock_todo())
    } else {
        Row::unknown("clock", m::doctor_clock(), m::doctor_clock_unknown())
    }
}

async fn clock(clients: &Clients) -> Row {
    match clock_skew(clients).await {
        None => Row::unknown("clock", m::doctor_clock(), m::doctor_clock_unknown()),
        Some(skew) if skew.abs() > SKEW_LIMIT => {
            Row::problem("clock", m::doctor_clock(), m::doctor_clock_off(skew), m::doctor_clock_todo())
        }
        Some(skew) => Row::ok("clock", m::doctor_clock(), m::doctor_clock_off(skew)),
    }
}

/// Finds out what may be read, by reading, and what may be made, as far as a dry run can tell. `Err` is the only row to
/// show, if the endpoint cannot be used.
async fn may(clients: &Clients, loaded: &Loaded, sides: &[Side], learner: &str) -> Result<Vec<Row>, Row> {
    let (reads, grants) = needs(&loaded.lab, sides);
    let (mut fine, mut denied, mut unclear) = (0, Vec::new(), Vec::new());
    for (api, operation) in reads {
        let Some(params) = question(api, operation, clients.region()) else {
            unclear.push(operation);
            continue;
        };
        let call = Call::new(api, operation, params);
        match clients.send(&call).await {
            Err(fault) if fault.class == FaultClass::Denied => denied.push(operation),
            Err(fault) if fault.cause().is_some() => {
                let (said, todo) =
                    (Text::literal(fault.to_string()), cause(&fault).unwrap_or_else(m::doctor_not_found));
                return Err(Row::problem("endpoint", m::doctor_endpoint(), said, todo));
            }
            Err(fault)
                if matches!(
                    fault.class,
                    FaultClass::Unsupported | FaultClass::Busy | FaultClass::NoAnswer | FaultClass::Unreachable
                ) =>
            {
                unclear.push(operation);
            }
            // Any other refusal comes after AWS has checked the permission.
            Ok(_) | Err(_) => fine += 1,
        }
    }
    let reading = if denied.is_empty() {
        Row::ok("may_read", m::doctor_may_read(), m::doctor_allowed(fine))
    } else {
        let seen = Text::literal(denied.join(", "));
        Row::problem("may_read", m::doctor_may_read(), m::doctor_denied(seen), m::doctor_policy_todo())
            .by(print_policy(&loaded.lab.id))
    };
    let elb: BTreeSet<&str> = grants
        .iter()
        .flat_map(|grant| grant.actions.iter().copied())
        .filter(|action| action.starts_with("elasticloadbalancing:"))
        .collect();
    let tried = dry_run::tried(clients, &loaded.lab, sides, learner).await;
    Ok(vec![reading, tried.row, untried(elb.len(), tried.unclear + unclear.len())])
}

fn print_policy(lab: &str) -> String {
    format!("pllab policy {}", crate::host::shell_word(lab))
}

/// The parameters of a harmless read with a short reply. `None` if the read needs a resource to look at.
fn question(api: Api, operation: &str, region: &str) -> Option<Value> {
    let tagged = json!({ "Filters": [{ "Name": format!("tag:{}", tags::RUN), "Values": ["doctor"] }] });
    Some(match (api, operation) {
        (Api::Ec2, "DescribeTags") => json!({ "Filters": [{ "Name": "key", "Values": [tags::RUN] }] }),
        (Api::Ec2, "DescribeVpcEndpointServices") => {
            json!({ "ServiceNames": [format!("com.amazonaws.{region}.s3")] })
        }
        (Api::Ec2, "DescribeAvailabilityZones" | "DescribeVpcEndpointConnections")
        | (Api::Elbv2, "DescribeLoadBalancers" | "DescribeTargetGroups") => json!({}),
        (Api::Ec2, "DescribeInstanceTypeOfferings") => {
            json!({ "Filters": [{ "Name": "instance-type", "Values": ["t3.micro"] }] })
        }
        // These ask about one resource: a listener's load balancer, a VPC, an instance, a service.
        (Api::Elbv2, _)
        | (_, "DescribeVpcAttribute" | "GetConsoleOutput" | "DescribeVpcEndpointServicePermissions") => return None,
        _ => tagged,
    })
}

fn untried(elb: usize, others: usize) -> Row {
    // Optional: a lab would stop at the first of them, name it, and clean up, so nothing here speaks against trying.
    Row::unknown("untried", m::doctor_untried(), m::DoctorUntriedSeen { elb, others }.text()).optional()
}

async fn zones(target: &Target, loaded: &Loaded) -> Row {
    let (id, what) = ("zones", m::doctor_zones());
    match zone::candidates(target, loaded).await {
        Err(failed) => {
            let why = failed.report.and_then(|report| report.details.into_iter().next());
            Row::unknown(id, what, why.unwrap_or_else(m::doctor_clock_unknown))
        }
        Ok((_, offering, _)) if !offering.is_empty() => Row::ok(id, what, Text::literal(zone::known(&offering))),
        Ok((shared, _, types)) => {
            let types = types.into_iter().collect::<Vec<_>>().join(", ");
            Row::problem(id, what, m::aws_zones_shared(zone::known(&shared)), m::doctor_zones_todo(types))
        }
    }
}

/// ELB makes its own role together with the first load balancer or target group
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>), so the role is
/// there if anything of ELB's is.
async fn linked_role(clients: &Clients) -> Row {
    let (id, what) = ("linked_role", m::doctor_linked_role());
    for (operation, list) in [("DescribeLoadBalancers", "LoadBalancers"), ("DescribeTargetGroups", "TargetGroups")] {
        let call = Call { api: Api::Elbv2, operation, params: serde_json::Map::new() };
        if let Ok(reply) = clients.send(&call).await
            && reply.get(list).and_then(Value::as_array).is_some_and(|all| !all.is_empty())
        {
            return Row::ok(id, what, m::doctor_linked_role_there());
        }
    }
    Row::unknown(id, what, m::doctor_linked_role_unknown()).optional()
}

async fn left(target: &Target, learner: &str, flags: &str) -> Row {
    let (id, what) = ("leftovers", m::doctor_leftovers());
    match leftovers(&target.clouds, &target.accounts).await {
        Err(fault) => Row::unknown(id, what, Text::literal(fault.to_string())).optional(),
        Ok(found) if found.runs.is_empty() => Row::ok(id, what, m::doctor_leftovers_none()),
        Ok(Leftovers { runs: all, .. }) => {
            let mine = all.iter().filter(|it| it.learner == learner).count();
            let seen = m::DoctorLeftoversSome { mine, others: all.len() - mine }.text();
            let command = if mine > 0 { "--all" } else { "--everyone" };
            let row = Row::problem(id, what, seen, m::doctor_leftovers_todo()).optional();
            row.by(format!("pllab clean {command}{flags}"))
        }
    }
}
