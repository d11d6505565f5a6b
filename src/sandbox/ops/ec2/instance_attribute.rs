//! The attributes of an instance that can change after its launch, one per call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Instance, InstanceType, instance_type};

use super::instance::{LOOKUP, write_volumes};
use super::instance_launch::read_user_data;
use super::security_group::{check_count, check_in_vpc};
use crate::sandbox::ops::shared::context::{Ctx, group_set};
use crate::sandbox::ops::shared::describe::{one, select};
use crate::sandbox::ops::shared::names;

/// `DescribeInstanceAttribute`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let instance = names::INSTANCE.find(&ctx.here().instances, params.need("InstanceId")?)?;
    let attribute = params.need("Attribute")?;
    let mut xml = Xml::new();
    xml.leaf("instanceId", &instance.id);
    let mut value = |text: Option<String>| {
        xml.node(attribute, |xml| {
            xml.maybe("value", text);
        });
    };
    match attribute {
        "disableApiTermination" => value(Some(instance.protected.to_string())),
        "instanceType" => value(Some(instance.kind.clone())),
        "userData" => value((!instance.user_data.is_empty()).then(|| STANDARD.encode(&instance.user_data))),
        "instanceInitiatedShutdownBehavior" => value(Some("stop".to_owned())),
        "rootDeviceName" => value(Some(instance.image().root_device().to_owned())),
        "sourceDestCheck" | "enaSupport" => value(Some("true".to_owned())),
        "ebsOptimized" | "disableApiStop" => value(Some("false".to_owned())),
        "kernel" | "ramdisk" => value(None),
        "groupSet" => group_set(&mut xml, ctx.here(), &instance.groups),
        "blockDeviceMapping" => write_volumes(&mut xml, instance),
        other => return Err(ApiError::not_modelled("InvalidParameterValue", &format!("the attribute {other}"))),
    }
    params.ready()?;
    Ok(xml)
}

/// `DescribeInstanceCreditSpecifications`. Without ids, only the instances with unlimited credits
/// (API:DescribeInstanceCreditSpecifications).
pub fn describe_credits(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let ids = params.list("InstanceId")?;
    let filters = Filters::read(params, &["instance-id"])?;
    let page = Page::read(params, 5, 1000, !ids.is_empty())?;
    params.ready()?;
    let is_burstable = |found: &Instance| instance_type(&found.kind).is_some_and(InstanceType::is_burstable);
    let all = select(ctx, &LOOKUP, &ids, &filters, |_, instance, _| one(&instance.id))?;
    if let Some(other) = all.iter().find(|found| ids.contains(&found.id) && !is_burstable(found)) {
        // The words are UNCONFIRMED.
        let text = format!("The instance '{}' does not support CPU credits: {}", other.id, other.kind);
        return Err(ApiError::new("InstanceCreditSpecification.NotSupported", text));
    }
    let shown = |found: &Instance| is_burstable(found) && (!ids.is_empty() || found.credits == "unlimited");
    let found = all.into_iter().filter(shown).collect();
    let (found, next) = page.cut(found, |found: &Instance| found.id.clone());
    let mut xml = Xml::new();
    xml.list("instanceCreditSpecificationSet", "item", &found, |xml, found| {
        xml.leaf("instanceId", &found.id).leaf("cpuCredits", &found.credits);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// The one attribute that `ModifyInstanceAttribute` sets.
enum Change {
    Groups(Vec<String>),
    Protected(bool),
    Type(String),
    UserData(String),
    Nothing,
}

/// `ModifyInstanceAttribute`. Instance type and user data can only change while the instance is stopped.
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let instance = names::INSTANCE.find(&ctx.here().instances, params.need("InstanceId")?)?.clone();
    let change = read(ctx, params, &instance)?;
    params.ready()?;
    let region = ctx.here_mut();
    if let Change::Groups(groups) = &change
        && let Some(interface) = region.interfaces.get_mut(&instance.interface)
    {
        interface.groups.clone_from(groups);
    }
    if let Some(found) = region.instances.get_mut(&instance.id) {
        match change {
            Change::Groups(groups) => found.groups = groups,
            Change::Protected(protected) => found.protected = protected,
            Change::Type(kind) => found.kind = kind,
            Change::UserData(text) => found.user_data = text,
            Change::Nothing => {}
        }
    }
    Ok(Xml::done())
}

fn read(ctx: &Ctx<'_>, params: &Params, instance: &Instance) -> Result<Change, ApiError> {
    // The older form has the attribute's name as a value; the newer form has it as the parameter.
    let (named, plain) = (params.get("Attribute"), params.get("Value"));
    let given = |attribute: &str, parameter: &str| {
        let newer = params.get(&format!("{parameter}.Value"));
        newer.or_else(|| plain.filter(|_| named == Some(attribute)))
    };
    let flag = |attribute: &str, parameter: &str| match given(attribute, parameter) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(ApiError::value(attribute, other, "Expected true or false.")),
    };
    let mut changes = Vec::new();
    let groups = params.list("GroupId")?;
    if !groups.is_empty() {
        check_in_vpc(ctx, &groups, &instance.vpc, &format!("VPC {}", instance.vpc))?;
        check_count(ctx, &groups)?;
        changes.push(Change::Groups(groups));
    }
    if let Some(protected) = flag("disableApiTermination", "DisableApiTermination")? {
        changes.push(Change::Protected(protected));
    }
    if let Some(check) = flag("sourceDestCheck", "SourceDestCheck")? {
        if !check {
            return Err(ApiError::not_modelled("InvalidParameterValue", "sourceDestCheck=false"));
        }
        changes.push(Change::Nothing);
    }
    if let Some(kind) = given("instanceType", "InstanceType") {
        stopped(instance)?;
        let known = instance_type(kind);
        let fits = known.is_some_and(|known| known.architecture == instance.image().architecture);
        if !fits {
            // "If the instance type is not valid, the error returned is InvalidInstanceAttributeValue"
            // (API:ModifyInstanceAttribute). The words are UNCONFIRMED.
            let text = format!("The instance type '{kind}' is not valid for the instance.");
            return Err(ApiError::new("InvalidInstanceAttributeValue", text));
        }
        changes.push(Change::Type(kind.to_owned()));
    }
    if let Some(text) = given("userData", "UserData") {
        stopped(instance)?;
        changes.push(Change::UserData(read_user_data(Some(text))?));
    }
    match (changes.pop(), changes.is_empty(), named) {
        (Some(change), true, _) => Ok(change),
        (None, _, Some(other)) => {
            Err(ApiError::not_modelled("InvalidParameterValue", &format!("changing the attribute {other}")))
        }
        (None, _, None) => Err(ApiError::new("MissingParameter", "No attributes specified.")),
        _ => Err(ApiError::new(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified: a call changes one attribute",
        )),
    }
}

fn stopped(instance: &Instance) -> Result<(), ApiError> {
    if instance.life.state == "stopped" {
        return Ok(());
    }
    let text = format!("The instance '{}' is not in the 'stopped' state.", instance.id);
    Err(ApiError::new("IncorrectInstanceState", text))
}
