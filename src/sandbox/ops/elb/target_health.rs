//! `DescribeTargetHealth`. The account's state already decides some targets' health; the others need a probe.

use crate::sandbox::plane::TargetReport;
use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Interface, Kind, Target, TargetGroup};

use super::target::{check_zone, read_asked};
use super::target_group::{balancers_of, find};
use crate::sandbox::ops::shared::context::Ctx;

/// The targets of a call. Those without a verdict need the data plane.
#[derive(Debug)]
pub struct HealthQuestion {
    pub target_group: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    id: String,
    port: u16,
    check_port: String,
    /// The zone's name. Only for addresses, as on AWS.
    zone: Option<String>,
    verdict: Option<Verdict>,
}

/// State, reason and description, as on the wire.
#[derive(Clone, Debug)]
struct Verdict(String, Option<String>, Option<String>);

impl Verdict {
    fn new(state: &str, reason: &str, description: &str) -> Self {
        Self(state.to_owned(), Some(reason.to_owned()), Some(description.to_owned()))
    }
}

impl HealthQuestion {
    pub fn needs_probe(&self) -> bool {
        self.rows.iter().any(|row| row.verdict.is_none())
    }

    /// The answer, with the reports of the data plane.
    pub fn answer(&self, reports: &[TargetReport]) -> Xml {
        let mut xml = Xml::new();
        xml.list("TargetHealthDescriptions", "member", &self.rows, |xml, row| {
            xml.node("Target", |xml| {
                xml.leaf("Id", &row.id).leaf("Port", row.port).maybe("AvailabilityZone", row.zone.as_ref());
            });
            xml.leaf("HealthCheckPort", &row.check_port).node("TargetHealth", |xml| {
                let probed =
                    reports.iter().find(|report| (&report.target.id, report.target.port) == (&row.id, row.port));
                let verdict = row.verdict.clone().or_else(|| {
                    probed.map(|found| Verdict(found.state.clone(), found.reason.clone(), found.description.clone()))
                });
                let Verdict(state, reason, description) = verdict.unwrap_or_else(registering);
                xml.leaf("State", state).maybe("Reason", reason).maybe("Description", description);
            });
            // Zonal shift is not offered here. The words are those of AWS's answers.
            xml.node("AdministrativeOverride", |xml| {
                xml.leaf("State", "no_override").leaf("Reason", "AdministrativeOverride.NoOverride");
                xml.leaf("Description", "No override is currently active on target");
            });
        });
        xml
    }
}

/// Reads the call. At the instant pace this ends the draining of the group's targets and lets time pass for the
/// instances behind them, because a client that waits for a healthy target looks at nothing else.
pub fn ask(ctx: &mut Ctx<'_>, params: &Params) -> Result<HealthQuestion, ApiError> {
    let arn = params.need("TargetGroupArn")?.to_owned();
    let group = find(ctx, &arn)?;
    let wanted = read_asked(params)?;
    wanted.iter().try_for_each(|one| check_zone(ctx, &group, one))?;
    params.ready_without_dry_run()?;
    ctx.touch_targets(&arn);
    let group = find(ctx, &arn)?;
    let mut rows: Vec<Row> = Vec::new();
    for target in &group.targets {
        let asked = wanted.iter().any(|one| one.id == target.id && one.port.is_none_or(|port| port == target.port));
        if asked || (wanted.is_empty() && !target.is_leaving()) {
            let given = target.zone.clone();
            rows.push(row(ctx, &group, &target.id, target.port, given, verdict(ctx, &group, target)));
            ctx.advance_on_read(Kind::Instance, &target.id);
        }
    }
    // What is not registered has an answer too, even an instance that does not exist (moto's
    // `test_describe_unknown_targets`, recorded on AWS).
    for one in &wanted {
        if !rows.iter().any(|row| row.id == one.id && one.port.is_none_or(|port| port == row.port)) {
            let absent = Verdict::new("unused", "Target.NotRegistered", "Target is not registered to the target group");
            rows.push(row(ctx, &group, &one.id, one.port.unwrap_or(group.port), None, Some(absent)));
        }
    }
    Ok(HealthQuestion { target_group: arn, rows })
}

fn row(
    ctx: &Ctx<'_>,
    group: &TargetGroup,
    id: &str,
    port: u16,
    given: Option<String>,
    verdict: Option<Verdict>,
) -> Row {
    let address = (group.target_type == "ip").then(|| id.parse().ok()).flatten();
    let own = || address.and_then(|address| Some(ctx.here().subnet_at(&group.vpc, address)?.zone_name.clone()));
    let zone = given.or_else(own);
    let check_port = if group.check_port == "traffic-port" { port.to_string() } else { group.check_port.clone() };
    Row { id: id.to_owned(), port, check_port, zone, verdict }
}

/// The verdicts that need no probe. An earlier one hides the later ones.
fn verdict(ctx: &Ctx<'_>, group: &TargetGroup, target: &Target) -> Option<Verdict> {
    if target.is_ending() {
        let text = "Target deregistration is in progress";
        return Some(Verdict::new("draining", "Target.DeregistrationInProgress", text));
    }
    let balancers = balancers_of(ctx, &group.arn);
    if balancers.is_empty() {
        let text = "Target group is not configured to receive traffic from the load balancer";
        return Some(Verdict::new("unused", "Target.NotInUse", text));
    }
    let region = ctx.here();
    let instance = region.instances.get(&target.id);
    if group.target_type == "instance" {
        let state = instance.map_or("terminated", |instance| instance.life.state.as_str());
        if state != "running" {
            let text = format!("Target is in the {state} state");
            return Some(Verdict::new("unused", "Target.InvalidState", &text));
        }
    }
    let zone = match &target.zone {
        Some(name) => Some(name.as_str()),
        None => region.zone_of_target(&group.vpc, &target.id),
    };
    let balancers: Vec<_> = balancers.iter().filter_map(|arn| region.balancers.get(arn)).collect();
    let mut nodes = balancers.iter().flat_map(|found| &found.interfaces).filter_map(|id| region.interfaces.get(id));
    let is_there = |node: &Interface| {
        zone == Some("all") || [&node.zone_id, &node.zone_name].map(|it| Some(it.as_str())).contains(&zone)
    };
    if !nodes.any(is_there) {
        let text = "Target is in an Availability Zone that is not enabled for the load balancer";
        return Some(Verdict::new("unused", "Target.NotInUse", text));
    }
    (!balancers.iter().any(|found| found.life.state == "active")).then(registering)
}

/// The state of a target until something is known about it.
fn registering() -> Verdict {
    Verdict::new("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
}
