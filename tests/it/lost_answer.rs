//! Lost answers: nobody knows whether the call took effect, so pllab never takes one for "no".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::harness::{Exchange, Fate, Folder, Program, StandaloneSandbox, Wire, receipt};

/// Stands between the program and a sandbox. While `broken`, the answer to `lose` is lost after the call took effect,
/// and `deaf` is not passed on at all.
struct Line {
    wire: Wire,
    broken: Arc<AtomicBool>,
    lose: &'static str,
}

impl Line {
    fn open(sandbox: &str, lose: &'static str, deaf: &'static str) -> Self {
        let broken = Arc::new(AtomicBool::new(true));
        let seen = Arc::clone(&broken);
        let wire = Wire::open(sandbox, move |action| match seen.load(Ordering::SeqCst) {
            true if action == deaf => Fate::LoseRequest,
            true if action == lose => Fate::LoseAnswer,
            _ => Fate::Pass,
        });
        Self { wire, broken, lose }
    }

    fn count(&self, action: &str) -> usize {
        self.wire.count(action)
    }

    /// How many calls took effect and lost their answer.
    fn dropped(&self) -> usize {
        let took_effect = |it: &&Exchange| it.action == self.lose && !it.reply.is_empty();
        self.wire.exchanges().iter().filter(took_effect).count()
    }
}

/// A sandbox, a line to it, and a function that runs the program through that line.
fn with_line(lose: &'static str, deaf: &'static str, test: impl FnOnce(&Line, &dyn Fn(&str) -> Program)) {
    let (sandbox, ours) = (StandaloneSandbox::open(""), Folder::new());
    let line = Line::open(&sandbox.url, lose, deaf);
    test(&line, &|words| sandbox.signed(ours.pllab(&words.replace("URL", &line.wire.url()))));
}

#[test]
fn what_may_have_been_made_is_asked_for_before_it_is_made_again() {
    with_line("CreateVpc", "DescribeVpcs", |line, pllab| {
        pllab("start --yes --output json --endpoint-url URL").run().code(3);
        assert_eq!((line.count("CreateVpc"), line.dropped()), (1, 1), "it was not sent twice");
        // The look-up still fails, so nothing may be made blindly.
        pllab("resume --yes --output json").run().code(3);
        assert_eq!(line.count("CreateVpc"), 1);
        line.broken.store(false, Ordering::SeqCst);
        let events = pllab("resume --yes --output json").run().code(0).events();
        assert_eq!(line.count("CreateVpc"), 2, "the provider's was found, the consumer's was made");
        assert_eq!(receipt(&events), Some((17, 0, 0)));
    });
}

/// A hosted zone has neither tags nor a client token: its caller reference tells that it was made.
#[test]
fn a_hosted_zone_is_found_by_its_reference() {
    with_line("POST /2013-04-01/hostedzone", "nothing", |line, pllab| {
        let events = pllab("start private-dns --yes --output json --endpoint-url URL").run().code(0).events();
        assert_eq!((line.count(line.lose), line.dropped()), (1, 1), "it was not sent twice");
        assert_eq!(receipt(&events), Some((18, 0, 0)));
    });
}

#[test]
fn what_may_have_been_made_is_cleaned_up_too() {
    with_line("CreateTargetGroup", "DescribeTargetGroups", |line, pllab| {
        pllab("start --yes --output json --endpoint-url URL").run().code(3);
        assert_eq!(line.dropped(), 1);
        // While the look-up fails, the thing counts as unknown, never as gone.
        let events = pllab("clean --yes --output json").run().code(3).events();
        let (_, _, unknown) = receipt(&events).expect("a receipt");
        assert!(unknown > 0, "{events:?}");
        assert!(!events.iter().any(|event| event["event"] == "run_cleaned"));
        line.broken.store(false, Ordering::SeqCst);
        let events = pllab("clean --yes --output json").run().code(0).events();
        let (_, left, unknown) = receipt(&events).expect("a receipt");
        assert_eq!((left, unknown), (0, 0));
        assert!(line.count("DeleteTargetGroup") > 0, "the target group that nobody knew of");
    });
}
