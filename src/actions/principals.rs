//! The principals that may request a connection to an endpoint service: a list that can grow and shrink at any time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api_step::{ApiStep, fact};
use super::grant::Grant;
use super::match_report::{Known, Object, Survey};
use super::service_configuration;
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// Adds the account of `side` to the list or removes it, depending on the parameter `list`. Sending either again has
/// the same effect.
pub(super) fn modify(list: &str, service: &str, side: Side) -> Vec<ApiStep> {
    let mut params = json!({ "ServiceId": fact(service, "id") });
    params[list] = Value::from(vec![root(side)]);
    vec![ApiStep::again("modify", ec2("ModifyVpcEndpointServicePermissions", params))]
}

/// The list is not a thing of its own: it is read from the service that it belongs to.
pub(super) fn survey(service: &str) -> Survey {
    service_configuration::survey(service).with(permissions)
}

/// The call that lists the principals that the service `id` allows.
pub(super) fn permissions(id: &str) -> Vec<Call> {
    vec![ec2("DescribeVpcEndpointServicePermissions", json!({ "ServiceId": id }))]
}

/// The principals in the further answers about the service.
pub(super) fn listed(service: &Object) -> BTreeSet<String> {
    service.told("AllowedPrincipals", "Principal")
}

/// A side's whole account as a principal, once the account is known.
pub(super) fn known_root(side: Side, known: &Known<'_>) -> String {
    let account = match side {
        Side::Provider => known("account", "provider"),
        Side::Consumer => known("account", "consumer"),
    };
    format!("arn:aws:iam::{}:root", account.unwrap_or_default())
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:ModifyVpcEndpointServicePermissions"], &["vpc-endpoint-service/*"])]
}

/// A side's whole account, as a principal.
pub(super) fn root(side: Side) -> &'static str {
    match side {
        Side::Provider => "arn:aws:iam::${account.provider}:root",
        Side::Consumer => "arn:aws:iam::${account.consumer}:root",
    }
}

pub(super) fn of(side: Side) -> Text {
    match side {
        Side::Provider => m::side_provider(),
        Side::Consumer => m::side_consumer(),
    }
}
