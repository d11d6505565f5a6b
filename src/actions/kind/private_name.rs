//! The private DNS name that an endpoint service offers.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::actions::service_configuration;
use crate::cloud::ec2;
use crate::i18n::{Text, m};
use crate::lab::{Lab, PrivateName};

impl ResourceKind for PrivateName {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_private_name(name)
    }
}

impl LabResource for PrivateName {
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        let params = json!({ "ServiceId": fact(&self.service, "id"), "PrivateDnsName": self.domain });
        vec![ApiStep::again("name", ec2("ModifyVpcEndpointServiceConfiguration", params))]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionPrivateName { domain: &self.domain, service: &self.service }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(service_configuration::survey(&self.service))
    }

    /// No name is the default, so it counts as not done yet; another name is wrong.
    fn observe(&self, object: &Object, _: &Known<'_>) -> Option<MatchReport> {
        let seen = object.text("PrivateDnsName");
        let report = MatchReport::of(object, &[]);
        Some(if seen.is_empty() {
            report.point(m::point_domain(), self.domain.as_str(), m::watch_nothing(), Match::Open)
        } else {
            report.value(m::point_domain(), &self.domain, &seen)
        })
    }

    fn grants(&self) -> Vec<Grant> {
        vec![Grant::own(&["ec2:ModifyVpcEndpointServiceConfiguration"], &["vpc-endpoint-service/*"])]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
