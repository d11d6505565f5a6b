//! `pllab why`: shows the path from the client to the page, rung by rung, and where it ends. Read-only.

use super::flags::OneRun;
use crate::engine::RunLog;
use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::Loaded;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed, of_verdict};
use crate::session::open_run::target;
use crate::session::path_view::show;

pub(super) async fn why(context: &mut Context, args: OneRun) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    let state = found.state.clone();
    let loaded = context.lab_of(&state)?;
    let target = target(context, &store, &found, &state).await?;
    let screen = context.screen(true);
    let core = RunLog::new(None, state, context.host.clock.clone(), screen, target.accounts.clone());
    let verdict = show(&core, &target.clouds, &loaded).await;
    target.close().await;
    verdict.map(of_verdict).ok_or_else(|| no_path(&loaded))
}

/// The error for a lab that proves no path.
fn no_path(loaded: &Loaded) -> Failed {
    let next = format!("pllab labs show {}", shell_word(&loaded.lab.id));
    Failed::new(Code::Usage, m::cli_why_no_path(), vec![m::cli_why_no_path_detail()], &[&next])
}
