//! Whole documents, made of hostile words: whatever a lab, a name, a console or an answer says, the HTML has no element and no
//! attribute but those of the templates, and leads nowhere but to the web.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::handout::{Page, Words};
use super::{Handout, Told, fold, handout_html, report_html, svg};
use crate::engine::event::{Entry, Lane, Link, LinkState, Mark, Node, Picture};
use crate::i18n::{Lang, Text, Zone};
use crate::lab::{Loaded, Side};

const ELEMENTS: &str = "\
    a blockquote body br code dd del desc div dl dt em footer h1 h2 h3 h4 h5 h6 head header hr html i li main meta ol p path pre rect \
    section small span strong style svg table tbody td text th thead title tr ul";
const ATTRIBUTES: &str = "\
    align charset class content d fill font-family font-size font-weight height href id lang name rel role rx start stroke \
    stroke-dasharray stroke-width text-anchor title viewbox width x xmlns y aria-label aria-labelledby";

/// What somebody may try in a name, a title, a console or an answer.
fn hostile() -> impl Strategy<Value = String> {
    let whole = select(vec![
        "<script>alert(1)</script>",
        "</title><script src=//192.0.2.1/x></script>",
        "</style><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' onfocus='alert(1)' autofocus='",
        "</pre><iframe srcdoc=x>",
        "]]><svg onload=alert(1)>",
        "[x](javascript:alert(1))",
        "<a href=\"javascript:alert(1)\">x</a>",
        "![x](javascript:alert(1) \"' onerror=1\")",
        "&lt;script&gt;",
        "&#60;script&#62;",
        "{{ 1 | safe }}{% raw %}",
        "```\n</code></pre><script>x</script>\n```",
        "\u{1b}]8;;http://192.0.2.1\u{7}x\u{1b}[2J",
        "<!--",
        "-->",
    ]);
    let pieces = "([<>\"'`&;=/!\\[\\]()| \n-]|script|img|svg|style|onload=|src=|href=|javascript:|data:|東|a|\u{1b}|\u{202e}){0,24}";
    prop_oneof![whole.prop_map(str::to_owned), pieces]
}

/// The lines of real journals, every kind of event among them.
static LINES: LazyLock<Vec<Vec<Value>>> = LazyLock::new(|| {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journals");
    let folders = std::fs::read_dir(fixtures).expect("there are fixtures").flatten();
    let mut all: Vec<_> = folders
        .filter_map(|folder| std::fs::read_to_string(folder.path().join("journal.jsonl")).ok())
        .map(|text| text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
        .collect();
    all.sort_by_key(Vec::len);
    all
});

/// Puts `words` in the place of some of the texts in a line of a journal, wherever it stays one.
fn poison(line: &Value, words: &[String], picks: &mut impl Iterator<Item = Index>) -> Option<Entry> {
    let mut line = line.clone();
    let mut leaves = Vec::new();
    paths(&line, &mut String::new(), &mut leaves);
    for leaf in leaves {
        let at = picks.next()?.index(3 * words.len());
        let Some(text) = words.get(at) else { continue };
        let mut tried = line.clone();
        *tried.pointer_mut(&leaf)? = text.clone().into();
        if serde_json::from_value::<Entry>(tried.clone()).is_ok() {
            line = tried;
        }
    }
    serde_json::from_value(line).ok()
}

fn paths(value: &Value, at: &mut String, out: &mut Vec<String>) {
    let mut go = |name: String, value: &Value| {
        let length = at.len();
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        paths(value, at, out);
        at.truncate(length);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| go(name.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| go(index.to_string(), value)),
        Value::String(_) => out.push(at.clone()),
        _ => {}
    }
}

fn picture(words: &[String]) -> Picture {
    let text = |at: usize| words[at % words.len()].clone();
    let node = |at: usize, tied| Node {
        name: at.to_string(),
        label: Text::literal(text(at)),
        state: Some(Text::literal(text(at + 1))),
        details: vec![Text::literal(text(at + 2))],
        zones: std::collections::BTreeMap::new(),
        mark: Mark::New,
        place: at,
        tied,
    };
    let lane = |side, at: usize, nodes| Lane {
        side,
        name: text(at),
        cidr: text(at),
        mark: Mark::There,
        zones: Vec::new(),
        nodes,
    };
    let (endpoint, service) = ("2".to_owned(), "4".to_owned());
    Picture {
        vpcs: vec![
            lane(Side::Consumer, 0, vec![node(1, false), node(2, true)]),
            lane(Side::Provider, 3, vec![node(4, true), node(5, false)]),
        ],
        links: vec![Link { endpoint, service, state: LinkState::Up, label: Some(Text::literal(text(6))) }],
    }
}

/// What is wrong with a document.
fn fault(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.get(..8).is_some_and(|it| it.eq_ignore_ascii_case("!doctype")) {
            continue;
        }
        let name: String = rest.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if !ELEMENTS.split_whitespace().any(|it| it == name) {
            return Some(format!("an element {:?}", rest.chars().take(30).collect::<String>()));
        }
        rest = rest.trim_start_matches('/').get(name.len()..)?;
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
                rest = after;
                break;
            }
            let Some((attribute, after)) = rest.split_once("=\"") else { return Some(format!("<{name} does not end")) };
            let Some((value, after)) = after.split_once('"') else { return Some(format!("<{name} does not end")) };
            if !ATTRIBUTES.split_whitespace().any(|it| attribute.eq_ignore_ascii_case(it)) {
                return Some(format!("an attribute {attribute:?} of <{name}"));
            }
            if value.contains('<') {
                return Some(format!("{attribute}={value:?} of <{name}"));
            }
            let leads = ["https://", "http://", "#"].iter().any(|it| value.to_ascii_lowercase().starts_with(it));
            if attribute.eq_ignore_ascii_case("href") && !leads {
                return Some(format!("a link to {value:?}"));
            }
            rest = after;
        }
    }
    html.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')).map(|c| format!("{c:?}"))
}

#[test]
fn what_is_wrong_with_a_document_is_seen() {
    for html in [
        "<p>a</p><script>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<a href=\"data:x\">",
        "<p class='x' onload=1>",
        "<img src=\"x\">",
        "a < b",
        "<p class=\"<\">",
        "<p\u{1b}>",
        "<p>\u{7}",
    ] {
        assert!(fault(html).is_some(), "{html}");
    }
    assert_eq!(fault("<!doctype html>\n<p class=\"x\">a &lt;script&gt; <a href=\"https://x\">b</a><br></p>"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_report_is_made_of_nothing_but_its_template(
        words in proptest::collection::vec(hostile(), 8),
        journal in any::<Index>(),
        picks in proptest::collection::vec(any::<Index>(), 512),
    ) {
        let lines = &LINES[journal.index(LINES.len())];
        let mut picks = picks.into_iter().cycle();
        let entries: Vec<Entry> = lines.iter().filter_map(|line| poison(line, &words, &mut picks)).collect();
        prop_assert!(!entries.is_empty());
        let loaded = Loaded::without_steps(&words[0]);
        let told = Told {
            loaded: &loaded,
            place: Text::literal(&words[1]),
            picture: vec![words[2].clone()],
            cost: vec![Text::literal(&words[3])],
            drill: &|_| Text::literal(&words[4]),
            label: &|_, _| Text::literal(&words[5]),
            zone: Zone::utc(),
        };
        let report = fold(&words[6], &entries, &told, Lang::En);
        let drawn = svg(&picture(&words), &words, Lang::En, true);
        let html = report_html(&report, &drawn);
        prop_assert_eq!(fault(&html), None, "{}", html);
    }

    #[test]
    fn a_handout_is_made_of_nothing_but_its_template(words in proptest::collection::vec(hostile(), 12)) {
        let text = |at: usize| words[at % words.len()].clone();
        let both = |at: usize| vec![text(at), text(at + 1)];
        let lessons = |at: usize| vec![Words::of(&text(at)), Words::of(&text(at + 1))];
        let drawn = svg(&picture(&words), &words, Lang::Ja, false);
        let page = Page {
            number: 1,
            titles: both(0),
            facts: both(1),
            picture: drawn.clone(),
            lessons: lessons(2),
            questions: vec![lessons(3), lessons(4)],
            plans: vec![both(5), both(6)],
            consoles: lessons(7),
            commands: both(8),
            checks: vec![both(9), both(10)],
            parts: vec![
                vec![(text(11), Words::of(&text(0)))],
                vec![(text(1), Words::of(&text(2)))],
            ],
        };
        let handout = Handout {
            langs: vec![Lang::Ja, Lang::En],
            titles: both(3),
            intros: lessons(4),
            facts: both(5),
            picture: drawn,
            picture_words: both(6),
            steps: vec![page],
        };
        let html = handout_html(&handout);
        prop_assert_eq!(fault(&html), None, "{}", html);
    }
}
