//! What every question must say of itself.

use serde_json::Value;

use super::check_context::CheckContext;
use super::check_outcome::CheckOutcome;
use super::facts::Facts;
use crate::cloud::{Call, Fault};
use crate::i18n::Text;
use crate::lab::Side;

/// A check's question. The judging itself is a plain function in each file, so that replies can be tabled in tests.
pub(super) trait Question {
    /// Unique in a step, and the same in every run.
    fn name(&self) -> String;

    /// The question in a few words.
    fn title(&self) -> Text;

    /// Whether the answer takes more than records: machines, packets, a connection that waits for somebody. Where an endpoint
    /// only keeps records, such a check is never met.
    fn is_lively(&self) -> bool;

    /// The resource whose side asks.
    fn subject(&self) -> &str;

    /// Whose look it is, where that is not the subject's own side.
    fn side(&self) -> Option<Side> {
        None
    }

    /// Facts without which there is nothing to ask about, as resource and key.
    fn needs(&self) -> Vec<(&str, &'static str)>;

    /// The call that shows it. What is not known yet is referred to as `${name.fact}`.
    fn call(&self, facts: &Facts) -> Call;

    /// The operations that [`Question::follow`] may ask for besides [`Question::call`].
    fn follows(&self) -> &'static [&'static str] {
        &[]
    }

    /// What should be seen.
    fn expected(&self, scene: &CheckContext<'_>) -> Text;

    /// How long it takes on AWS until it is met, in seconds, from and to; `None` when it holds at once.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        None
    }

    /// What a refused call means.
    fn refused(&self, fault: &Fault) -> CheckOutcome {
        CheckOutcome::from(fault)
    }

    /// Judges the reply, with more calls where one is not enough.
    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault>;
}
