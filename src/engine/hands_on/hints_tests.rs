//! The commands of hints run as pasted: whatever they refer to is a real id, or was kept by a command before them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::*;
use crate::engine::event::{Answer, AskError, Facts, OpeningView, Picture, Progress, Question, Screen, StepView};
use crate::host::Clock;
use crate::lab::{Kind, Loaded, Side, Source, load};

/// Keeps the hints, and shows nothing.
#[derive(Default)]
struct Hints(Mutex<Vec<(Text, Vec<String>)>>);

impl Screen for Hints {
    fn opening(&self, _: &OpeningView) {}
    fn step(&self, _: &StepView) {}
    fn picture(&self, _: &Picture) {}
    fn event(&self, event: &Event) {
        if let Event::Hint { text, commands, .. } = event {
            self.0.lock().expect("no panic").push((text.clone(), commands.clone()));
        }
    }
    fn progress(&self, _: &Progress) {}
    fn print(&self, _: &Text) {}
    fn print_copyable(&self, _: &str) {}
    fn ask(&self, _: &Question) -> Result<Answer, AskError> {
        Err(AskError::NobodyToAsk)
    }
    fn type_word(&self, _: &Text, _: &[&str]) -> Result<bool, AskError> {
        Err(AskError::NobodyToAsk)
    }
}

fn lab(id: &str) -> Loaded {
    let source = Source::find(id, None).expect("it can be read").expect("it is there");
    load(
        &source,
        &BTreeMap::new(),
        &BTreeMap::from([("token", "tok".to_owned()), ("region", "ap-northeast-1".to_owned())]),
    )
    .expect("the lab is good")
}

fn log(screen: &Arc<Hints>) -> RunLog {
    let accounts = [(Side::Provider, "111122223333".to_owned()), (Side::Consumer, "444455556666".to_owned())];
    let state = State { run: "k3x9bc".to_owned(), region: "ap-northeast-1".to_owned(), ..State::default() };
    let screen: Arc<dyn Screen> = screen.clone();
    RunLog::new(None, state, Clock::default(), screen, accounts.into())
}

/// The facts that making the resource records, as the cloud might say them.
fn facts(resource: &Resource) -> Facts {
    let naming = Naming { run: "", lab: "", learner: "", round: 0 };
    let parts = actions::make(resource, &naming);
    let all = parts.iter().flat_map(|part| &part.facts);
    all.map(|(fact, _)| ((*fact).to_owned(), format!("real-{}-{fact}", resource.name()))).collect()
}

fn recognise(log: &RunLog, step: &Step, resource: &Resource) {
    log.remember(Event::Recognised {
        step: step.id.clone(),
        resource: resource.name().to_owned(),
        kind: resource.kind(),
        side: step.side,
        facts: facts(resource),
        uses: BTreeSet::new(),
        parts: ["all".to_owned()].into(),
    });
}

/// Asserts that no command uses a variable of the lab that none before it has set.
fn assert_pastes(lab: &Lab, commands: &[String], what: &str) {
    let resources = lab.steps.iter().flat_map(|step| &step.makes);
    let variables: BTreeSet<String> = resources
        .flat_map(|it| facts(it).into_keys().map(|fact| Call::variable(it.name(), &fact)).collect::<Vec<_>>())
        .collect();
    let mut set: BTreeSet<&String> = BTreeSet::new();
    for command in commands {
        let words: BTreeSet<&str> = command.split(|c: char| !(c.is_ascii_alphanumeric() || "_$".contains(c))).collect();
        for name in &variables {
            let used = words.contains(format!("${name}").as_str()) || command.contains(&format!("${{{name}}}"));
            assert!(!used || set.contains(name), "{what}: ${name} is not set:\n{}", commands.join("\n"));
        }
        set.extend(variables.iter().filter(|name| {
            command.starts_with(&format!("{name}=$("))
                || (command.starts_with("read -r ") && words.contains(name.as_str()))
        }));
    }
}

#[test]
fn the_commands_of_every_step_and_of_every_hint_run_as_pasted() {
    for id in ["privatelink", "two-zones", "who-may-connect", "private-dns"] {
        let lab = lab(id).lab;
        let screen = Arc::new(Hints::default());
        let log = log(&screen);
        for step in &lab.steps {
            assert_pastes(&lab, &step_commands(&log, step), &format!("{id}, {}", step.id));
            for resource in in_order(&step.makes) {
                for _ in 0..COMMANDS {
                    hint(&log, &lab, step).expect("it is recorded");
                }
                let (_, commands) = screen.0.lock().expect("no panic").pop().unwrap_or((Text::literal(""), Vec::new()));
                assert_pastes(&lab, &commands, &format!("{id}, hint for {}", resource.name()));
                recognise(&log, step, resource);
            }
        }
    }
}

/// Gives all hints on `step` after `resource` was seen as `id`, and returns the last one.
fn last_hint(log: &RunLog, screen: &Hints, lab: &Lab, resource: &str, id: &str, commands: &[&str]) -> (String, String) {
    let step = lab.steps.iter().find(|step| step.makes.iter().any(|it| it.name() == resource)).expect("a step");
    let kind: Kind = step.makes.iter().find(|it| it.name() == resource).expect("the lab has it").kind();
    let what = |words: &str| Text::literal(words);
    let differs = Difference {
        what: what("it"),
        expected: what("this"),
        seen: what("that"),
        commands: commands.iter().map(|it| (*it).to_owned()).collect(),
    };
    let (step_id, resource, id) = (step.id.clone(), resource.to_owned(), id.to_owned());
    log.remember(Event::Sighted { step: step_id, resource, kind, id, differs: vec![differs] });
    for _ in 0..COMMANDS {
        hint(log, lab, step).expect("it is recorded");
    }
    let (text, commands) = screen.0.lock().expect("no panic").pop().expect("a hint");
    (serde_json::to_value(text).expect("JSON")["key"].as_str().expect("a key").to_owned(), commands.join("\n"))
}

#[test]
fn what_is_there_is_set_right_and_not_made_twice() {
    let lab = lab("privatelink").lab;
    let screen = Arc::new(Hints::default());
    let log = log(&screen);
    for resource in
        in_order(&lab.steps[0].makes).into_iter().filter(|it| !["web-sg", "provider-s3"].contains(&it.name()))
    {
        recognise(&log, &lab.steps[0], resource);
    }
    // It can be set right as it is.
    let (text, commands) = last_hint(&log, &screen, &lab, "web-sg", "sg-1", &["aws one", "aws two", "aws one"]);
    assert_eq!((text.as_str(), commands.as_str()), ("hint-change", "aws one\naws two"));
    recognise(&log, &lab.steps[0], &lab.steps[0].makes[5]);
    // Nothing can set that right.
    let (text, commands) = last_hint(&log, &screen, &lab, "provider-s3", "vpce-1", &[]);
    assert_eq!(text, "hint-again");
    let (delete, create) = commands.split_once('\n').expect("two commands");
    assert_eq!(delete, "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-1");
    assert!(
        create.starts_with("aws ec2 create-vpc-endpoint") && create.contains("real-provider-routes-id"),
        "{create}"
    );
}

/// AWS deletes nothing that something else uses.
#[test]
fn what_must_be_made_again_goes_after_what_uses_it_and_comes_before_it() {
    let lab = lab("privatelink").lab;
    let screen = Arc::new(Hints::default());
    let log = log(&screen);
    for step in &lab.steps[..2] {
        for resource in in_order(&step.makes) {
            recognise(&log, step, resource);
        }
    }
    let nlb = &lab.steps[2];
    let name = |name: &str| nlb.makes.iter().find(|it| it.name() == name).expect("the lab has it");
    for it in ["nlb", "nlb-80"] {
        recognise(&log, nlb, name(it));
    }
    let (text, commands) = last_hint(&log, &screen, &lab, "web-targets", "arn:aws:tg", &[]);
    assert_eq!(text, "hint-again");
    let starts = |line: &&str| line.starts_with("aws ") || line.contains("=$(");
    let lines: Vec<&str> = commands.lines().filter(starts).collect();
    let verbs = [
        "delete-listener",
        "delete-target-group",
        "create-target-group",
        "modify-target-group-attributes",
        "register-targets",
        "create-listener",
    ];
    assert_eq!(lines.len(), verbs.len(), "{commands}");
    let words: Vec<&str> = commands.split_whitespace().filter(|word| verbs.contains(word)).collect();
    assert_eq!(words, verbs, "{commands}");
    assert!(commands.contains("real-nlb-80-arn") && commands.contains("TargetGroupArn=$WEB_TARGETS_ARN"), "{commands}");
    // What is gone only after a while is waited for.
    recognise(&log, nlb, name("web-targets"));
    let subnet = lab.steps[0].makes.iter().find(|it| it.name() == "provider-subnet").expect("the lab has it");
    let state = log.state();
    let (all, _) = behind(&lab, &lab.steps[0], &state, subnet);
    let names: Vec<&str> = all.iter().map(|it| it.name()).collect();
    assert_eq!(names, ["provider-subnet", "provider-routes", "provider-s3", "web", "web-targets", "nlb", "nlb-80"]);
    let ended = Call::new(crate::cloud::Api::Ec2, "TerminateInstances", serde_json::json!({ "InstanceIds": ["i-1"] }));
    assert_eq!(gone(&ended).as_deref(), Some("aws ec2 wait instance-terminated --instance-ids i-1"));
}

#[test]
fn what_was_right_and_is_not_any_more_gets_a_hint() {
    let lab = lab("privatelink").lab;
    let screen = Arc::new(Hints::default());
    let log = log(&screen);
    lab.steps[0].makes.iter().for_each(|resource| recognise(&log, &lab.steps[0], resource));
    let (text, commands) = last_hint(&log, &screen, &lab, "web-sg", "real-web-sg-id", &["aws one"]);
    assert_eq!((text.as_str(), commands.as_str()), ("hint-change", "aws one"));
}
