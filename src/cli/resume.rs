//! `pllab resume`: continues a stopped run.

use crate::engine::event::{Decision, GoToStage, Mode, StepChoice, Theirs};
use crate::host::shell_word;
use crate::i18n::m;
use crate::session::consent::Agreement;
use crate::session::consent::Ceiling;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::open_run::{Goal, open_run};
use crate::session::work::go;
use clap::Args;

/// The verb's arguments.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Resume {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_name = "STEP")]
    pub step: Option<String>,
    #[arg(long, conflicts_with = "step")]
    pub start_over: bool,
    #[arg(long, conflicts_with_all = ["guided", "yes"])]
    pub hands_on: bool,
    #[arg(long)]
    pub guided: bool,
    #[arg(long, value_name = "USD")]
    pub accept_cost: Option<Ceiling>,
    #[arg(short, long)]
    pub yes: bool,
    #[arg(long)]
    pub keep: bool,
    #[arg(long, conflicts_with = "keep")]
    pub with_mine: bool,
}

/// Resumes the named run, or the latest that is not cleaned.
pub(super) async fn resume(context: &mut Context, args: Resume) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    if found.state.cleaned {
        let next = format!("pllab start {}", shell_word(&found.state.lab));
        return Err(Failed::new(Code::Usage, m::cli_run_is_cleaned(found.id()), Vec::new(), &[&next]));
    }
    let mut session = open_run(context, &store, &found, args.keep, Goal::Lab).await?;
    session.chosen.extend(args.hands_on.then(|| Decision::Mode(Mode::HandsOn).of_run()));
    session.chosen.extend(args.guided.then(|| Decision::Mode(Mode::Guided).of_run()));
    // The command line overrides the answers at a step's menu: with `--yes`, nobody is there to answer.
    let mine = StepChoice::by(args.hands_on);
    let said = args.hands_on || args.guided || args.yes;
    let unfinished = found.state.steps.iter().filter(|(id, step)| said && step.started && !found.state.met(id));
    let other = unfinished.filter(|(_, step)| step.by_hand != args.hands_on);
    session.chosen.extend(other.map(|(id, _)| Decision::Step(mine).of_step(id)));
    let steps = &session.loaded.lab.steps;
    let first = steps.first().filter(|_| args.start_over).map(|step| step.id.clone());
    if let Some(step) = args.step.or(first) {
        if !steps.iter().any(|known| known.id == step) {
            let known = steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>().join(", ");
            session.target.close().await;
            let next = format!("pllab status {}", shell_word(&found.id()));
            return Err(Failed::new(
                Code::Usage,
                m::cli_unknown_step(&step),
                vec![m::cli_known_steps(known)],
                &[&next],
            ));
        }
        session.chosen.push(Decision::GoTo(GoToStage::Asked).of_step(&step));
    }
    session.chosen.extend(args.with_mine.then(|| Decision::Theirs(Theirs::CleanUp).of_run()));
    let again = format!("pllab resume {}", shell_word(&found.id()));
    go(context, session, Agreement { given: args.accept_cost, yes: args.yes, again }).await
}
