//! What is fuzzed: one function per kind of input. The fuzzers call them, and so does a test over the corpus.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pllab::inside::engine::{State, parse_journal};
use pllab::inside::i18n::{Lang, Text, Zone, fuzz_fluent};
use pllab::inside::lab::{Drill, DrillSource, LabError, LoadError, Loaded, Source, Vocabulary, load};
use pllab::inside::report::{Drawing, Told, fold, report_html, report_markdown};
use pllab::inside::sandbox::plane::{fuzz_nginx, fuzz_user_data};
use pllab::inside::sandbox::{fuzz_request, fuzz_rest};
use pllab::inside::ui::{GlyphSet, PrintStyle};

/// What the bytes of a file are given to.
pub type Entry = fn(&[u8]);

/// The name of a corpus, and what its files are given to.
pub const ENTRIES: [(&str, Entry); 9] = [
    ("request", fuzz_request),
    ("rest", fuzz_rest),
    ("user_data", fuzz_user_data),
    ("nginx", fuzz_nginx),
    ("journal", journal),
    ("lab", lab),
    ("drill", drill),
    ("markdown", markdown),
    ("fluent", fuzz_fluent),
];

/// A journal: read, folded into what it means, and told as a report.
fn journal(bytes: &[u8]) {
    let read = parse_journal(bytes);
    let state = State::replay(&read.entries);
    let _ = format!("{state:?}");
    let loaded = Loaded::without_steps(&state.lab);
    for lang in Lang::ALL {
        let told = Told {
            loaded: &loaded,
            place: Text::literal("somewhere"),
            picture: Vec::new(),
            cost: Vec::new(),
            drill: &|id| Text::literal(id),
            label: &pllab::inside::actions::label,
            zone: Zone::utc(),
        };
        let report = fold(&state.run, &read.entries, &told, lang);
        let _ = (report_markdown(&report, &Drawing::None), report_html(&report, ""));
    }
}

/// A lab that is whole but for what is put in its place.
fn source() -> Source {
    Source {
        id: "privatelink".to_owned(),
        folder: "labs/privatelink".to_owned(),
        yaml: include_str!("../labs/privatelink/lab.yaml").to_owned(),
        ja: include_str!("../labs/privatelink/ja.md").to_owned(),
        en: include_str!("../labs/privatelink/en.md").to_owned(),
        drills: Vec::new(),
    }
}

fn read(source: &Source) -> Result<Loaded, LoadError> {
    let facts = BTreeMap::from([("token", "t".to_owned()), ("region", "ap-northeast-1".to_owned())]);
    load(source, &BTreeMap::new(), &facts)
}

/// A mistake is an error with a place; both languages have words for it.
fn say(errors: Vec<LabError>) {
    for error in errors {
        let _ = Lang::ALL.map(|lang| error.what.render(lang));
    }
}

/// A lab's structure.
fn lab(bytes: &[u8]) {
    if let Err(LoadError::Files(errors)) =
        read(&Source { yaml: String::from_utf8_lossy(bytes).into_owned(), ..source() })
    {
        say(errors);
    }
}

/// A drill of a lab.
fn drill(bytes: &[u8]) {
    static LAB: OnceLock<Loaded> = OnceLock::new();
    let loaded = LAB.get_or_init(|| read(&source()).unwrap_or_else(|_| Loaded::without_steps("privatelink")));
    let yaml = String::from_utf8_lossy(bytes).into_owned();
    let drill = DrillSource { id: "all-green".to_owned(), file: "all-green.yaml".to_owned(), yaml };
    let vocabulary = Vocabulary { operation: &|_, _| true, rungs: &["account", "name", "answer"] };
    if let Err(errors) = Drill::load(&drill, &loaded.lab, &loaded.variables, vocabulary) {
        say(errors);
    }
}

/// A lesson's words: as those of a lab, and as they are shown, on narrow and wide terminals, for people and for pipes.
fn markdown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(LoadError::Files(errors)) = read(&Source { ja: text.clone().into_owned(), ..source() }) {
        say(errors);
    }
    for (pretty, width) in [(false, None), (true, Some(20)), (true, Some(80))] {
        let sheet = PrintStyle { lang: Lang::Ja, pretty, width, glyphs: GlyphSet::Unicode, color: false };
        let _ = pllab::inside::ui::markdown(&text, sheet);
    }
}

/// The function of a corpus.
pub fn entry(name: &str) -> fn(&[u8]) {
    ENTRIES.iter().find(|(known, _)| *known == name).map(|(_, entry)| *entry).expect("the corpus has an entry")
}
