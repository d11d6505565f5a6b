//! What is next: a plain function from what is known to what is to be done. It knows the ways; it does nothing itself.

use super::event::{Answer, Choice, Entry, Event, Question, QuestionId, Verdict, Way};
use super::go_to::{ask_go_to, goal, on_the_way, which_step};
use super::predict::{ask_predict, settled, unpredicted};
use super::state::{Detouring, State};
use crate::i18n::{Text, m};
use crate::lab::{Lab, Moment, Pair, Prose, Resource, Step};

/// What does not change while a run goes on.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Its words: predictions are asked in them.
    pub prose: &'a Pair<Prose>,
    /// The way through it.
    pub way: Way,
    /// Whether what was made is kept at the end unless the learner says otherwise.
    pub keep: bool,
    /// Whether there are questions between the steps of the explain way.
    pub asks: bool,
}

/// What came of the last effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The run begins, or is taken up again.
    Begin,
    /// Calls without outcomes have been asked about.
    Recovered,
    /// A question was answered.
    Answered(QuestionId, Answer),
    /// Everything that was to be made is made.
    Made,
    /// Something could not be made; what failed has been told.
    MakeFailed,
    /// Everything that the learner was to make is there.
    Watched,
    /// The learner called for the menu during a watch.
    Called,
    /// The checks were asked: whether all are met.
    Checked(Verdict),
    /// Steps were undone and are open again.
    Undone,
    /// The clean-up was done and looked at: whether nothing is left.
    Cleaned(Verdict),
    /// The learner pressed Ctrl-C.
    Interrupted,
}

/// What is to be done. The last of a list leads to the next [`Input`].
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show the first screen.
    Opening,
    /// Show a step, by index.
    Show(usize),
    /// Draw the picture as it is now, by index of the step.
    Picture(usize),
    /// Trace the path and show it.
    Path,
    /// Look at what a step looks at when it opens, by index.
    Look(usize),
    /// Ask the learner.
    Ask(Question),
    /// Write it down, and tell the screen.
    Record(Event),
    /// Keep it in mind for this pass only.
    Remember(Event),
    /// Ask the cloud what became of calls without outcomes.
    Recover,
    /// Make what a step makes, by index.
    Make(usize),
    /// Write down what the accounts hold before the learner works in them.
    Baseline,
    /// Watch until the learner has made what a step makes, by index.
    Watch(usize),
    /// Give the next hint on a step, by index.
    Hint(usize),
    /// Ask a step's checks, by index.
    Check(usize),
    /// Reject the connection of a step's detour, delete what it remakes, make that again; ask its checks in between.
    Detour(usize),
    /// Delete what a step and the later ones made, by index, and open them again.
    Undo(usize),
    /// Delete what this run made, look again, write the receipt.
    CleanUp,
    /// Stop.
    End(End),
}

/// How a pass ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything asked for is met.
    Met,
    /// Something is not met, or is left over.
    NotMet,
    /// The learner left; the run can be resumed.
    Left,
    /// Ctrl-C; the run can be resumed.
    Interrupted,
}

/// What is to be done next.
#[must_use]
pub fn decide(state: &State, plan: &Plan<'_>, input: Input) -> Vec<Effect> {
    match input {
        Input::Begin if plan.way == Way::Explain => {
            let mut effects = vec![Effect::Opening];
            effects.extend(read_on(state, plan));
            effects
        }
        Input::Begin if state.pending.is_empty() => {
            let mut effects = vec![Effect::Opening];
            // What the learner makes ahead, while pllab still waits for something else, is theirs too.
            let by_hand = plan.way == Way::HandsOn && state.baseline.is_none() && !state.cleaning;
            effects.extend(by_hand.then_some(Effect::Baseline));
            effects.extend(onward(state, plan));
            effects
        }
        Input::Begin => vec![Effect::Opening, Effect::Recover],
        Input::Interrupted => vec![Effect::End(End::Interrupted)],
        // Reading leaves nothing undone.
        Input::Answered(_, Answer::Leave) if plan.way == Way::Explain => vec![Effect::End(End::Met)],
        Input::Answered(_, Answer::Leave) => {
            let left = run_finished(state, plan, Verdict::NotYet);
            vec![Effect::Record(left), Effect::End(End::Left)]
        }
        Input::Answered(..) if plan.way == Way::Explain => read_on(state, plan),
        Input::Answered(QuestionId::Theirs, answer) => {
            let mut effects = vec![Effect::Record(Event::theirs(answer))];
            effects.extend(clean_up());
            effects
        }
        Input::Answered(_, Answer::CleanUp) => clean_up_asking(state),
        Input::Answered(_, Answer::Keep) => finish(state, plan, Verdict::Met),
        Input::Answered(QuestionId::Step, answer) => {
            let Some((index, step)) = current(state, plan) else { return onward(state, plan) };
            let id = step.id.clone();
            if matches!(answer, Answer::HandsOn | Answer::Go) {
                return begin(state, plan, index, answer);
            }
            if answer == Answer::Detour {
                let chosen =
                    Event::Answered { step: id, question: "step".to_owned(), answer: answer.name().to_owned() };
                let next = work(&after(state, &chosen), plan, index);
                return vec![Effect::Record(chosen), next];
            }
            if answer == Answer::Steps { vec![which_step(plan)] } else { onward(state, plan) }
        }
        Input::Answered(QuestionId::Next, Answer::Steps) => vec![which_step(plan)],
        Input::Answered(QuestionId::WhichStep, Answer::This(index)) => match plan.lab.steps.get(index) {
            Some(step) => {
                let asked = Event::go_to(&step.id, "asked");
                let mut effects = vec![Effect::Record(asked.clone())];
                effects.extend(onward(&after(state, &asked), plan));
                effects
            }
            None => onward(state, plan),
        },
        Input::Answered(QuestionId::GoTo, answer) => {
            let Some((index, step)) = goal(state, plan) else { return onward(state, plan) };
            let word = Event::go_to(&step.id, if answer == Answer::Go { "begun" } else { "dropped" });
            let state = after(state, &word);
            let back = current(&state, plan).is_none_or(|(now, _)| index < now);
            let mut effects = vec![Effect::Record(word)];
            match answer {
                Answer::Go if back => effects.push(Effect::Undo(index)),
                _ => effects.extend(onward(&state, plan)),
            }
            effects
        }
        Input::Answered(QuestionId::Predict, answer) => {
            let Some((index, step)) = current(state, plan) else { return onward(state, plan) };
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
        Input::Watched => match current(state, plan) {
            // What pllab had begun itself is finished; what the learner made is left alone.
            Some((index, _)) => vec![Effect::Make(index)],
            None => onward(state, plan),
        },
        Input::Called => vec![ask_watching(state)],
        Input::Answered(QuestionId::Watching, answer) => match (current(state, plan), answer) {
            (Some((index, _)), Answer::Hint) => vec![Effect::Hint(index), ask_watching(state)],
            (Some((index, _)), Answer::Go) => begin(state, plan, index, answer),
            (Some((index, _)), _) => vec![work(state, plan, index)],
            (None, _) => onward(state, plan),
        },
        Input::Answered(QuestionId::Failed, _) => match current(state, plan) {
            Some((index, _)) => vec![resumed_work(state, plan, index)],
            None => clean_up(),
        },
        Input::Answered(QuestionId::NotMet, Answer::Path) => vec![Effect::Path, ask_not_met(plan)],
        Input::Answered(QuestionId::NotMet, _) => match current(state, plan) {
            Some((index, _)) => vec![resumed_work(state, plan, index)],
            None => onward(state, plan),
        },
        // Something could still not be asked about.
        Input::Recovered if !state.pending.is_empty() => decide(state, plan, Input::MakeFailed),
        Input::Recovered | Input::Undone | Input::Answered(_, _) => onward(state, plan),
        Input::Made => match current(state, plan) {
            // After a detour nothing of the step itself has been done: it is offered again, once the learner goes on.
            Some((_, step)) if !begun(state, step) => {
                let mut effects = settled(state, plan, step);
                effects.push(with_label(ask_next(plan), m::engine_answer_back()));
                effects
            }
            Some((index, _)) => vec![check(state, plan, index)],
            None => onward(state, plan),
        },
        Input::MakeFailed => vec![ask(
            QuestionId::Failed,
            m::engine_ask_failed(),
            &[Answer::Again, Answer::Leave, Answer::CleanUp],
            Answer::Leave,
        )],
        Input::Checked(Verdict::Met) => {
            let Some((index, step)) = current(state, plan) else { return onward(state, plan) };
            let finished = Event::StepFinished { step: step.id.clone(), verdict: Verdict::Met };
            let unasked = on_the_way(state, plan);
            let state = after(state, &finished);
            let mut effects = vec![Effect::Record(finished)];
            effects.extend(settled(&state, plan, step));
            if unasked {
                effects.extend(onward(&state, plan));
                return effects;
            }
            // The moment the tie becomes solid, or is cut, is seen, not only told.
            let tied = step.makes.iter().any(|it| matches!(it, Resource::Acceptance(_) | Resource::Rejection(_)));
            effects.extend(tied.then_some(Effect::Picture(index)));
            let last = index + 1 == plan.lab.steps.len();
            effects.push(if last { ask_clean_up(plan) } else { ask_next(plan) });
            effects
        }
        Input::Checked(_) => vec![ask_not_met(plan)],
        Input::Cleaned(verdict) => finish(state, plan, verdict),
    }
}

/// The way on from where the run stands.
fn onward(state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    if state.cleaning {
        // A clean-up that was cut short goes on; building on what it left would lead nowhere.
        return clean_up();
    }
    if let (Some((index, step)), Some((_, false))) = (goal(state, plan), &state.goal) {
        return vec![ask_go_to(state, plan, index, step)];
    }
    match current(state, plan) {
        Some((index, step)) if begun(state, step) => vec![Effect::Show(index), resumed_work(state, plan, index)],
        Some((index, _)) if on_the_way(state, plan) => begin(state, plan, index, Answer::Go),
        Some((index, step)) => open(index, step, state, plan),
        None => vec![ask_clean_up(plan)],
    }
}

/// The answer where nobody can be asked: working by hand needs nobody to say yes, for pllab only looks. `None` where the
/// question stops the run.
#[must_use]
pub fn alone(way: Way, question: QuestionId) -> Option<Answer> {
    let answer = match question {
        QuestionId::Step => Answer::HandsOn,
        QuestionId::Next | QuestionId::GoTo => Answer::Go,
        QuestionId::Watching | QuestionId::WhichStep => Answer::Again,
        QuestionId::Predict => Answer::Skip,
        QuestionId::CleanUp | QuestionId::Theirs => Answer::Keep,
        _ => Answer::Leave,
    };
    (way == Way::HandsOn).then_some(answer)
}

/// The learner has chosen who does a step.
fn begin(state: &State, plan: &Plan<'_>, index: usize, answer: Answer) -> Vec<Effect> {
    let step = &plan.lab.steps[index];
    let id = step.id.clone();
    let (started, was_by_hand) = state.steps.get(&id).map_or((false, false), |step| (step.started, step.by_hand));
    let by_hand = answer == Answer::HandsOn;
    let mut effects = Vec::new();
    if !started {
        effects.push(Effect::Record(Event::StepStarted { step: id.clone() }));
    }
    if by_hand != was_by_hand {
        let answer = answer.name().to_owned();
        effects.push(Effect::Record(Event::Answered { step: id, question: "step".to_owned(), answer }));
    }
    let state = effects.iter().fold(state.clone(), |state, effect| match effect {
        Effect::Record(event) => after(&state, event),
        _ => state,
    });
    effects.push(work(&state, plan, index));
    effects
}

/// The state once `event` is on record.
fn after(state: &State, event: &Event) -> State {
    let mut state = state.clone();
    let at = state.last.unwrap_or_default();
    state.apply(&Entry { at, event: event.clone() });
    state
}

/// What is next in a step that was begun: a prediction first, where one is due.
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

/// The step's checks: a prediction first, where one is due.
fn check(state: &State, plan: &Plan<'_>, index: usize) -> Effect {
    let step = &plan.lab.steps[index];
    let due = unpredicted(state, step).filter(|it| it.before == Moment::Checks && !on_the_way(state, plan));
    due.and_then(|predict| ask_predict(plan, step, predict)).unwrap_or(Effect::Check(index))
}

/// Whether there is anything to make in a step.
fn has_work(step: &Step) -> bool {
    step.makes.iter().any(|it| !matches!(it, Resource::ServiceLookup(_)))
}

/// The explain way: the next step that has not been shown, or all of them where nobody is asked.
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

/// Work on a step that was begun before: its detour, its making; the checks follow by themselves.
fn resumed_work(state: &State, plan: &Plan<'_>, index: usize) -> Effect {
    if !state.pending.is_empty() {
        // Nothing is made again before the cloud was asked what became of the first time.
        return Effect::Recover;
    }
    work(state, plan, index)
}

/// Whether the learner has agreed to the step's work, or to its detour.
fn begun(state: &State, step: &Step) -> bool {
    state.steps.get(&step.id).is_some_and(|step| step.started || step.detour == Detouring::Open)
}

/// The first step that is not met.
pub(super) fn current<'a>(state: &State, plan: &Plan<'a>) -> Option<(usize, &'a Step)> {
    plan.lab.steps.iter().enumerate().find(|(_, step)| !state.met(&step.id))
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
        // The page was not asked for, so it is not proved.
        Verdict::Met if state.api_only => Verdict::CannotTell,
        otherwise => otherwise,
    };
    Event::RunFinished { verdict, steps_met, steps }
}

/// Asks first where the learner's own work would stay or go.
fn clean_up_asking(state: &State) -> Vec<Effect> {
    match ask_theirs(state) {
        Some(question) => vec![Effect::Ask(question)],
        None => clean_up(),
    }
}

/// What to do with what the learner made: a question as long as some of it exists and nothing was said.
#[must_use]
pub fn ask_theirs(state: &State) -> Option<Question> {
    let existing = state.existing();
    let theirs: Vec<&str> =
        existing.iter().filter(|(_, line)| line.yours && !state.is_older(line)).map(|(name, _)| *name).collect();
    if theirs.is_empty() || state.handed_over {
        return None;
    }
    let choice = |answer| Choice { answer, label: label(QuestionId::Theirs, answer) };
    Some(Question {
        id: QuestionId::Theirs,
        prompt: m::engine_ask_theirs(theirs.join(", "), theirs.len()),
        choices: vec![choice(Answer::Keep), choice(Answer::CleanUp)],
        default: Answer::Keep,
    })
}

/// While pllab watches.
fn ask_watching(state: &State) -> Effect {
    let mut answers = vec![Answer::Again, Answer::Hint, Answer::Go, Answer::Leave];
    answers.extend((!state.existing().is_empty()).then_some(Answer::CleanUp));
    ask(QuestionId::Watching, m::engine_ask_watching(), &answers, Answer::Again)
}

/// On record before anything is deleted, so that a clean-up that is cut short is taken up as one.
fn clean_up() -> Vec<Effect> {
    vec![Effect::Record(Event::clean_up_begun()), Effect::CleanUp]
}

/// A step as it opens: shown, looked at, asked about.
fn open(index: usize, step: &Step, state: &State, plan: &Plan<'_>) -> Vec<Effect> {
    let mut effects = vec![Effect::Show(index)];
    if !step.looks.is_empty() {
        effects.push(Effect::Look(index));
    }
    effects.push(ask_step(step, state, plan));
    effects
}

fn ask_step(step: &Step, state: &State, plan: &Plan<'_>) -> Effect {
    // A detour deletes and makes again; what the learner made is not pllab's to delete.
    let theirs = |name: &String| state.is_learners(name);
    let detour_is_open = step.detour.as_ref().is_some_and(|detour| !detour.remakes.iter().any(theirs))
        && state.steps.get(&step.id).is_none_or(|step| step.detour == Detouring::No);
    let mut answers = match (has_work(step), plan.way) {
        (false, _) => vec![Answer::Go],
        (true, Way::HandsOn) => vec![Answer::HandsOn, Answer::Go],
        (true, _) => vec![Answer::Go, Answer::HandsOn],
    };
    let usual = answers[0];
    answers.extend(detour_is_open.then_some(Answer::Detour));
    answers.push(Answer::Steps);
    answers.push(Answer::Leave);
    // Before anything exists there is nothing to clean up.
    answers.extend((!state.existing().is_empty()).then_some(Answer::CleanUp));
    let question = ask(QuestionId::Step, m::engine_ask_step(), &answers, usual);
    match step.makes.as_slice() {
        // Nothing is done in such a step; it looks.
        [] => with_label(question, m::engine_answer_look()),
        [Resource::Acceptance(_)] => with_label(question, m::engine_answer_accept()),
        _ => question,
    }
}

/// A question whose first choice says more of what it does.
fn with_label(question: Effect, label: Text) -> Effect {
    match question {
        Effect::Ask(mut question) => {
            if let Some(first) = question.choices.first_mut() {
                first.label = label;
            }
            Effect::Ask(question)
        }
        other => other,
    }
}

/// After a step: on to the next. In the explain way there is nothing to clean up.
fn ask_next(plan: &Plan<'_>) -> Effect {
    let answers: &[Answer] = match plan.way {
        Way::Explain => &[Answer::Go, Answer::Leave],
        Way::Guided | Way::HandsOn => &[Answer::Go, Answer::Steps, Answer::Leave, Answer::CleanUp],
    };
    ask(QuestionId::Next, m::engine_ask_next(), answers, Answer::Go)
}

fn ask_clean_up(plan: &Plan<'_>) -> Effect {
    let default = if plan.keep { Answer::Keep } else { Answer::CleanUp };
    ask(QuestionId::CleanUp, m::engine_ask_clean_up(), &[Answer::CleanUp, Answer::Keep], default)
}

/// A check is not met. Where the lab proves a path, it can be traced.
fn ask_not_met(plan: &Plan<'_>) -> Effect {
    let all = [Answer::Again, Answer::Path, Answer::Leave, Answer::CleanUp];
    let answers: Vec<Answer> =
        all.into_iter().filter(|answer| *answer != Answer::Path || plan.lab.page().is_some()).collect();
    ask(QuestionId::NotMet, m::engine_ask_not_met(), &answers, Answer::Leave)
}

fn ask(id: QuestionId, prompt: Text, answers: &[Answer], default: Answer) -> Effect {
    let choices = answers.iter().map(|answer| Choice { answer: *answer, label: label(id, *answer) }).collect();
    Effect::Ask(Question { id, prompt, choices, default })
}

fn label(id: QuestionId, answer: Answer) -> Text {
    match (id, answer) {
        (QuestionId::Next, Answer::Go) => m::engine_answer_next(),
        (QuestionId::Watching, Answer::Again) => m::engine_answer_watch(),
        (QuestionId::Theirs, Answer::Keep) => m::engine_answer_theirs_stay(),
        (QuestionId::Theirs, Answer::CleanUp) => m::engine_answer_theirs_go(),
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
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
