//! What the provider sees of an endpoint service. Its private DNS name, and the proof that the domain is the provider's, are states
//! of the service and go with it (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>).

use serde_json::json;

use super::api_step::fact;
use super::match_report::Survey;
use crate::cloud::{Call, ec2};

/// The service's private name, and the record that is to be published.
pub(super) fn configuration(service: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(service, "id")] }))
}

/// For what is read off the service, which is known.
pub(super) fn survey(service: &str) -> Survey {
    Survey { lasts: false, ..Survey::new(configuration(service), "ServiceConfigurations", "ServiceId") }
}
