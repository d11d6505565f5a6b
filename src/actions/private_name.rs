//! A service's private DNS name, and the proof that its domain is the provider's. Both are states of the service and go with it
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>).

use serde_json::json;

use super::api_step::{ApiStep, fact};
use super::grant::Grant;
use super::match_report::{Match, MatchReport, Object, Survey};
use crate::cloud::{Call, ec2};
use crate::i18n::m;
use crate::lab::{PrivateName, Verification};

pub(super) fn make(private: &PrivateName) -> Vec<ApiStep> {
    let params = json!({ "ServiceId": fact(&private.service, "id"), "PrivateDnsName": private.domain });
    vec![part("name", "ModifyVpcEndpointServiceConfiguration", params)]
}

/// AWS looks for the record in public DNS; asking again only makes it look again.
pub(super) fn verify(verification: &Verification) -> Vec<ApiStep> {
    let params = json!({ "ServiceId": fact(&verification.service, "id") });
    vec![part("verify", "StartVpcEndpointServicePrivateDnsVerification", params)]
}

/// Both are read off the service, which is known.
pub(super) fn survey(service: &str) -> Survey {
    Survey { lasts: false, ..Survey::new(configuration(service), "ServiceConfigurations", "ServiceId") }
}

/// What the provider sees of the service: its private name, and the record that is to be published.
pub(super) fn configuration(service: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(service, "id")] }))
}

/// No name is where it begins; another one is wrong.
pub(super) fn observe(private: &PrivateName, object: &Object) -> MatchReport {
    let seen = object.text("PrivateDnsName");
    let sighting = MatchReport::of(object, &[]);
    if seen.is_empty() {
        sighting.point(m::point_domain(), private.domain.as_str(), m::watch_nothing(), Match::Open)
    } else {
        sighting.value(m::point_domain(), &private.domain, &seen)
    }
}

/// AWS needs a while for its verdict.
pub(super) fn observe_verified(object: &Object) -> MatchReport {
    let seen = object.text("PrivateDnsNameConfiguration.State");
    let fit = match seen.as_str() {
        "verified" => Match::Right,
        "failed" => Match::Wrong,
        _ => Match::Open,
    };
    MatchReport::of(object, &[]).point(m::point_verification(), "verified", seen, fit)
}

fn part(name: &'static str, operation: &'static str, params: serde_json::Value) -> ApiStep {
    ApiStep { name, call: ec2(operation, params), facts: &[], find: None, repeat: true }
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:ModifyVpcEndpointServiceConfiguration"], &["vpc-endpoint-service/*"])]
}

pub(super) fn verify_grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:StartVpcEndpointServicePrivateDnsVerification"], &["vpc-endpoint-service/*"])]
}
