//! What is fuzzed: one function per kind of input. The fuzzers call them, and so does a test over the corpus.

use std::collections::BTreeMap;

use pllab::engine::{State, parse_journal};
use pllab::i18n::Lang;
use pllab::lab::{Source, load};
use pllab::sandbox::fuzz_request;
use pllab::ui::{Glyphs, Sheet};

/// The name of a corpus, and what its files are given to.
pub const ENTRIES: [(&str, fn(&[u8])); 4] =
    [("request", fuzz_request), ("journal", journal), ("lab", lab), ("markdown", markdown)];

/// A journal: read, and folded into what it means.
fn journal(bytes: &[u8]) {
    let read = parse_journal(bytes);
    let state = State::replay(&read.entries);
    let _ = format!("{state:?}");
}

/// A lab's structure, with words of a lab that is whole.
fn lab(bytes: &[u8]) {
    let source = Source {
        id: "privatelink".to_owned(),
        folder: "labs/privatelink".to_owned(),
        yaml: String::from_utf8_lossy(bytes).into_owned(),
        ja: include_str!("../labs/privatelink/ja.md").to_owned(),
        en: include_str!("../labs/privatelink/en.md").to_owned(),
        drills: Vec::new(),
    };
    let facts = BTreeMap::from([("token", "t".to_owned()), ("region", "ap-northeast-1".to_owned())]);
    // A mistake in it is an error with a place; both languages have words for it.
    if let Err(pllab::lab::LoadError::Files(errors)) = load(&source, &BTreeMap::new(), &facts) {
        for error in errors {
            let _ = (error.what.say(Lang::Ja), error.what.say(Lang::En));
        }
    }
}

/// A lesson's words as they are shown, on narrow and wide terminals, for people and for pipes.
fn markdown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (pretty, width) in [(false, None), (true, Some(20)), (true, Some(80))] {
        let sheet = Sheet { lang: Lang::Ja, pretty, width, glyphs: Glyphs::Unicode, color: false };
        let _ = pllab::ui::markdown(&text, &sheet);
    }
}

/// The function of a corpus.
pub fn entry(name: &str) -> fn(&[u8]) {
    ENTRIES.iter().find(|(known, _)| *known == name).map(|(_, entry)| *entry).expect("the corpus has an entry")
}
