//! A service's private DNS name, and the proof that its domain is the provider's. Both are states of the service and go with it
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>).

use serde_json::json;

use super::grant::Grant;
use super::part::{Part, ec2, fact};
use crate::lab::{PrivateName, Verification};

pub(super) fn make(private: &PrivateName) -> Vec<Part> {
    let params = json!({ "ServiceId": fact(&private.service, "id"), "PrivateDnsName": private.domain });
    vec![part("name", "ModifyVpcEndpointServiceConfiguration", params)]
}

/// AWS looks for the record in public DNS; asking again only makes it look again.
pub(super) fn verify(verification: &Verification) -> Vec<Part> {
    let params = json!({ "ServiceId": fact(&verification.service, "id") });
    vec![part("verify", "StartVpcEndpointServicePrivateDnsVerification", params)]
}

fn part(name: &'static str, operation: &'static str, params: serde_json::Value) -> Part {
    Part { name, call: ec2(operation, params), facts: &[], find: None, repeat: true }
}

pub(super) fn grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:ModifyVpcEndpointServiceConfiguration"], &["vpc-endpoint-service/*"])]
}

pub(super) fn verify_grants() -> Vec<Grant> {
    vec![Grant::own(&["ec2:StartVpcEndpointServicePrivateDnsVerification"], &["vpc-endpoint-service/*"])]
}
