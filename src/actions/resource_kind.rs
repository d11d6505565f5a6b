//! What every kind of resource must answer. Nothing has a default: a kind that lacks an answer does not compile.

use serde_json::Value;

use super::api_step::{ApiStep, Naming, Places};
use super::cost::Costs;
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use crate::cloud::Call;
use crate::i18n::Text;
use crate::lab::{Lab, Side};

/// What is true of a kind. A clean-up needs only this and a name, whatever became of the lab's files.
pub(super) trait ResourceKind {
    /// How to look at it and delete it; `None` if making it leaves nothing to delete.
    const THING: Option<Thing>;
    /// Whether making it takes minutes on AWS and changes nothing that exists, so that it is worth starting early.
    const TAKES_MINUTES: bool;
    /// How it looks in the picture; `None` if it is not drawn.
    const PICTURE: Option<Picture>;

    /// A short description with its name in the lab, for progress, receipt and report.
    fn label(name: &str) -> Text;
}

/// What a kind leaves in the account until it is deleted.
pub(super) struct Thing {
    /// The name of the call that brings it into being.
    pub made_by: &'static str,
    /// Its `resource_type` in EC2's tags. `None` if the tags are another service's, or are ambiguous.
    pub tagged_as: Option<&'static str>,
    /// Where its facts are in the cloud's description of it; the first is its id or ARN.
    pub facts: Places,
    /// The read-only call that shows it by its id.
    pub look: fn(&str) -> Call,
    /// The calls that delete it, in order.
    pub delete: fn(&str) -> Vec<ApiStep>,
    /// The states, in the cloud's words, in which it exists and can never be used again.
    pub over: &'static [&'static str],
    /// The usual time on AWS until it is gone, in seconds, from and to; `None` if it is gone at once. Common
    /// experience, not a promise of AWS.
    pub usual_deletion: Option<(u32, u32)>,
    /// What AWS charges for it, from the cloud's description of it.
    pub costs: fn(&Value) -> Option<Costs>,
}

/// For kinds that AWS does not charge for.
pub(super) fn free(_: &Value) -> Option<Costs> {
    None
}

/// What a resource that a lab file names must answer.
pub(super) trait LabResource {
    /// The calls that make it, in order.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep>;

    /// What making it will do, as a line of the plan.
    fn plan(&self, lab: &Lab) -> Text;

    /// How to see what a learner may have made in its place; `None` if it makes nothing.
    fn survey(&self) -> Option<Survey>;

    /// Compares an object of the survey with it; `None` if it is another sort of thing.
    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport>;

    /// The permissions for making, changing and deleting it.
    fn grants(&self) -> Vec<Grant>;

    /// What AWS charges for it while it exists.
    fn costs(&self) -> Option<Costs>;
}

/// How a kind is drawn in a side's lane.
pub(super) type Picture = fn(Side) -> Symbol;

/// A box of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub label: Text,
    /// The state in which it works, in the cloud's words; empty if no state is shown.
    pub works: &'static str,
    /// Its position in the lane, from outside in.
    pub place: usize,
    /// Whether the line between both sides ends here.
    pub tied: bool,
}
