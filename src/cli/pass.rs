//! One pass through a run, for every verb that works on one: lock held, target open, journal at hand.

use std::path::PathBuf;
use std::sync::Arc;

use super::consent::{self, Ceiling};
use super::context::{Context, place};
use super::exit::{self, Code, Failed};
use super::interrupt::Interrupt;
use super::next::next;
use super::nginx::Wish;
use super::store::{Store, StoredRun, drop_command, journal_trouble};
use super::target::{SignIn, Target};
use super::why;
use crate::engine::event::{Entry, Event, Screen, Way};
use crate::engine::{End, Journal, Polling, Prefetch, RunError, RunLog, Runner, State, Views};
use crate::host::{DirLock, shell_word};
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Side};
use crate::sandbox::Pace;

/// Everything a pass needs.
pub(super) struct Pass {
    /// The run's id.
    pub run: String,
    /// Its journal.
    pub journal: Journal,
    /// What the journal came to so far.
    pub state: State,
    /// A first line to write.
    pub first: Option<Event>,
    /// What the learner agreed to in this pass, to be written after it.
    pub consented: Option<Event>,
    /// The lab.
    pub loaded: Arc<Loaded>,
    /// The target.
    pub target: Target,
    /// Where its region comes from.
    pub region: Text,
    /// Held until the pass is over.
    pub lock: DirLock,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    /// Whether what was made is kept at the end.
    pub keep: bool,
    /// Whether an earlier pass is taken up again.
    pub resumed: bool,
    /// What the learner decided on the command line, to be written down before anything else.
    pub chosen: Vec<Event>,
}

/// Opens a run to go on with it. The lock comes before the journal: nobody else may be writing it.
pub(super) async fn open(
    context: &Context,
    store: &Store,
    found: &StoredRun,
    keep: bool,
    doing: Goal,
) -> Result<Pass, Failed> {
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
    let loaded = match context.lab(&state.lab, &state.variables, &state.token, &state.region) {
        // What was made is deleted by what the journal says, whatever became of the lab since.
        Err(_) if doing == Goal::Clean => Arc::new(Loaded::without_steps(&state.lab)),
        loaded => loaded?,
    };
    let interrupt = context.interrupt.listen();
    let target = target(context, store, found, &state).await?;
    let region = m::aws_region_run();
    Ok(Pass {
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
pub(super) async fn target(
    context: &Context,
    store: &Store,
    found: &StoredRun,
    state: &State,
) -> Result<Target, Failed> {
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
            let host = (&context.host, Wish::of_lab(context, &state.lab));
            Target::sandbox(host, store, &found.folder, &state.region, pace, two).await?
        }
        "aws" => Target::aws(&context.host, sign_in).await?,
        url => Target::endpoint(&context.host, url, sign_in).await?,
    };
    // In another account everything would look gone.
    let stranger = state.accounts.iter().find(|(side, account)| target.accounts.get(side) != Some(account));
    if let Some((side, account)) = stranger {
        let now = target.accounts.get(side).cloned().unwrap_or_default();
        target.close().await;
        let next = format!("pllab status {}", shell_word(&found.id()));
        return Err(Failed::new(Code::Refused, m::CliOtherAccount { account, now }.text(), Vec::new(), &[&next]));
    }
    Ok(target)
}

/// What a pass does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Goes on through the lab.
    Lab,
    /// Deletes what was made.
    Clean,
}

/// What was said on the command line of costs and questions.
#[derive(Clone, Debug)]
pub(super) struct Agreement {
    /// `--accept-cost`.
    pub given: Option<Ceiling>,
    /// `--yes`.
    pub yes: bool,
    /// The command line again, without either.
    pub again: String,
}

/// Says who and where and what it costs, asks where it costs anything, goes through the lab, and says how it ended.
///
/// # Errors
/// Where the learner did not agree to the cost; nothing has been written or made then.
pub(super) async fn go(context: &mut Context, mut pass: Pass, agreed: Agreement) -> Result<Code, Failed> {
    consent::tell_who(context, &pass.target, &pass.region)?;
    let region = match &pass.first {
        Some(Event::RunStarted { region, .. }) => region.clone(),
        _ => pass.state.region.clone(),
    };
    let charges = match &pass.state.consent {
        Some(_) => Vec::new(),
        None => consent::charges(&pass.loaded, &region, &pass.target),
    };
    let yes = agreed.yes;
    let open = |context: &mut Context| context.screen(yes);
    let asked = tokio::task::block_in_place(|| consent::ask(context, &charges, &agreed, open));
    match asked {
        Ok((screen, consented)) => {
            pass.consented = consented;
            Ok(work(context, pass, &screen, Goal::Lab, agreed.yes).await)
        }
        Err(failed) => {
            pass.target.close().await;
            Err(failed)
        }
    }
}

/// Works on a run with `screen`, closes the target, and says how it ended. `agreed`: to every step beforehand.
pub(super) async fn work(
    context: &mut Context,
    pass: Pass,
    screen: &Arc<dyn Screen>,
    doing: Goal,
    agreed: bool,
) -> Code {
    let Pass { run, journal, state, first, consented, loaded, target, lock, interrupt, keep, resumed, chosen, .. } =
        pass;
    let (region, at, chosen_way) = match &first {
        Some(Event::RunStarted { region, target, way, .. }) => (region.clone(), target.clone(), *way),
        _ => (state.region.clone(), state.target.clone(), after(&state, &chosen).way),
    };
    // Where every question is answered beforehand nobody is there to do a step.
    let way = if agreed && chosen_way == Way::HandsOn { Way::Guided } else { chosen_way };
    let charges = match (&consented, &state.consent) {
        (Some(Event::Consented { charges, .. }), _) => charges.clone(),
        (_, Some(consent)) => consent.charges.clone(),
        _ => Vec::new(),
    };
    let cost = consent::cost_line(&target, &charges);
    let renew = target.renewal(&shell_word(&run));
    let views = Views { place: place(&at, &region), cost, way, resumed, access: target.access(&region) };
    let shared =
        RunLog::new(Some(journal), state, context.host.clock.clone(), Arc::clone(screen), target.accounts.clone());
    let path = why::Traced { clouds: Arc::clone(&target.clouds), loaded: Arc::clone(&loaded) };
    let drive = Runner {
        core: Arc::new(shared),
        clouds: Some(Arc::clone(&target.clouds)),
        patience: target.patience,
        // Only where every step was agreed to beforehand, and where waiting takes time.
        prefetch: Prefetch::new(agreed && way != Way::HandsOn && target.patience != Polling::INSTANT),
        loaded,
        views,
        renew,
        way,
        path: Some(Box::new(path)),
        keep,
        asks: true,
        interrupted: interrupt.seen.clone(),
    };
    let result = async {
        if let Some(event) = first {
            drive.core.record(&event)?;
        }
        for event in &chosen {
            drive.core.record(event)?;
        }
        if let Some(event) = consented {
            drive.core.record(&event)?;
        }
        // What a drill broke and left behind is put back before anything is built on it, or deleted around it.
        super::drill::put_back(context, &drive.core, &target).await?;
        match doing {
            Goal::Lab => drive.run().await,
            Goal::Clean => drive.clean().await,
        }
    }
    .await;
    let code = match result {
        Ok(ended) => {
            let state = drive.core.with(State::clone);
            match doing {
                _ if ended.end == End::Interrupted || (state.cleaned && context.json()) => {}
                // A program reads the events; whoever looks at its errors wants to know how to go on.
                Goal::Lab if context.json() => {
                    if ended.end != End::Met {
                        screen.print(&m::next_resume(shell_word(&run)));
                    }
                }
                Goal::Lab => screen.print(&next(context, &run, &state)),
                Goal::Clean if !state.cleaned => screen.print(&m::next_clean_again(shell_word(&run))),
                Goal::Clean => {}
            }
            exit::of(&ended)
        }
        Err(stuck) => {
            let failed = self::stuck(&stuck, &run);
            if let Some(report) = &failed.report {
                context.report(report);
            }
            failed.code
        }
    };
    target.close().await;
    drop(lock);
    code
}

/// What the learner's choices on the command line make of a run.
fn after(state: &State, chosen: &[Event]) -> State {
    let mut state = state.clone();
    for event in chosen {
        state.apply(&Entry { at: state.last.unwrap_or_default(), event: event.clone() });
    }
    state
}

/// Why a pass could not go on.
pub(super) fn stuck(stuck: &RunError, run: &str) -> Failed {
    match stuck {
        RunError::Journal(error) => journal_trouble(error, run),
        RunError::NobodyToAsk(_) | RunError::Unclear(_) => Failed::new(
            Code::Usage,
            if matches!(stuck, RunError::Unclear(_)) { m::cli_unclear() } else { m::cli_nobody_to_ask() },
            vec![m::cli_nobody_to_ask_detail()],
            &["resume", "clean"]
                .map(|verb| format!("pllab {verb} --yes {}", shell_word(run)))
                .each_ref()
                .map(String::as_str),
        ),
    }
}

/// Whether every step of a run is met. A lab that cannot be read has no steps to miss.
pub(super) fn is_whole(context: &Context, state: &State) -> bool {
    let loaded = context.lab(&state.lab, &state.variables, &state.token, &state.region);
    loaded.is_ok_and(|loaded| loaded.lab.steps.iter().all(|step| state.met(&step.id)))
}

/// A run as one line: its id, its lab, how far it is.
pub(super) fn summary(state: &State, steps: usize) -> Text {
    let met = state.steps.values().filter(|step| step.verdict == Some(crate::checks::Verdict::Met)).count();
    if state.cleaned {
        m::CliRunCleaned { met, steps }.text()
    } else if met == steps {
        m::cli_run_met(steps)
    } else {
        m::CliRunOpen { met, steps }.text()
    }
}
