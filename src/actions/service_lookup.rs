//! The consumer's look at the service: is its name found, and which zones does it cover. Nothing is made.

use serde_json::json;

use super::api_step::{ApiStep, Naming, fact};
use crate::cloud::ec2;
use crate::lab::ServiceLookup;

/// The second look lets the cloud choose: of the given subnets, one in a zone that the service covers. Both looks are the
/// consumer's, so zone names mean the same in both; not every AWS-compatible endpoint gives zone ids here.
pub(super) fn make(lookup: &ServiceLookup, _making: &Naming<'_>) -> Vec<ApiStep> {
    let find = ec2("DescribeVpcEndpointServices", json!({ "ServiceNames": [fact(&lookup.service, "name")] }));
    let subnets: Vec<_> = lookup.subnets.iter().map(|subnet| fact(subnet, "id")).collect();
    let choose = ec2(
        "DescribeSubnets",
        json!({ "Filters": [
            { "Name": "subnet-id", "Values": subnets },
            { "Name": "availability-zone", "Values": [fact(&lookup.name, "zones")] },
        ] }),
    );
    vec![
        ApiStep {
            name: "find",
            call: find,
            facts: &[
                ("name", "ServiceDetails[0].ServiceName"),
                ("zones", "join(',', ServiceDetails[0].AvailabilityZones)"),
            ],
            find: None,
            repeat: true,
        },
        ApiStep { name: "choose", call: choose, facts: &[("subnet", "Subnets[0].SubnetId")], find: None, repeat: true },
    ]
}
