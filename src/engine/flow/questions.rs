//! The questions in and between steps. Those about going to another step are in `go_to.rs`, those of predictions in
//! `predict.rs`.

use super::plan::{Effect, Plan, Wish};
use super::predict::{unasked, waits_for_prediction};
use crate::engine::event::{Answer, Choice, Mode, Question, QuestionId};
use crate::engine::record::state::{Detouring, State};
use crate::i18n::{Text, m};
use crate::lab::{Resource, Step};

/// The menu of a step that opens: its choices, their order, and which is usual.
pub fn ask_step(step: &Step, state: &State, plan: &Plan<'_>) -> Effect {
    let detour_is_open = step.detour.is_some()
        && (waits_for_prediction(state, step)
            || state.steps.get(&step.id).is_none_or(|step| step.detour == Detouring::No));
    let mut answers = match (has_work(step), plan.mode) {
        (false, _) => vec![Answer::Go],
        (true, Mode::HandsOn) => vec![Answer::HandsOn, Answer::Go],
        (true, _) => vec![Answer::Go, Answer::HandsOn],
    };
    let usual = answers[0];
    answers.extend(detour_is_open.then_some(Answer::Detour));
    answers.push(Answer::Steps);
    answers.push(Answer::Leave);
    // There is nothing to clean up before anything exists.
    answers.extend((!state.existing().is_empty()).then_some(Answer::CleanUp));
    let question = ask(QuestionId::Step, m::engine_ask_step(), &answers, usual);
    match step.makes.as_slice() {
        // Such a step makes nothing; it only looks.
        [] => with_label(question, m::engine_answer_look()),
        [Resource::Acceptance(_)] => with_label(question, m::engine_answer_accept()),
        _ => question,
    }
}

/// After a step. The explain mode has nothing to clean up.
pub fn ask_next(plan: &Plan<'_>) -> Effect {
    let answers: &[Answer] = match plan.mode {
        Mode::Explain => &[Answer::Go, Answer::Leave],
        Mode::Guided | Mode::HandsOn => &[Answer::Go, Answer::Steps, Answer::Leave, Answer::CleanUp],
    };
    let mut question = ask(QuestionId::Next, m::engine_ask_next(), answers, Answer::Go);
    // Reading makes no run, so there is nothing to come back to.
    if let (Mode::Explain, Effect::Ask(question)) = (plan.mode, &mut question) {
        let ends = question.choices.iter_mut().filter(|choice| choice.answer == Answer::Leave);
        ends.for_each(|choice| choice.label = m::engine_answer_end());
    }
    question
}

/// After a detour: the step itself is still to be done.
pub fn back_to_step(plan: &Plan<'_>) -> Effect {
    match with_label(ask_next(plan), m::engine_answer_back()) {
        Effect::Ask(question) => Effect::Ask(Question { prompt: m::engine_ask_step(), ..question }),
        other => other,
    }
}

/// After the last step.
pub fn ask_clean_up(state: &State, plan: &Plan<'_>) -> Effect {
    let default = if plan.keep { Answer::Keep } else { Answer::CleanUp };
    let mut wishes = Vec::new();
    wishes.extend(state.page.is_some().then_some((Answer::Browse, plan.granted.contains(&Wish::Browse))));
    wishes.extend(unasked(state, plan).map(|_| (Answer::Recap, false)));
    wishes.push((Answer::Report, plan.granted.contains(&Wish::Report)));
    // What was granted comes last, so that whoever takes the first choice again and again comes to the end.
    let (granted, open): (Vec<_>, Vec<_>) = wishes.into_iter().partition(|(_, granted)| *granted);
    let mut answers: Vec<Answer> = open.into_iter().map(|(answer, _)| answer).collect();
    answers.push(Answer::Keep);
    answers.extend(plan.drills.then_some(Answer::Drill));
    answers.extend(granted.into_iter().map(|(answer, _)| answer));
    answers.push(Answer::CleanUp);
    ask(QuestionId::CleanUp, m::engine_ask_clean_up(), &answers, default)
}

/// What to do with what the learner made. Asked while some of it exists and the learner has not answered.
#[must_use]
pub fn ask_theirs(state: &State) -> Option<Question> {
    let existing = state.existing();
    let theirs: Vec<&str> =
        existing.iter().filter(|(_, line)| line.yours && !state.is_older(line)).map(|(name, _)| *name).collect();
    if theirs.is_empty() || state.handed_over {
        return None;
    }
    let choice = |answer| Choice { answer, label: label(QuestionId::Theirs, answer) };
    let (list, n, along) = (theirs.join(", "), theirs.len(), state.stays_along());
    let prompt = if along.is_empty() {
        m::EngineAskTheirs { list, n }.text()
    } else {
        m::EngineAskTheirsAlong { along: along.join(", "), list, n }.text()
    };
    Some(Question {
        id: QuestionId::Theirs,
        prompt,
        choices: vec![choice(Answer::Keep), choice(Answer::CleanUp), choice(Answer::Again)],
        default: Answer::Keep,
    })
}

/// While pllab watches.
pub fn ask_watching(state: &State) -> Effect {
    let mut answers = vec![Answer::Again, Answer::Hint, Answer::Go, Answer::Leave];
    answers.extend((!state.existing().is_empty()).then_some(Answer::CleanUp));
    ask(QuestionId::Watching, m::engine_ask_watching(), &answers, Answer::Again)
}

/// Something that the step needs can never be used again. It is made again, by pllab or by the learner.
pub fn ask_lost(state: &State, plan: &Plan<'_>) -> Effect {
    let mut answers = vec![Answer::Go];
    if plan.mode == Mode::HandsOn || state.lost.iter().any(|name| state.is_learners(name)) {
        answers.insert(usize::from(plan.mode != Mode::HandsOn), Answer::HandsOn);
    }
    answers.extend([Answer::Again, Answer::Leave, Answer::CleanUp]);
    ask(QuestionId::Lost, m::engine_ask_lost(state.lost.join(", ")), &answers, Answer::Leave)
}

/// After a check that is not met. The path can be traced if the lab proves one.
pub fn ask_not_met(plan: &Plan<'_>) -> Effect {
    let all = [Answer::Again, Answer::Path, Answer::Leave, Answer::CleanUp];
    let answers: Vec<Answer> =
        all.into_iter().filter(|answer| *answer != Answer::Path || plan.lab.page().is_some()).collect();
    ask(QuestionId::NotMet, m::engine_ask_not_met(), &answers, Answer::Leave)
}

/// After something could not be made.
pub fn ask_failed() -> Effect {
    let answers = [Answer::Again, Answer::Leave, Answer::CleanUp];
    ask(QuestionId::Failed, m::engine_ask_failed(), &answers, Answer::Leave)
}

pub fn has_work(step: &Step) -> bool {
    step.makes.iter().any(|it| !matches!(it, Resource::ServiceLookup(_)))
}

/// Replaces the label of the choice by which pllab goes on by one that says more.
pub fn with_label(question: Effect, label: Text) -> Effect {
    match question {
        Effect::Ask(mut question) => {
            if let Some(go) = question.choices.iter_mut().find(|choice| choice.answer == Answer::Go) {
                go.label = label;
            }
            Effect::Ask(question)
        }
        other => other,
    }
}

fn ask(id: QuestionId, prompt: Text, answers: &[Answer], default: Answer) -> Effect {
    let choices = answers.iter().map(|answer| Choice { answer: *answer, label: label(id, *answer) }).collect();
    Effect::Ask(Question { id, prompt, choices, default })
}

fn label(id: QuestionId, answer: Answer) -> Text {
    match (id, answer) {
        (QuestionId::Next, Answer::Go) => m::engine_answer_next(),
        (QuestionId::Watching, Answer::Again) => m::engine_answer_watch(),
        (QuestionId::Watching, Answer::Go) => m::engine_answer_rest(),
        (QuestionId::Theirs, Answer::Again) => m::engine_answer_theirs_back(),
        (QuestionId::Theirs, Answer::Keep) => m::engine_answer_theirs_stay(),
        (QuestionId::Theirs, Answer::CleanUp) => m::engine_answer_theirs_go(),
        (QuestionId::Lost, Answer::Go) => m::engine_answer_anew(),
        (QuestionId::Lost, Answer::HandsOn) => m::engine_answer_anew_by_hand(),
        (_, Answer::HandsOn) => m::engine_answer_hands_on(),
        (_, Answer::Skip) => m::engine_answer_skip(),
        (_, Answer::Steps) => m::engine_answer_steps(),
        (_, Answer::StartOver) => m::engine_answer_start_over(),
        (_, Answer::Hint) => m::engine_answer_hint(),
        (_, Answer::This(number)) => Text::literal(number.to_string()),
        (_, Answer::Go) => m::engine_answer_go(),
        (_, Answer::Detour) => m::engine_answer_detour(),
        (_, Answer::Again) => m::engine_answer_again(),
        (_, Answer::Leave) => m::engine_answer_leave(),
        (_, Answer::CleanUp) => m::engine_answer_clean_up(),
        (_, Answer::Keep) => m::engine_answer_keep(),
        (_, Answer::Path) => m::drill_answer_path(),
        (_, Answer::GiveUp) => m::drill_answer_give_up(),
        (_, Answer::Browse) => m::engine_answer_browse(),
        (_, Answer::Recap) => m::engine_answer_recap(),
        (_, Answer::Report) => m::engine_answer_report(),
        (_, Answer::Drill) => m::engine_answer_drill(),
    }
}
