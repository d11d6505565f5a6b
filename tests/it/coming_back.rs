//! Coming back: to another step, to the beginning, in another mode.

use super::harness::{Account, Folder, Signer, made, receipt, wait_for};

const KEPT: &str = "start --yes --keep --pace instant --output json";

#[test]
fn a_step_is_repeated_with_what_hangs_on_it() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let again = folder.pllab("resume --step acceptance --yes --keep --output json").run().code(0).events();
    // To be accepted again, the endpoint must request again; the provider's side stays as it was.
    let reopened = again.iter().find(|line| line["event"] == "reopened").expect("steps are open again");
    assert_eq!(reopened["steps"], serde_json::json!(["endpoint", "client", "acceptance", "proof"]));
    assert_eq!(again.last().expect("events")["verdict"], "met");
    let made = made(&folder.journal());
    let times = |name: &str, part: &str| made[&(name.to_owned(), part.to_owned())];
    assert_eq!((times("endpoint", "create"), times("client", "run"), times("acceptance", "word")), (2, 2, 2));
    assert_eq!((times("nlb", "create"), times("provider-vpc", "create")), (1, 1));
    let cleaned = folder.pllab("clean --yes --output json").run().code(0).events();
    let (_, left, unknown) = receipt(&cleaned).expect("a receipt");
    assert_eq!((left, unknown), (0, 0));
}

#[test]
fn starting_over_undoes_everything_first() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let again = folder.pllab("resume --start-over --yes --output json").run().code(0).events();
    let gone = again.iter().take_while(|line| line["event"] != "reopened").filter(|line| line["event"] == "gone");
    assert_eq!(gone.count(), 17);
    assert_eq!(again.last().expect("events")["steps_met"], 9);
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
}

#[test]
fn ahead_pllab_does_what_is_needed_and_stops_there() {
    let folder = Folder::new();
    folder.pllab("start --pace instant --plain").stdin("leave\n").run().code(1);
    // One confirmation, then the step itself is offered.
    let went = folder.pllab("resume --step nlb --plain").stdin("1\nleave\n").run().code(1);
    let journal = folder.journal();
    let finished: Vec<_> =
        journal.iter().filter(|line| line["event"] == "step_finished").map(|line| line["step"].as_str()).collect();
    assert_eq!(finished, [Some("provider-vpc"), Some("web-server")], "{}", went.out);
    assert!(!journal.iter().any(|line| line["event"] == "step_started" && line["step"] == "nlb"));
    folder.pllab("resume --step nowhere").run().code(2).complains("pllab status");
}

/// What a step expects is described by names of things that have no ids yet.
#[test]
fn steps_that_are_not_done_yet_are_checked_in_the_readers_words() {
    let folder = Folder::new();
    folder.pllab("start --pace instant --plain").stdin("leave\n").run().code(1);
    for step in
        ["provider-vpc", "web-server", "nlb", "endpoint-service", "consumer-vpc", "endpoint", "acceptance", "proof"]
    {
        let told = folder.pllab(&format!("check {step} --plain")).run().code(1);
        assert!(!told.out.contains("${"), "{step}: {}", told.out);
    }
    let told = folder.pllab("check provider-vpc --plain --lang en").run().code(1);
    assert!(told.out.contains("tcp 80: nlb-sg"), "{}", told.out);
}

#[test]
fn a_language_chosen_once_is_kept() {
    let folder = Folder::new();
    let speaks = |words: &str, saying: &str| {
        let said = folder.pllab(words).env("PLLAB_LANG", "").run();
        assert!(said.out.contains(saying), "{words}: {}", said.out);
    };
    speaks("--help", "Usage:");
    folder.pllab("start --plain --lang ja").env("PLLAB_LANG", "").stdin("leave\n").run().code(1);
    speaks("status", "次にできること");
    speaks("--help", "使い方:");
    // `--lang` applies to one command only; a choice at a menu stays.
    speaks("status --lang en", "What you can do next");
    speaks("status", "次にできること");
    folder.pllab("resume --plain").env("PLLAB_LANG", "").stdin("language\nleave\n").run().code(1);
    speaks("status", "What you can do next");
}

/// The command line can give a step that the learner had taken on back to pllab; with `--yes` nobody is waited for.
#[cfg(unix)]
#[test]
fn what_the_command_line_says_outweighs_what_was_answered_at_a_step() {
    for (words, way) in [("resume --guided --yes", "guided"), ("resume --yes", "")] {
        let folder = Folder::new();
        let mut running = folder.pllab("start --hands-on --pace instant --output json").start();
        running.until("\"answer\":\"hands_on\"");
        running.signal("INT");
        running.wait().code(130);
        let again = folder.pllab(words).words("--output json").run().code(0).events();
        assert_eq!(again.last().expect("events")["verdict"], "met", "{words}");
        let said = |question: &str, answer: &str| {
            again.iter().any(|line| line["question"] == question && line["answer"] == answer)
        };
        assert!(said("step", "go") && (way.is_empty() || said("way", way)), "{words}");
    }
    // The other way round: the learner finishes what pllab had begun.
    let folder = Folder::new();
    folder.pllab("start --plain --pace instant").stdin("leave\n").run().code(1);
    let mut running = folder.pllab("resume --hands-on --output json").start();
    running.until("\"answer\":\"hands_on\"");
    running.signal("INT");
    running.wait().code(130);
}

/// What the learner has made and pllab has not seen yet is used, and nothing is made beside it.
#[test]
fn what_was_made_by_hand_meanwhile_is_used_when_pllab_goes_on() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let signer = Signer::of_ready(&sandbox.ready(), "ec2");
    let by_hand = |form: &str, id: &str| {
        let (status, body) = signer.call(&format!("Version=2016-11-15&{form}"));
        assert_eq!(status, 200, "{body}");
        let (_, rest) = body.split_once(&format!("<{id}>")).expect("it has an id");
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    let mut runner = folder.pllab("start --hands-on --keep --output json --pace instant").start();
    runner.until("baseline");
    let vpc = by_hand("Action=CreateVpc&CidrBlock=10.0.0.0%2F16", "vpcId");
    wait_for(&folder, "the VPC", |line| line["event"] == "recognised" && line["resource"] == "provider-vpc");
    runner.signal("TERM");
    runner.wait().code(130);
    let subnet = by_hand(&format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0%2F24"), "subnetId");
    folder.pllab("resume --yes --keep --output json").run().code(0);
    let journal = folder.journal();
    let mut recognised =
        journal.iter().filter(|line| line["event"] == "recognised" && line["resource"] == "provider-subnet");
    assert_eq!(recognised.next().map(|line| line["facts"]["id"].clone()), Some(subnet.into()));
    assert!(!made(&journal).into_keys().any(|(resource, part)| resource == "provider-subnet" && part == "create"));
    folder.pllab("clean --yes --with-mine --output json").run().code(0);
    sandbox.signal("TERM");
    sandbox.wait().code(0);
}
