//! Drills under the policy for drills: planting, looking, repairing, restoring.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::harness::{Folder, at_a_time, full};
use super::needs::Known;
use super::places::{LABS, Place, signed};
use super::{policy, strangers};

/// Drills of the longest lab that together change everything that its drills change; the full form runs all.
const ENOUGH: [&str; 11] = [
    "born-without",
    "empty-desk",
    "nameless",
    "new-badge",
    "night-shift",
    "old-group",
    "red-but-serving",
    "silent-monday",
    "tight-lips",
    "waiting-room",
    "wrong-counter",
];

/// The drills of a lab, from its folder.
fn drills(lab: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs").join(lab).join("drills");
    let files = std::fs::read_dir(folder).expect("the lab has drills").map(|file| file.expect("a file").path());
    let mut drills: Vec<String> =
        files.map(|file| file.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    drills.sort();
    drills
}

#[test]
fn drills_of_every_lab_are_allowed_where_they_are_asked_for() {
    at_a_time(&LABS, |lab| {
        let (place, machine) = (Place::open(*lab), Folder::new());
        let pllab = |words: &str| place.pllab(&machine, words);
        let start = format!("start {} --yes --keep --output json --learner aiko {}", place.lab, place.profiles());
        pllab(&start).words("--pace instant --endpoint-url").arg(place.wire.url()).run().code(0);
        let wanted =
            drills(place.lab).into_iter().filter(|it| full() || lab.0 != "privatelink" || ENOUGH.contains(&&**it));
        for (number, drill) in wanted.enumerate() {
            pllab(&format!("drill {drill} --yes --allow-aws --output json")).run().code(0);
            // What a learner in the drill may be told to run.
            for words in ["drill check --output json", "drill hint --output json", "why --output json", "status"] {
                let ran = pllab(words).run();
                assert!(matches!(ran.code, Some(0 | 1)), "{drill}: {words}: {}{}", ran.out, ran.err);
            }
            let (end, code) = if number % 2 == 0 { ("undo", 0) } else { ("give-up", 1) };
            pllab(&format!("drill {end} --output json")).run().code(code);
        }
        pllab("clean --yes --output json").run().code(0);
        let needs = signed(&mut Known::default(), &place.wire.exchanges());
        let (with, without) = (place.policies("--with drill"), place.policies(""));
        with.allow_all(&needs);
        assert!(needs.iter().any(|need| !without.allow(need)), "the lab itself needs none of it");
        let mut tried = 0;
        for (key, need) in &needs {
            // A VPC's own network ACL comes with the VPC and has no tags, so that nothing tells it from others.
            if need.resource_tags.is_none() || need.resource.contains(":network-acl/") {
                continue;
            }
            for stranger in strangers() {
                let foreign = (key.clone(), super::Need { resource_tags: Some(stranger), ..need.clone() });
                assert!(!with.allow(&foreign), "{foreign:#?}");
                tried += 1;
            }
        }
        assert!(tried > 100, "{tried}");
    });
}

#[test]
fn every_way_to_mend_a_drill_is_allowed() {
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs");
    for lab in ["privatelink", "private-dns", "two-zones", "who-may-connect"] {
        let policy = policy(&format!("{lab} --with drill"));
        let allowed: BTreeSet<&str> = policy.actions().filter_map(|action| Some(action.split_once(':')?.1)).collect();
        let files = std::fs::read_dir(labs.join(lab).join("drills")).expect("the lab has drills");
        for file in files.map(|file| file.expect("a file").path()) {
            let text = std::fs::read_to_string(&file).expect("readable");
            let operations = text.lines().filter_map(|line| line.trim().strip_prefix("operation: "));
            for operation in operations {
                assert!(allowed.contains(operation), "{}: {operation}", file.display());
            }
        }
    }
}
