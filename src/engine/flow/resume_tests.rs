//! After an interruption at any question, `resume` asks the same question.

use proptest::prelude::*;

use super::predict_tests::predicting;
use super::*;
use crate::engine::event::{Facts, Purpose, Question};

/// What the cloud answers in each of the two steps: whether making works, and what the checks say.
type Fate = [(bool, Verdict); 2];

/// Runs the effects of `input` until a question or the end, with the journal in `events`.
fn run(events: &mut Vec<Event>, plan: &Plan<'_>, fate: Fate, input: Input) -> Option<Question> {
    run_losing(events, plan, fate, false, input)
}

/// The same where what the first step made is lost until it is made again.
fn run_losing(events: &mut Vec<Event>, plan: &Plan<'_>, fate: Fate, loses: bool, input: Input) -> Option<Question> {
    let mut input = input;
    'inputs: for _ in 0..100 {
        for effect in decide(&after(events), plan, input) {
            input = match effect {
                Effect::Ask(question) => return Some(question),
                Effect::End(_) => return None,
                Effect::Record(event) => {
                    events.push(event);
                    continue;
                }
                Effect::Make(index) if !fate[index].0 => Input::MakeFailed,
                Effect::Make(index) => {
                    make(events, plan, index);
                    Input::Made
                }
                Effect::Check(index) => Input::Checked(fate[index].1),
                Effect::Watch(_) => Input::Called,
                Effect::Detour(index) => {
                    events.push(Decision::Detour(DetourStage::Done).of_step(&plan.lab.steps[index].id));
                    Input::Made
                }
                Effect::Undo(index) => {
                    let steps = plan.lab.steps[index..].iter().map(|step| step.id.clone()).collect();
                    events.push(Event::Reopened { steps });
                    Input::Undone
                }
                Effect::Lost(index) if loses && !events.iter().any(|it| matches!(it, Event::SetAside { .. })) => {
                    let again = vec![plan.lab.steps[0].makes[0].name().to_owned()];
                    let step = plan.lab.steps[index].id.clone();
                    events.push(Event::Lost { step, things: Vec::new(), again, commands: Vec::new() });
                    Input::Lost
                }
                Effect::Anew(index) => {
                    let steps = plan.lab.steps[..=index].iter().map(|step| step.id.clone()).collect();
                    let resources = vec![plan.lab.steps[0].makes[0].name().to_owned()];
                    events.push(Event::SetAside { steps, resources });
                    Input::Undone
                }
                Effect::CleanUp => Input::Cleaned(Verdict::Met),
                Effect::Recover => Input::Recovered,
                _ => continue,
            };
            continue 'inputs;
        }
        panic!("effects that lead nowhere after {input:?}");
    }
    panic!("no question and no end");
}

fn make(events: &mut Vec<Event>, plan: &Plan<'_>, index: usize) {
    let step = &plan.lab.steps[index];
    if after(events).resources.get(step.makes[0].name()).is_some_and(|line| line.id().is_some()) {
        return;
    }
    let call = after(events).next_call;
    let (step, resource) = (step.id.clone(), step.makes[0].name().to_owned());
    let (part, operation) = ("create".to_owned(), "CreateVpc".to_owned());
    let (kind, side, purpose) = (Kind::Vpc, Side::Provider, Purpose::Make);
    let params = serde_json::Value::Null;
    events.push(Event::Intent { call, step, resource, kind, side, purpose, part, operation, params });
    let facts: Facts = [("id".to_owned(), format!("vpc-{call}"))].into();
    events.push(Event::Outcome { call, facts: Some(facts), error: None, recovered: false });
}

fn shape(question: Option<&Question>) -> Option<(QuestionId, Vec<Answer>)> {
    question.map(|it| (it.id, it.choices.iter().map(|choice| choice.answer).collect()))
}

proptest! {
    #[test]
    fn the_same_question_is_asked_again(
        hands_on: bool,
        answers in proptest::collection::vec(0_usize..12, 1..30),
        fate in proptest::array::uniform2((proptest::bool::weighted(0.9), prop_oneof![
            4 => Just(Verdict::Met), 1 => Just(Verdict::Broken), 1 => Just(Verdict::NotYet),
        ])),
        answering in 0_usize..2,
        loses: bool,
    ) {
        let (lab, prose) = predicting(answering);
        let mode = if hands_on { Mode::HandsOn } else { Mode::Guided };
        let plan = Plan { lab: &lab, prose: &prose, mode, keep: false, drills: false, granted: &[], asks: true };
        let mut events = Vec::new();
        let mut before = None;
        let mut asked = run_losing(&mut events, &plan, fate, loses, Input::Begin);
        for choice in answers {
            let Some(question) = asked else { break };
            let again = run_losing(&mut events.clone(), &plan, fate, loses, Input::Begin);
            let again = shape(again.as_ref());
            let again_shape = again.clone();
            let here = shape(Some(&question));
            match question.id {
                // These only lead on from the menu before them, and nothing has been done yet.
                QuestionId::WhichStep | QuestionId::Theirs => prop_assert_eq!(&again, &before, "{:?} after {:#?}", question.id, events),
                QuestionId::Predict => prop_assert!(again == here || again == before, "{:?} {:?}", again, before),
                // "Back to this step", after a detour.
                QuestionId::Next if again != here => prop_assert_eq!(again.map(|it| it.0), Some(QuestionId::Step)),
                _ => prop_assert_eq!(&again, &here, "{:?} after {:#?}", question.id, events),
            }
            if !matches!(question.id, QuestionId::WhichStep | QuestionId::Theirs | QuestionId::Predict) {
                before = again_shape;
            }
            let answer = question.choices[choice % question.choices.len()].answer;
            asked = run_losing(&mut events, &plan, fate, loses, Input::Answered(question.id, answer));
        }
    }
}

/// Choosing to stay comes back to the menu that was left, and not to the next step.
#[test]
fn staying_changes_nothing() {
    let lab = lab();
    let prose = Pair::default();
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::Guided, keep: false, drills: false, granted: &[], asks: true };
    let fate = [(true, Verdict::Met); 2];
    let mut events = Vec::new();
    run(&mut events, &plan, fate, Input::Begin);
    let next = run(&mut events, &plan, fate, Input::Answered(QuestionId::Step, Answer::Go));
    assert_eq!(next.as_ref().map(|it| it.id), Some(QuestionId::Next));
    run(&mut events, &plan, fate, Input::Answered(QuestionId::Next, Answer::Steps));
    run(&mut events, &plan, fate, Input::Answered(QuestionId::WhichStep, Answer::This(0)));
    let stayed = run(&mut events, &plan, fate, Input::Answered(QuestionId::GoBack, Answer::Again));
    assert_eq!(shape(stayed.as_ref()), shape(next.as_ref()));
}
