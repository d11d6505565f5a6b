//! `pllab clean RUN --drop`: gives up a run on the built-in sandbox whose world or journal is too damaged to clean
//! up.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::args::Clean;
use crate::engine::event::{Answer, Choice, Question, QuestionId};
use crate::host::{DirLock, LockError, shell_word};
use crate::i18n::{Text, m};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::sandbox_note::SandboxNote;
use crate::session::store::{Store, StoredRun, own_sandbox};

/// Asks, then deletes the run's folder. Refuses if things may exist outside this machine, because only the journal
/// knows them.
pub async fn drop_run(context: &mut Context, store: &Store, args: &Clean) -> Result<Code, Failed> {
    let (found, unreadable) = store.survey()?;
    let wanted = args.run.as_deref().unwrap_or_default();
    let readable = found.into_iter().find(|run| run.id() == wanted);
    let folder = match (&readable, unreadable.into_iter().find(|run| run.id == wanted)) {
        (Some(run), _) => run.folder.clone(),
        (None, Some(run)) => run.folder,
        // This error lists the existing runs.
        (None, None) => return store.find(Some(wanted), |_| true).map(|_| Code::Met),
    };
    judge(wanted, readable.as_ref(), &folder)?;
    // Nobody may be working in the run, or looking at its page.
    let _lock = store.lock()?;
    let own = own_sandbox(&folder);
    let busy = || Failed::new(Code::Usage, m::cli_sandbox_busy(), Vec::new(), &["pllab status"]);
    if SandboxNote::find(&own).await.is_some() {
        return Err(busy());
    }
    let held = own.is_dir().then(|| DirLock::acquire(&own, "sandbox"));
    if let Some(Err(LockError::Held { .. })) = held {
        return Err(busy());
    }
    let lost = lost(readable.as_ref(), store, &folder);
    if !args.yes && !agreed(context, wanted, &lost)? {
        return Ok(Code::NotMet);
    }
    // Windows cannot delete an open file.
    drop(held);
    fs::remove_dir_all(&folder).map_err(|error| Failed::io(&folder, &error))?;
    if context.json() {
        context.print_json(&json!({ "event": "run_dropped", "run": wanted }))?;
    } else {
        context.tell_line(&m::clean_dropped(wanted))?;
    }
    Ok(Code::Met)
}

/// Allows only runs on the built-in sandbox. A readable journal says where the run was; otherwise a sandbox in the
/// run's folder proves it, because no other run has one.
fn judge(run: &str, readable: Option<&StoredRun>, folder: &Path) -> Result<(), Failed> {
    let target = readable.map(|found| found.state.target.as_str()).filter(|target| !target.is_empty());
    let next = format!("pllab clean {}", shell_word(run));
    match target {
        Some("sandbox") => Ok(()),
        Some(target) => {
            let details = vec![m::clean_drop_elsewhere_detail()];
            Err(Failed::new(Code::Refused, m::CleanDropElsewhere { run, target }.text(), details, &[&next]))
        }
        None if own_sandbox(folder).is_dir() => Ok(()),
        None => {
            let details = vec![m::clean_drop_unknown_detail(folder.display().to_string())];
            Err(Failed::new(Code::Refused, m::clean_drop_unknown(run), details, &["pllab status"]))
        }
    }
}

/// What the deletion loses, and what it keeps.
fn lost(readable: Option<&StoredRun>, store: &Store, folder: &Path) -> Text {
    match readable {
        Some(found) if !found.has_own_sandbox() => m::clean_drop_shared(store.sandbox().display().to_string()),
        Some(found) => m::clean_drop_lost(found.state.existing().len()),
        None => m::clean_drop_lost_unread(folder.display().to_string()),
    }
}

fn agreed(context: &mut Context, run: &str, lost: &Text) -> Result<bool, Failed> {
    context.tell_line(lost)?;
    let screen = context.screen(false);
    let question = Question {
        id: QuestionId::ConfirmClean,
        prompt: m::clean_drop_ask(run),
        choices: vec![
            Choice { answer: Answer::Leave, label: m::cli_clean_leave() },
            Choice { answer: Answer::CleanUp, label: m::clean_drop_do() },
        ],
        default: Answer::Leave,
    };
    let answer = tokio::task::block_in_place(|| screen.ask(&question));
    match answer {
        Ok(answer) => Ok(answer == Answer::CleanUp),
        Err(error) => Err(Failed::unanswered(error, &format!("pllab clean {} --drop --yes", shell_word(run)))),
    }
}
