//! Endless piped answers: pllab reads a bounded amount, and does not ask for ever.
#![cfg(unix)]

use super::harness::{Folder, sequence};

/// Shell words that feed endless answers to the command that follows them.
const ENDLESS: [&str; 3] = ["yes | \"$@\"", "\"$@\" </dev/zero", "yes '' | tr '\\n' x | \"$@\""];

#[test]
fn what_answers_without_reading_ends_the_asking() {
    for endless in ENDLESS {
        for (words, made) in
            [("start --plain --pace instant", false), ("start --plain --hands-on --pace instant", false)]
        {
            let folder = Folder::new();
            let ran = folder.pllab(words).under("sh", &["-c", endless, "sh"]).run();
            let ran = ran.code(2).clean().complains("--yes");
            assert!(ran.out.len() + ran.err.len() < 20_000, "{endless}: {words}");
            assert_eq!(sequence(&folder.journal()).contains(&"intent"), made, "{endless}: {words}");
            // The run exists and can be resumed.
            folder.pllab("resume --yes").run().code(0);
        }
        let folder = Folder::new();
        folder.pllab("start --yes --keep --pace instant").run().code(0);
        let cleaned = folder.pllab("clean --plain").under("sh", &["-c", endless, "sh"]).run();
        cleaned.code(2).clean().complains("pllab --plain clean --yes");
        let drill = folder.pllab("drill --plain").under("sh", &["-c", endless, "sh"]).run();
        assert!(drill.out.len() + drill.err.len() < 20_000, "{endless}: drill");
    }
}

#[test]
fn two_wrong_answers_and_a_right_one_go_on() {
    let folder = Folder::new();
    folder.pllab("start --plain --pace instant").stdin("x\n99\n1\nleave\n").run().code(1);
    assert!(sequence(&folder.journal()).contains(&"step_finished"));
}
