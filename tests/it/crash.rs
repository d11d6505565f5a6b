//! Killed at every line of the journal: nothing is made twice, nothing is left.

use std::fs;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pllab::inside::host::{Host, Random};

use super::harness::{Account, Folder, Line, full, made, receipt, say, sequence};

/// Environment variable: the line after which [`child`] dies.
const LINE: &str = "PLLAB_IT_DIE_AFTER_LINE";
/// Environment variable: the command line of [`child`].
const WORDS: &str = "PLLAB_IT_WORDS";

/// More lines than any run of the lab has.
const ENOUGH: usize = 400;

/// Not a test of its own: the other tests start it as a process that dies at a chosen line. Aborting runs no
/// destructors and flushes nothing, like a kill, but comes at exactly that line.
#[test]
#[expect(clippy::disallowed_methods, reason = "dying at a chosen line is what this is for")]
fn child() {
    let (Ok(line), Ok(words)) = (std::env::var(LINE), std::env::var(WORDS)) else { return };
    let line: u64 = line.parse().expect("the line is a number");
    let hook = move |at| {
        if at == line {
            std::process::abort();
        }
    };
    let host = Host { after_line: Some(Arc::new(hook)), program: None, ..Host::this() };
    let args = std::iter::once("pllab").chain(words.split(' ')).map(Into::into).collect();
    let _ended_before = pllab::run(args, host);
}

/// Runs pllab and kills it once `line` is on the disk; `false` if it ended before.
fn killed(folder: &Folder, words: &str, line: usize) -> bool {
    let child = std::env::current_exe().expect("the tests are a program");
    let ran = folder
        .pllab("--exact crash::child --nocapture")
        .instead(child)
        .env(LINE, line.to_string())
        .env(WORDS, words)
        .run();
    ran.code.is_none()
}

/// 1 in the full form, else `step`.
fn every(step: usize) -> usize {
    if full() { 1 } else { step }
}

/// Runs `work` for every `step`-th line until it returns false, a few at a time.
fn at_every_line(step: usize, lines: RangeInclusive<usize>, work: impl Fn(usize) -> bool + Sync) -> usize {
    let (next, done) = (AtomicUsize::new(*lines.start()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let line = next.fetch_add(step, Ordering::SeqCst);
                    if line > *lines.end() || !work(line) {
                        break;
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    done.into_inner()
}

#[track_caller]
fn nothing_made_twice(journal: &[Line], line: usize) {
    let twice: Vec<_> = made(journal).into_iter().filter(|(_, times)| *times != 1).collect();
    assert!(twice.is_empty(), "killed at line {line}: {twice:?}");
}

#[track_caller]
fn nothing_left(folder: &Folder, line: usize) {
    let journal = folder.journal();
    let (_, left, unknown) = receipt(&journal).expect("there is a receipt");
    assert_eq!((left, unknown), (0, 0), "killed at line {line}");
    assert!(sequence(&journal).contains(&"run_cleaned"), "killed at line {line}");
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into(), "killed at line {line}");
}

/// Killed at each line (in the short form, at every seventh from a random one on), and, if that is a call's outcome, also
/// before it was on the disk: the call took effect without a record of it, the state in which guessing makes things twice.
#[test]
fn killed_at_every_line_then_resumed() {
    let cut = AtomicUsize::new(0);
    // An odd step meets intents and outcomes alike.
    let step = every(7);
    let first = 1 + usize::try_from(Random::System.next_u64()).unwrap_or_default() % step;
    say(&format!("kills at every line of {step}, from line {first} on"));
    let lines = at_every_line(step, first..=ENOUGH, |line| {
        let folder = Folder::new();
        if !killed(&folder, "start --yes --pace instant --output json", line) {
            return false;
        }
        let journal = folder.journal();
        if sequence(&journal).last() == Some(&"outcome") {
            let before = folder.copy();
            without_outcome(&before, line);
            before.pllab("resume --yes --output json").run().code(0).clean();
            nothing_made_twice(&before.journal(), line);
            nothing_left(&before, line);
            cut.fetch_add(1, Ordering::SeqCst);
        }
        let resumed = folder.pllab("resume --yes --output json").run();
        if sequence(&journal).contains(&"run_cleaned") {
            // Only the last line was missing, so there is nothing to resume.
            resumed.code(2);
        } else {
            let events = resumed.code(0).clean().events();
            assert_eq!(events.last().map(|last| &last["verdict"]), Some(&"met".into()), "killed at line {line}");
        }
        nothing_made_twice(&folder.journal(), line);
        nothing_left(&folder, line);
        true
    });
    assert!(lines * step > 140, "{lines}");
    assert!(cut.into_inner() * step > 40);
    say(&format!("kills at the journal's lines: {lines}"));
}

/// Removes the last line of the journal; every other time leaves a part of it.
fn without_outcome(folder: &Folder, line: usize) {
    let path = folder.journal_path();
    let text = fs::read_to_string(&path).expect("the journal can be read");
    let end = text.trim_end().rfind('\n').expect("an outcome has an intent before it") + 1;
    let torn = if line.is_multiple_of(2) { 0 } else { 30 };
    fs::write(&path, &text[..end + torn]).expect("the journal can be written");
}

#[test]
fn killed_then_cleaned() {
    let lines = at_every_line(every(11), 1..=ENOUGH, |line| {
        let folder = Folder::new();
        if !killed(&folder, "start --yes --keep --pace instant --output json", line) {
            return false;
        }
        folder.pllab("clean --yes --output json").run().code(0).clean();
        nothing_made_twice(&folder.journal(), line);
        nothing_left(&folder, line);
        true
    });
    assert!(lines > 8, "{lines}");
}

#[test]
fn killed_then_resumed_and_kept_holds_one_of_each() {
    let whole = Folder::new();
    whole.pllab("start --yes --keep --pace instant --output json").run().code(0);
    let expected = Account::holds(&whole.run().join("sandbox"));
    let lines = at_every_line(every(11), 3..=ENOUGH, |line| {
        let folder = Folder::new();
        if !killed(&folder, "start --yes --keep --pace instant --output json", line) {
            return false;
        }
        folder.pllab("resume --yes --keep --output json").run().code(0);
        assert_eq!(Account::holds(&folder.run().join("sandbox")), expected, "killed at line {line}");
        nothing_made_twice(&folder.journal(), line);
        true
    });
    assert!(lines > 8, "{lines}");
}

#[test]
fn killed_again_while_resuming_and_while_cleaning() {
    at_every_line(every(19), 10..=100, |line| {
        let folder = Folder::new();
        assert!(killed(&folder, "start --yes --pace instant --output json", line));
        for later in [line + 3, line + 11, line + 20] {
            assert!(killed(&folder, "resume --yes --output json", later), "killed at line {later}");
        }
        let lines = folder.journal().len();
        assert!(killed(&folder, "clean --yes --output json", lines + 4));
        folder.pllab("clean --yes --output json").run().code(0);
        nothing_made_twice(&folder.journal(), line);
        nothing_left(&folder, line);
        true
    });
}
