//! The provider's view of an endpoint service. Its private DNS name, and the proof that the provider owns the domain,
//! are states of the service and disappear with it
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>).

use serde_json::json;

use super::api_step::fact;
use super::match_report::Survey;
use crate::cloud::{Call, ec2};

/// The call that shows the service's private name and the record to publish.
pub(super) fn configuration(service: &str) -> Call {
    ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [fact(service, "id")] }))
}

/// For properties read from the service, whose id is known.
pub(super) fn survey(service: &str) -> Survey {
    Survey { lasts: false, ..Survey::new(configuration(service), "ServiceConfigurations", "ServiceId") }
}
