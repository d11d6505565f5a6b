//! A principal that an endpoint service no longer allows. Connections accepted earlier stay
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html>).

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, shown_all};
use crate::actions::principals;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::cloud::ec2;
use crate::i18n::{Text, m};
use crate::lab::{Lab, RemovedPrincipal};

impl ResourceKind for RemovedPrincipal {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_principal(name)
    }
}

impl LabResource for RemovedPrincipal {
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        principals::modify("RemoveAllowedPrincipals", &self.service, self.side)
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionRemovedPrincipal { service: &self.service, side: principals::of(self.side) }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(principals::survey(&self.service))
    }

    /// Still listed means not done yet. A star in its place is wrong.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let (root, allowed) = (principals::known_root(self.side, known), principals::listed(object));
        let fit = match () {
            () if allowed.contains("*") => Match::Wrong,
            () if allowed.contains(&root) => Match::Open,
            () => Match::Right,
        };
        let wanted = m::watch_without(root.as_str());
        // A list with a star and the account needs both removed.
        let all: Vec<&String> = allowed.iter().filter(|who| **who == "*" || **who == root).collect();
        let params = json!({ "ServiceId": object.id, "RemoveAllowedPrincipals": all });
        let report = MatchReport::of(object, &[]).point(m::point_principals(), wanted, shown_all(&allowed), fit);
        Some(report.mended([ec2("ModifyVpcEndpointServicePermissions", params)]))
    }

    fn grants(&self) -> Vec<Grant> {
        principals::grants()
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
