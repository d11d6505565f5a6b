//! Which of a run's endpoints a verb is about, if there are several.

use super::context::Context;
use super::exit::{Code, Failed};
use crate::engine::State;
use crate::engine::event::{Answer, AskError, Choice, Question, QuestionId};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::{Loaded, ServedPage};
use crate::ui::Form;

/// An endpoint of a run.
pub enum Chosen {
    /// One that a client of the lab requests a page through.
    Served(ServedPage),
    /// One that the lab does not know, by its id.
    Other(String),
}

/// The endpoint called `wanted`, by name or id. Without a wish, the only one; if there are several, asks, and takes the
/// first if nobody can be asked. `None` if the lab serves no page. `verb` is what the endpoint is for.
///
/// # Errors
/// If the run has no such endpoint, or nobody answers.
pub fn choose(
    context: &mut Context,
    state: &State,
    loaded: &Loaded,
    verb: &str,
    wanted: Option<&str>,
) -> Result<Option<Chosen>, Failed> {
    let pages = loaded.lab.pages();
    let id = |page: &ServedPage| state.resources.get(&page.endpoint).and_then(|it| it.facts.get("id").cloned());
    if let Some(wanted) = wanted {
        let is_wanted = |page: &&ServedPage| page.endpoint == wanted || id(page).as_deref() == Some(wanted);
        return match pages.iter().find(is_wanted) {
            Some(page) => Ok(Some(Chosen::Served(page.clone()))),
            None if wanted.starts_with("vpce-") => Ok(Some(Chosen::Other(wanted.to_owned()))),
            None => Err(unknown(wanted, verb, &pages)),
        };
    }
    let made: Vec<&ServedPage> = pages.iter().filter(|page| id(page).is_some()).collect();
    let (first, several) = match made.as_slice() {
        [] => (pages.first(), false),
        [one] => (Some(*one), false),
        [first, ..] => (Some(*first), true),
    };
    let Some(first) = first else { return Ok(None) };
    if !several {
        return Ok(Some(Chosen::Served(first.clone())));
    }
    if context.host.input_is_terminal && context.host.output_is_terminal && context.form() != Form::Json {
        return ask(context, verb, &made).map(|page| Some(Chosen::Served(page)));
    }
    let others = made.iter().skip(1).map(|page| page.endpoint.as_str()).collect::<Vec<_>>().join(", ");
    context.note(&m::WhyOneOf { endpoint: &first.endpoint, others }.text());
    Ok(Some(Chosen::Served(first.clone())))
}

fn command(verb: &str, page: &ServedPage) -> String {
    format!("pllab {verb} --endpoint {}", shell_word(&page.endpoint))
}

fn ask(context: &Context, verb: &str, pages: &[&ServedPage]) -> Result<ServedPage, Failed> {
    let label = |page: &ServedPage| m::WhyEndpointOne { client: &page.client, endpoint: &page.endpoint }.text();
    let choice = |answer, label: Text| Choice { answer, label };
    let mut choices: Vec<Choice> =
        pages.iter().enumerate().map(|(number, page)| choice(Answer::This(number), label(page))).collect();
    choices.push(choice(Answer::Leave, m::cli_home_leave()));
    let question = Question { id: QuestionId::Endpoint, prompt: m::why_which(), choices, default: Answer::This(0) };
    let screen = context.screen(false);
    let flag = pages.first().map(|page| command(verb, page)).unwrap_or_default();
    match tokio::task::block_in_place(|| screen.ask(&question)) {
        Ok(Answer::This(number)) => {
            pages.get(number).map(|page| (*page).clone()).ok_or_else(|| Failed::unanswered(AskError::Unclear, &flag))
        }
        Ok(_) => Err(Failed { report: None, code: Code::Met }),
        Err(error) => Err(Failed::unanswered(error, &flag)),
    }
}

fn unknown(wanted: &str, verb: &str, pages: &[ServedPage]) -> Failed {
    let names = pages.iter().map(|page| page.endpoint.as_str()).collect::<Vec<_>>().join(", ");
    let next: Vec<String> = pages.iter().map(|page| command(verb, page)).collect();
    let next: Vec<&str> = next.iter().map(String::as_str).collect();
    Failed::new(Code::Usage, m::endpoint_unknown(wanted), vec![m::endpoint_known(names)], &next)
}
