//! Does the instance's console show a text?

use serde_json::Value;

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::console;
use crate::checks::facts::Facts;
use crate::checks::question::Question;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab;

/// What `dnf` prints when it cannot reach the package repository, which is in S3.
const NO_PACKAGES: [&str; 4] =
    ["Failed to download metadata", "Cannot download repomd.xml", "Curl error (28)", "Curl error (7)"];
/// What follows when it gives up. The script goes on regardless, and reports that it is ready.
const NOT_INSTALLED: [&str; 2] = ["Unable to find a match", "Failed to enable unit"];

/// What the sandbox says once user data has ended. On AWS, the console of Amazon Linux says so in no fixed words.
const ENDED: [&str; 1] = ["the user data has been run to its end"];

pub(super) struct ConsoleSays<'a>(pub &'a lab::ConsoleSays);

impl Question for ConsoleSays<'_> {
    /// The name leaves out the text, because the text may contain the run's token.
    fn name(&self) -> String {
        format!("console_says:{}", self.0.instance)
    }

    fn title(&self) -> Text {
        m::check_title_console_says(&self.0.instance)
    }

    fn is_lively(&self) -> bool {
        true
    }

    fn subject(&self) -> &str {
        &self.0.instance
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.instance, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        console::call(facts, &self.0.instance)
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        Text::literal(&self.0.text)
    }

    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((60, 180))
    }

    async fn follow(&self, _: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(&console::read(reply), &self.0.text))
    }
}

fn judge(console: &str, wanted: &str) -> CheckOutcome {
    if let Some(line) = line_with(console, &NOT_INSTALLED) {
        return CheckOutcome::broken(line).because(m::check_why_no_packages());
    }
    if console.contains(wanted) {
        return CheckOutcome::met(wanted);
    }
    // `dnf` retries by itself, so until it gives up this is only a hint.
    if let Some(line) = line_with(console, &NO_PACKAGES) {
        return CheckOutcome::not_yet(line).because(m::check_why_no_packages());
    }
    let last = console::last_line(console).map_or_else(m::check_console_empty, Text::literal);
    // The line does not come any more: a script runs once, at the first boot.
    if line_with(console, &ENDED).is_some() {
        return CheckOutcome::broken(last).because(m::check_why_boot_ended(wanted));
    }
    CheckOutcome::not_yet(last)
}

fn line_with(console: &str, signs: &[&str]) -> Option<String> {
    let line = console.lines().find(|line| signs.iter().any(|sign| line.contains(sign)))?;
    console::last_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        assert_eq!(judge("boot\r\npllab: web server ready tok\r\n", "pllab: web server ready tok").verdict, Met);
        assert_eq!(judge("boot\r\n", "pllab: web server ready tok").verdict, NotYet);
        assert_eq!(judge("boot\r\n", "x").seen, Text::literal("boot"));
        assert_eq!(judge("", "x").seen, m::check_console_empty());
        let ended = judge("hello\n[pllab sandbox] the user data has been run to its end\n", "ready");
        assert_eq!((ended.verdict, ended.why), (Broken, Some(m::check_why_boot_ended("ready"))));
    }

    #[test]
    fn a_failed_installation_is_explained() {
        let trouble = "Error: Failed to download metadata for repo 'amazonlinux'\n";
        let judgement = judge(trouble, "ready");
        assert_eq!(judgement.verdict, NotYet);
        assert_eq!(judgement.why, Some(m::check_why_no_packages()));
        assert_eq!(judge(&format!("{trouble}ready\n"), "ready").verdict, Met);
        let given_up = "Failed to enable unit: Unit file nginx.service does not exist.\nready\n";
        assert_eq!(judge(given_up, "ready").verdict, Broken);
    }
}
