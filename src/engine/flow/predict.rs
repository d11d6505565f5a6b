//! Predictions: which one is due, how it is asked, and how the cloud's answer settles it.

use super::plan::{Effect, Plan};
use crate::checks;
use crate::engine::event::{Answer, Choice, Event, PredictionWords, Question, QuestionId, Verdict};
use crate::engine::record::state::{Detouring, State};
use crate::i18n::{Text, m};
use crate::lab::{Moment, Pair, Predict, PredictProse, Prose, Recap, Step};

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
    let prompt = m::engine_ask_predict(both(&words, |words| words.question.clone()));
    Some(Effect::Ask(quiz(QuestionId::Predict, prompt, &predict.options, &words)))
}

fn quiz(id: QuestionId, prompt: Text, options: &[String], words: &Pair<PredictProse>) -> Question {
    let label = |option: &String| both(words, |words| words.option(option).unwrap_or_default().to_owned());
    let choice = |(number, option): (usize, &String)| Choice { answer: Answer::This(number), label: label(option) };
    let mut choices: Vec<Choice> = options.iter().enumerate().map(choice).collect();
    choices.push(Choice { answer: Answer::Skip, label: m::engine_answer_skip() });
    Question { id, prompt, choices, default: Answer::Skip }
}

fn both(words: &Pair<PredictProse>, of: impl Fn(&PredictProse) -> String) -> Text {
    let Pair { ja, en } = words.map(of);
    Text::Both { ja, en }
}

/// What a question and its answer are shown with.
fn told(words: &Pair<PredictProse>, answer: &str) -> Box<PredictionWords> {
    Box::new(PredictionWords {
        question: both(words, |words| words.question.clone()),
        said: both(words, |words| words.option(answer).unwrap_or_default().to_owned()),
        right: both(words, |words| words.right.clone()),
        because: both(words, |words| words.because.clone()),
    })
}

/// The next question over the whole lab that was not asked yet and that this run can answer, with its number from 1.
pub fn unasked<'a>(state: &State, plan: &Plan<'a>) -> Option<(usize, &'a Recap)> {
    let asked = |(_, it): &(usize, &Recap)| !state.recap.contains_key(&it.id) && proven(state, it).is_some();
    plan.lab.recap.iter().enumerate().find(asked).map(|(index, it)| (index + 1, it))
}

/// What this run saw that answers a recap's question.
fn proven<'a>(state: &'a State, recap: &Recap) -> Option<&'a Text> {
    let check = checks::name(&recap.proof);
    let seen = state.checked.iter().find(|((_, name), (verdict, _))| *name == check && *verdict == Verdict::Met);
    seen.map(|(_, (_, seen))| seen)
}

/// Asks the next question over the whole lab; `None` if there is none.
pub fn ask_recap(state: &State, plan: &Plan<'_>) -> Option<Effect> {
    let (number, recap) = unasked(state, plan)?;
    let words = recap_words(plan, recap)?;
    let question = both(&words, |words| words.question.clone());
    let prompt = m::EngineAskRecap { number, question, total: plan.lab.recap.len() }.text();
    Some(Effect::Ask(quiz(QuestionId::Recap, prompt, &recap.options, &words)))
}

fn recap_words(plan: &Plan<'_>, recap: &Recap) -> Option<Pair<PredictProse>> {
    let of = |prose: &Prose| prose.recap.get(&recap.id).cloned();
    Some(Pair { ja: of(&plan.prose.ja)?, en: of(&plan.prose.en)? })
}

/// Records the answer to the question over the whole lab that was asked.
pub fn recapped(state: &State, plan: &Plan<'_>, answer: Answer) -> Option<Event> {
    let (_, recap) = unasked(state, plan)?;
    let words = recap_words(plan, recap)?;
    let option = if let Answer::This(number) = answer { recap.options.get(number) } else { None };
    let answer = option.cloned().unwrap_or_default();
    Some(Event::Recapped {
        question: recap.id.clone(),
        words: told(&words, &answer),
        answer,
        right: recap.right.clone(),
        check: checks::name(&recap.proof),
        seen: proven(state, recap)?.clone(),
    })
}

/// How many answers were right; `None` while a question is open.
pub fn recap_total(state: &State, plan: &Plan<'_>) -> Option<Event> {
    if unasked(state, plan).is_some() {
        return None;
    }
    let right = plan.lab.recap.iter().filter(|it| state.recap.get(&it.id) == Some(&it.right)).count();
    Some(Event::Notice { text: m::RecapTotal { n: state.recap.len(), right }.text() })
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
        // Whoever passed asked for no answer. What a detour shows stands nowhere else, so it is told all the same.
        let tells = |answer: &&String| !answer.is_empty() || predict.before == Moment::Detour;
        let answer = now.predicted.get(&predict.id).filter(tells)?;
        plan.lab.answers(&asked.id, predict).filter(|answers| answers.id == step.id)?;
        let check = checks::name(&predict.proof);
        let (verdict, seen) = state.checked.get(&(step.id.clone(), check.clone()))?;
        let words = words(plan, asked, predict)?;
        if *verdict != Verdict::Met || now.settled.contains(&predict.id) {
            return None;
        }
        Some(Effect::Record(Event::Settled {
            step: asked.id.clone(),
            prediction: predict.id.clone(),
            answer: answer.clone(),
            right: predict.right.clone(),
            words: told(&words, answer),
            check,
            seen: seen.clone(),
        }))
    };
    let all = plan.lab.steps.iter().flat_map(|asked| asked.predict.iter().map(move |predict| (asked, predict)));
    all.filter_map(|(asked, predict)| settle(asked, predict)).collect()
}
