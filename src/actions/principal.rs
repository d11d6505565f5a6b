//! Who may ask an endpoint service for a connection: a list that is added to, and taken from, at any time.

use serde_json::{Value, json};

use super::grant::Grant;
use super::part::{Part, ec2, fact};
use crate::i18n::{Text, m};
use crate::lab::{Principal, Side};

/// Allowing who is allowed changes nothing, so an unanswered call is sent again.
pub(super) fn allow(principal: &Principal) -> Vec<Part> {
    modify(principal, "AddAllowedPrincipals")
}

/// Connections that were accepted before stay
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html>).
pub(super) fn remove(principal: &Principal) -> Vec<Part> {
    modify(principal, "RemoveAllowedPrincipals")
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

fn modify(principal: &Principal, list: &str) -> Vec<Part> {
    let mut params = json!({ "ServiceId": fact(&principal.service, "id") });
    params[list] = Value::from(vec![root(principal.side)]);
    let call = ec2("ModifyVpcEndpointServicePermissions", params);
    vec![Part { name: "modify", call, facts: &[], find: None, repeat: true }]
}
