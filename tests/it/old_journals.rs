//! Journals of earlier versions replay to the same state, for ever.
//!
//! `tests/fixtures/journals` has runs that version 0.1.0 wrote: all four labs, guided with predictions, hands-on, two
//! accounts, drills (repaired, given up, still planted), a repeated step, a run started over, one left at its first
//! prompt, one torn in the middle of a line. `state.json` beside each is that version's result; wording is left out,
//! because wording may improve.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::harness::Folder;

/// Members of a report that are words for a reader.
const WORDS: &[&str] = &[
    "because", "command", "cost", "demand", "expected", "label", "lang", "picture", "place", "question", "right",
    "said", "seen", "text", "title", "what", "why",
];

fn without_words(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(name, _)| !WORDS.contains(&name.as_str()))
                .map(|(name, member)| (name, without_words(member)))
                .collect(),
        ),
        Value::Array(items) => items.into_iter().map(without_words).collect(),
        other => other,
    }
}

#[test]
fn journals_of_earlier_versions_replay_to_the_same_state() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journals");
    let mut replayed = 0;
    for entry in fs::read_dir(fixtures).expect("the fixtures can be listed").flatten() {
        let journal = fs::read_to_string(entry.path().join("journal.jsonl")).expect("a fixture has a journal");
        let wanted = fs::read_to_string(entry.path().join("state.json")).expect("a fixture has a state");
        let wanted: Value = serde_json::from_str(&wanted).expect("the state is JSON");
        let run = wanted["status"]["run"].as_str().expect("the state names the run");
        let folder = Folder::new();
        folder.write(&format!("state/runs/{run}/journal.jsonl"), &journal);

        let name = entry.file_name();
        let status = folder.pllab("status --output json").arg(run).run().code(0).events().remove(0);
        assert_eq!(status, wanted["status"], "{}", name.display());
        let report = folder.pllab("report --format json --out -").arg(run).run().code(0);
        let report = without_words(serde_json::from_str(&report.out).expect("the report is JSON"));
        assert_eq!(report, wanted["report"], "{}", name.display());
        replayed += 1;
    }
    assert_eq!(replayed, 14);
}
