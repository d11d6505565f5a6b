//! When predictions are asked, and when they are answered.

use super::*;
use crate::lab::{Predict, PredictProse, StepProse};

/// A lab with a prediction in its first step, which the first check of step `answers` answers.
pub(super) fn predicting(answers: usize) -> (Lab, Pair<Prose>) {
    let mut lab = lab();
    let proof = lab.steps[answers].checks[0].clone();
    let options = vec!["yes".to_owned(), "no".to_owned()];
    let predict = Predict { id: "p".to_owned(), before: Moment::Make, options, right: "no".to_owned(), proof };
    lab.steps[0].predict.push(predict);
    let told = PredictProse {
        question: "q".to_owned(),
        options: [("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())].into(),
        right: "No".to_owned(),
        because: "b".to_owned(),
    };
    let told = StepProse { predictions: [("p".to_owned(), told)].into(), ..Default::default() };
    let prose = Prose { steps: [("one".to_owned(), told)].into(), ..Default::default() };
    (lab, Pair { ja: prose.clone(), en: prose })
}

/// The check of `step` is met.
fn seen(step: &str) -> Event {
    Event::Check {
        step: step.to_owned(),
        check: format!("vpc_available:{step}-vpc"),
        title: Text::literal(""),
        verdict: Verdict::Met,
        expected: Text::literal(""),
        seen: Text::literal("seen"),
        why: None,
        command: String::new(),
    }
}

#[test]
fn a_prediction_is_asked_first_and_the_cloud_answers_it() {
    let (lab, prose) = predicting(0);
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::Guided, keep: false, drills: false, granted: &[], asks: true };
    let decide = |events: &[Event], input| decide(&after(events), &plan, input);
    let asked = "ask:Predict>skip|this,this,skip";
    assert_eq!(words(&decide(&[], Input::Answered(QuestionId::Step, Answer::Go))), ["record:started:one", asked]);
    let answer = decide(&[started("one")], Input::Answered(QuestionId::Predict, Answer::This(0)));
    let Some(Effect::Record(said)) = answer.first() else { panic!("{answer:?}") };
    assert_eq!(words(&answer[1..]), ["make:0"]);
    let check = seen("one");
    let settled = decide(&[started("one"), said.clone(), check.clone()], Input::Checked(Verdict::Met));
    let Some(Effect::Record(Event::Settled { answer, right, seen, .. })) = settled.get(1) else {
        panic!("{settled:?}")
    };
    assert_eq!((answer.as_str(), right.as_str(), seen), ("yes", "no", &Text::literal("seen")));
    // The learner passed, so nothing is said about it.
    let passed = Event::Predicted { step: "one".to_owned(), prediction: "p".to_owned(), answer: String::new() };
    let passed = decide(&[started("one"), passed, check], Input::Checked(Verdict::Met));
    assert_eq!(words(&passed), ["record:finished:one", NEXT]);
}

/// A later step may answer a prediction that was asked before. It is settled then, and only once.
#[test]
fn a_prediction_waits_for_the_step_that_answers_it() {
    let (lab, prose) = predicting(1);
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::Guided, keep: false, drills: false, granted: &[], asks: true };
    let decide = |events: &[Event]| decide(&after(events), &plan, Input::Checked(Verdict::Met));
    let said = Event::Predicted { step: "one".to_owned(), prediction: "p".to_owned(), answer: "no".to_owned() };
    let mut events = vec![started("one"), said, seen("one")];
    assert_eq!(words(&decide(&events)), ["record:finished:one", NEXT]);
    events.extend([met("one"), started("two"), seen("two")]);
    let answered = decide(&events);
    let Some(Effect::Record(settled @ Event::Settled { step, prediction, .. })) = answered.get(1) else {
        panic!("{answered:?}")
    };
    assert_eq!((step.as_str(), prediction.as_str()), ("one", "p"));
    events.push(settled.clone());
    assert!(!decide(&events).iter().any(|effect| matches!(effect, Effect::Record(Event::Settled { .. }))));
}
