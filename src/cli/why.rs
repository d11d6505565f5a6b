//! `pllab why`: shows the path from the client to the page, rung by rung, and where it ends. Read-only.

use clap::Args;

use crate::engine::{RunLog, glance};
use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::Loaded;
use crate::session::context::Context;
use crate::session::endpoints::{Chosen, choose};
use crate::session::exit::{Code, Failed, of_verdict};
use crate::session::open_run::target;
use crate::session::path_view::show_path;
use crate::trace::Path;

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Why {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_name = "NAME|ID")]
    pub endpoint: Option<String>,
}

pub(super) async fn why(context: &mut Context, args: Why) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    let state = found.state.clone();
    let loaded = context.lab_of(&state)?;
    let path = match choose(context, &state, &loaded, "why", args.endpoint.as_deref())? {
        Some(Chosen::Served(page)) => Some(Path::from(page)),
        Some(Chosen::Other(id)) => Path::of(&loaded.lab).map(|path| path.to(&id)),
        None => None,
    };
    let path = path.ok_or_else(|| no_path(&loaded))?;
    let target = target(context, &store, &found, &state).await?;
    let screen = context.screen(true);
    let core = RunLog::new(None, state, context.host.clock.clone(), screen, target.accounts.clone());
    // What was made by hand and is not on record yet is part of the path, or nearly so. If it cannot be seen, the path
    // says why.
    let open = core.with(|state| loaded.lab.steps.iter().find(|step| !state.met(&step.id)));
    if let Some(step) = open {
        let _unseen = glance(&core, &target.clouds, &loaded.lab, step).await;
    }
    let verdict = show_path(&core, &target.clouds, &loaded, path).await;
    target.close().await;
    Ok(of_verdict(verdict))
}

/// The error for a lab that proves no path.
fn no_path(loaded: &Loaded) -> Failed {
    let next = format!("pllab labs show {}", shell_word(&loaded.lab.id));
    Failed::new(Code::Usage, m::cli_why_no_path(), vec![m::cli_why_no_path_detail()], &[&next])
}
