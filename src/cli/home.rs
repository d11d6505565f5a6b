//! `pllab` alone at a terminal: shows where you are, and what you can do next.

use super::clean;
use super::clean::Clean;
use super::resume::Resume;
use super::{resume, status};
use crate::engine::event::{Answer, AskError, Choice, Question, QuestionId};
use crate::i18n::{Text, m};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::progress::is_whole;
use crate::ui::Form;

/// Whether there is a run to resume, and somebody to ask.
///
/// # Errors
/// When there is no place for the state folder, or it cannot be read.
pub(super) fn asks(context: &Context) -> Result<bool, Failed> {
    let person = context.host.input_is_terminal && context.host.output_is_terminal && context.form() != Form::Json;
    Ok(person && context.store()?.all()?.iter().any(|run| !run.state.cleaned))
}

/// Shows the latest run that is not cleaned, asks what to do, and does it.
///
/// # Errors
/// The chosen verb's error.
pub(super) async fn home(context: &mut Context) -> Result<Code, Failed> {
    let found = context.store()?.find(None, |state| !state.cleaned)?;
    let run = found.id();
    let state = &found.state;
    let whole = is_whole(context, state);
    status::show(context, &found, whole)?;
    context.print("\n")?;
    let (_, unreadable) = context.store()?.survey()?;
    status::tell_unreadable(context, &unreadable)?;
    let loaded = context.lab_of(state)?;
    let steps = &loaded.lab.steps;
    let title = |id: &str| {
        let title = loaded.prose.map(|prose| prose.steps.get(id).map_or(id, |words| words.title.as_str()).to_owned());
        Text::Both { ja: title.ja, en: title.en }
    };
    let next = steps.iter().find(|step| !state.met(&step.id));
    let choice = |answer, label| Choice { answer, label };
    let mut choices = vec![
        choice(Answer::Steps, m::engine_answer_steps()),
        choice(Answer::StartOver, m::engine_answer_start_over()),
        choice(Answer::CleanUp, m::cli_home_clean()),
        choice(Answer::Leave, m::cli_home_leave()),
    ];
    if let Some(step) = next {
        choices.insert(0, choice(Answer::Go, m::cli_home_go_on(title(&step.id))));
    }
    let default = if next.is_some() { Answer::Go } else { Answer::Leave };
    let question = Question { id: QuestionId::Home, prompt: m::cli_home_ask(), choices, default };
    let mut resumed = Resume { run: Some(run.clone()), ..Resume::default() };
    match ask(context, &question)? {
        Some(Answer::Go) => {}
        Some(Answer::StartOver) => resumed.start_over = true,
        Some(Answer::CleanUp) => return clean::clean(context, Clean { run: Some(run), ..Clean::default() }).await,
        Some(Answer::Steps) => {
            let numbered = |(number, id): (usize, &str)| {
                let label = m::CliHomeStep { n: number + 1, title: title(id) }.text();
                choice(Answer::This(number), label)
            };
            let mut choices: Vec<Choice> =
                steps.iter().map(|step| step.id.as_str()).enumerate().map(numbered).collect();
            choices.push(choice(Answer::Leave, m::cli_home_leave()));
            let prompt = m::engine_ask_which_step();
            let which = Question { id: QuestionId::WhichStep, prompt, choices, default: Answer::Leave };
            let Some(Answer::This(number)) = ask(context, &which)? else { return Ok(Code::Met) };
            resumed.step = steps.get(number).map(|step| step.id.clone());
        }
        _ => return Ok(Code::Met),
    }
    resume::resume(context, resumed).await
}

/// `None` at Ctrl-C.
fn ask(context: &mut Context, question: &Question) -> Result<Option<Answer>, Failed> {
    let screen = context.screen(false);
    let answer = tokio::task::block_in_place(|| screen.ask(question));
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(AskError::Interrupted) => Ok(None),
        Err(error) => Err(Failed::unanswered(error, "pllab resume --yes")),
    }
}
