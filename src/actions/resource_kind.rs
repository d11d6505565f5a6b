//! What every kind of resource must say of itself. Nothing here has a default: a kind that lacks an answer does not compile.

use serde_json::Value;

use super::api_step::{ApiStep, Naming, Places};
use super::cost::Costs;
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::Call;
use crate::i18n::Text;
use crate::lab::{Lab, Side};

/// What is true of a kind. A clean-up goes by this and a name alone, whatever became of the lab's files since.
pub(super) trait ResourceKind {
    /// How it is looked at and deleted; `None` where making it leaves nothing to delete.
    const THING: Option<Thing>;
    /// Whether making it takes minutes on AWS and changes nothing that exists already: worth beginning early.
    const TAKES_MINUTES: bool;
    /// What it looks like in the picture; `None` where it is not drawn.
    const PICTURE: Option<Picture>;

    /// What it is, with its name in the lab, for progress, receipt and report.
    fn label(name: &str) -> Text;
}

/// What a kind leaves in the account until it is deleted.
pub(super) struct Thing {
    /// Which of the calls that make it brings it into being.
    pub made_by: &'static str,
    /// How EC2's tags call its type. `None` where the tags are another service's, or tell no kind.
    pub tagged_as: Option<&'static str>,
    /// Where its facts stand in the cloud's description of it; its id or ARN is the first.
    pub facts: Places,
    /// The read-only call that shows it by its id.
    pub look: fn(&str) -> Call,
    /// The calls that delete it, in order.
    pub delete: fn(&str) -> Vec<ApiStep>,
    /// How long AWS usually takes until it is gone, in seconds, from and to; `None` when it is gone at once. Common
    /// experience, not a promise of AWS.
    pub usual_deletion: Option<(u32, u32)>,
    /// What AWS charges for it, by the cloud's description of it.
    pub costs: fn(&Value) -> Option<Costs>,
}

/// For kinds that AWS does not charge for.
pub(super) fn free(_: &Value) -> Option<Costs> {
    None
}

/// What is asked of a resource that a lab file names.
pub(super) trait LabResource {
    /// The calls that make it, in order.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep>;

    /// What will be done, as a line of the plan.
    fn plan(&self, lab: &Lab) -> Text;

    /// How to see what may have been made by hand in its place; `None` where nothing is made.
    fn survey(&self) -> Option<Survey>;

    /// Holds an object of the survey against it; `None` where it is no such thing at all.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport>;

    /// What IAM must allow for making, changing and deleting it.
    fn grants(&self) -> Vec<Grant>;

    /// What AWS charges for it while it exists.
    fn costs(&self) -> Option<Costs>;
}

/// How a kind is drawn in the lane of a side.
pub(super) type Picture = fn(Side) -> Symbol;

/// A box of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What stands in it.
    pub label: Text,
    /// The state in which it works, as the cloud calls it; empty where none is shown.
    pub works: &'static str,
    /// Its place in the lane, from outside in.
    pub place: usize,
    /// Whether the tie between both sides ends here.
    pub tied: bool,
}
