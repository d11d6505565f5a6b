//! The consumer's look at the service: whether its name is found, and which zones it covers. It makes nothing.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::cloud::ec2;
use crate::i18n::{Text, m};
use crate::lab::{Lab, ServiceLookup};

impl ResourceKind for ServiceLookup {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_service_lookup(name)
    }
}

impl LabResource for ServiceLookup {
    /// The second look lets the cloud choose one of the given subnets in a zone that the service covers. The consumer
    /// makes both looks, so zone names mean the same in both; not every AWS-compatible endpoint returns zone ids
    /// here.
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        let find = ec2("DescribeVpcEndpointServices", json!({ "ServiceNames": [fact(&self.service, "name")] }));
        let subnets: Vec<_> = self.subnets.iter().map(|subnet| fact(subnet, "id")).collect();
        let choose = ec2(
            "DescribeSubnets",
            json!({ "Filters": [
                { "Name": "subnet-id", "Values": subnets },
                { "Name": "availability-zone", "Values": [fact(&self.name, "zones")] },
            ] }),
        );
        vec![
            ApiStep::again("find", find).tells(
                "",
                &[
                    ("name", "ServiceDetails[0].ServiceName"),
                    ("zones", "join(',', ServiceDetails[0].AvailabilityZones)"),
                ],
            ),
            ApiStep::again("choose", choose).tells("Subnets[0]", &[("subnet", "SubnetId")]),
        ]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_service_lookup()
    }

    fn survey(&self) -> Option<Survey> {
        None
    }

    fn observe(&self, _: &Object, _: &Known<'_>) -> Option<MatchReport> {
        None
    }

    /// [`crate::actions::reads`] covers looking.
    fn grants(&self) -> Vec<Grant> {
        Vec::new()
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
