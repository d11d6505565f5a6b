//! Asks a step's checks until each is met, is broken, or has run out of time.

use std::collections::BTreeMap;
use tokio::time::Instant;

use crate::checks::{self, CheckContext, Finding};
use crate::cloud::Clouds;
use crate::engine::calls::perform::Polling;
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{Event, Progress, ProgressState, Verdict, Wait};
use crate::engine::record::journal::JournalError;
use crate::i18n::{Text, m};
use crate::lab::{Check, Lab, Side};

/// How often a check is asked before "cannot tell" or "broken" is believed. A new resource may not be visible
/// everywhere yet (DEV:eventual-consistency).
const UNSURE_LOOKS: u32 = 4;

/// Asks the `checks` of `step` in order and records the answers. With `wait`, a check that is not met yet is asked
/// again until its time is up, and what can no longer be seen, because a later step is done already, is said and passed.
///
/// # Errors
/// If an answer cannot be recorded.
pub async fn examine(
    core: &RunLog,
    clouds: &Clouds,
    lab: &Lab,
    patience: Option<&Polling>,
    step: &str,
    checks: &[Check],
) -> Result<Verdict, JournalError> {
    let mut worst = Verdict::Met;
    let api_only = core.with(|state| state.api_only);
    for check in checks {
        if api_only && checks::is_lively(check) {
            core.record(&Event::Notice { text: m::aws_not_asked(checks::title(check)) })?;
            continue;
        }
        let (finding, ahead) = look(core, clouds, lab, patience, step, check).await;
        if ahead {
            let (title, expected, seen) = (checks::title(check), finding.expected, finding.seen);
            core.record(&Event::Notice { text: m::WatchAhead { expected, seen, title }.text() })?;
            continue;
        }
        let command = finding.look.as_ref().map(|(_, call)| call.command()).unwrap_or_default();
        if let Some(proof) = &finding.proof {
            core.record(&Event::Proof {
                url: proof.url.clone(),
                status: proof.status,
                token_ok: proof.token_ok,
                seen_source: proof.seen_source.clone(),
                text: proof.text.clone(),
                hops: proof.hops.clone(),
            })?;
        }
        core.record(&Event::Check {
            step: step.to_owned(),
            check: checks::name(check),
            title: checks::title(check),
            verdict: finding.verdict,
            expected: finding.expected,
            seen: finding.seen,
            why: finding.why,
            command,
        })?;
        worst = worst.max(finding.verdict);
        // When waiting, stop here: the checks that follow would only repeat the same trouble.
        if patience.is_some() && finding.verdict != Verdict::Met {
            break;
        }
    }
    Ok(worst)
}

/// Asks one check, as [`examine`] does, and says whether it can no longer be seen because a later step is done.
async fn look(
    core: &RunLog,
    clouds: &Clouds,
    lab: &Lab,
    patience: Option<&Polling>,
    step: &str,
    check: &Check,
) -> (Finding, bool) {
    let now = answer(core, clouds, lab, None, check).await;
    if now.verdict == Verdict::Met || patience.is_none() {
        return (now, false);
    }
    if is_ahead(core, clouds, lab, step, check).await {
        return (now, true);
    }
    let waited = answer(core, clouds, lab, patience, check).await;
    // The learner may have gone ahead meanwhile.
    let ahead = waited.verdict != Verdict::Met && is_ahead(core, clouds, lab, step, check).await;
    (waited, ahead)
}

/// Whether a check of a later step that rules this one out is met already. What a step looks at before it begins is ruled
/// out by its own checks too.
async fn is_ahead(core: &RunLog, clouds: &Clouds, lab: &Lab, step: &str, check: &Check) -> bool {
    let Some(at) = lab.steps.iter().position(|it| it.id == step) else { return false };
    let from = if lab.steps[at].looks.contains(check) { at } else { at + 1 };
    let later = lab.steps[from..].iter().flat_map(|step| &step.checks);
    for later in later.filter(|later| checks::is_overtaken(check, later)) {
        if answer(core, clouds, lab, None, later).await.verdict == Verdict::Met {
            return true;
        }
    }
    false
}

/// Asks one check. With `patience`, repeats until it has an answer or its time is up.
pub async fn answer(core: &RunLog, clouds: &Clouds, lab: &Lab, patience: Option<&Polling>, check: &Check) -> Finding {
    let began = Instant::now();
    let mut pauses = patience.map(Polling::pauses);
    let mut unsure = 0;
    let mut troubled: Option<Instant> = None;
    let mut shown = false;
    let wait = patience.and_then(|patience| patience.wait(checks::usual_seconds(check)));
    let progress = |seen: Option<Text>, state| Progress {
        id: checks::name(check),
        // A title tells what is wanted, as if it were so.
        label: m::check_waiting(checks::title(check)),
        seen,
        wait,
        state,
    };
    loop {
        let (facts, sides, token) = scene(core, lab);
        let scene =
            CheckContext { clouds, facts: &facts, sides: &sides, accounts: core.accounts(), token: &token, lab };
        let finding = checks::ask(check, &scene).await;
        let again = match (finding.verdict, &patience) {
            // What is merely in progress gets its time. A trouble with a known reason, such as a web server that fails
            // its health checks, may last for ever, so it gets less.
            (Verdict::NotYet, Some(patience)) => {
                troubled = finding.why.as_ref().and(troubled.or_else(|| Some(Instant::now())));
                let trouble = troubled.is_none_or(|since| since.elapsed() < patience.trouble());
                trouble && began.elapsed() < patience.limit
            }
            (Verdict::Broken, Some(patience)) if finding.unsettled && core.made_within(patience.limit / 10) => true,
            (Verdict::CannotTell | Verdict::Broken, Some(_)) => {
                unsure += 1;
                unsure < UNSURE_LOOKS
            }
            _ => false,
        };
        if !again {
            if shown {
                core.screen.progress(&progress(None, ProgressState::Told));
            }
            return finding;
        }
        let seen = Wait::seen(wait, finding.seen, began.elapsed());
        core.screen.progress(&progress(Some(seen), ProgressState::Running));
        shown = true;
        let pause = pauses.as_mut().and_then(Iterator::next).unwrap_or_default();
        tokio::time::sleep(pause).await;
    }
}

type Parts = (BTreeMap<String, BTreeMap<String, String>>, BTreeMap<String, Side>, String);

/// What a check may know: facts of the ledger, and the account of each resource.
fn scene(core: &RunLog, lab: &Lab) -> Parts {
    core.with(|state| (state.facts(), lab.sides(), state.token.clone()))
}
