//! Decisions as a table: from a journal and an input to effects.

use super::*;
use crate::engine::event::DetourStage;
use crate::i18n::m;
use crate::i18n::{Lang, Text};
use crate::lab::{Check, Detour, Kind, Lab, OneClient, OneVpc, Pair, Prose, Rejection, Side, Vpc};
use jiff::Timestamp;

fn step(id: &str, detour: bool) -> Step {
    Step {
        id: id.to_owned(),
        side: Side::Provider,
        minutes: 1,
        makes: vec![Resource::Vpc(Vpc {
            name: format!("{id}-vpc"),
            cidr: "10.0.0.0/16".to_owned(),
            dns_hostnames: false,
        })],
        looks: Vec::new(),
        checks: vec![Check::VpcAvailable(OneVpc { vpc: format!("{id}-vpc") })],
        predict: Vec::new(),
        detour: detour.then(|| Detour {
            id: "way-round".to_owned(),
            reject: Rejection {
                name: "rejection".to_owned(),
                service: "service".to_owned(),
                endpoint: "endpoint".to_owned(),
            },
            checks: Vec::new(),
            remakes: Vec::new(),
        }),
    }
}

fn lab() -> Lab {
    Lab {
        two_accounts: false,
        format: 1,
        id: "toy".to_owned(),
        minutes: 2,
        variables: std::collections::BTreeMap::new(),
        steps: vec![step("one", false), step("two", true)],
        recap: Vec::new(),
    }
}

fn after(events: &[Event]) -> State {
    let entries: Vec<Entry> =
        events.iter().map(|event| Entry { at: Timestamp::UNIX_EPOCH, event: event.clone() }).collect();
    State::replay(&entries)
}

fn started(step: &str) -> Event {
    Event::StepStarted { step: step.to_owned() }
}

fn opened(step: &str) -> Event {
    Decision::Next(NextStage::Opened).of_step(step)
}

fn met(step: &str) -> Event {
    Event::StepFinished { step: step.to_owned(), verdict: Verdict::Met }
}

fn detour(decision: Decision) -> Event {
    decision.of_step("two")
}

fn intent() -> Event {
    Event::Intent {
        call: 0,
        step: "one".to_owned(),
        resource: "one-vpc".to_owned(),
        kind: Kind::Vpc,
        side: Side::Provider,
        purpose: crate::engine::event::Purpose::Make,
        part: "create".to_owned(),
        operation: "CreateVpc".to_owned(),
        params: serde_json::Value::Null,
    }
}

/// Effects as short words: `ask:Step>go|go,leave` for a question, its default first.
fn words(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .map(|effect| match effect {
            Effect::Opening => "opening".to_owned(),
            Effect::Show(index) => format!("show:{index}"),
            Effect::Path => "path".to_owned(),
            Effect::Look(index) => format!("look:{index}"),
            Effect::Before(index) => format!("before:{index}"),
            Effect::Picture(index) => format!("picture:{index}"),
            Effect::Ask(question) => {
                assert!(question.choices.iter().any(|choice| choice.answer == question.default), "{question:?}");
                for lang in Lang::ALL {
                    assert!(!question.prompt.render(lang).is_empty());
                }
                let offered: Vec<_> = question.choices.iter().map(|choice| choice.answer.name()).collect();
                format!("ask:{:?}>{}|{}", question.id, question.default.name(), offered.join(","))
            }
            Effect::Record(event) => match event {
                Event::StepStarted { step } => format!("record:started:{step}"),
                Event::StepFinished { step, .. } => format!("record:finished:{step}"),
                Event::Answered { .. } => {
                    let line = serde_json::to_value(event).expect("an event is JSON");
                    format!("record:answered:{}", line["answer"].as_str().expect("an answer is a word"))
                }
                Event::RunFinished { verdict, steps_met, .. } => format!("record:run:{verdict:?}:{steps_met}"),
                other => format!("record:{other:?}"),
            },
            Effect::Remember(_) => "remember".to_owned(),
            Effect::Recover => "recover".to_owned(),
            Effect::Make(index) => format!("make:{index}"),
            Effect::Baseline => "baseline".to_owned(),
            Effect::Watch(index) => format!("watch:{index}"),
            Effect::Lost(index) => format!("lost:{index}"),
            Effect::Anew(index) => format!("anew:{index}"),
            Effect::Hint(index) => format!("hint:{index}"),
            Effect::Check(index) => format!("check:{index}"),
            Effect::Detour(index) => format!("detour:{index}"),
            Effect::Undo(index) => format!("undo:{index}"),
            Effect::Ending => "ending".to_owned(),
            Effect::CleanUp => "clean-up".to_owned(),
            Effect::End(end) => format!("end:{end:?}"),
        })
        .collect()
}

#[track_caller]
fn expect(mode: Mode, keep: bool, events: &[Event], input: Input, expected: &[&str]) {
    let lab = lab();
    let prose = Pair::default();
    let plan = Plan { lab: &lab, prose: &prose, mode, keep, drills: false, granted: &[], asks: true };
    assert_eq!(words(&decide(&after(events), &plan, input)), expected);
}

const GO: &str = "ask:Step>go|go,hands_on,steps,leave";
const NEXT: &str = "ask:Next>go|go,steps,leave,clean_up";

#[test]
fn a_run_begins_and_goes_on_where_it_stopped() {
    let guided = |events: &[Event], expected: &[&str]| expect(Mode::Guided, false, events, Input::Begin, expected);
    guided(&[], &["opening", "record:answered:opened", "show:0", GO]);
    guided(&[started("one")], &["opening", "show:0", "make:0"]);
    guided(&[started("one"), met("one")], &["opening", "before:0", NEXT]);
    guided(&[met("one"), opened("two")], &["opening", "show:1", "ask:Step>go|go,hands_on,detour,steps,leave"]);
    guided(&[met("one"), detour(Decision::Step(StepChoice::Detour))], &["opening", "show:1", "detour:1"]);
    guided(
        &[
            met("one"),
            opened("two"),
            detour(Decision::Step(StepChoice::Detour)),
            detour(Decision::Detour(DetourStage::Done)),
        ],
        &["opening", "show:1", GO],
    );
    guided(&[met("one"), met("two")], &["opening", "ending", "ask:CleanUp>clean_up|report,keep,clean_up"]);
    // Nothing is made before the cloud was asked about calls without an outcome.
    guided(&[started("one"), intent()], &["opening", "recover"]);
}

#[test]
fn a_step_is_made_then_checked_then_finished() {
    let guided = |events: &[Event], input, expected: &[&str]| expect(Mode::Guided, false, events, input, expected);
    guided(&[], Input::Answered(QuestionId::Step, Answer::Go), &["record:started:one", "make:0"]);
    guided(&[started("one")], Input::Made, &["check:0"]);
    guided(&[started("one")], Input::Checked(Verdict::Met), &["record:finished:one", NEXT]);
    guided(
        &[met("one"), started("two")],
        Input::Checked(Verdict::Met),
        &["record:finished:two", "ending", "ask:CleanUp>clean_up|report,keep,clean_up"],
    );
    guided(
        &[met("one")],
        Input::Answered(QuestionId::Next, Answer::Go),
        &["record:answered:opened", "show:1", "ask:Step>go|go,hands_on,detour,steps,leave"],
    );
    guided(&[started("one")], Input::Recovered, &["show:0", "make:0"]);
}

#[test]
fn what_is_not_met_stops_there_and_can_be_asked_again() {
    let guided = |input, expected: &[&str]| expect(Mode::Guided, false, &[started("one")], input, expected);
    // What is needed may be lost; if so, that is asked about instead.
    for verdict in [Verdict::NotYet, Verdict::Broken] {
        guided(Input::Checked(verdict), &["lost:0", "ask:NotMet>leave|again,leave,clean_up"]);
    }
    guided(Input::Checked(Verdict::CannotTell), &["ask:NotMet>leave|again,leave,clean_up"]);
    guided(Input::MakeFailed, &["lost:0", "ask:Failed>leave|again,leave,clean_up"]);
    guided(Input::Answered(QuestionId::NotMet, Answer::Again), &["make:0"]);
    guided(Input::Answered(QuestionId::Failed, Answer::Again), &["make:0"]);
    // The toy lab proves no path. A lab that does offers to trace it, and asks again after that.
    guided(Input::Answered(QuestionId::NotMet, Answer::Path), &["path", "ask:NotMet>leave|again,leave,clean_up"]);
    let page = OneClient { client: "client".to_owned(), endpoint: "endpoint".to_owned(), subnet: None };
    let mut lab = lab();
    lab.steps[1].checks.push(Check::Answer(page));
    let prose = Pair::default();
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::Guided, keep: false, drills: false, granted: &[], asks: true };
    let offered = decide(&after(&[started("one")]), &plan, Input::Checked(Verdict::Broken));
    assert_eq!(words(&offered), ["lost:0", "ask:NotMet>leave|again,path,leave,clean_up"]);
    guided(Input::Answered(QuestionId::NotMet, Answer::Leave), &["record:run:NotYet:0", "end:Left"]);
    guided(Input::Interrupted, &["end:Interrupted"]);
}

#[test]
fn nothing_is_made_again_before_the_cloud_was_asked() {
    let lost = Event::Outcome {
        call: 0,
        facts: None,
        error: Some(crate::cloud::Fault {
            code: "NoAnswer".to_owned(),
            message: String::new(),
            request_id: None,
            class: crate::cloud::FaultClass::NoAnswer,
        }),
        recovered: false,
    };
    for events in [vec![started("one"), intent()], vec![started("one"), intent(), lost]] {
        for question in [QuestionId::Failed, QuestionId::NotMet] {
            expect(Mode::Guided, false, &events, Input::Answered(question, Answer::Again), &["recover"]);
        }
        expect(Mode::Guided, false, &events, Input::Begin, &["opening", "recover"]);
    }
}

#[test]
fn the_detour_comes_back_to_its_step() {
    let guided = |events: &[Event], input, expected: &[&str]| expect(Mode::Guided, false, events, input, expected);
    let chosen = [met("one"), detour(Decision::Step(StepChoice::Detour))];
    guided(&[met("one")], Input::Answered(QuestionId::Step, Answer::Detour), &["record:answered:detour", "detour:1"]);
    guided(&chosen, Input::Answered(QuestionId::Failed, Answer::Again), &["detour:1"]);
    let done = [met("one"), detour(Decision::Step(StepChoice::Detour)), detour(Decision::Detour(DetourStage::Done))];
    guided(&done, Input::Made, &["lost:1", NEXT]);
    guided(&done, Input::Answered(QuestionId::Next, Answer::Go), &["record:answered:opened", "show:1", GO]);
}

/// Whoever works by hand may still let pllab accept, and reject first; each choice says what it does.
#[test]
fn by_hand_the_acceptance_offers_all_three_under_their_own_names() {
    let mut lab = lab();
    let (name, service, endpoint) = ("acceptance".to_owned(), "service".to_owned(), "endpoint".to_owned());
    lab.steps[1].makes = vec![Resource::Acceptance(crate::lab::Acceptance { name, service, endpoint })];
    if let Some(detour) = &mut lab.steps[1].detour {
        detour.remakes = vec!["one-vpc".to_owned()];
    }
    let prose = Pair::default();
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::HandsOn, keep: false, drills: false, granted: &[], asks: true };
    let made_by_hand = after(&[recognised("one-vpc"), met("one"), opened("two")]);
    let Some(Effect::Ask(question)) = decide(&made_by_hand, &plan, Input::Begin).pop() else { panic!("it is a menu") };
    let labels: Vec<_> = question.choices.iter().map(|choice| (choice.answer, choice.label.clone())).collect();
    let expected = [
        (Answer::HandsOn, m::engine_answer_hands_on()),
        (Answer::Go, m::engine_answer_accept()),
        (Answer::Detour, m::engine_answer_detour()),
    ];
    assert_eq!(labels[..3], expected);
}

#[test]
fn what_is_lost_is_made_again_by_whom_the_learner_says() {
    let lost = || Event::Lost {
        step: "two".to_owned(),
        things: Vec::new(),
        again: vec!["one-vpc".to_owned()],
        commands: Vec::new(),
    };
    let before = [recognised("one-vpc"), met("one"), started("two"), lost()];
    let go = "ask:Lost>leave|go,hands_on,again,leave,clean_up";
    expect(Mode::Guided, false, &before, Input::Lost, &[go]);
    let by_hand = "ask:Lost>leave|hands_on,go,again,leave,clean_up";
    expect(Mode::HandsOn, false, &before, Input::Lost, &[by_hand]);
    let answered = |answer| Input::Answered(QuestionId::Lost, answer);
    expect(Mode::Guided, false, &before, answered(Answer::Go), &["record:answered:go", "anew:1"]);
    expect(Mode::HandsOn, false, &before, answered(Answer::HandsOn), &["record:answered:hands_on", "anew:1"]);
    expect(Mode::Guided, false, &before, answered(Answer::Again), &["lost:1", "show:1", "make:1"]);
    let aside = |choice| {
        let chosen = Decision::Anew(choice).of_step("two");
        let steps = vec!["one".to_owned(), "two".to_owned()];
        let done = Event::SetAside { steps, resources: vec!["one-vpc".to_owned()] };
        [before.as_slice(), &[chosen, done]].concat()
    };
    // pllab goes on to the step without asking; a learner gets the step's menu.
    expect(Mode::Guided, false, &aside(AnewChoice::Go), Input::Undone, &["record:started:one", "make:0"]);
    let menu = "ask:Step>hands_on|hands_on,go,steps,leave,clean_up";
    let open = ["record:answered:opened", "show:0", menu];
    expect(Mode::HandsOn, false, &aside(AnewChoice::HandsOn), Input::Undone, &open);
    // Interrupted between the two, it goes on.
    let chosen = [before.as_slice(), &[Decision::Anew(AnewChoice::Go).of_step("two")]].concat();
    expect(Mode::Guided, false, &chosen, Input::Begin, &["opening", "anew:1"]);
    // What the learner made is still theirs to hand over.
    let state = after(&aside(AnewChoice::Go));
    assert_eq!(state.existing().into_keys().collect::<Vec<_>>(), ["one-vpc-old1"]);
    assert!(state.is_learners("one-vpc-old1"));
}

#[test]
fn the_end_says_what_was_met_and_what_is_left() {
    let all = [met("one"), met("two")];
    let end = |events: &[Event], keep, input, expected: &[&str]| expect(Mode::Guided, keep, events, input, expected);
    end(&all, false, Input::Answered(QuestionId::CleanUp, Answer::CleanUp), &["record:answered:begun", "clean-up"]);
    // An interrupted clean-up is resumed, whatever the steps say.
    let begun = Decision::CleanUp(CleanUpStage::Begun).of_run();
    end(&[met("one"), begun], false, Input::Begin, &["opening", "record:answered:begun", "clean-up"]);
    end(&all, false, Input::Cleaned(Verdict::Met), &["record:run:Met:2", "end:Met"]);
    end(&all, false, Input::Cleaned(Verdict::Broken), &["record:run:Broken:2", "end:NotMet"]);
    end(&all, false, Input::Cleaned(Verdict::CannotTell), &["record:run:CannotTell:2", "end:NotMet"]);
    end(&all, true, Input::Answered(QuestionId::CleanUp, Answer::Keep), &["record:run:Met:2", "end:Met"]);
    end(&all, true, Input::Begin, &["opening", "ending", "ask:CleanUp>keep|report,keep,clean_up"]);
    // A clean-up halfway leaves nothing, but the lab is still not done.
    end(&[met("one")], false, Input::Cleaned(Verdict::Met), &["record:run:NotYet:1", "end:NotMet"]);
}

#[test]
fn reading_calls_nothing_and_records_nothing() {
    let explain = |events: &[Event], input, expected: &[&str]| expect(Mode::Explain, false, events, input, expected);
    explain(&[], Input::Begin, &["opening", "remember", "show:0", "ask:Next>go|go,leave"]);
    explain(&[started("one")], Input::Answered(QuestionId::Next, Answer::Go), &["remember", "show:1", "end:Met"]);
    explain(&[started("one")], Input::Answered(QuestionId::Next, Answer::Leave), &["end:Met"]);
    let lab = lab();
    let prose = Pair::default();
    let plan =
        Plan { lab: &lab, prose: &prose, mode: Mode::Explain, keep: true, drills: false, granted: &[], asks: false };
    let read = words(&decide(&State::default(), &plan, Input::Begin));
    assert_eq!(read, ["opening", "remember", "show:0", "remember", "show:1", "end:Met"]);
}

fn by_hand(step: &str) -> Event {
    Decision::Step(StepChoice::HandsOn).of_step(step)
}

fn recognised(resource: &str) -> Event {
    Event::Recognised {
        step: "one".to_owned(),
        resource: resource.to_owned(),
        kind: Kind::Vpc,
        side: Side::Provider,
        facts: [("id".to_owned(), "vpc-1".to_owned())].into(),
        uses: std::collections::BTreeSet::new(),
        parts: ["create".to_owned()].into(),
    }
}

#[test]
fn by_hand_pllab_watches_then_checks() {
    let hands_on = |events: &[Event], input, expected: &[&str]| expect(Mode::HandsOn, false, events, input, expected);
    let mine = "ask:Step>hands_on|hands_on,go,steps,leave";
    hands_on(&[], Input::Begin, &["opening", "baseline", "record:answered:opened", "show:0", mine]);
    hands_on(
        &[Event::Baseline { ids: std::collections::BTreeSet::new() }],
        Input::Begin,
        &["opening", "record:answered:opened", "show:0", mine],
    );
    let chosen = ["record:started:one", "record:answered:hands_on", "watch:0"];
    hands_on(&[], Input::Answered(QuestionId::Step, Answer::HandsOn), &chosen);
    let begun = [started("one"), by_hand("one")];
    hands_on(&begun, Input::Begin, &["opening", "baseline", "show:0", "watch:0"]);
    // What pllab itself looks up is finished before the checks.
    hands_on(&begun, Input::Watched, &["make:0"]);
    hands_on(&begun, Input::Made, &["check:0"]);
    hands_on(&begun, Input::Answered(QuestionId::NotMet, Answer::Again), &["watch:0"]);
}

#[test]
fn a_watch_can_be_left_helped_and_taken_over() {
    let guided = |events: &[Event], input, expected: &[&str]| expect(Mode::Guided, false, events, input, expected);
    // One step by hand in a guided run.
    let chosen = ["record:started:one", "record:answered:hands_on", "watch:0"];
    guided(&[], Input::Answered(QuestionId::Step, Answer::HandsOn), &chosen);
    let begun = [started("one"), by_hand("one")];
    let menu = "ask:Watching>again|again,hint,go,leave";
    guided(&begun, Input::Called, &[menu]);
    let answered = |answer| Input::Answered(QuestionId::Watching, answer);
    guided(&begun, answered(Answer::Again), &["watch:0"]);
    guided(&begun, answered(Answer::Hint), &["hint:0", menu]);
    guided(&begun, answered(Answer::Go), &["record:answered:go", "make:0"]);
    guided(&begun, answered(Answer::Leave), &["record:run:NotYet:0", "end:Left"]);
    let taken_over = Decision::Step(StepChoice::Go).of_step("one");
    guided(&[started("one"), by_hand("one"), taken_over], Input::Begin, &["opening", "show:0", "make:0"]);
}

#[test]
fn what_the_learner_made_is_asked_about_before_it_goes() {
    let guided = |events: &[Event], input, expected: &[&str]| expect(Mode::Guided, false, events, input, expected);
    let theirs = [recognised("one-vpc"), met("one"), met("two")];
    let clean = Input::Answered(QuestionId::CleanUp, Answer::CleanUp);
    guided(&theirs, clean, &["ask:Theirs>keep|keep,clean_up,again"]);
    for answer in [Answer::Keep, Answer::CleanUp] {
        let told = format!("record:answered:{}", answer.name());
        guided(&theirs, Input::Answered(QuestionId::Theirs, answer), &[&told, "record:answered:begun", "clean-up"]);
    }
    let handed = [recognised("one-vpc"), Decision::Theirs(Theirs::CleanUp).of_run(), met("one"), met("two")];
    guided(&handed, clean, &["record:answered:begun", "clean-up"]);
    assert_eq!(after(&theirs).kept_for_learner(), [("one-vpc".to_owned(), "one-vpc".to_owned())].into());
}

#[test]
fn nobody_needs_to_be_asked_where_pllab_only_watches() {
    assert_eq!(alone(Mode::HandsOn, QuestionId::Step), Some(Answer::HandsOn));
    assert_eq!(alone(Mode::HandsOn, QuestionId::CleanUp), Some(Answer::Keep));
    assert_eq!(alone(Mode::HandsOn, QuestionId::NotMet), Some(Answer::Leave));
    assert_eq!(alone(Mode::Guided, QuestionId::Step), None);
}

#[test]
fn another_step_is_gone_to_with_one_confirmation() {
    let guided = |events: &[Event], input, expected: &[&str]| expect(Mode::Guided, false, events, input, expected);
    let asked = |step: &str| Decision::GoTo(GoToStage::Asked).of_step(step);
    let confirm = "ask:GoTo>go|go,again";
    guided(&[], Input::Answered(QuestionId::Step, Answer::Steps), &["ask:WhichStep>again|this,this,again"]);
    guided(&[], Input::Answered(QuestionId::WhichStep, Answer::This(1)), &["record:answered:asked", confirm]);
    guided(&[asked("two")], Input::Begin, &["opening", confirm]);
    // Ahead: the steps before it are done without a question, then it opens.
    let go = Input::Answered(QuestionId::GoTo, Answer::Go);
    guided(&[asked("two")], go, &["record:answered:begun", "record:started:one", "make:0"]);
    let begun = [Decision::GoTo(GoToStage::Begun).of_step("two"), started("one")];
    let open = "ask:Step>go|go,hands_on,detour,steps,leave";
    guided(&begun, Input::Checked(Verdict::Met), &["record:finished:one", "record:answered:opened", "show:1", open]);
    // Back: what was made from that step on is undone first.
    let done = [met("one"), met("two"), asked("one")];
    guided(&done, Input::Begin, &["opening", "ask:GoBack>go|go,again"]);
    let back = Input::Answered(QuestionId::GoBack, Answer::Go);
    guided(&done, back, &["record:answered:begun", "undo:0"]);
    let cut_short = [met("one"), met("two"), Decision::GoTo(GoToStage::Begun).of_step("one")];
    guided(&cut_short, Input::Recovered, &["undo:0"]);
    let reopened = Event::Reopened { steps: vec!["one".to_owned(), "two".to_owned()] };
    guided(
        &[met("one"), met("two"), Decision::GoTo(GoToStage::Begun).of_step("one"), reopened],
        Input::Undone,
        &["record:answered:opened", "show:0", GO],
    );
    // Once it has been reached, it is a step like any other.
    let reached = [met("one"), Decision::GoTo(GoToStage::Begun).of_step("two"), met("two")];
    guided(&reached, Input::Recovered, &["ending", "ask:CleanUp>clean_up|report,keep,clean_up"]);
    guided(
        &done,
        Input::Answered(QuestionId::GoBack, Answer::Again),
        &["record:answered:dropped", "ending", "ask:CleanUp>clean_up|report,keep,clean_up"],
    );
}

#[path = "predict_tests.rs"]
mod predict_tests;
#[path = "resume_tests.rs"]
mod resume_tests;
