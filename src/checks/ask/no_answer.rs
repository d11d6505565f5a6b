//! Does the client time out, as it should before the provider has accepted?

use serde_json::Value;

use crate::checks::attempts::{label, named, newest};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::console;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::OneClient;

pub(super) struct NoAnswer<'a>(pub &'a OneClient);

impl Question for NoAnswer<'_> {
    fn name(&self) -> String {
        named("no_answer", self.0)
    }

    fn title(&self) -> Text {
        title(self.0)
    }

    fn is_lively(&self) -> bool {
        true
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

    /// The client boots first.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((30, 180))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(&console::read(reply), &label(scene.token, self.0), too_early))
    }
}

pub(super) fn title(asked: &OneClient) -> Text {
    match &asked.subnet {
        Some(subnet) => m::CheckTitleNoAnswerIn { client: &asked.client, subnet }.text(),
        None => m::check_title_no_answer(&asked.client),
    }
}

/// The client got an answer although nobody has accepted yet.
fn too_early(seen: Text) -> CheckOutcome {
    CheckOutcome::broken(seen).because(m::check_why_answers_already())
}

/// A time-out is the wanted outcome; `answered` judges an answer.
pub(super) fn judge(console: &str, label: &str, answered: impl FnOnce(Text) -> CheckOutcome) -> CheckOutcome {
    let Some(attempt) = newest(console, label) else { return CheckOutcome::not_yet(m::check_no_attempt()) };
    let seen = attempt.in_words();
    if attempt.timed_out() {
        CheckOutcome::met(seen)
    } else if attempt.code != 0 {
        answered(seen)
    } else {
        CheckOutcome::not_yet(seen).because(m::check_why_curl_failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        const TIMEOUT: &str = "\npllab: asked tok code=000 exit=28 time=5.001\n";
        const ARRIVED: &str = "\npllab: asked tok code=200 exit=0 time=0.01\n";
        const NO_NAME: &str = "\npllab: asked tok code=000 exit=6 time=0.01\n";
        for (console, verdict) in [
            (String::new(), NotYet),
            (TIMEOUT.into(), Met),
            (NO_NAME.into(), NotYet),
            (format!("{TIMEOUT}{ARRIVED}"), Broken),
            (format!("{ARRIVED}{TIMEOUT}"), Met),
            (format!("{NO_NAME}{TIMEOUT}"), Met),
        ] {
            assert_eq!(judge(&console, "tok", too_early).verdict, verdict, "{console}");
        }
        assert_eq!(judge(TIMEOUT, "tok", too_early).seen, m::CheckTimedOut { exit: 28_u32, seconds: "5.0" }.text());
    }
}
