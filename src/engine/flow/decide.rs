//! Decides what is next. A pure function from the state to the effects; it knows the modes and does nothing itself.

use super::go_to::{ask_go_to, goal, on_the_way, which_step};
use super::plan::{Effect, End, Input, Plan, Wish};
use super::predict::{ask_predict, ask_recap, recap_total, recapped, settled, unpredicted, waits_for_prediction};
use super::questions::{
    ask_clean_up, ask_failed, ask_lost, ask_next, ask_not_met, ask_step, ask_theirs, ask_watching, back_to_step,
    has_work,
};
use crate::engine::event::{
    AnewChoice, Answer, CleanUpStage, Decision, DetourStage, Entry, Event, GoToStage, Mode, NextStage, QuestionId,
    StepChoice, Theirs, Verdict,
};
use crate::engine::record::state::{Detouring, State};
use crate::lab::{Moment, Resource, Step};

#[must_use]
pub fn decide(state: &State, plan: &Plan<'_>, input: Input) -> Vec<Effect> {
    match input {
        Input::Begin if plan.mode == Mode::Explain => {
            let mut effects = vec![Effect::Opening];
            effects.extend(read_on(state, plan));
            effects
        }
        Input::Begin if state.pending.is_empty() => {
            let mut effects = vec![Effect::Opening];
            // From here on, what the learner makes is theirs, even if they make it while pllab still waits for
            // something else.
            let by_hand = plan.mode == Mode::HandsOn && state.baseline.is_none() && !state.cleaning;
            effects.extend(by_hand.then_some(Effect::Baseline));
            effects.extend(onward(state, plan));
            effects
        }
        Input::Begin => vec![Effect::Opening, Effect::Recover],
        Input::Interrupted => vec![Effect::End(End::Interrupted)],
        // Reading leaves nothing unfinished.
        Input::Answered(_, Answer::Leave) if plan.mode == Mode::Explain => vec![Effect::End(End::Met)],
        Input::Answered(_, Answer::Leave) => {
            let left = run_finished(state, plan, Verdict::NotYet);
            vec![Effect::Record(left), Effect::End(End::Left)]
        }
        Input::Answered(..) if plan.mode == Mode::Explain => read_on(state, plan),
        Input::Answered(QuestionId::Theirs, Answer::Again) => onward(state, plan),
        Input::Answered(QuestionId::Theirs, answer) => {
            let mut effects = vec![Effect::Record(Decision::Theirs(Theirs::of(answer)).of_run())];
            effects.extend(clean_up());
            effects
        }
        Input::Answered(QuestionId::CleanUp, Answer::Browse) => vec![Effect::End(End::Wishes(Wish::Browse))],
        Input::Answered(QuestionId::CleanUp, Answer::Report) => vec![Effect::End(End::Wishes(Wish::Report))],
        Input::Answered(QuestionId::CleanUp, Answer::Drill) => {
            vec![Effect::Record(run_finished(state, plan, Verdict::Met)), Effect::End(End::Wishes(Wish::Drill))]
        }
        Input::Answered(QuestionId::CleanUp, Answer::Recap) => vec![recap_or_end(state, plan)],
        Input::Answered(QuestionId::Recap, answer) => match recapped(state, plan, answer) {
            Some(event) => {
                let state = after(state, &event);
                let mut effects = vec![Effect::Record(event)];
                effects.extend(recap_total(&state, plan).map(Effect::Record));
                effects.push(recap_or_end(&state, plan));
                effects
            }
            None => vec![ask_clean_up(state, plan)],
        },
        Input::Granted => vec![ask_clean_up(state, plan)],
        Input::Answered(_, Answer::CleanUp) => clean_up_asking(state),
        Input::Answered(_, Answer::Keep) => finish(state, plan, Verdict::Met),
        Input::Answered(QuestionId::Step, answer) => {
            let Some((index, step)) = plan.current(state) else { return onward(state, plan) };
            if matches!(answer, Answer::HandsOn | Answer::Go) {
                return begin(state, plan, index, answer);
            }
            if answer == Answer::Detour {
                let chosen = Decision::Step(StepChoice::Detour).of_step(&step.id);
                let next = work(&after(state, &chosen), plan, index);
                return vec![Effect::Record(chosen), next];
            }
            if answer == Answer::Steps { vec![which_step(plan)] } else { onward(state, plan) }
        }
        Input::Answered(QuestionId::Next, Answer::Steps) => vec![which_step(plan)],
        Input::Answered(QuestionId::Next, Answer::Go) | Input::Undone => forward(state, plan),
        Input::Answered(QuestionId::WhichStep, Answer::This(index)) => match plan.lab.steps.get(index) {
            Some(step) => {
                let asked = Decision::GoTo(GoToStage::Asked).of_step(&step.id);
                let mut effects = vec![Effect::Record(asked.clone())];
                effects.extend(onward(&after(state, &asked), plan));
                effects
            }
            None => onward(state, plan),
        },
        Input::Answered(QuestionId::GoTo | QuestionId::GoBack, answer) => {
            let Some((_, step)) = goal(state, plan) else { return onward(state, plan) };
            let reached = if answer == Answer::Go { GoToStage::Begun } else { GoToStage::Dropped };
            let word = Decision::GoTo(reached).of_step(&step.id);
            let state = after(state, &word);
            let mut effects = vec![Effect::Record(word)];
            effects.extend(if answer == Answer::Go { forward(&state, plan) } else { onward(&state, plan) });
            effects
        }
        Input::Answered(QuestionId::Predict, answer) => {
            let Some((index, step)) = plan.current(state) else { return onward(state, plan) };
            let Some(predict) = unpredicted(state, step) else { return vec![work(state, plan, index)] };
            let option = if let Answer::This(number) = answer { predict.options.get(number) } else { None };
            let said = Event::Predicted {
                step: step.id.clone(),
                prediction: predict.id.clone(),
                answer: option.cloned().unwrap_or_default(),
            };
            let state = after(state, &said);
            let next = match predict.before {
                Moment::Checks => check(&state, plan, index),
                Moment::Make | Moment::Detour => work(&state, plan, index),
            };
            vec![Effect::Record(said), next]
        }
        Input::Watched => match plan.current(state) {
            // Finish what pllab itself had begun. What the learner made is left alone.
            Some((index, _)) => vec![Effect::Make(index)],
            None => onward(state, plan),
        },
        Input::Called => vec![ask_watching(state)],
        Input::Lost => vec![ask_lost(state, plan)],
        Input::Answered(QuestionId::Watching, answer) => match (plan.current(state), answer) {
            (Some((index, _)), Answer::Hint) => vec![Effect::Hint(index), ask_watching(state)],
            (Some((index, _)), Answer::Go) => begin(state, plan, index, answer),
            (Some((index, _)), _) => vec![work(state, plan, index)],
            (None, _) => onward(state, plan),
        },
        Input::Answered(QuestionId::Lost, answer) => match (plan.current(state), answer) {
            (Some((index, step)), Answer::Go | Answer::HandsOn) => {
                let choice = if answer == Answer::Go { AnewChoice::Go } else { AnewChoice::HandsOn };
                vec![Effect::Record(Decision::Anew(choice).of_step(&step.id)), Effect::Anew(index)]
            }
            _ => onward(state, plan),
        },
        Input::Answered(QuestionId::Failed, _) => match plan.current(state) {
            Some((index, _)) => vec![resumed_work(state, plan, index)],
            None => clean_up(),
        },
        Input::Answered(QuestionId::NotMet, Answer::Path) => vec![Effect::Path, ask_not_met(plan)],
        Input::Answered(QuestionId::NotMet, _) => match plan.current(state) {
            Some((index, _)) => vec![resumed_work(state, plan, index)],
            None => onward(state, plan),
        },
        // Some call could still not be asked about.
        Input::Recovered if !state.pending.is_empty() => decide(state, plan, Input::MakeFailed),
        Input::Recovered | Input::Answered(_, _) => onward(state, plan),
        Input::Made => match plan.current(state) {
            // The detour did nothing of the step itself, so the step is offered again once the learner goes on.
            Some((index, step)) if !begun(state, step) => {
                let mut effects = settled(state, plan, step);
                // What the learner made is not made again by pllab: they are asked.
                effects.extend(step.detour.is_some().then_some(Effect::Lost(index)));
                effects.push(back_to_step(plan));
                effects
            }
            Some((index, _)) => vec![check(state, plan, index)],
            None => onward(state, plan),
        },
        Input::MakeFailed => unless_lost(state, plan, ask_failed()),
        Input::Checked(Verdict::Met) => {
            let Some((index, step)) = plan.current(state) else { return onward(state, plan) };
            let finished = Event::StepFinished { step: step.id.clone(), verdict: Verdict::Met };
            let unasked = on_the_way(state, plan);
            let state = after(state, &finished);
            let mut effects = vec![Effect::Record(finished)];
            effects.extend(settled(&state, plan, step));
            if unasked {
                effects.extend(forward(&state, plan));
                return effects;
            }
            // Show the picture at the moment the tie becomes solid or is cut.
            let tied = step.makes.iter().any(|it| matches!(it, Resource::Acceptance(_) | Resource::Rejection(_)));
            effects.extend(tied.then_some(Effect::Picture(index)));
            let last = index + 1 == plan.lab.steps.len();
            effects.extend(if last { ending(&state, plan) } else { vec![ask_next(plan)] });
            effects
        }
        // If the cloud cannot be asked, nothing else can be seen either.
        Input::Checked(Verdict::CannotTell) => vec![ask_not_met(plan)],
        Input::Checked(_) => unless_lost(state, plan, ask_not_met(plan)),
        Input::Cleaned(verdict) => finish(state, plan, verdict),
    }
}

/// Where the run stands, as the learner left it: the same question is asked again.
fn onward(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    if state.cleaning {
        // Continue an interrupted clean-up: building on what it left would fail.
        return clean_up();
    }
    if let (Some((index, _)), Some(_)) = (plan.current(state), &state.anew) {
        return vec![Effect::Anew(index)];
    }
    // Whether it is still lost; the learner may have seen to it.
    let looks = plan.current(state).filter(|_| !state.lost.is_empty());
    let mut effects: Vec<Effect> = looks.map(|(index, _)| Effect::Lost(index)).into_iter().collect();
    effects.extend(where_it_stands(state, plan));
    effects
}

fn where_it_stands(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    if let (Some((index, step)), Some((_, false))) = (goal(state, plan), &state.goal) {
        return vec![ask_go_to(state, plan, index, step)];
    }
    match plan.current(state) {
        Some((index, step)) if index > 0 && !begun(state, step) && !opened(state, step) && !on_the_way(state, plan) => {
            vec![Effect::Before(index - 1), ask_next(plan)]
        }
        _ => forward(state, plan),
    }
}

/// On to the step that is not met yet, or back to the one that was asked for.
fn forward(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    if let Some((index, _)) = goal(state, plan).filter(|(_, step)| state.met(&step.id)) {
        // An interrupted way back begins again here as well.
        return vec![Effect::Undo(index)];
    }
    match plan.current(state) {
        Some((index, step)) if begun(state, step) => {
            if waits_for_prediction(state, step) && !on_the_way(state, plan) {
                return open(index, step, state, plan);
            }
            vec![Effect::Show(index), resumed_work(state, plan, index)]
        }
        Some((index, _)) if on_the_way(state, plan) => begin(state, plan, index, Answer::Go),
        Some((index, step)) => open(index, step, state, plan),
        None => ending(state, plan),
    }
}

/// What did not come about may need something that can never be used again. If so, that is asked about instead.
fn unless_lost(state: &State, plan: &Plan<'_>, question: Effect) -> Vec<Effect> {
    let looks = plan.current(state).filter(|_| !state.cleaning && state.pending.is_empty());
    let mut effects: Vec<Effect> = looks.map(|(index, _)| Effect::Lost(index)).into_iter().collect();
    effects.push(question);
    effects
}

/// The lab is done: what came of it, and what may be done with it.
fn ending(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    vec![Effect::Ending, ask_clean_up(state, plan)]
}

fn recap_or_end(state: &State, plan: &Plan<'_>) -> Effect {
    ask_recap(state, plan).unwrap_or_else(|| ask_clean_up(state, plan))
}

fn opened(state: &State, step: &Step) -> bool {
    state.steps.get(&step.id).is_some_and(|step| step.opened)
}

/// The answer if nobody can be asked. Working by hand needs no consent, because pllab only looks. `None` if the
/// question stops the run.
#[must_use]
pub fn alone(mode: Mode, question: QuestionId) -> Option<Answer> {
    let answer = match question {
        QuestionId::Step | QuestionId::Lost => Answer::HandsOn,
        QuestionId::Next | QuestionId::GoTo | QuestionId::GoBack => Answer::Go,
        QuestionId::Watching | QuestionId::WhichStep => Answer::Again,
        QuestionId::Predict | QuestionId::Recap => Answer::Skip,
        QuestionId::CleanUp | QuestionId::Theirs => Answer::Keep,
        _ => Answer::Leave,
    };
    (mode == Mode::HandsOn).then_some(answer)
}

fn begin(state: &State, plan: &Plan<'_>, index: usize, answer: Answer) -> Vec<Effect> {
    let step = &plan.lab.steps[index];
    let (started, was_by_hand) = state.steps.get(&step.id).map_or((false, false), |step| (step.started, step.by_hand));
    let by_hand = answer == Answer::HandsOn;
    let mut effects = Vec::new();
    if !started {
        effects.push(Effect::Record(Event::StepStarted { step: step.id.clone() }));
    }
    if waits_for_prediction(state, step) && state.steps.get(&step.id).is_some_and(|it| it.detour == Detouring::Open) {
        effects.push(Effect::Record(Decision::Detour(DetourStage::Dropped).of_step(&step.id)));
    }
    if by_hand != was_by_hand {
        effects.push(Effect::Record(Decision::Step(StepChoice::by(by_hand)).of_step(&step.id)));
    }
    let state = effects.iter().fold(state.clone(), |state, effect| match effect {
        Effect::Record(event) => after(&state, event),
        _ => state,
    });
    effects.push(work(&state, plan, index));
    effects
}

/// The state with `event` folded in.
fn after(state: &State, event: &Event) -> State {
    let mut state = state.clone();
    let at = state.last.unwrap_or_default();
    state.apply(&Entry { at, event: event.clone() });
    state
}

/// What is next in a step that was begun. A prediction comes first if one is due.
fn work(state: &State, plan: &Plan<'_>, index: usize) -> Effect {
    let step = &plan.lab.steps[index];
    let due = unpredicted(state, step).filter(|it| it.before != Moment::Checks && !on_the_way(state, plan));
    if let Some(question) = due.and_then(|predict| ask_predict(plan, step, predict)) {
        return question;
    }
    match state.steps.get(&step.id) {
        Some(step) if step.detour == Detouring::Open => Effect::Detour(index),
        Some(now) if now.by_hand && has_work(step) => Effect::Watch(index),
        _ => Effect::Make(index),
    }
}

fn check(state: &State, plan: &Plan<'_>, index: usize) -> Effect {
    let step = &plan.lab.steps[index];
    let due = unpredicted(state, step).filter(|it| it.before == Moment::Checks && !on_the_way(state, plan));
    due.and_then(|predict| ask_predict(plan, step, predict)).unwrap_or(Effect::Check(index))
}

/// The explain mode: the next step that has not been shown, or all of them if nobody is asked.
fn read_on(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (index, step) in plan.lab.steps.iter().enumerate().filter(|(_, step)| !begun(state, step)) {
        effects.extend([Effect::Remember(Event::StepStarted { step: step.id.clone() }), Effect::Show(index)]);
        if plan.asks && index + 1 < plan.lab.steps.len() {
            effects.push(ask_next(plan));
            return effects;
        }
    }
    effects.push(Effect::End(End::Met));
    effects
}

/// Continues a step that was begun before: its detour or its making. The checks follow from that.
fn resumed_work(state: &State, plan: &Plan<'_>, index: usize) -> Effect {
    if !state.pending.is_empty() {
        // Make nothing again before asking the cloud what became of the first attempt.
        return Effect::Recover;
    }
    work(state, plan, index)
}

/// Whether the learner has agreed to the step's work, or to its detour.
fn begun(state: &State, step: &Step) -> bool {
    state.steps.get(&step.id).is_some_and(|step| step.started || step.detour == Detouring::Open)
}

fn finish(state: &State, plan: &Plan<'_>, cleaned: Verdict) -> Vec<Effect> {
    let finished = run_finished(state, plan, cleaned);
    let met = matches!(finished, Event::RunFinished { verdict: Verdict::Met, .. });
    vec![Effect::Record(finished), Effect::End(if met { End::Met } else { End::NotMet })]
}

fn run_finished(state: &State, plan: &Plan<'_>, otherwise: Verdict) -> Event {
    let steps = plan.lab.steps.len();
    let steps_met = plan.lab.steps.iter().filter(|step| state.met(&step.id)).count();
    let verdict = match otherwise {
        _ if steps_met < steps => Verdict::NotYet,
        // The page was not asked for, so the run is not proved.
        Verdict::Met if state.api_only => Verdict::CannotTell,
        otherwise => otherwise,
    };
    Event::RunFinished { verdict, steps_met, steps }
}

/// Asks first if it is open whether the learner's own things are deleted.
fn clean_up_asking(state: &State) -> Vec<Effect> {
    match ask_theirs(state) {
        Some(question) => vec![Effect::Ask(question)],
        None => clean_up(),
    }
}

/// Recorded before anything is deleted, so that an interrupted clean-up is resumed as a clean-up.
fn clean_up() -> Vec<Effect> {
    vec![Effect::Record(Decision::CleanUp(CleanUpStage::Begun).of_run()), Effect::CleanUp]
}

/// Opens a step: shows it, looks, asks.
fn open(index: usize, step: &Step, state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    if !opened(state, step) {
        effects.push(Effect::Record(Decision::Next(NextStage::Opened).of_step(&step.id)));
    }
    // What the learner made may be gone by now: that comes before a picture that has it.
    let theirs = index > 0 && state.resources.values().any(|line| line.yours && line.id().is_some());
    effects.extend(theirs.then_some(Effect::Lost(index)));
    effects.push(Effect::Show(index));
    if !step.looks.is_empty() {
        effects.push(Effect::Look(index));
    }
    effects.push(ask_step(step, state, plan));
    effects
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
