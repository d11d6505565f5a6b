//! The provider's acceptance of a connection request.

use crate::actions::api_step::{ApiStep, Naming};
use crate::actions::connection;
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::i18n::{Text, m};
use crate::lab::{Acceptance, Lab};

impl ResourceKind for Acceptance {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_acceptance(name)
    }
}

impl LabResource for Acceptance {
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        connection::word("AcceptVpcEndpointConnections", &self.service, &self.endpoint)
    }

    fn plan(&self, _: &Lab) -> Text {
        m::action_acceptance()
    }

    fn survey(&self) -> Option<Survey> {
        Some(connection::survey(&self.service))
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        connection::observe(&self.endpoint, "available", object, known)
    }

    fn grants(&self) -> Vec<Grant> {
        vec![Grant::own(&["ec2:AcceptVpcEndpointConnections"], &["vpc-endpoint-service/*"])]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
