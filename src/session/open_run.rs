//! An open run, for every verb that works on one: lock held, target open, journal at hand.

use std::path::PathBuf;
use std::sync::Arc;

use super::context::Context;
use super::exit::{Code, Failed};
use super::interrupt::Interrupt;
use super::nginx::Wish;
use super::sign_in::SignIn;
use super::store::{Store, StoredRun};
use super::target::Target;
use super::trouble::{drop_command, journal_trouble};
use crate::engine::event::Event;
use crate::engine::{Journal, State};
use crate::host::{DirLock, shell_word};
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Side};
use crate::sandbox::Pace;

pub struct Session {
    pub run: String,
    pub journal: Journal,
    /// The state that the journal folds into.
    pub state: State,
    /// The first line of a new journal, still to be written.
    pub first: Option<Event>,
    /// What the learner agreed to in this session. Written after `first`.
    pub consented: Option<Event>,
    pub loaded: Arc<Loaded>,
    pub target: Target,
    /// Where the region comes from.
    pub region: Text,
    /// Held until the session is over.
    pub lock: DirLock,
    pub interrupt: Interrupt,
    /// Whether what was made is kept at the end.
    pub keep: bool,
    /// Whether the run was begun in an earlier session.
    pub resumed: bool,
    /// The learner's choices on the command line. Recorded before anything else.
    pub chosen: Vec<Event>,
}

/// Opens a run to continue it. Takes the lock before the journal, because nobody else may be writing it.
pub async fn open_run(
    context: &Context,
    store: &Store,
    found: &StoredRun,
    keep: bool,
    doing: Goal,
) -> Result<Session, Failed> {
    let lock = store.lock()?;
    let run = found.id();
    let (journal, entries, torn) = Journal::open(&found.folder, context.host.after_line.clone(), doing == Goal::Clean)
        .map_err(|error| journal_trouble(&error, &run))?;
    let state = State::replay(&entries);
    let first = torn.map(|kept: PathBuf| Event::Notice { text: m::cli_journal_torn(kept.display().to_string()) });
    if state.run.is_empty() {
        let path = found.folder.join("journal.jsonl").display().to_string();
        let next = if found.has_own_sandbox() { drop_command(&run) } else { "pllab status".to_owned() };
        return Err(Failed::new(Code::Usage, m::cli_journal_headless(path), Vec::new(), &[&next]));
    }
    let loaded = match context.lab_of(&state) {
        // The journal says what to delete, whatever became of the lab since.
        Err(_) if doing == Goal::Clean => Arc::new(Loaded::without_steps(&state.lab)),
        loaded => loaded?,
    };
    let interrupt = context.interrupt.listen();
    let target = target(context, store, found, &state).await?;
    let region = m::aws_region_run();
    Ok(Session {
        run,
        journal,
        state,
        first,
        consented: None,
        loaded,
        target,
        region,
        lock,
        interrupt,
        keep,
        resumed: true,
        chosen: Vec::new(),
    })
}

/// The target that a run's journal names.
pub async fn target(context: &Context, store: &Store, found: &StoredRun, state: &State) -> Result<Target, Failed> {
    let sign_in = SignIn {
        profile: state.profile.clone(),
        consumer_profile: state.consumer_profile.clone(),
        region: state.region.clone(),
        pace: state.pace.as_deref().and_then(|pace| pace.parse().ok()),
    };
    let target = match state.target.as_str() {
        "sandbox" => {
            let pace = state.pace.as_deref().and_then(|pace| pace.parse::<Pace>().ok()).unwrap_or_default();
            let two = state.accounts.get(&Side::Provider) != state.accounts.get(&Side::Consumer);
            let host = (&context.host, Wish::of_lab(context, context.labs_of(state).as_deref(), &state.lab));
            Target::sandbox(host, store, &found.folder, &state.region, pace, two).await?
        }
        "aws" => Target::aws(&context.host, sign_in).await?,
        url => Target::endpoint(&context.host, url, sign_in).await?,
    };
    // In another account, everything would look deleted.
    let stranger = state.accounts.iter().find(|(side, account)| target.accounts.get(side) != Some(account));
    if let Some((side, account)) = stranger {
        let now = target.accounts.get(side).cloned().unwrap_or_default();
        target.close().await;
        let next = format!("pllab status {}", shell_word(&found.id()));
        return Err(Failed::new(Code::Refused, m::CliOtherAccount { account, now }.text(), Vec::new(), &[&next]));
    }
    Ok(target)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Continue the lab.
    Lab,
    /// Delete what was made.
    Clean,
}
