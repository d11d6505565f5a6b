//! Who may ask an endpoint service for a connection: a list that is added to, and taken from, at any time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api_step::{ApiStep, fact};
use super::grant::Grant;
use super::match_report::{Known, Match, MatchReport, Object, Survey, shown_all};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::{Principal, Side};

/// Allowing who is allowed changes nothing, so an unanswered call is sent again.
pub(super) fn allow(principal: &Principal) -> Vec<ApiStep> {
    modify(principal, "AddAllowedPrincipals")
}

/// Connections that were accepted before stay
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html>).
pub(super) fn remove(principal: &Principal) -> Vec<ApiStep> {
    modify(principal, "RemoveAllowedPrincipals")
}

/// The list is no thing of its own: it is asked of the service that it belongs to.
pub(super) fn survey(principal: &Principal) -> Survey {
    let params = json!({ "ServiceIds": [fact(&principal.service, "id")] });
    let list = ec2("DescribeVpcEndpointServiceConfigurations", params);
    let survey = Survey::new(list, "ServiceConfigurations", "ServiceId");
    Survey { lasts: false, ..survey.with(permissions) }
}

/// Who may ask the service `id`.
pub(super) fn permissions(id: &str) -> Vec<Call> {
    vec![ec2("DescribeVpcEndpointServicePermissions", json!({ "ServiceId": id }))]
}

/// Nobody yet is open; somebody else is wrong. A star allows every account, this one too.
pub(super) fn observe_allowed(principal: &Principal, object: &Object, known: &Known<'_>) -> MatchReport {
    let (root, allowed) = (known_root(principal.side, known), listed(object));
    let fit = match () {
        () if allowed.contains(&root) || allowed.contains("*") => Match::Right,
        () if allowed.is_empty() => Match::Open,
        () => Match::Wrong,
    };
    MatchReport::of(object, &[]).point(m::point_principals(), root, shown_all(&allowed), fit)
}

/// Still there is open: nothing was done yet. A star in its place is wrong.
pub(super) fn observe_removed(principal: &Principal, object: &Object, known: &Known<'_>) -> MatchReport {
    let (root, allowed) = (known_root(principal.side, known), listed(object));
    let fit = match () {
        () if allowed.contains("*") => Match::Wrong,
        () if allowed.contains(&root) => Match::Open,
        () => Match::Right,
    };
    MatchReport::of(object, &[]).point(m::point_principals(), m::watch_without(root), shown_all(&allowed), fit)
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

fn modify(principal: &Principal, list: &str) -> Vec<ApiStep> {
    let mut params = json!({ "ServiceId": fact(&principal.service, "id") });
    params[list] = Value::from(vec![root(principal.side)]);
    let call = ec2("ModifyVpcEndpointServicePermissions", params);
    vec![ApiStep { name: "modify", call, facts: &[], find: None, repeat: true }]
}
