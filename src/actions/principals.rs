//! Who may ask an endpoint service for a connection: a list that is added to, and taken from, at any time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api_step::{ApiStep, fact};
use super::grant::Grant;
use super::match_report::{Known, Object, Survey};
use super::service_configuration;
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// Adds the account of `side` to the list, or takes it away: `list` is the parameter that does. Either has the same effect when
/// it is sent again.
pub(super) fn modify(list: &str, service: &str, side: Side) -> Vec<ApiStep> {
    let mut params = json!({ "ServiceId": fact(service, "id") });
    params[list] = Value::from(vec![root(side)]);
    vec![ApiStep::again("modify", ec2("ModifyVpcEndpointServicePermissions", params))]
}

/// The list is no thing of its own: it is asked of the service that it belongs to.
pub(super) fn survey(service: &str) -> Survey {
    service_configuration::survey(service).with(permissions)
}

/// Who may ask the service `id`.
pub(super) fn permissions(id: &str) -> Vec<Call> {
    vec![ec2("DescribeVpcEndpointServicePermissions", json!({ "ServiceId": id }))]
}

/// The principals in what else was asked of the service.
pub(super) fn listed(service: &Object) -> BTreeSet<String> {
    service.told("AllowedPrincipals", "Principal")
}

/// A side's whole account, as it is called once the account is known.
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

/// A side in words.
pub(super) fn of(side: Side) -> Text {
    match side {
        Side::Provider => m::side_provider(),
        Side::Consumer => m::side_consumer(),
    }
}
