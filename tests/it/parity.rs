//! Every text exists in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pllab::inside::i18n::{Arg, Lang, Text};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The messages of a language: key, and the text as written in the file.
fn messages(lang: &str) -> BTreeMap<String, String> {
    let mut messages: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(root("locales").join(lang)).expect("the language is there").flatten() {
        let text = fs::read_to_string(entry.path()).expect("it is text");
        let mut key = String::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let (name, value) = line.split_once(" =").expect("a message has a text");
                name.trim().clone_into(&mut key);
                messages.insert(key.clone(), value.trim().to_owned());
            } else if line.starts_with(' ') {
                messages.get_mut(&key).expect("lines go on from a message").extend(["\n", line.trim()]);
            }
        }
    }
    messages
}

/// The names of the arguments in a text.
fn arguments(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
    text.split('$').skip(1).map(name).collect()
}

#[test]
fn every_message_says_something_in_both_languages() {
    let (ja, en) = (messages("ja"), messages("en"));
    assert!(en.len() > 300, "{}", en.len());
    assert_eq!(ja.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (lang, messages) in [(Lang::Ja, &ja), (Lang::En, &en)] {
        for (key, source) in messages {
            for number in [0, 1, 2, 1000] {
                let args = arguments(source);
                let value = |name: &String| {
                    // A counted argument must be a number, and a number also works in place of a word.
                    (name.clone(), Arg::Number(number))
                };
                let text = Text::Message { key: key.clone(), args: args.iter().map(value).collect() };
                let said = text.render(lang);
                assert!(!said.trim().is_empty() && said != *key, "{lang:?} {key}: {said}");
                assert!(!said.contains("{ $") && !said.contains("{$"), "{lang:?} {key}: {said}");
                for name in &args {
                    assert!(!said.contains(&format!("${name}")), "{lang:?} {key}: {said}");
                }
                assert!(
                    !said.contains(['\u{2068}', '\u{2069}']),
                    "{lang:?} {key}: isolation marks poison what is copied"
                );
            }
        }
    }
}

#[test]
fn arguments_stand_in_both_languages() {
    let (ja, en) = (messages("ja"), messages("en"));
    for (key, text) in &ja {
        assert_eq!(arguments(text), arguments(&en[key]), "{key}");
        let args: BTreeMap<String, Arg> =
            arguments(text).into_iter().map(|name| (name.clone(), Arg::from(format!("<{name}>")))).collect();
        // A message that selects by a number does not show it in every case.
        if text.contains("->") || en[key].contains("->") {
            continue;
        }
        for lang in Lang::ALL {
            let said = Text::Message { key: key.clone(), args: args.clone() }.render(lang);
            for name in args.keys() {
                assert!(said.contains(&format!("<{name}>")), "{lang:?} {key}: {said}");
            }
        }
    }
}

#[test]
fn japanese_is_japanese() {
    let kana = |c: char| ('\u{3040}'..='\u{30ff}').contains(&c) || ('\u{4e00}'..='\u{9fff}').contains(&c);
    let (ja, en) = (messages("ja"), messages("en"));
    // Names that are the same everywhere, such as `VPC`, need no translation.
    let same = ja.iter().filter(|(key, text)| !text.contains(kana) && en[*key] != **text).map(|(key, _)| key);
    for key in same {
        let words = ja[key].chars().filter(char::is_ascii_alphabetic).count();
        assert!(words < 40, "{key}: {}", ja[key]);
    }
    for (key, text) in &en {
        assert!(!text.contains(kana) || text.contains("日本語") || text.contains("言語"), "{key}: {text}");
    }
}

/// The headings' anchors, code blocks and placeholders of a lab's prose.
fn bones(text: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut placeholders: Vec<String> = text
        .match_indices("{{")
        .filter_map(|(at, _)| Some(text[at..at + text[at..].find("}}")? + 2].to_owned()))
        .collect();
    placeholders.sort_unstable();
    placeholders.dedup();
    let anchors =
        text.lines().filter(|line| line.starts_with('#')).filter_map(|line| Some(line.split_once("{#")?.1.to_owned()));
    let blocks = text.split("\n```").skip(1).step_by(2).map(str::to_owned);
    (anchors.collect(), blocks.collect(), placeholders)
}

#[test]
fn the_prose_of_every_lab_has_the_same_bones() {
    let mut labs = 0;
    let entries = fs::read_dir(root("labs")).expect("there are labs").flatten();
    for entry in entries.filter(|entry| entry.path().is_dir()) {
        let read = |name: &str| fs::read_to_string(entry.path().join(name)).expect("both languages are there");
        let (ja, en) = (bones(&read("ja.md")), bones(&read("en.md")));
        assert_eq!(ja, en, "{}", entry.path().display());
        assert!(ja.0.len() > 5, "{}", entry.path().display());
        let mut stray: Vec<_> = fs::read_dir(entry.path()).expect("the lab can be listed").flatten().collect();
        stray.retain(|file| {
            !["lab.yaml", "ja.md", "en.md", "drills"].contains(&file.file_name().to_string_lossy().as_ref())
        });
        assert!(stray.is_empty(), "{stray:?}");
        labs += 1;
    }
    assert!(labs >= 1);
}
