//! Tests that the report contains what the journal does, in both forms and languages.

use serde_json::json;

use super::{Told, fold};
use crate::engine::event::Entry;
use crate::i18n::{Lang, Text, Zone, m};
use crate::lab::Loaded;
use crate::report::{Drawing, report_html, report_markdown};

fn journal(lines: impl IntoIterator<Item = serde_json::Value>) -> Vec<Entry> {
    lines.into_iter().map(|line| serde_json::from_value(line).expect("it is a journal line")).collect()
}

/// A journal with a wrong prediction, and with a drill that was repaired with one hint.
fn entries() -> Vec<Entry> {
    let words = |text: &str| json!(Text::literal(text));
    let lines = [
        json!({ "at": "2026-11-25T00:00:00Z", "event": "settled", "step": "one", "prediction": "where",
            "answer": "left", "right": "right", "check": "a", "seen": words("what was seen"),
            "words": { "question": words("Where?"), "said": words("On the left"), "right": words("On the right"),
                "because": words("So it *is*.") } }),
        json!({ "at": "2026-11-25T00:01:00Z", "event": "drill_finished", "drill": "green-and-late", "mended": true,
            "opened": [], "hints": 1, "seconds": 75, "given_up": false }),
    ];
    journal(lines)
}

/// A hands-on step: a mistake that was corrected, a difference that was none, two hints, reopened once.
#[test]
fn what_was_wrong_and_mended_stands_beside_hints_and_consent() {
    let words = |text: &str| json!(Text::literal(text));
    let sighted = |at: &str, resource: &str, differs: &serde_json::Value| {
        json!({ "at": at, "event": "sighted", "step": "one", "resource": resource, "kind": "security_group",
            "id": "sg-1", "differs": differs })
    };
    let recognised = |at: &str, resource: &str, id: &str| {
        json!({ "at": at, "event": "recognised", "step": "one", "resource": resource, "kind": "security_group",
            "side": "provider", "facts": { "id": id }, "uses": [], "parts": [] })
    };
    let differs = |what: &str, expected: &str, seen: &serde_json::Value| json!([{ "what": words(what), "expected": words(expected), "seen": seen }]);
    let nothing = json!(m::watch_nothing());
    let lines = [
        json!({ "at": "2026-11-25T00:00:00Z", "event": "run_started", "format": 1, "run": "abc", "lab": "gone",
            "target": "aws", "region": "ap-northeast-1", "token": "t", "variables": {}, "learner": "aiko" }),
        json!({ "at": "2026-11-25T00:00:01Z", "event": "consented", "how": "accept-cost 2.00",
            "per_hour": { "usd_micros": 74_000 }, "prices_as_of": "2026-11-20", "charges": [] }),
        sighted("2026-11-25T00:01:00Z", "web-sg", &differs("inbound", "tcp 80", &nothing)),
        sighted("2026-11-25T00:02:00Z", "web-sg", &differs("inbound", "tcp 80", &words("tcp 8080"))),
        sighted("2026-11-25T00:02:01Z", "web-sg", &differs("inbound", "tcp 80", &words("tcp 8080"))),
        sighted("2026-11-25T00:02:02Z", "subnet", &differs("VPC", "net (vpc-1)", &words("vpc-2"))),
        json!({ "at": "2026-11-25T00:02:30Z", "event": "hint", "step": "one", "resource": "web-sg", "rung": 1,
            "text": words("look again") }),
        recognised("2026-11-25T00:03:00Z", "web-sg", "sg-1"),
        recognised("2026-11-25T00:03:00Z", "net", "vpc-2"),
        json!({ "at": "2026-11-25T00:04:00Z", "event": "step_finished", "step": "one", "verdict": "met" }),
        json!({ "at": "2026-11-25T00:05:00Z", "event": "reopened", "steps": ["one"] }),
    ];
    let entries = journal(lines);
    let loaded = Loaded::without_steps("gone");
    let told = told(&loaded);
    for lang in Lang::ALL {
        let report = fold("abc", &entries, &told, lang);
        let [step] = &report.steps[..] else { panic!("{report:?}") };
        let [slip] = &step.slips[..] else { panic!("{step:?}") };
        assert_eq!((slip.resource.as_str(), slip.seen.as_str()), ("web-sg", "tcp 8080"));
        assert_eq!(slip.mended.map(|at| at.to_string()).as_deref(), Some("2026-11-25T00:03:00Z"));
        assert_eq!((step.hints, step.reopened.len(), step.verdict, report.steps_met), (1, 1, None, 0));
        let [consent] = &report.consents[..] else { panic!("{report:?}") };
        assert_eq!((consent.who.as_str(), consent.per_hour.contains("0.0740")), ("aiko", true), "{consent:?}");
        let (html, markdown) = (report_html(&report, ""), report_markdown(&report, &Drawing::None));
        for words in ["tcp 8080", "11-25 00:03:00", "11-25 00:05:00", "aiko", "2.00 USD", "0.0740"] {
            assert!(html.contains(words) && markdown.contains(words), "{words}\n{html}\n{markdown}");
        }
    }
}

fn told(loaded: &Loaded) -> Told<'_> {
    Told {
        loaded,
        place: Text::literal("here"),
        picture: Vec::new(),
        cost: Vec::new(),
        drill: &|_| Text::literal("All green"),
        label: &|_, name| Text::literal(name),
        zone: Zone::utc(),
    }
}

#[test]
fn predictions_and_drills_stand_beside_their_answers() {
    let loaded = Loaded::without_steps("gone");
    let told = told(&loaded);
    for lang in Lang::ALL {
        let report = fold("abc", &entries(), &told, lang);
        let [one] = &report.predictions[..] else { panic!("{report:?}") };
        assert_eq!((one.said.as_str(), one.right.as_str(), one.correct), ("On the left", "On the right", false));
        assert_eq!((report.drills[0].mended, report.drills[0].hints, report.drills[0].seconds), (true, 1, 75));
        let (html, markdown) = (report_html(&report, ""), report_markdown(&report, &Drawing::None));
        for words in ["Where?", "On the left", "On the right", "what was seen", "All green"] {
            assert!(html.contains(words) && markdown.contains(words), "{words}\n{html}\n{markdown}");
        }
        assert!(html.contains("So it <em>is</em>."), "{html}");
    }
}

#[test]
fn failed_attempts_stay_and_a_recap_has_words_of_its_own() {
    let words = |text: &str| json!(Text::literal(text));
    let check = |at: &str, verdict: &str, seen: &str| {
        json!({ "at": at, "event": "check", "step": "one", "check": "page", "title": words("Does it arrive?"),
            "verdict": verdict, "expected": words("a page"), "seen": words(seen), "command": "" })
    };
    let lines = [
        check("2026-11-25T00:00:00Z", "not_yet", "nothing yet"),
        check("2026-11-25T00:01:00Z", "broken", "a time-out"),
        check("2026-11-25T00:02:00Z", "broken", "a time-out"),
        check("2026-11-25T00:03:00Z", "broken", "a refusal"),
        check("2026-11-25T00:04:00Z", "met", "the page"),
        json!({ "at": "2026-11-25T00:05:00Z", "event": "recapped", "question": "where", "answer": "left",
            "right": "right", "check": "page", "seen": words("what was seen"), "words": { "question": words("Where?"),
                "said": words("On the left"), "right": words("On the right"), "because": words("So it is.") } }),
    ];
    let entries = journal(lines);
    let loaded = Loaded::without_steps("gone");
    let told = told(&loaded);
    for lang in Lang::ALL {
        let report = fold("abc", &entries, &told, lang);
        let earlier: Vec<(String, &str)> =
            report.steps[0].checks[0].earlier.iter().map(|one| (one.at.to_string(), one.seen.as_str())).collect();
        let expected = [("2026-11-25T00:01:00Z", "a time-out"), ("2026-11-25T00:03:00Z", "a refusal")];
        assert_eq!(earlier, expected.map(|(at, seen)| (at.to_owned(), seen)));
        for form in [report_html(&report, ""), report_markdown(&report, &Drawing::None)] {
            for words in ["a time-out", "a refusal", "the page"].map(str::to_owned).into_iter().chain(
                [m::report_recap_wrong(), m::report_recap_said(), m::report_recap_answer()].map(|it| it.render(lang)),
            ) {
                assert!(form.contains(&words), "{words}\n{form}");
            }
            assert!(!form.contains(&m::report_predicted_otherwise().render(lang)), "{form}");
        }
    }
}
