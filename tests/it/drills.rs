//! Drills as data: faults are reported with their place, and `pllab labs check` proves drills.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use pllab::inside::cloud::Call;
use pllab::inside::lab::{Drill, Source, Vocabulary, load};
use pllab::inside::trace::RungId;

use super::harness::{Folder, redact};

/// Adds every drill in `tests/fixtures/drills` to the lab `two-zones`; returns the complaints in the order of the
/// drills' names.
#[track_caller]
fn complaints(lang: &str) -> String {
    let folder = Folder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).expect("it can be read");
    for name in ["lab.yaml", "ja.md", "en.md"] {
        folder.write(&format!("labs/two-zones/{name}"), &read(&root.join("labs/two-zones").join(name)));
    }
    let fixtures = fs::read_dir(root.join("tests/fixtures/drills")).expect("there are fixtures").flatten();
    let mut names: Vec<_> = fixtures.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in &names {
        folder.write(&format!("labs/two-zones/drills/{name}"), &read(&root.join("tests/fixtures/drills").join(name)));
    }
    // A fault is checked for as long as it might still take effect.
    let checking = folder.pllab("labs check --labs labs --plain --lang").arg(lang).start();
    let ran = checking.patient(Duration::from_mins(5)).wait().code(1).stdout("").clean();
    for name in &names {
        let place = format!("labs/two-zones/drills/{name}:");
        let (_, rest) = ran.err.split_once(&place).unwrap_or_else(|| panic!("nothing is said of {name}:\n{}", ran.err));
        assert!(rest.starts_with(|it: char| it.is_ascii_digit()), "{name} without a line:\n{}", ran.err);
    }
    assert!(!folder.state().exists(), "nothing is left of a proof");
    redact(&ran.err, &[])
}

#[test]
fn drills_that_do_not_hold_are_told_with_their_place_in_english() {
    insta::assert_snapshot!("broken-drills-en", complaints("en"));
}

#[test]
fn drills_that_do_not_hold_are_told_with_their_place_in_japanese() {
    insta::assert_snapshot!("broken-drills-ja", complaints("ja"));
}

/// The drills of the lab in a copy of it, one file of which is changed.
fn faults_of(change: (&str, &str)) -> Vec<pllab::inside::lab::LabError> {
    let folder = Folder::new();
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink");
    for name in ["lab.yaml", "ja.md", "en.md", "drills/silent-monday.yaml"] {
        let text = fs::read_to_string(lab.join(name)).expect("the lab is there");
        let text = if name.starts_with("drills") { text.replacen(change.0, change.1, 1) } else { text };
        folder.write(&format!("labs/privatelink/{name}"), &text);
    }
    let source = Source::find("privatelink", Some(&folder.path().join("labs"))).expect("readable").expect("there");
    let facts = BTreeMap::from([("token", String::new()), ("region", String::new())]);
    let loaded = load(&source, &BTreeMap::new(), &facts).expect("the lab is sound");
    let operation = |api: &str, name: &str| Call::read(api, name, serde_json::Map::new()).is_some();
    let rungs = RungId::ALL.map(RungId::name);
    let words = Vocabulary { operation: &operation, rungs: &rungs };
    Drill::all(&source, &loaded.lab, &loaded.variables, words).err().unwrap_or_default()
}

#[test]
fn a_fault_in_a_drill_is_told_with_its_place() {
    for (from, to, line) in [
        ("rung: endpoint_group", "rung: endpoint_grup", 30),
        ("operation: RevokeSecurityGroupIngress", "operation: RevokeSecurityGroup", 27),
        ("${endpoint-sg.id}", "${endpoint-group.id}", 28),
        ("id: silent-monday", "id: loud-monday", 2),
        ("broken: time_out", "broken: sometimes", 29),
        ("plant:", "plants:", 23),
    ] {
        let faults = faults_of((from, to));
        let place = faults.first().and_then(|fault| fault.place.clone());
        assert!(place.is_some(), "{to}: {faults:?}");
        assert!(faults[0].file.ends_with("drills/silent-monday.yaml"), "{faults:?}");
        assert_eq!(place.map(|place| place.line), Some(line), "{to}: {faults:?}");
    }
    assert!(faults_of(("minutes: 5", "minutes: 6")).is_empty());
}
