//! The verification of a private DNS name: AWS looks for the record in public DNS.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::actions::service_configuration;
use crate::cloud::ec2;
use crate::i18n::{Text, m};
use crate::lab::{Lab, Verification};

impl ResourceKind for Verification {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_verification(name)
    }
}

impl LabResource for Verification {
    /// Repeating the request only makes AWS look again.
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        let params = json!({ "ServiceId": fact(&self.service, "id") });
        vec![ApiStep::again("verify", ec2("StartVpcEndpointServicePrivateDnsVerification", params))]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_verification(&self.service)
    }

    fn survey(&self) -> Option<Survey> {
        Some(service_configuration::survey(&self.service))
    }

    /// A verdict that AWS has not reached yet counts as not done yet.
    fn observe(&self, object: &Object, _: &Known<'_>) -> Option<MatchReport> {
        let seen = object.text("PrivateDnsNameConfiguration.State");
        let fit = match seen.as_str() {
            "verified" => Match::Right,
            "failed" => Match::Wrong,
            _ => Match::Open,
        };
        Some(MatchReport::of(object, &[]).point(m::point_verification(), "verified", seen, fit))
    }

    fn grants(&self) -> Vec<Grant> {
        vec![Grant::own(&["ec2:StartVpcEndpointServicePrivateDnsVerification"], &["vpc-endpoint-service/*"])]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
