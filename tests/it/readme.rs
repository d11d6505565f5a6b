//! What the READMEs tell people to type is understood.

use std::fs;
use std::path::Path;

use super::harness::Folder;

/// The lines that begin with `pllab`, with or without a prompt, or run it by cargo, in the code blocks of a file.
fn commands(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut in_block = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let line = line.trim();
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let words = ["pllab ", "./pllab ", "target/release/pllab ", "cargo run --release -- ", "cargo run -- "];
        if let Some(rest) = words.iter().find_map(|start| line.strip_prefix(start)).filter(|_| in_block) {
            // Comments, and what happens with the output.
            let rest = rest.split(" #").next().unwrap_or_default();
            let rest = rest.split(['|', '>', ';', '&']).next().unwrap_or_default();
            commands.push(rest.trim().to_owned());
        }
    }
    commands
}

/// Asks for the help of a command line: whether the words are known shows without running it.
#[track_caller]
fn understood(folder: &Folder, command: &str) {
    // Placeholders such as `RUN`, `[RUN]` and `<id>` are words like others; brackets are not typed.
    let words = command.replace(['[', ']', '<', '>', '"', '\''], "");
    let ran = folder.pllab(&words).arg("--help").run();
    assert_eq!(ran.code, Some(0), "pllab {command}\n{}", ran.err);
    // Help wins over what stands after it, not over what stands before: wrong words are found.
    let verb = words.split_whitespace().next().unwrap_or_default();
    if !verb.starts_with('-') {
        assert!(ran.out.contains(verb), "pllab {command}\n{}", ran.out);
    }
}

#[test]
fn what_the_readmes_tell_to_type_is_understood() {
    let folder = Folder::new();
    for name in ["README.md", "README.ja.md"] {
        let commands = commands(name);
        assert!(commands.iter().any(|it| it.starts_with("start")), "{name}: {commands:?}");
        for command in commands {
            understood(&folder, &command);
        }
    }
}

#[test]
fn both_readmes_tell_the_same() {
    // The Japanese one asks for Japanese where the English one takes what the system says.
    let told = |name| commands(name).iter().map(|it| it.replace(" --lang ja", "")).collect::<Vec<_>>();
    assert_eq!(told("README.md"), told("README.ja.md"));
}

#[test]
fn wrong_words_are_found() {
    let folder = Folder::new();
    for words in ["strat --help", "start --nope --help", "start --pace slow --help"] {
        folder.pllab(words).run().code(2);
    }
}
