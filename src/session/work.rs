//! Works on an open run with a screen, and says how it ended.

use std::sync::Arc;

use super::consent::{self, Agreement};
use super::context::{Context, place};
use super::drills;
use super::exit::{self, Code, Failed};
use super::open_run::{Goal, Session};
use super::path_view::Traced;
use super::suggestions::suggestions;
use super::trouble::stuck;
use super::wishes::{Asked, grant};
use crate::engine::event::{Entry, Event, Mode, Screen};
use crate::engine::{End, Polling, Prefetch, RunLog, Runner, State, Views, Wish};
use crate::host::shell_word;
use crate::i18n::m;

/// Says who and where and what it costs, asks if it costs anything, goes through the lab, and says how it ended.
///
/// # Errors
/// If the learner did not agree to the cost. Nothing has been written or made then.
pub async fn go(context: &mut Context, mut session: Session, agreed: Agreement) -> Result<Code, Failed> {
    consent::tell_who(context, &session.target, &session.region)?;
    let region = match &session.first {
        Some(Event::RunStarted { region, .. }) => region.clone(),
        _ => session.state.region.clone(),
    };
    let charges = match &session.state.consent {
        Some(_) => Vec::new(),
        None => consent::charges(&session.loaded, &region, &session.target),
    };
    let yes = agreed.yes;
    let open = |context: &mut Context| context.screen(yes);
    let asked = tokio::task::block_in_place(|| consent::ask(context, &charges, &agreed, open));
    match asked {
        Ok((screen, consented)) => {
            session.consented = consented;
            Ok(work(context, session, &screen, Goal::Lab, agreed.yes).await)
        }
        Err(failed) => {
            session.target.close().await;
            Err(failed)
        }
    }
}

/// Works on a run with `screen`, closes the target, and says how it ended. With `agreed`, the learner agreed to every
/// step beforehand.
pub async fn work(
    context: &mut Context,
    session: Session,
    screen: &Arc<dyn Screen>,
    doing: Goal,
    agreed: bool,
) -> Code {
    let Session {
        run, journal, state, first, consented, loaded, target, lock, interrupt, keep, resumed, chosen, ..
    } = session;
    let (region, at, chosen_mode) = match &first {
        Some(Event::RunStarted { region, target, mode, .. }) => (region.clone(), target.clone(), *mode),
        _ => (state.region.clone(), state.target.clone(), after(&state, &chosen).mode),
    };
    // If every question is answered beforehand, nobody is there to do a step.
    let mode = if agreed && chosen_mode == Mode::HandsOn { Mode::Guided } else { chosen_mode };
    let charges = match (&consented, &state.consent) {
        (Some(Event::Consented { charges, .. }), _) => charges.clone(),
        (_, Some(consent)) => consent.charges.clone(),
        _ => Vec::new(),
    };
    let cost = consent::cost_line(&target, &charges);
    let renew = target.renewal(&shell_word(&run));
    let views = Views { place: place(&at, &region), cost, mode, resumed, access: target.access(&region) };
    // Read only where the question that offers them is asked. A lab whose drills are at fault has none to offer here;
    // `pllab drill` says what is wrong with them.
    let offers = target.is_sandbox() && !agreed && doing == Goal::Lab;
    let drills = offers
        && drills::drills_of(context, &after(&state, first.as_slice()), &loaded).is_ok_and(|found| !found.is_empty());
    let shared =
        RunLog::new(Some(journal), state, context.host.clock.clone(), Arc::clone(screen), target.accounts.clone());
    let path = Traced { clouds: Arc::clone(&target.clouds), loaded: Arc::clone(&loaded) };
    let drive = Runner {
        core: Arc::new(shared),
        clouds: Some(Arc::clone(&target.clouds)),
        patience: target.patience,
        // Only if every step was agreed to beforehand, and if waiting takes time.
        prefetch: Prefetch::new(agreed && mode != Mode::HandsOn && target.patience != Polling::INSTANT),
        loaded,
        views,
        renew,
        mode,
        path: Some(Box::new(path)),
        keep,
        drills,
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
        // Put back what a drill broke before anything is built on it, or deleted around it.
        drills::put_back(context, &drive.core, &target).await?;
        match doing {
            Goal::Lab => {
                let mut ended = drive.run().await?;
                let mut granted = Vec::new();
                while let End::Wishes(wish) = ended.end {
                    let state = drive.core.with(State::clone);
                    let asked = Asked { run: &run, state: &state, loaded: &drive.loaded, target: &target, screen };
                    grant(context, &asked, wish).await;
                    if wish == Wish::Drill {
                        break;
                    }
                    granted.push(wish);
                    ended = drive.run_on(&granted).await?;
                }
                Ok(ended)
            }
            Goal::Clean => drive.clean().await,
        }
    }
    .await;
    let code = match result {
        Ok(ended) => {
            let state = drive.core.with(State::clone);
            match doing {
                _ if matches!(ended.end, End::Interrupted | End::Wishes(_)) || (state.cleaned && context.json()) => {}
                // The program reads events from standard output; the way to continue goes to standard error.
                Goal::Lab if context.json() => {
                    if ended.end != End::Met {
                        screen.print(&m::next_resume(shell_word(&run)));
                    }
                }
                Goal::Lab => screen.print(&suggestions(context, &run, &state)),
                Goal::Clean if !state.cleaned => {
                    if target.is_sandbox() && state.receipt.iter().flatten().any(|item| item.foreign) {
                        screen.print(&m::shared_receipt_foreign_sandbox());
                    }
                    screen.print(&m::next_clean_again(shell_word(&run)));
                }
                Goal::Clean => {}
            }
            finish(screen);
            exit::of(&ended)
        }
        Err(stuck) => {
            finish(screen);
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

/// Shows what waits on the screen. The sandbox goes on meanwhile.
pub fn finish(screen: &Arc<dyn Screen>) {
    tokio::task::block_in_place(|| screen.finish());
}

/// The state after the learner's choices on the command line.
fn after(state: &State, chosen: &[Event]) -> State {
    let mut state = state.clone();
    for event in chosen {
        state.apply(&Entry { at: state.last.unwrap_or_default(), event: event.clone() });
    }
    state
}
