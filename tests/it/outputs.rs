//! Where results go: a full device is reported, and a reader that closes the pipe early is not an error. Every verb.

use std::collections::BTreeSet;

use super::harness::{Folder, at_a_time};

/// What a verb needs before it has anything to say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// A finished run.
    Run,
    /// A finished run with a drill planted on it.
    Drill,
}
use Before::{Drill, Nothing, Run};

/// Every verb, with arguments that make it print something and end.
const VERBS: [(&str, Before, &str); 38] = [
    ("pllab start", Nothing, "start --yes --pace instant"),
    ("pllab start", Nothing, "start --yes --pace instant --output json"),
    ("pllab start", Nothing, "start --explain-only --yes"),
    ("pllab resume", Run, "resume --yes --step proof"),
    ("pllab resume", Run, "resume --yes --step proof --output json"),
    ("pllab status", Run, "status"),
    ("pllab status", Run, "status --output json"),
    ("pllab check", Run, "check"),
    ("pllab check", Run, "check --output json"),
    ("pllab why", Run, "why"),
    ("pllab why", Run, "why --output json"),
    ("pllab drill", Run, "drill --yes"),
    ("pllab drill list", Nothing, "drill list"),
    ("pllab drill check", Drill, "drill check"),
    ("pllab drill check", Drill, "drill check --output json"),
    ("pllab drill hint", Drill, "drill hint"),
    ("pllab drill give-up", Drill, "drill give-up"),
    ("pllab drill undo", Drill, "drill undo"),
    ("pllab browse", Run, "browse"),
    ("pllab clean", Nothing, "clean"),
    ("pllab clean", Run, "clean --yes"),
    ("pllab clean", Run, "clean --yes --output json"),
    ("pllab report", Run, "report --out -"),
    ("pllab report", Run, "report --format md --out /dev/stdout"),
    ("pllab handout", Nothing, "handout --out -"),
    ("pllab handout", Nothing, "handout --format md"),
    ("pllab doctor", Nothing, "doctor"),
    ("pllab policy", Nothing, "policy"),
    ("pllab labs", Nothing, "labs"),
    ("pllab labs list", Nothing, "labs list"),
    ("pllab labs show", Nothing, "labs show"),
    ("pllab labs check", Nothing, "labs check two-zones"),
    ("pllab labs new", Nothing, "labs new mine --dir ."),
    ("pllab labs schema", Nothing, "labs schema"),
    ("pllab sandbox", Nothing, "sandbox --differences"),
    ("pllab sandbox", Nothing, "sandbox"),
    ("pllab completions", Nothing, "completions bash"),
    ("pllab man", Nothing, "man"),
];

/// The verbs of the command line itself, from the man page that is generated from it.
fn known() -> BTreeSet<String> {
    let page = Folder::new().pllab("man").run().code(0).out;
    page.lines()
        .filter_map(|line| line.strip_prefix(".SS "))
        .map(|name| name.trim_matches('"').replace('\\', ""))
        .collect()
}

#[test]
fn every_verb_is_in_the_table() {
    let table: BTreeSet<String> = VERBS.iter().map(|(verb, _, _)| (*verb).to_owned()).collect();
    assert_eq!(known(), table);
}

fn before(folder: &Folder, what: Before) {
    if what != Nothing {
        folder.pllab("start --yes --keep --pace instant").run().code(0);
    }
    if what == Drill {
        folder.pllab("drill --yes").run().code(0);
    }
}

#[test]
fn a_full_device_is_told_and_ends_with_1() {
    // Help and version count as verbs here.
    let all = [&VERBS[..], &[("", Nothing, "--help"), ("", Nothing, "--version"), ("", Nothing, "")]].concat();
    at_a_time(&all, |(_, need, words)| {
        let folder = Folder::new();
        before(&folder, *need);
        let ran = folder.pllab(words).under("sh", &["-c", "exec \"$@\" >/dev/full", "sh"]).run();
        let ran = ran.code(1).clean().complains("No space left on device");
        // Reported once.
        assert_eq!(ran.err.matches("No space left on device").count(), 1, "{words}: {}", ran.err);
    });
}

#[test]
fn a_reader_that_has_what_it_wanted_is_no_fault() {
    let verbs: Vec<_> = VERBS.iter().filter(|(_, _, words)| !["sandbox", "browse"].contains(words)).collect();
    at_a_time(&verbs, |(_, need, words)| {
        let folder = Folder::new();
        before(&folder, *need);
        let script = "{ \"$@\"; echo \"code $?\" >&2; } | true";
        let ran = folder.pllab(words).under("sh", &["-c", script, "sh"]).run().code(0).clean();
        assert!(!ran.err.contains("standard output") && !ran.err.contains("Broken pipe"), "{words}: {}", ran.err);
        // The exit code is that of the verb itself: a drill that is not repaired, a doctor with advice.
        assert!(["code 0\n", "code 1\n", "code 3\n"].iter().any(|end| ran.err.ends_with(end)), "{words}: {}", ran.err);
        let expected = ran.err.ends_with("code 0\n")
            || ["doctor", "drill check", "drill give-up"].iter().any(|it| words.starts_with(it));
        assert!(expected, "{words}: {}", ran.err);
    });
}

#[test]
fn a_device_that_a_document_is_written_to_stays_one() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::new();
    folder.pllab("handout --out /dev/full").run().code(1).clean().complains("/dev/full");
    let kind = std::fs::metadata("/dev/full").expect("it is there").file_type();
    assert!(kind.is_char_device());
}
