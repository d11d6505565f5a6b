//! Service Quotas: what an account may hold. The refusals of the other operations use the same numbers.

use serde_json::{Value, json};

use crate::sandbox::wire::{ApiError, Page, Params, Xml};
use crate::sandbox::world::{QUOTAS, Quota};

use super::context::Ctx;

/// `GetServiceQuota`: the value that holds here.
pub fn get(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let quota = find(params)?;
    params.ready_without_dry_run()?;
    Ok(Xml::verbatim(json!({ "Quota": write(ctx, quota, ctx.quota(quota) as u64) }).to_string()))
}

/// `GetAWSDefaultServiceQuota`: the value of a new account.
pub fn get_default(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let quota = find(params)?;
    params.ready_without_dry_run()?;
    Ok(Xml::verbatim(json!({ "Quota": write(ctx, quota, quota.default) }).to_string()))
}

/// `ListServiceQuotas` of one service.
pub fn list(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    list_values(ctx, params, |ctx, quota| ctx.quota(quota) as u64)
}

/// `ListAWSDefaultServiceQuotas` of one service.
pub fn list_defaults(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    list_values(ctx, params, |_, quota| quota.default)
}

fn list_values(ctx: &Ctx<'_>, params: &Params, value: fn(&Ctx<'_>, &Quota) -> u64) -> Result<Xml, ApiError> {
    let service = service(params)?;
    let code = params.get("QuotaCode");
    let page = Page::read(params, 1, 100, false).map_err(|error| {
        let code = if error.code == "InvalidNextToken" { "InvalidPaginationTokenException" } else { &error.code };
        ApiError::new(code, error.message)
    })?;
    // Every quota here belongs to the account.
    let of_account = params.get("QuotaAppliedAtLevel").is_none_or(|level| level != "RESOURCE");
    params.ready_without_dry_run()?;
    let found = QUOTAS.into_iter().filter(|quota| quota.service == service && of_account);
    let found = found.filter(|quota| code.is_none_or(|code| code == quota.code)).collect();
    let (found, next) = page.cut(found, |quota: &&Quota| quota.code.to_owned());
    let quotas: Vec<Value> = found.into_iter().map(|quota| write(ctx, quota, value(ctx, quota))).collect();
    let mut answer = json!({ "Quotas": quotas });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(Xml::verbatim(answer.to_string()))
}

fn service(params: &Params) -> Result<&str, ApiError> {
    let service = params.need("ServiceCode")?;
    if QUOTAS.iter().any(|quota| quota.service == service) {
        return Ok(service);
    }
    Err(no_such("service", service))
}

fn find(params: &Params) -> Result<&'static Quota, ApiError> {
    let service = service(params)?;
    let code = params.need("QuotaCode")?;
    let found = QUOTAS.into_iter().find(|quota| (quota.service, quota.code) == (service, code));
    found.ok_or_else(|| no_such("quota", code))
}

/// The code is AWS's; the words are UNCONFIRMED. Also the answer for a quota that AWS has but the sandbox does not.
fn no_such(what: &str, name: &str) -> ApiError {
    let text = format!("The request failed because the specified {what} does not exist: {name}");
    ApiError::new("NoSuchResourceException", text)
}

fn write(ctx: &Ctx<'_>, quota: &Quota, value: u64) -> Value {
    let name = match quota.service {
        "ec2" => "Amazon Elastic Compute Cloud (Amazon EC2)",
        "vpc" => "Amazon Virtual Private Cloud (Amazon VPC)",
        _ => "Elastic Load Balancing (ELB)",
    };
    json!({
        "ServiceCode": quota.service,
        "ServiceName": name,
        "QuotaArn": ctx.arn("servicequotas", &format!("{}/{}", quota.service, quota.code)),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        // It is a double in AWS's model, so clients read `5.0`.
        "Value": f64::from(u32::try_from(value).unwrap_or(u32::MAX)),
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": false,
        "QuotaAppliedAtLevel": "ACCOUNT",
    })
}
