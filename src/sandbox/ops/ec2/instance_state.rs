//! Instances over time: stop, start, terminate, status checks, console output.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::plane::Console;
use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Instance, Kind, Life};

use super::instance::{LOOKUP, write_state};
use super::vpc::only;
use crate::sandbox::ops::shared::context::{Ctx, unmanaged};
use crate::sandbox::ops::shared::describe::{one, select};
use crate::sandbox::ops::shared::names;

/// A call for an instance's console output. The data plane has the answer.
#[derive(Debug)]
pub struct ConsoleQuestion {
    pub instance: String,
}

impl ConsoleQuestion {
    /// The answer of `GetConsoleOutput`. AWS omits `output` until something was written.
    pub fn answer(&self, console: &Console) -> Xml {
        let mut xml = Xml::new();
        xml.leaf("instanceId", &self.instance).leaf("timestamp", format!("{:.3}", console.updated));
        let text = (!console.text.is_empty()).then(|| STANDARD.encode(&console.text));
        xml.maybe("output", text);
        xml
    }
}

/// `GetConsoleOutput`.
pub fn console(ctx: &mut Ctx<'_>, params: &Params) -> Result<ConsoleQuestion, ApiError> {
    let id = params.need("InstanceId")?;
    let latest = params.flag("Latest")?.unwrap_or(false);
    let instance = names::INSTANCE.find(&ctx.here().instances, id)?;
    if latest && instance.kind.starts_with("t2.") {
        let text = "This instance type does not support retrieving the latest console logs.";
        return Err(ApiError::new("UnsupportedOperation", text));
    }
    params.ready()?;
    ctx.advance_on_read(Kind::Instance, id);
    Ok(ConsoleQuestion { instance: id.to_owned() })
}

/// `DescribeInstanceStatus`: running instances only, unless all are asked for.
pub fn describe_status(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("InstanceId")?;
    let everyone = params.flag("IncludeAllInstances")?.unwrap_or(false);
    let known = [
        "attached-ebs-status.status",
        "availability-zone",
        "availability-zone-id",
        "instance-state-code",
        "instance-state-name",
        "instance-status.reachability",
        "instance-status.status",
        "operator.managed",
        "system-status.reachability",
        "system-status.status",
    ];
    // Nothing is ever scheduled for an instance here.
    let absent = [
        "event.code",
        "event.description",
        "event.instance-event-id",
        "event.not-after",
        "event.not-before",
        "event.not-before-deadline",
        "operator.principal",
    ];
    let filters = Filters::read_beside(params, &known, &absent)?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let found = select(ctx, &LOOKUP, &ids, &filters, |_, instance, name| match name {
        "availability-zone" => one(&instance.zone_name),
        "availability-zone-id" => one(&instance.zone_id),
        "instance-state-code" => one(Instance::code(&instance.life.state)),
        "instance-state-name" => one(&instance.life.state),
        "instance-status.reachability" | "system-status.reachability" => reachability(instance).into_iter().collect(),
        "operator.managed" => one(false),
        _ => one(&instance.checks.state),
    })?;
    let found = found.into_iter().filter(|instance| everyone || instance.life.state == "running").collect();
    let (found, next) = page.cut(found, |instance: &Instance| instance.id.clone());
    let mut xml = Xml::new();
    xml.list("instanceStatusSet", "item", &found, |xml, instance| {
        xml.leaf("instanceId", &instance.id).leaf("availabilityZone", &instance.zone_name);
        xml.leaf("availabilityZoneId", &instance.zone_id);
        write_state(xml, "instanceState", &instance.life.state);
        let status = instance.checks.state.as_str();
        unmanaged(xml);
        for name in ["systemStatus", "instanceStatus", "attachedEbsStatus"] {
            xml.node(name, |xml| {
                xml.leaf("status", status);
                if let Some(reachability) = reachability(instance) {
                    xml.list("details", "item", [reachability], |xml, value| {
                        xml.leaf("name", "reachability").leaf("status", value);
                    });
                }
            });
        }
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// The result of the reachability checks; `None` while the instance does not run.
fn reachability(instance: &Instance) -> Option<String> {
    match instance.checks.state.as_str() {
        "not-applicable" => None,
        "ok" => Some("passed".to_owned()),
        status => Some(status.to_owned()),
    }
}

/// `TerminateInstances`: all of the ids, or none if one is bad (API:TerminateInstances).
pub fn terminate(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params)?;
    only(params, "Force", &["false"])?;
    only(params, "SkipOsShutdown", &["false"])?;
    if let Some(id) = ids.iter().find(|id| ctx.here().instances[*id].protected) {
        let text = format!(
            "The instance '{id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try \
             again."
        );
        return Err(ApiError::new("OperationNotPermitted", text));
    }
    params.ready()?;
    Ok(change(ctx, &ids, |state| (!["shutting-down", "terminated"].contains(&state)).then_some("shutting-down")))
}

/// `StopInstances`.
pub fn stop(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params)?;
    params.flag("Force")?;
    only(params, "Hibernate", &["false"])?;
    only(params, "SkipOsShutdown", &["false"])?;
    check_state(ctx, &ids, &["running", "stopping", "stopped"], "stopped")?;
    params.ready()?;
    Ok(change(ctx, &ids, |state| (state == "running").then_some("stopping")))
}

/// `StartInstances`.
pub fn start(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params)?;
    check_state(ctx, &ids, &["stopped", "pending", "running"], "started")?;
    params.ready()?;
    Ok(change(ctx, &ids, |state| (state == "stopped").then_some("pending")))
}

/// `RebootInstances`: succeeds for the account's own instances, and changes nothing for one that does not run
/// (API:RebootInstances). A rebooted instance keeps its state, its addresses and its disk.
pub fn reboot(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = ids(ctx, params)?;
    params.ready()?;
    for id in &ids {
        if let Some(instance) = ctx.here_mut().instances.get_mut(id)
            && instance.life.state == "running"
        {
            instance.reboots = instance.reboots.wrapping_add(1);
        }
    }
    Ok(Xml::done())
}

fn ids(ctx: &Ctx<'_>, params: &Params) -> Result<Vec<String>, ApiError> {
    let ids = params.list("InstanceId")?;
    if ids.is_empty() {
        // Seen from AWS by gruntwork-io/cloud-nuke#731.
        return Err(ApiError::new("InvalidParameterCombination", "No instances specified"));
    }
    names::INSTANCE.find_all(&ctx.here().instances, &ids)?;
    Ok(ids)
}

fn check_state(ctx: &Ctx<'_>, ids: &[String], allowed: &[&str], verb: &str) -> Result<(), ApiError> {
    let wrong = ids.iter().find(|id| !allowed.contains(&ctx.here().instances[*id].life.state.as_str()));
    wrong.map_or(Ok(()), |id| {
        let which = if verb == "stopped" { "This" } else { "The" };
        let text = format!("{which} instance '{id}' is not in a state from which it can be {verb}.");
        Err(ApiError::new("IncorrectInstanceState", text))
    })
}

/// Moves each instance to the state that `next` returns for its current one, and reports both.
fn change(ctx: &mut Ctx<'_>, ids: &[String], next: impl Fn(&str) -> Option<&'static str>) -> Xml {
    let timing = ctx.timing();
    let mut xml = Xml::new();
    xml.list("instancesSet", "item", ids, |xml, id| {
        let Some(instance) = ctx.here_mut().instances.get_mut(id) else { return };
        let before = instance.life.state.clone();
        if let Some(state) = next(&before) {
            instance.life = Life::enter(Kind::Instance, state, timing);
            instance.checks = Life { state: "not-applicable".to_owned(), due: None };
            let asked = "Client.UserInitiatedShutdown";
            instance.asked = (state != "pending").then(|| timing.at.as_millisecond());
            instance.reason =
                (state != "pending").then(|| (asked.to_owned(), format!("{asked}: User initiated shutdown")));
        }
        xml.leaf("instanceId", id);
        write_state(xml, "currentState", &instance.life.state);
        write_state(xml, "previousState", &before);
    });
    xml
}
