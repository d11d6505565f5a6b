//! Runs that cannot be read or cleaned up: pllab names them, they do not stop the others, and those on the built-in
//! sandbox can be dropped.

use std::fs;
use std::path::PathBuf;

use super::harness::Folder;

/// Begins a kept run of a small lab, `labs/ok`; returns the run's folder.
fn begin(folder: &Folder) -> PathBuf {
    if !folder.path().join("labs").exists() {
        folder.pllab("labs new ok --dir labs").run().code(0);
    }
    let known = runs(folder);
    folder.pllab("start ok --labs labs --yes --pace instant --keep").run().code(0);
    runs(folder).into_iter().find(|run| !known.contains(run)).expect("there is a new run")
}

fn runs(folder: &Folder) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.state().join("runs")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn id(run: &std::path::Path) -> String {
    run.file_name().expect("a run has a name").to_string_lossy().into_owned()
}

#[test]
fn one_that_cannot_be_read_holds_nobody_up() {
    let folder = Folder::new();
    let (good, bad) = (begin(&folder), begin(&folder));
    fs::remove_file(bad.join("journal.jsonl")).expect("it was there");
    fs::create_dir(bad.join("journal.jsonl")).expect("a folder can be made");
    let (good, name) = (id(&good), id(&bad));
    folder.pllab("status --labs labs").run().code(1).says(&good).complains(&name).complains("--drop").clean();
    let lines = folder.pllab("status --labs labs --output json").run().code(1).events();
    assert!(lines.iter().any(|line| line["run"] == *good), "{lines:?}");
    assert!(lines.iter().any(|line| line["event"] == "run_unreadable" && line["run"] == *name), "{lines:?}");
    folder.pllab("--labs labs").run().code(1).says(&good);
    folder.pllab(&format!("status {good} --labs labs")).run().code(0);
    folder.pllab(&format!("status {name}")).run().code(1).stdout("");
    folder.pllab("clean --all --yes --labs labs").run().code(1).complains(&name).clean();
    folder.pllab(&format!("status {good} --labs labs --output json")).run().code(0).says("\"cleaned\":true");
    folder.pllab(&format!("clean {name} --drop --yes")).run().code(0).says(&name);
    assert!(!bad.exists());
    folder.pllab("status --labs labs").run().code(0).stderr("");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_journal_is_no_wait() {
    let folder = Folder::new();
    let bad = begin(&folder);
    fs::remove_file(bad.join("journal.jsonl")).expect("it was there");
    let made = std::process::Command::new("mkfifo").arg(bad.join("journal.jsonl")).status().expect("there is a mkfifo");
    assert!(made.success());
    for verb in ["status", "clean --all --yes", "resume --yes", "report --out -"] {
        let ran = folder.pllab(verb).run().clean();
        assert!(matches!(ran.code, Some(1 | 2)), "{verb}: {:?}", ran.code);
        assert!(ran.err.contains(&id(&bad)), "{verb}: {}", ran.err);
    }
}

#[test]
fn a_damaged_world_is_let_go_of_with_a_word() {
    let folder = Folder::new();
    let (good, bad) = (begin(&folder), begin(&folder));
    fs::write(bad.join("sandbox/world.json"), "{\"format\":2,\"acc").expect("it can be written");
    let name = id(&bad);
    let ran = folder.pllab("clean --all --yes --labs labs").run().clean();
    assert!(ran.code.is_some_and(|code| code != 0) && ran.err.contains(&format!("clean {name} --drop")), "{}", ran.err);
    folder.pllab(&format!("status {} --labs labs --output json", id(&good))).run().code(0).says("\"cleaned\":true");
    // Nobody to ask, then combinations of flags that are not allowed.
    folder.pllab(&format!("clean {name} --drop")).run().code(2).complains("--drop --yes");
    folder.pllab("clean --all --drop --yes").run().code(2);
    folder.pllab("clean --drop --yes").run().code(2);
    folder.pllab("clean nosuch --drop --yes").run().code(2);
    assert!(bad.exists());
    folder.pllab(&format!("clean {name} --drop --yes")).ja().run().code(0).says(&name);
    assert!(!bad.exists());
}

#[test]
fn what_may_exist_elsewhere_is_never_let_go_of() {
    for target in ["aws", "http://127.0.0.1:9"] {
        let folder = Folder::new();
        let run = begin(&folder);
        let journal = run.join("journal.jsonl");
        let text = fs::read_to_string(&journal).expect("it is there");
        let other = text.replacen("\"target\":\"sandbox\"", &format!("\"target\":\"{target}\""), 1);
        assert_ne!(text, other);
        fs::write(&journal, other).expect("it can be written");
        folder.pllab(&format!("clean {} --drop --yes", id(&run))).run().code(4).complains(target);
        // Refused even if neither journal nor sandbox says where the run was.
        fs::write(&journal, "no journal\nof any kind\n").expect("it can be written");
        fs::remove_dir_all(run.join("sandbox")).expect("it was there");
        folder.pllab(&format!("clean {} --drop --yes", id(&run))).run().code(4);
        assert!(journal.exists());
    }
}
