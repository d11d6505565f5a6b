//! The journal after an accident: torn, damaged, from a newer version, on a full disk.

use std::fs;

use super::harness::{Folder, receipt, sequence};

const KEPT: &str = "start --yes --keep --pace instant --output json";

#[test]
fn a_torn_last_line_is_cut_kept_and_told() {
    let whole = Folder::new();
    whole.pllab(KEPT).run().code(0);
    let text = fs::read_to_string(whole.journal_path()).expect("the journal can be read");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    // Everywhere in the last line, and within lines of every sort in the middle of a run.
    let (last, before) = lines.split_last().expect("the journal has lines");
    let keep = before.concat().len();
    for bytes in [1, 7, last.len() / 2, last.len() - 1] {
        let folder = Folder::new();
        copy(&whole, &folder);
        let path = folder.journal_path();
        fs::write(&path, &text.as_bytes()[..keep + bytes]).expect("the journal can be written");
        let events = folder.pllab("resume --yes --keep --output json").run().code(0).clean().events();

        let kept = folder.run().join(format!("journal.jsonl.torn-{}", lines.len()));
        assert_eq!(fs::read(&kept).expect("the torn bytes are kept"), &last.as_bytes()[..bytes]);
        let notice = events.iter().find(|line| line["event"] == "notice").expect("there is a notice");
        assert!(notice.to_string().contains(&kept.display().to_string()), "{notice}");
        assert!(fs::read(&path).expect("it can be read").starts_with(before.concat().as_bytes()));
        folder.journal();
    }
}

/// Copies the state of one folder into another.
fn copy(from: &Folder, to: &Folder) {
    for file in from.files() {
        let name = file.strip_prefix(from.path()).expect("it is in the folder");
        let path = to.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::copy(file, path).expect("it can be copied");
    }
}

#[test]
fn a_damaged_line_stops_the_run_and_leaves_the_file() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let path = folder.journal_path();
    let text = fs::read_to_string(&path).expect("the journal can be read");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[20] = "{\"at\":\"not a line";
    let damaged = lines.join("\n") + "\n";
    fs::write(&path, &damaged).expect("the journal can be written");

    for ran in [folder.pllab("resume --yes").run(), folder.pllab("resume --yes").ja().run()] {
        ran.code(2).clean().complains("21").complains(&path.display().to_string()).complains("pllab status");
    }
    folder.pllab("status").run().code(0).clean().says("21");
    let status = &folder.pllab("status --output json").run().code(0).events()[0];
    assert_eq!(status["damaged_lines"], serde_json::json!([21]));
    assert_eq!(fs::read_to_string(&path).expect("it can be read"), damaged, "the file is as it was");
}

#[test]
fn a_damaged_journal_can_still_be_cleaned() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let path = folder.journal_path();
    let text = fs::read_to_string(&path).expect("the journal can be read");
    // A check's line: losing it loses nothing that was made.
    let lines: Vec<&str> = text
        .lines()
        .map(|line| if line.contains("subnet_in_zone:provider-subnet") { "garbage" } else { line })
        .collect();
    fs::write(&path, lines.join("\n") + "\n").expect("the journal can be written");
    folder.pllab("clean --yes --output json").run().code(0).clean();
}

#[test]
fn a_newer_journal_is_read_and_never_written() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let path = folder.journal_path();
    let text = fs::read_to_string(&path).expect("the journal can be read");
    let newer = text.replacen("\"format\":1", "\"format\":2", 1);
    let newer = newer + "{\"at\":\"2030-01-01T00:00:00Z\",\"event\":\"something_new\",\"with\":\"fields\"}\n";
    fs::write(&path, &newer).expect("the journal can be written");
    folder.pllab("status").run().code(0).clean().says(&folder.run_id());
    for words in ["resume --yes", "clean --yes"] {
        folder.pllab(words).run().code(2).clean().complains(&path.display().to_string()).complains("2");
    }
    assert_eq!(fs::read_to_string(&path).expect("it can be read"), newer, "the file is as it was");
}

#[test]
fn lines_of_a_newer_program_are_passed_over() {
    let folder = Folder::new();
    folder.pllab(KEPT).run().code(0);
    let path = folder.journal_path();
    let text = fs::read_to_string(&path).expect("the journal can be read");
    let text = text + "{\"at\":\"2030-01-01T00:00:00Z\",\"event\":\"something_new\",\"with\":\"fields\"}\n";
    fs::write(&path, text).expect("the journal can be written");
    let cleaned = folder.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((17, 0, 0)));
}

/// A limit on the size of files stands in for a full disk, because the test has no rights over disks.
#[test]
#[cfg(unix)]
fn a_disk_that_is_full_stops_before_the_call() {
    for blocks in [4, 16, 40] {
        let folder = Folder::new();
        // `sh` counts in blocks of 512 bytes, some shells in 1024.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let ran = folder.pllab(KEPT).under("sh", &["-c", &script, "sh"]).run().clean();
        let code = ran.code.expect("no signal ended it");
        assert!(code != 0 && code != 130, "{blocks} blocks: {code}\n{}", ran.err);
        assert!(!ran.err.is_empty(), "{blocks} blocks");
        // Everything acknowledged is recorded, whole.
        if folder.state().join("runs").is_dir() && folder.files().iter().any(|it| it.ends_with("journal.jsonl")) {
            let events = folder.journal();
            let intents = sequence(&events).into_iter().filter(|it| *it == "intent").count();
            let outcomes = sequence(&events).into_iter().filter(|it| *it == "outcome").count();
            assert!(intents - outcomes <= 1 || outcomes > 0, "{blocks} blocks: {intents} {outcomes}");
            // Once there is room again, the run can be resumed.
            folder.pllab("resume --yes --output json").run().code(0);
        }
    }
}
