//! The whole lab on a target in another process, where each call may meet what AWS does to its users. Every such
//! fault is met twice: guided, with typed answers, and with `--yes`.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::harness::{Fate, Line, ProfiledSandbox, Program, Ran, Wire, full, made, receipt, say};

/// How the learner goes through the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Guided,
    Yes,
}

const WAYS: [Way; 2] = [Way::Guided, Way::Yes];
/// The usual answer to a question.
const ENTER: &str = "\n";
const BOTH: &str = "--profile provider --consumer-profile consumer";
/// Polls as often and waits as long as at the quick pace; the instant pace would not wait long enough.
const START: &str = "start --pace quick --endpoint-url";

/// The program that goes through the lab at `url`.
fn lab(apart: &ProfiledSandbox, url: &str, way: Way, learner: &str) -> Program {
    let start = apart.pllab(START).arg(url).arg("--learner").arg(learner);
    let start = start.env("PLLAB_STATE_DIR", apart.folder.path().join(learner));
    match way {
        Way::Guided => start.stdin(&ENTER.repeat(80)),
        Way::Yes => start.words("--yes"),
    }
}

/// The usual answer at the end keeps what was made: the guided learner cleans up by the verb.
fn journal_of(apart: &ProfiledSandbox, way: Way, learner: &str) -> Vec<Line> {
    if way == Way::Guided {
        let state = apart.folder.path().join(learner);
        apart.pllab("clean --yes").env("PLLAB_STATE_DIR", state).run().code(0).clean();
    }
    apart.journal_in(learner)
}

/// Asserts that the lab was met, step by step, and that nothing of it is left or was made twice.
#[track_caller]
fn is_whole(ran: Ran, journal: &[Line]) {
    let ran = ran.code(0).clean();
    let ended = journal.iter().rev().find(|line| line["event"] == "run_finished").expect("it has an end");
    assert_eq!((&ended["verdict"], &ended["steps_met"]), (&"met".into(), &9.into()), "{}", ran.out);
    let failed: Vec<_> =
        journal.iter().filter(|line| line["event"] == "step_finished" && line["verdict"] != "met").collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(journal.iter().any(|line| line["event"] == "proof" && line["token_ok"] == true), "{}", ran.out);
    assert_eq!(receipt(journal), Some((17, 0, 0)), "{}", ran.out);
    assert!(made(journal).values().all(|times| *times == 1), "{:?}", made(journal));
}

/// Both ways at once, each as a learner of its own.
fn both_ways(apart: &ProfiledSandbox, url: &str, words: &str) -> Vec<Vec<Line>> {
    let running = WAYS.map(|way| {
        let learner = format!("{way:?}").to_lowercase();
        (lab(apart, url, way, &learner).words(words).start(), way, learner)
    });
    running
        .into_iter()
        .map(|(running, way, learner)| {
            let ran = running.wait();
            let journal = journal_of(apart, way, &learner);
            is_whole(ran, &journal);
            journal
        })
        .collect()
}

/// Quotas for forty labs in one account.
const ROOM: &str = "--quota L-F678F1CE=100 --quota L-1216C47A=200 --quota L-1B52E74A=100 --quota L-69A177A2=100 \
                    --quota L-B22855CB=100 --quota L-29B6F2EB=100";

#[test]
fn two_accounts_and_awss_delays_scaled() {
    let apart = ProfiledSandbox::open(&format!("--pace quick {ROOM}"));
    for journal in both_ways(&apart, &apart.url, BOTH) {
        let accounts = &journal[0]["accounts"];
        assert_ne!(accounts["provider"], accounts["consumer"]);
        // The run really waited: the load balancer's minutes are seconds here.
        let at = |wanted: &dyn Fn(&Line) -> bool| -> jiff::Timestamp {
            let line = journal.iter().find(|line| wanted(line)).expect("a line");
            line["at"].as_str().and_then(|at| at.parse().ok()).expect("a time")
        };
        let begun = at(&|line| line["operation"] == "CreateLoadBalancer" && line["event"] == "intent");
        let active = at(&|line| {
            line["check"].as_str().is_some_and(|check| check.starts_with("load_balancer_active"))
                && line["verdict"] == "met"
        });
        assert!(active.duration_since(begun).as_secs() >= 3, "{begun} {active}");
    }
}

/// A class at once, every second learner guided: forty in the full form.
#[test]
fn awss_throttling() {
    let (learners, patience) = if full() { (40, 20) } else { (6, 2) };
    let apart = ProfiledSandbox::open(&format!("--pace quick --throttle aws {ROOM}"));
    let neighbour = apart.neighbour("ec2");
    let left = AtomicUsize::new(9);
    // Just before a learner's endpoint is made, other learners have emptied the account's bucket for such calls.
    let wire = Wire::open(&apart.url, move |action| {
        if action == "CreateVpcEndpoint" && left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            let form =
                "Action=CreateVpcEndpoint&Version=2016-11-15&VpcId=vpc-0123456789abcdef0&ServiceName=com.amazonaws.x";
            while neighbour.call(form).0 != 503 {}
        }
        Fate::Pass
    });
    let running: Vec<_> = (0..learners)
        .map(|number| {
            let learner = format!("learner-{number}");
            let way = WAYS[number % 2];
            let program = lab(&apart, &wire.url(), way, &learner).words("--profile provider");
            thread::spawn(move || (program.start().patient(Duration::from_mins(patience)).wait(), way, learner))
        })
        .collect();
    for learner in running {
        let (ran, way, learner) = learner.join().expect("no thread panics");
        is_whole(ran, &journal_of(&apart, way, &learner));
    }
    let turned_away = wire.exchanges().iter().filter(|it| it.reply.contains("RequestLimitExceeded")).count();
    assert!(turned_away > 0, "nobody was turned away");
    if full() {
        say(&format!("{learners} learners at once under AWS's throttling: all met, {turned_away} calls turned away"));
    }
}

#[test]
fn eventual_consistency() {
    let faults = "--fault Create*:*:not-found=2 --fault RunInstances:*:not-found=2";
    let apart = ProfiledSandbox::open(&format!("--pace instant {faults} {ROOM}"));
    let wire = Wire::open(&apart.url, |_| Fate::Pass);
    both_ways(&apart, &wire.url(), BOTH);
    let unseen = wire.exchanges().iter().filter(|it| it.reply.contains("NotFound</Code>")).count();
    assert!(unseen > 10, "{unseen} times something was not found yet");
}

#[test]
fn credentials_that_expire_in_the_middle() {
    // In a making call, in a wait, in a check, in the clean-up: the first call of each kind.
    let expiring = ["CreateLoadBalancer", "DescribeTargetHealth", "AcceptVpcEndpointConnections"];
    for way in WAYS {
        let apart = ProfiledSandbox::open("--pace instant");
        let faults = expiring.map(|operation| (operation, AtomicBool::new(false)));
        let wire = Wire::open(&apart.url, move |action| {
            let strikes = faults.iter().any(|(operation, done)| *operation == action && !done.swap(true, SeqCst));
            if strikes { Fate::Answer(400, EXPIRED.to_owned()) } else { Fate::Pass }
        });
        let start = lab(&apart, &wire.url(), way, "learner").words(BOTH);
        let mut ran = match way {
            // At a menu the learner has signed in again; elsewhere the word has no meaning.
            Way::Guided => start.stdin(&"again\n\n".repeat(60)).run(),
            Way::Yes => start.run(),
        };
        let mut pauses = 0;
        while way == Way::Yes && ran.code == Some(3) {
            pauses += 1;
            let told = [ran.out.as_str(), ran.err.as_str()].concat();
            assert!(told.contains("aws sso login --profile"), "{told}");
            assert!(pauses <= expiring.len(), "{told}");
            ran = apart.pllab("resume --yes").env("PLLAB_STATE_DIR", apart.folder.path().join("learner")).run();
        }
        assert!(way == Way::Guided || pauses > 0, "{}", ran.out);
        let journal = journal_of(&apart, way, "learner");
        let expired = journal.iter().filter(|line| line["error"]["class"] == "sign_in").count();
        assert!(expired >= 1, "{way:?}: {expired}");
        is_whole(ran, &journal);
        for operation in expiring {
            assert!(wire.count(operation) >= 2, "{way:?}: {operation} was asked for again");
        }
    }
}

const EXPIRED: &str = "<Response><Errors><Error><Code>RequestExpired</Code><Message>Request has expired.</Message></Error></Errors>\
                       <RequestID>wire</RequestID></Response>";
