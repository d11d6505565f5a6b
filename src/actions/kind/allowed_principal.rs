//! A principal that an endpoint service allows.

use crate::actions::api_step::{ApiStep, Naming};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, Match, MatchReport, Object, Survey, shown_all};
use crate::actions::principals;
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing};
use crate::i18n::{Text, m};
use crate::lab::{AllowedPrincipal, Lab};

impl ResourceKind for AllowedPrincipal {
    const THING: Option<Thing> = None;
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_principal(name)
    }
}

impl LabResource for AllowedPrincipal {
    fn make(&self, _: &Naming<'_>) -> Vec<ApiStep> {
        principals::modify("AddAllowedPrincipals", &self.service, self.side)
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionAllowedPrincipal { service: &self.service, side: principals::of(self.side) }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(principals::survey(&self.service))
    }

    /// An empty list means not done yet; another principal is wrong. A star allows every account, including this one.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let (root, allowed) = (principals::known_root(self.side, known), principals::listed(object));
        let fit = match () {
            () if allowed.contains(&root) || allowed.contains("*") => Match::Right,
            () if allowed.is_empty() => Match::Open,
            () => Match::Wrong,
        };
        Some(MatchReport::of(object, &[]).point(m::point_principals(), root, shown_all(&allowed), fit))
    }

    fn grants(&self) -> Vec<Grant> {
        principals::grants()
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
