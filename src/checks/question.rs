//! The trait that every question implements.

use serde_json::Value;

use super::check_context::CheckContext;
use super::check_outcome::CheckOutcome;
use super::facts::Facts;
use crate::cloud::{Call, Fault};
use crate::i18n::Text;
use crate::lab::Side;

/// A check's question. Each file judges replies in a plain function, so that tests can use tables of replies.
pub(super) trait Question {
    /// Unique in a step, and the same in every run.
    fn name(&self) -> String;

    fn title(&self) -> Text;

    /// Whether the answer depends on more than records: machines, packets, a connection that somebody must accept. An
    /// endpoint that only keeps records never meets such a check.
    fn is_lively(&self) -> bool;

    /// The resource whose side asks.
    fn subject(&self) -> &str;

    /// The side that asks, if it is not the subject's own.
    fn side(&self) -> Option<Side> {
        None
    }

    /// The facts, as resource and key, without which there is nothing to ask about.
    fn needs(&self) -> Vec<(&str, &'static str)>;

    /// The call that shows the answer. Unknown facts stay `${name.fact}`.
    fn call(&self, facts: &Facts) -> Call;

    /// The operations that [`Question::follow`] may use besides [`Question::call`].
    fn follows(&self) -> &'static [&'static str] {
        &[]
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text;

    /// The usual time on AWS until it is met, in seconds, from and to; `None` if it is met at once.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        None
    }

    /// Judges a refused call.
    fn refused(&self, fault: &Fault) -> CheckOutcome {
        CheckOutcome::from(fault)
    }

    /// Judges the reply, with more calls if one is not enough.
    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault>;
}
