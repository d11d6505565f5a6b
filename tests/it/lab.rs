//! The whole lab on the sandbox, as its learners do it.

use std::fs;

use pllab::inside::engine::event::{Entry, Event};

use super::harness::{Account, Folder, made, receipt, redact, sequence};

const WHOLE: &str = "start --yes --pace instant --output json";
const KEPT: &str = "start --yes --keep --pace instant --output json";

/// The lab's steps, in order.
const STEPS: [&str; 9] = [
    "provider-vpc",
    "web-server",
    "nlb",
    "endpoint-service",
    "consumer-vpc",
    "endpoint",
    "client",
    "acceptance",
    "proof",
];

#[test]
fn the_whole_lab_is_met_proved_and_cleaned() {
    let folder = Folder::new();
    let ran = folder.pllab(WHOLE).run().code(0).stderr("").clean();
    let events = ran.events();

    let last = events.last().expect("there are events");
    assert_eq!(last["event"], "run_finished");
    assert_eq!((&last["verdict"], &last["steps_met"], &last["steps"]), (&"met".into(), &9.into(), &9.into()));
    let finished = events.iter().filter(|line| line["event"] == "step_finished");
    let finished: Vec<_> = finished.map(|line| (line["step"].as_str(), line["verdict"].as_str())).collect();
    assert_eq!(finished, STEPS.map(|step| (Some(step), Some("met"))));

    // nginx saw an address of the load balancer, in the provider's subnet; the web server's log shows the same.
    let proof = events.iter().find(|line| line["event"] == "proof").expect("there is a proof");
    assert_eq!((&proof["status"], &proof["token_ok"]), (&200.into(), &true.into()));
    let source = proof["seen_source"].as_str().expect("a source was seen");
    assert!(source.starts_with("10.0.1."), "{source}");
    let check = |name: &str| {
        let mut all = events.iter().filter(|line| line["event"] == "check");
        all.find(|line| line["check"].as_str().is_some_and(|check| check.starts_with(name))).expect(name)
    };
    let log = check("log_shows_load_balancer");
    let seen = &log["seen"]["args"];
    assert_eq!((log["expected"].as_str(), seen["address"].as_str()), (Some(source), Some(source)));
    assert!(seen["id"].as_str().is_some_and(|id| id.starts_with("eni-")), "{log}");
    assert!(seen["description"].as_str().is_some_and(|words| words.starts_with("ELB net/")), "{log}");
    let own: Vec<_> = events.iter().filter_map(|line| line["facts"]["address"].as_str()).collect();
    assert_eq!(own.len(), 2, "web and client have an address: {own:?}");
    // The client, made later, may have the same address: both VPCs have the same block.
    assert_ne!(own[0], source, "the load balancer's own address");

    assert_eq!(receipt(&events), Some((17, 0, 0)));
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
}

#[test]
fn the_journal_holds_what_was_printed() {
    let folder = Folder::new();
    let printed = folder.pllab(WHOLE).run().code(0).events();
    let mut written = folder.journal();
    for line in &mut written {
        assert!(line.as_object_mut().is_some_and(|line| line.remove("at").is_some()), "{line}");
    }
    assert_eq!(written, printed);
}

#[test]
fn the_journal_reads_back_as_it_was_written() {
    let folder = Folder::new();
    folder.pllab(WHOLE).run().code(0);
    let text = fs::read_to_string(folder.journal_path()).expect("the journal can be read");
    for line in text.lines() {
        let entry: Entry = serde_json::from_str(line).expect("a journal line");
        assert_ne!(entry.event, Event::Unknown, "{line}");
        assert_eq!(serde_json::to_string(&entry).expect("it can be written"), line);
    }
}

#[test]
fn every_call_has_its_intent_before_and_one_outcome_after() {
    let folder = Folder::new();
    let events = folder.pllab(WHOLE).run().code(0).events();
    let at = |name: &str| {
        let mut calls: Vec<(u64, usize)> = events
            .iter()
            .enumerate()
            .filter(|(_, line)| line["event"] == name)
            .map(|(index, line)| (line["call"].as_u64().expect("calls have numbers"), index))
            .collect();
        calls.sort_unstable();
        calls
    };
    let (intents, outcomes) = (at("intent"), at("outcome"));
    let numbers = |calls: &[(u64, usize)]| calls.iter().map(|(call, _)| *call).collect::<Vec<_>>();
    assert_eq!(numbers(&intents), (0..intents.len() as u64).collect::<Vec<_>>());
    assert_eq!(numbers(&intents), numbers(&outcomes));
    for ((call, intent), (_, outcome)) in intents.iter().zip(&outcomes) {
        assert!(intent < outcome, "call {call}");
    }
    assert!(made(&events).values().all(|times| *times == 1), "{:?}", made(&events));
}

#[test]
#[cfg(unix)]
fn what_is_written_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let mode = |path: &std::path::Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder.journal_path()), 0o600);
    for dir in [folder.state(), folder.state().join("runs"), folder.run(), folder.run().join("sandbox")] {
        assert_eq!(mode(&dir), 0o700, "{}", dir.display());
    }
    for file in folder.files() {
        // Locks and process ids hold no secret, and are in a folder that nobody else can enter.
        let open = file.extension().is_some_and(|end| end == "lock" || end == "pid" || end == "log");
        assert!(open || mode(&file) == 0o600, "{}: {:o}", file.display(), mode(&file));
    }
}

#[test]
fn no_credential_stays_behind() {
    let folder = Folder::new();
    folder
        .pllab(KEPT)
        .env("AWS_ACCESS_KEY_ID", "AKIAOFTHELEARNER0000")
        .env("AWS_SECRET_ACCESS_KEY", "the-secret-of-the-learner")
        .run()
        .code(0);
    assert!(!folder.files().is_empty());
    for file in folder.files() {
        let text = String::from_utf8_lossy(&fs::read(&file).expect("it can be read")).into_owned();
        for word in ["AKIA", "the-secret-of-the-learner", "secret_access_key", "access_key_id"] {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

/// A plain run and its clean-up: everything a learner reads.
#[track_caller]
fn transcript(lang: &str) -> (String, String) {
    let folder = Folder::new();
    let plain = |words: &str| {
        let ran = folder.pllab(words).env("PLLAB_LANG", lang).run().code(0).clean();
        let events = folder.journal();
        let token = events[0]["token"].as_str().expect("a run has a token").to_owned();
        redact(&ran.out, &[(&folder.run_id(), "run"), (&token, "token")])
    };
    let run = plain("start --yes --keep --pace instant --plain");
    let cleaned = plain("clean --yes --plain");
    // Deletions run in parallel: which ends first, and whether one has to be retried, is chance.
    let mut lines: Vec<&str> = cleaned.lines().collect();
    lines.sort_unstable();
    (run, lines.join("\n"))
}

#[test]
fn transcript_in_japanese() {
    let (run, _) = transcript("ja");
    insta::assert_snapshot!("transcript-ja", run);
}

#[test]
fn transcript_in_english() {
    let (run, cleaned) = transcript("en");
    insta::assert_snapshot!("transcript-en", run);
    for line in
        ["17 gone, 0 still there, 0 cannot tell", "  instance web i-<id>: gone", "  VPC provider-vpc vpc-<id>: gone"]
    {
        assert!(cleaned.lines().any(|it| it == line), "no {line:?} in:\n{cleaned}");
    }
}

#[test]
fn the_learner_chooses_the_address_block() {
    let folder = Folder::new();
    let events = folder.pllab(KEPT).arg("--set").arg("cidr=172.31.16.0/20").run().code(0).events();
    assert_eq!(events[0]["variables"]["cidr"], "172.31.16.0/20");
    let blocks = |operation: &str| {
        let intents = events.iter().filter(|line| line["operation"] == operation);
        intents.map(|line| line["params"]["CidrBlock"].as_str().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(blocks("CreateVpc"), ["172.31.16.0/20"; 2]);
    assert_eq!(blocks("CreateSubnet"), ["172.31.17.0/24"; 2]);
    let proof = events.iter().find(|line| line["event"] == "proof").expect("there is a proof");
    assert!(proof["seen_source"].as_str().is_some_and(|source| source.starts_with("172.31.17.")), "{proof}");
}

#[test]
fn the_windows_client_works_too() {
    let folder = Folder::new();
    let events = folder.pllab(WHOLE).arg("--set").arg("client=windows").run().code(0).events();
    let intents = events.iter().filter(|line| line["operation"] == "RunInstances");
    let types: Vec<_> = intents.map(|line| line["params"]["InstanceType"].as_str().unwrap_or_default()).collect();
    assert_eq!(types, ["t3.micro", "t3.small"]);
    assert_eq!(receipt(&events), Some((17, 0, 0)));
}

/// Rejected first: the endpoint and the client are made again, and only then the lab continues.
#[test]
fn the_detour_rejects_first() {
    let folder = Folder::new();
    // The first answer for seven steps, two predictions and what follows each step; then comes the acceptance.
    let answers = "1\n".repeat(16) + "detour\n" + &"1\n".repeat(17);
    folder.pllab("start --pace instant --plain").stdin(&answers).run().code(0).clean();
    folder.pllab("clean --yes").run().code(0).clean();
    let journal = folder.journal();
    let count = |operation: &str| journal.iter().filter(|line| line["operation"] == operation).count();
    assert_eq!(count("RejectVpcEndpointConnections"), 1);
    assert_eq!(count("AcceptVpcEndpointConnections"), 1);
    let endpoints = made(&journal);
    assert_eq!(endpoints[&("endpoint".to_owned(), "create".to_owned())], 2);
    let rejected =
        journal.iter().any(|line| line["check"] == "endpoint_state:endpoint:rejected" && line["verdict"] == "met");
    assert!(rejected);
    // The cloud answered each prediction, right or wrong, with what the check saw.
    let settled = journal.iter().filter(|line| line["event"] == "settled");
    let settled: Vec<_> = settled.map(|line| (line["prediction"].as_str(), line["answer"] == line["right"])).collect();
    let expected =
        ["same-cidr", "before-acceptance", "after-rejection", "after-acceptance", "source-address", "provider-calls"];
    assert_eq!(settled, expected.map(|prediction| (Some(prediction), false)));
    let (_, left, unknown) = receipt(&journal).expect("there is a receipt");
    assert_eq!((left, unknown), (0, 0));
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
    // The recap's evidence is of the endpoint that exists, not of the one that was rejected.
    let ids = journal.iter().filter(|line| line["event"] == "outcome" && line["facts"]["dns"].is_string());
    let ids: Vec<&str> = ids.filter_map(|line| line["facts"]["id"].as_str()).collect();
    let seen = journal.iter().rev().find(|line| line["check"] == "endpoint_in_zone:endpoint").expect("it was asked");
    let seen = seen["seen"].to_string();
    assert!(ids.len() == 2 && seen.contains(ids[1]) && !seen.contains(ids[0]), "{ids:?} {seen}");
}

#[test]
fn other_regions_work_too() {
    let folder = Folder::new();
    let events = folder.pllab(WHOLE).arg("--region").arg("us-east-1").run().code(0).events();
    assert_eq!(events[0]["region"], "us-east-1");
    assert!(events[0]["variables"]["zone"].as_str().is_some_and(|zone| zone.starts_with("use1-az")), "{}", events[0]);
}

#[test]
fn what_was_kept_can_be_looked_at_and_cleaned() {
    let folder = Folder::new();
    let kept = folder.pllab(KEPT).run().code(0).events();
    assert!(!sequence(&kept).contains(&"receipt"), "nothing is cleaned that is to be kept");
    let run = folder.run_id();
    let exact = [
        ("Instances", 2),
        ("LoadBalancers", 1),
        ("SecurityGroups", 4),
        ("ServiceConfigurations", 1),
        ("Subnets", 2),
        ("TargetGroups", 1),
        ("VpcEndpoints", 2),
        ("Vpcs", 2),
    ];
    let mut holds = Account::holds(&folder.run().join("sandbox"));
    // Instances, the load balancer and the endpoint have one each.
    assert_eq!(holds.remove("NetworkInterfaces"), Some(4));
    assert_eq!(holds, exact.map(|(name, count)| (name.to_owned(), count)).into());

    let status = &folder.pllab("status --output json").run().code(0).events()[0];
    assert_eq!((&status["run"], &status["cleaned"]), (&run.as_str().into(), &false.into()));
    assert_eq!(status["resources"].as_array().map(Vec::len), Some(17));
    let met = status["steps"].as_array().into_iter().flatten().filter(|step| step["verdict"] == "met");
    assert_eq!(met.count(), 9);

    // Without a step: the last one. The run's sandbox starts again for it, including its traffic.
    let checks = folder.pllab("check --output json").run().code(0).events();
    let asked: Vec<_> = checks.iter().filter(|line| line["event"] == "check").map(|line| &line["verdict"]).collect();
    assert_eq!(asked, ["met", "met", "met"], "{checks:?}");
    for step in STEPS.iter().filter(|step| !["endpoint", "client"].contains(step)) {
        folder.pllab("check").arg(step).run().code(0).clean();
    }
    // Nothing is pending any more, and the page now arrives.
    folder.pllab("check endpoint").run().code(1).clean();
    folder.pllab("check client").run().code(1).clean();

    let cleaned = folder.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((17, 0, 0)));
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
    let status = &folder.pllab("status --output json").run().code(0).events()[0];
    assert_eq!((&status["cleaned"], status["resources"].as_array().map(Vec::len)), (&true.into(), Some(0)));
    // There is nothing to do, so the goal is met.
    folder.pllab("clean --yes").run().code(0).says("nothing to clean up");
    folder.pllab("clean --yes").arg(folder.run_id()).run().code(0).says("has been cleaned up");
}

#[test]
fn cleaning_all_takes_every_run() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    folder.pllab(KEPT).run().code(0);
    let events = folder.pllab("clean --all --yes --output json").run().code(0).events();
    assert_eq!(sequence(&events).into_iter().filter(|event| *event == "run_cleaned").count(), 2);
}
