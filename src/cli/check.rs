//! `pllab check`: asks the checks again, once each.

use crate::engine::event::Verdict;
use crate::engine::{RunLog, examine, glance};
use crate::i18n::m;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed, of_verdict};
use crate::session::open_run::target;
use crate::session::trouble::journal_trouble;
use clap::Args;

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[arg(value_name = "STEP")]
    pub step: Option<String>,
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
}

/// Asks the checks of one step, or those of the last step that was begun. Checks of earlier steps may no longer hold:
/// after the acceptance, for example, no request is pending any more.
pub(super) async fn check(context: &mut Context, args: Check) -> Result<Code, Failed> {
    look(context, &args).await.map(of_verdict)
}

async fn look(context: &mut Context, args: &Check) -> Result<Verdict, Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    let state = found.state.clone();
    let loaded = context.lab_of(&state)?;
    let steps = &loaded.lab.steps;
    let wanted = match &args.step {
        Some(id) => steps.iter().find(|step| step.id == *id).ok_or_else(|| {
            let known = steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>().join(", ");
            Failed::new(Code::Usage, m::cli_unknown_step(id), vec![m::cli_known_steps(known)], &["pllab status"])
        })?,
        None => steps.iter().rev().find(|step| state.steps.contains_key(&step.id)).unwrap_or(&steps[0]),
    };
    let title =
        loaded.prose.get(context.lang).steps.get(&wanted.id).map(|prose| prose.title.clone()).unwrap_or_default();
    let number = steps.iter().position(|step| step.id == wanted.id).map_or(0, |at| at + 1);
    context.tell_line(&m::CheckOfStep { number, title, total: steps.len() }.text())?;
    let target = target(context, &store, &found, &state).await?;
    let screen = context.screen(true);
    let core = RunLog::new(None, state, context.host.clock.clone(), screen, target.accounts.clone());
    // What made by hand is there or near is said before the checks, which only know what is on record. If it cannot be
    // seen, the checks say why.
    let _unseen = glance(&core, &target.clouds, &loaded.lab, wanted).await;
    let verdict = examine(&core, &target.clouds, &loaded.lab, None, &wanted.id, &wanted.checks).await;
    target.close().await;
    let verdict = verdict.map_err(|error| journal_trouble(&error, &found.id()))?;
    context.tell_line(&match verdict {
        Verdict::Met => m::check_all_met(),
        Verdict::NotYet | Verdict::Broken => m::check_not_all_met(),
        Verdict::CannotTell => m::check_untold(),
    })?;
    Ok(verdict)
}
