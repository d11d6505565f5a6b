//! Does the client time out again, after the provider has rejected a connection that carried traffic?

use serde_json::Value;

use super::no_answer;
use crate::checks::attempts::{label, named};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::console;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::OneClient;

pub(super) struct CutOff<'a>(pub &'a OneClient);

impl Question for CutOff<'_> {
    fn name(&self) -> String {
        named("cut_off", self.0)
    }

    fn title(&self) -> Text {
        no_answer::title(self.0)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.client
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.client, "id"), (&self.0.endpoint, "dns")]
    }

    fn call(&self, facts: &Facts) -> Call {
        console::call(facts, &self.0.client)
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_no_answer()
    }

    /// From the rejection on, until the next attempt.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((10, 120))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(no_answer::judge(&console::read(reply), &label(scene.token, self.0), not_yet))
    }
}

/// A successful attempt may date from before the rejection, so it is not a failure yet.
fn not_yet(seen: Text) -> CheckOutcome {
    CheckOutcome::not_yet(seen).because(m::check_why_not_cut_off())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Met, NotYet};
    use crate::checks::ask::no_answer::judge;

    #[test]
    fn verdicts() {
        const TIMEOUT: &str = "\npllab: asked tok code=000 exit=28 time=5.001\n";
        const ARRIVED: &str = "\npllab: asked tok code=200 exit=0 time=0.01\n";
        const NO_NAME: &str = "\npllab: asked tok code=000 exit=6 time=0.01\n";
        for (console, verdict) in [
            (String::new(), NotYet),
            (ARRIVED.to_owned(), NotYet),
            (format!("{ARRIVED}{TIMEOUT}"), Met),
            (format!("{TIMEOUT}{ARRIVED}"), NotYet),
            (format!("{ARRIVED}{NO_NAME}"), NotYet),
        ] {
            assert_eq!(judge(&console, "tok", not_yet).verdict, verdict, "{console}");
        }
    }
}
