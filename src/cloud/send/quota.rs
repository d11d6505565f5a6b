//! Service Quotas: the limits of an account.

use aws_sdk_servicequotas::types::ServiceQuota;
use serde_json::{Value, json};

use super::params::read;
use super::reply::Reply;
use crate::cloud::fault::Fault;
use crate::cloud::sdk_fault::fault;
use crate::cloud::{Call, Clients};

/// Sends a call once; `None` if its operation is not in this file.
pub(super) async fn send(clients: &Clients, call: &Call) -> Option<Result<Value, Fault>> {
    Some(match call.operation {
        "GetServiceQuota" => get(clients, call).await,
        "GetAWSDefaultServiceQuota" => get_default(clients, call).await,
        _ => return None,
    })
}

async fn get(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        let request = clients.quotas.get_service_quota().set_service_code(p.text("ServiceCode")?);
        Ok(request.set_quota_code(p.text("QuotaCode")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("Quota", reply.quota(), quota).end())
}

async fn get_default(clients: &Clients, call: &Call) -> Result<Value, Fault> {
    let request = read(&call.params, |p| {
        let request = clients.quotas.get_aws_default_service_quota().set_service_code(p.text("ServiceCode")?);
        Ok(request.set_quota_code(p.text("QuotaCode")?))
    })?;
    let reply = request.send().await.map_err(fault)?;
    Ok(Reply::new().part("Quota", reply.quota(), quota).end())
}

fn quota(quota: &ServiceQuota) -> Value {
    let words = Reply::new()
        .text("ServiceCode", quota.service_code())
        .text("QuotaCode", quota.quota_code())
        .text("QuotaName", quota.quota_name())
        .flag("Adjustable", Some(quota.adjustable()));
    let mut words = words.end();
    if let Some(value) = quota.value() {
        words["Value"] = json!(value);
    }
    words
}
