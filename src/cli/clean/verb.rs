//! `pllab clean`: deletes what runs made, looks again, prints the receipt.

use super::args::Clean;
use crate::cli::status::tell_unreadable;
use crate::engine::event::{Answer, Choice, Decision, Question, QuestionId, Theirs};
use crate::host::shell_word;
use crate::i18n::m;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::open_run::{Goal, open_run};
use crate::session::store::{StoredRun, Unreadable};
use crate::session::work::work;

/// Cleans one run, or every run that is not cleaned.
pub async fn clean(context: &mut Context, args: Clean) -> Result<Code, Failed> {
    if args.everyone && !args.account.is_given() {
        let next = ["pllab clean --everyone --target aws", "pllab clean --all"];
        return Err(Failed::new(Code::Usage, m::shared_everyone_where(), Vec::new(), &next));
    }
    if args.account.is_given() && !args.all && !args.everyone {
        return Err(Failed::new(
            Code::Usage,
            m::shared_place_needs_all(),
            Vec::new(),
            &["pllab clean --all --target aws"],
        ));
    }
    if args.account.is_given() {
        return super::tagged::clean_tagged(context, &args).await;
    }
    let store = context.store()?;
    if args.drop_run {
        return super::drop::drop_run(context, &store, &args).await;
    }
    let (mut runs, unreadable): (Vec<StoredRun>, Vec<Unreadable>) = match &args.run {
        Some(run) => (vec![store.find(Some(run), |_| true)?], Vec::new()),
        None => store.survey()?,
    };
    runs.retain(|run| !run.state.cleaned);
    if runs.is_empty() && unreadable.is_empty() {
        // There is nothing to do, so the goal is met.
        let folder = store.root.display().to_string();
        let words = args.run.as_ref().map_or_else(|| m::clean_nothing(folder), m::clean_done_already);
        context.tell_line(&words)?;
        return Ok(Code::Met);
    }
    if !args.all {
        runs.truncate(1);
    }
    // Unreadable runs are reported first, and do not stop the others.
    let mut worst = tell_unreadable(context, &unreadable)?;
    let screen = context.screen(args.yes);
    for found in runs {
        let id = found.id();
        let question = Question {
            id: QuestionId::ConfirmClean,
            prompt: m::CliCleanAsk { n: found.state.existing().len(), run: &id }.text(),
            choices: vec![
                Choice { answer: Answer::CleanUp, label: m::cli_clean_do() },
                Choice { answer: Answer::Leave, label: m::cli_clean_leave() },
            ],
            default: Answer::CleanUp,
        };
        let answer = tokio::task::block_in_place(|| screen.ask(&question));
        match answer {
            Ok(Answer::CleanUp) => {}
            Ok(_) => {
                context.tell_line(&m::clean_declined())?;
                worst = worst.worse(Code::NotMet);
                continue;
            }
            Err(error) => {
                return Err(Failed::unanswered(error, &format!("pllab clean --yes {}", shell_word(&id))));
            }
        }
        match open_run(context, &store, &found, false, Goal::Clean).await {
            Ok(mut session) => {
                session.chosen.extend(args.with_mine.then(|| Decision::Theirs(Theirs::CleanUp).of_run()));
                worst = worst.worse(work(context, session, &screen, Goal::Clean, false).await);
            }
            Err(failed) => {
                if let Some(report) = &failed.report {
                    context.report(report);
                }
                worst = worst.worse(failed.code);
            }
        }
    }
    Ok(worst)
}
