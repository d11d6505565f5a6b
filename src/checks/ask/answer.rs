//! Does the client get the page, with this run's token?

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

pub(super) struct Answer<'a>(pub &'a OneClient);

impl Question for Answer<'_> {
    fn name(&self) -> String {
        named("answer", self.0)
    }

    fn title(&self) -> Text {
        match &self.0.subnet {
            Some(subnet) => m::CheckTitleAnswerIn { client: &self.0.client, subnet }.text(),
            None => m::check_title_answer(&self.0.client),
        }
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
        m::check_expected_answer()
    }

    /// From the acceptance on: first the connection becomes available, then the next attempt arrives.
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((60, 240))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(&console::read(reply), scene.token, &label(scene.token, self.0)))
    }
}

fn judge(console: &str, token: &str, label: &str) -> CheckOutcome {
    let Some(attempt) = newest(console, label) else { return CheckOutcome::not_yet(m::check_no_attempt()) };
    let seen = attempt.in_words();
    match (attempt.code, attempt.exit) {
        (200, 0) if attempt.shows(token) => CheckOutcome::met(seen),
        (200, 0) => CheckOutcome::broken(m::check_other_page(seen)).because(m::check_why_other_page()),
        (0, _) if attempt.timed_out() => CheckOutcome::not_yet(seen).because(m::check_why_timed_out()),
        // The answer broke off; the next attempt may be complete.
        (0 | 200, _) => CheckOutcome::not_yet(seen).because(m::check_why_curl_failed()),
        _ => CheckOutcome::broken(seen).because(m::check_why_other_page()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        const TIMEOUT: &str = "\npllab: asked tok code=000 exit=28 time=5.001\n";
        const PAGE: &str = "<meta name=\"pllab-token\" content=\"tok\">";
        const ARRIVED: &str = "\npllab: asked tok code=200 exit=0 time=0.01\n";
        for (console, verdict) in [
            (String::new(), NotYet),
            (TIMEOUT.into(), NotYet),
            (format!("{TIMEOUT}{PAGE}{ARRIVED}"), Met),
            (format!("{TIMEOUT}hello{ARRIVED}"), Broken),
            (format!("{PAGE}{ARRIVED}{TIMEOUT}"), NotYet),
            ("\npllab: asked tok code=502 exit=0 time=0.01\n".into(), Broken),
            (format!("{PAGE}\npllab: asked tok code=200 exit=18 time=5.0\n"), NotYet),
            ("\npllab: asked tok code=000 exit=7 time=0.01\n".into(), NotYet),
        ] {
            assert_eq!(judge(&console, "tok", "tok").verdict, verdict, "{console}");
        }
    }
}
