//! What an instance writes to its console is shown in checks, in `why` and in documents: whatever stands there, no verb gives a
//! terminal a byte of it that does something.

use std::fs;
use std::io::Write as _;

use super::harness::Folder;
#[cfg(unix)]
use super::harness::Screen;

/// Clears the screen, names the window, writes into the clipboard, makes a link, asks the terminal who it is, paints over the line.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}\u{1b}]8;;http://192.0.2.1\u{1b}\\\u{1b}[c\u{9b}31m\u{8}\u{8}\r\u{202e}";

/// A kept run of the lab whose instances write hostile lines, as user data may: what a web server's set-up says when it fails,
/// and what a client says of its last try.
fn run() -> Folder {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant --output json").run().code(0);
    let token = folder.journal()[0]["token"].as_str().expect("a run has a token").to_owned();
    let consoles = folder.run().join("sandbox/plane/console");
    let mut written = 0;
    for console in fs::read_dir(consoles).expect("there are consoles").flatten() {
        let mut file = fs::File::options().append(true).open(console.path()).expect("it is ours");
        let lines = [
            // A check shows the first 70 characters of such a line.
            format!("Unable to find a match{HOSTILE}"),
            format!("{HOSTILE}pllab: asked {token} code=000{HOSTILE} exit=7 time=0.1{HOSTILE}"),
            HOSTILE.to_owned(),
        ];
        for line in lines {
            writeln!(file, "{line}").expect("it can be written");
        }
        written += 1;
    }
    assert_eq!(written, 2);
    folder
}

/// Nothing but text and ends of lines.
#[track_caller]
fn harmless(what: &str, text: &str) {
    let bad = text.chars().find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(bad, None, "{what}:\n{text:?}");
}

#[test]
fn escape_sequences_on_a_console_reach_no_terminal_and_no_document() {
    let folder = run();
    let mut seen = String::new();
    for verb in [
        "check",
        "check web-server",
        "check --output json",
        "why",
        "why --output json",
        "status",
        "report --out -",
        "report --format md --out -",
        "report --format json --out -",
        "handout --out -",
        "handout --format md --out -",
        "resume --yes --keep",
        "resume --yes --keep --output json",
        "report --out -",
        "clean --yes",
    ] {
        let ran = folder.pllab(verb).run();
        harmless(verb, &ran.out);
        harmless(verb, &ran.err);
        seen.push_str(&ran.out);
    }
    // It was shown: the words around it are there.
    assert!(seen.contains("Unable to find a match"), "{seen}");
}

#[cfg(unix)]
#[test]
fn escape_sequences_on_a_console_are_not_drawn_on_a_screen() {
    let folder = run();
    for verb in ["check web-server", "why"] {
        let mut screen = Screen::open(&folder, verb, (100, 40), &[]);
        screen.end();
        let raw = screen.raw();
        for piece in ["\u{1b}[2J", "\u{1b}]", "owned\u{7}", "\u{9b}", "\u{8}", "\u{1b}[c", "\u{202e}"] {
            assert!(!raw.contains(piece), "{verb}: {piece:?} in {raw:?}");
        }
    }
}
