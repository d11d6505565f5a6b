//! Predictions: which one is due, how it is asked, and how the cloud's answer settles it.

use super::plan::{Effect, Plan};
use crate::checks;
use crate::engine::event::{Answer, Choice, Event, PredictionWords, Question, QuestionId, Verdict};
use crate::engine::record::state::{Detouring, State};
use crate::i18n::{Text, m};
use crate::lab::{Moment, Pair, Predict, PredictProse, Prose, Step};

/// The next prediction of the step that was not asked yet. Only the detour's while it is under way, else only the
/// others.
pub fn unpredicted<'a>(state: &State, step: &'a Step) -> Option<&'a Predict> {
    let now = state.steps.get(&step.id);
    let detour = now.is_some_and(|now| now.detour == Detouring::Open);
    let open = |it: &&Predict| !now.is_some_and(|now| now.predicted.contains_key(&it.id));
    let mut open = step.predict.iter().filter(open).filter(|it| (it.before == Moment::Detour) == detour);
    // Predictions before the making come before those before the checks.
    let first = open.clone().find(|it| it.before == Moment::Make);
    first.or_else(|| open.next())
}

/// Whether the learner chose to begin the step, or its detour, and has not yet answered the prediction before it. Nothing
/// has been done then, so the step's menu is still the place to be.
pub fn waits_for_prediction(state: &State, step: &Step) -> bool {
    let begun = state.steps.get(&step.id).is_some_and(|step| step.started || step.detour == Detouring::Open);
    let touched = state.resources.values().any(|line| line.step == step.id);
    begun && !touched && unpredicted(state, step).is_some_and(|it| it.before != Moment::Checks)
}

/// `None` if the lab has no words for it.
pub fn ask_predict(plan: &Plan<'_>, step: &Step, predict: &Predict) -> Option<Effect> {
    let words = words(plan, step, predict)?;
    let choice = |(number, option): (usize, &String)| {
        let label = words.map(|words| words.option(option).unwrap_or_default().to_owned());
        Choice { answer: Answer::This(number), label: Text::Both { ja: label.ja, en: label.en } }
    };
    let mut choices: Vec<Choice> = predict.options.iter().enumerate().map(choice).collect();
    choices.push(Choice { answer: Answer::Skip, label: m::engine_answer_skip() });
    let question = words.map(|words| words.question.clone());
    let prompt = m::engine_ask_predict(Text::Both { ja: question.ja, en: question.en });
    Some(Effect::Ask(Question { id: QuestionId::Predict, prompt, choices, default: Answer::Skip }))
}

fn words(plan: &Plan<'_>, step: &Step, predict: &Predict) -> Option<Pair<PredictProse>> {
    let of = |prose: &Prose| prose.steps.get(&step.id)?.predictions.get(&predict.id).cloned();
    Some(Pair { ja: of(&plan.prose.ja)?, en: of(&plan.prose.en)? })
}

/// Records the predictions that a step's checks have answered by now: its own, and those of earlier steps that it
/// answers.
pub fn settled(state: &State, plan: &Plan<'_>, step: &Step) -> Vec<Effect> {
    let settle = |asked: &Step, predict: &Predict| {
        let now = state.steps.get(&asked.id)?;
        let answer = now.predicted.get(&predict.id).filter(|answer| !answer.is_empty())?;
        plan.lab.answers(&asked.id, predict).filter(|answers| answers.id == step.id)?;
        let check = checks::name(&predict.proof);
        let (verdict, seen) = state.checked.get(&(step.id.clone(), check.clone()))?;
        let words = words(plan, asked, predict)?;
        if *verdict != Verdict::Met || now.settled.contains(&predict.id) {
            return None;
        }
        let both = |of: &dyn Fn(&PredictProse) -> String| {
            let Pair { ja, en } = words.map(of);
            Text::Both { ja, en }
        };
        let option = |name: &str| both(&|words| words.option(name).unwrap_or_default().to_owned());
        Some(Effect::Record(Event::Settled {
            step: asked.id.clone(),
            prediction: predict.id.clone(),
            answer: answer.clone(),
            right: predict.right.clone(),
            words: Box::new(PredictionWords {
                question: both(&|words| words.question.clone()),
                said: option(answer),
                right: both(&|words| words.right.clone()),
                because: both(&|words| words.because.clone()),
            }),
            check,
            seen: seen.clone(),
        }))
    };
    let all = plan.lab.steps.iter().flat_map(|asked| asked.predict.iter().map(move |predict| (asked, predict)));
    all.filter_map(|(asked, predict)| settle(asked, predict)).collect()
}
