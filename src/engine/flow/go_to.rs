//! Going to another step: ahead, after all steps before it are done; or back, after everything from there on is undone.

use super::plan::{Effect, Plan};
use crate::engine::event::{Answer, Choice, Question, QuestionId};
use crate::engine::record::state::State;
use crate::i18n::{Text, m};
use crate::lab::{Lab, Resource, Step};

/// The step that the learner goes to, with its index.
pub fn goal<'a>(state: &State, plan: &Plan<'a>) -> Option<(usize, &'a Step)> {
    let (id, _) = state.goal.as_ref()?;
    plan.lab.steps.iter().enumerate().find(|(_, step)| step.id == *id)
}

/// Whether the learner has agreed to a step that is still ahead. pllab asks nothing until it gets there.
pub fn on_the_way(state: &State, plan: &Plan<'_>) -> bool {
    let confirmed = state.goal.as_ref().is_some_and(|(_, confirmed)| *confirmed);
    let ahead = goal(state, plan).zip(plan.current(state)).is_some_and(|((goal, _), (now, _))| now < goal);
    confirmed && ahead
}

pub fn which_step(plan: &Plan<'_>) -> Effect {
    let steps = plan.lab.steps.iter().enumerate();
    let mut choices: Vec<Choice> =
        steps.map(|(number, step)| Choice { answer: Answer::This(number), label: title(plan, number, step) }).collect();
    choices.push(Choice { answer: Answer::Again, label: m::engine_answer_stay() });
    Effect::Ask(Question {
        id: QuestionId::WhichStep,
        prompt: m::engine_ask_which_step(),
        choices,
        default: Answer::Again,
    })
}

fn title(plan: &Plan<'_>, number: usize, step: &Step) -> Text {
    let title = plan.prose.map(|prose| {
        let title = prose.steps.get(&step.id).map_or(step.id.as_str(), |words| words.title.as_str());
        format!("{}. {title}", number + 1)
    });
    Text::Both { ja: title.ja, en: title.en }
}

/// One confirmation for everything that the move takes.
pub fn ask_go_to(state: &State, plan: &Plan<'_>, index: usize, step: &Step) -> Effect {
    let now = plan.current(state).map_or(plan.lab.steps.len(), |(now, _)| now);
    let title = title(plan, index, step);
    let (id, prompt) = match index.checked_sub(now) {
        None => {
            let n = undone(plan.lab, index).0.len();
            (QuestionId::GoBack, m::EngineAskGoBack { n, step: title }.text())
        }
        Some(between) => (QuestionId::GoTo, m::EngineAskGoAhead { n: between, step: title }.text()),
    };
    let choice = |answer, label| Choice { answer, label };
    let choices = vec![choice(Answer::Go, m::engine_answer_go_to()), choice(Answer::Again, m::engine_answer_stay())];
    Effect::Ask(Question { id, prompt, choices, default: Answer::Go })
}

/// What undoing step `index` reopens: the steps, and the resources to delete. An acceptance is undone together with the
/// endpoint that it accepted, because the consumer must request again.
#[must_use]
pub fn undone(lab: &Lab, index: usize) -> (Vec<String>, Vec<String>) {
    let accepted: Vec<&str> = lab.steps[index]
        .makes
        .iter()
        .filter_map(|it| if let Resource::Acceptance(it) = it { Some(it.endpoint.as_str()) } else { None })
        .collect();
    let from = lab.steps.iter().position(|step| step.makes.iter().any(|it| accepted.contains(&it.name())));
    let steps = &lab.steps[from.unwrap_or(index).min(index)..];
    let names = steps.iter().flat_map(|step| &step.makes).map(|it| it.name().to_owned()).collect();
    (steps.iter().map(|step| step.id.clone()).collect(), names)
}
