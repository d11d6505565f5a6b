//! The allowed imports between the rooms of `src/`, kept as data.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod graph;

use graph::Graph;

/// Which rooms a room may import. `engine::event` counts as a room of its own, for rooms that only show what
/// happened.
const WALLS: [(&str, &[&str]); 17] = [
    ("host", &[]),
    ("i18n", &["host"]),
    ("lab", &["i18n", "host"]),
    ("cloud", &["host"]),
    ("actions", &["lab", "cloud", "i18n"]),
    // Not `actions`: the tool would grade its own homework.
    ("checks", &["lab", "cloud", "i18n", "host"]),
    ("trace", &["checks", "lab", "cloud", "i18n"]),
    // `engine::event` re-exports the verdicts of `checks` and the faults of `cloud`, so that readers of events need
    // neither room.
    ("engine", &["lab", "actions", "checks", "cloud", "i18n", "host"]),
    // Reached over HTTP and TCP only, so that checks cannot peek.
    ("sandbox", &["host"]),
    ("ui", &["i18n", "lab", "engine::event", "host"]),
    ("report", &["engine::event", "lab", "i18n"]),
    // Opens runs. Not `cli`: it knows no verbs and no flags.
    (
        "session",
        // A run writes its report at its end.
        &[
            "host",
            "i18n",
            "lab",
            "cloud",
            "actions",
            "checks",
            "trace",
            "engine",
            "engine::event",
            "sandbox",
            "ui",
            "report",
        ],
    ),
    ("policy", &["lab", "cloud", "actions", "checks", "trace", "engine", "session"]),
    ("proving", &["host", "i18n", "lab", "cloud", "checks", "trace", "engine", "engine::event", "session"]),
    ("preflight", &["host", "i18n", "lab", "cloud", "checks", "engine", "sandbox", "policy", "session"]),
    (
        "cli",
        &[
            "host",
            "i18n",
            "lab",
            "cloud",
            "actions",
            "checks",
            "trace",
            "engine",
            "engine::event",
            "sandbox",
            "ui",
            "report",
            "session",
            "policy",
            "proving",
            "preflight",
        ],
    ),
    // `lib.rs` and `main.rs`: the list of rooms, the entry point, and what the tests reach inside for (`inside`).
    (
        "",
        &[
            "cli",
            "host",
            "actions",
            "cloud",
            "engine",
            "engine::event",
            "i18n",
            "lab",
            "report",
            "sandbox",
            "trace",
            "ui",
        ],
    ),
];

/// Crates that only some rooms may use, and those rooms.
const TOOLS: [(&str, &[&str]); 14] = [
    // The terminal has one owner.
    ("console", &["ui"]),
    ("dialoguer", &["ui"]),
    ("indicatif", &["ui"]),
    ("fluent_templates", &["i18n"]),
    ("clap", &["cli"]),
    // `aws_config`, `aws_sdk_ec2` and the like.
    ("aws_", &["cloud"]),
    ("rustls", &["cloud"]),
    // The server in `sandbox`; in `cloud`, the type of the reply whose bytes it counts.
    ("hyper", &["sandbox", "cloud"]),
    ("schemars", &["lab"]),
    // Labs in `lab`; in `session`, the fault plans of `pllab sandbox`; in `sandbox`, cloud-config.
    ("serde_saphyr", &["lab", "session", "sandbox"]),
    ("open", &["cli", "session"]),
    // In `ui`, how a terminal reads keys; in `sandbox`, the keeper, which closes what it inherited.
    ("rustix::stdio", &["ui", "sandbox"]),
    // Heads of HTTP/1.1, chunks and IPv4 blocks are parsed in one place.
    ("httparse", &["host"]),
    ("ipnet", &["host"]),
];

/// The longest allowed file of `src/`.
const MOST_LINES: usize = 600;

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inner = path.strip_prefix(&root).expect("the file is in src");
                let owner = if inner.components().count() == 1 { String::new() } else { first(inner) };
                let text = fs::read_to_string(&path).expect("sources are text");
                sources.push(Source { path, room: owner, text });
            }
        }
    }
    assert!(sources.len() > 100, "{}", sources.len());
    sources
}

fn first(path: &Path) -> String {
    path.components().next().expect("a path has parts").as_os_str().to_string_lossy().into_owned()
}

/// The code without comments and strings, which cannot import anything.
fn code(source: &str) -> String {
    let lines = source.lines().map(|line| {
        let mut out = String::new();
        let mut in_text = false;
        let mut chars = line.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if in_text => {
                    chars.next();
                }
                '"' => in_text = !in_text,
                '/' if !in_text && line[at..].starts_with("//") => break,
                c if !in_text => out.push(c),
                _ => {}
            }
        }
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every path after `crate::` down to its second name, with groups in braces expanded: `crate::a::{b, c::d}` gives
/// `a::b` and `a::c`.
fn imports(code: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        if code[..at].chars().next_back().is_some_and(is_name) {
            continue;
        }
        let rest = &code[at + word.len()..];
        let firsts = if let Some(group) = rest.strip_prefix('{') { group_items(group) } else { vec![rest] };
        for rest in firsts {
            let (room, after) = name(rest);
            let seconds = match after.strip_prefix("::") {
                None => vec![""],
                Some(after) => after.strip_prefix('{').map_or_else(|| vec![after], group_items),
            };
            for second in seconds {
                found.insert((room.to_owned(), name(second).0.to_owned()));
            }
        }
    }
    found
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn name(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()))
}

/// The items of a group, after its opening brace.
fn group_items(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&text[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

#[test]
fn rooms_import_only_what_they_may() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = WALLS.iter().find(|(room, _)| *room == source.room) else {
            faults.push(format!("{}: the room `{}` is not in the table", source.path.display(), source.room));
            continue;
        };
        for (room, second) in imports(&code(&source.text)) {
            let whole = format!("{room}::{second}");
            let within = room == source.room || !WALLS.iter().any(|(known, _)| *known == room);
            if !within && !allowed.contains(&room.as_str()) && !allowed.contains(&whole.as_str()) {
                faults.push(format!("{}: `{}` must not import `{whole}`", source.path.display(), source.room));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn crates_stay_in_the_room_that_owns_them() {
    let mut faults = Vec::new();
    for source in sources() {
        let code = code(&source.text);
        for (tool, owners) in TOOLS {
            let used = code.match_indices(tool).any(|(at, _)| {
                let (before, after) = (code[..at].chars().next_back(), &code[at + tool.len()..]);
                let starts = !before.is_some_and(|c| is_name(c) || c == ':' || c == '.');
                let after = if tool.ends_with('_') { name(after).1 } else { after };
                starts && after.starts_with("::")
            });
            // A module may have a crate's name, such as `checks::console`.
            let ours = code.contains(&format!("mod {tool};")) || code.contains(&format!("::{tool};"));
            if used && !ours && !owners.contains(&source.room.as_str()) {
                faults.push(format!("{}: `{tool}` belongs to {owners:?}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_reader_finds_what_a_path_imports() {
    let source = "use crate::ui::{self, a::{b, c}, D};\nuse crate::{host, lab::{X, Y}};\ncrate::cloud::send(\"crate::no\") // crate::no";
    let found: Vec<String> = imports(&code(source)).into_iter().map(|(a, b)| format!("{a}::{b}")).collect();
    assert_eq!(found, ["cloud::send", "host::", "lab::X", "lab::Y", "ui::D", "ui::a", "ui::self"]);
}

#[test]
fn every_room_says_what_it_owns() {
    let mut rooms = 0;
    for source in sources().iter().filter(|source| source.path.ends_with("mod.rs")) {
        let lines: Vec<&str> = source.text.lines().take(4).collect();
        let path = source.path.display();
        assert!(lines.len() == 4, "{path}");
        assert!(lines[0].starts_with("//! ") && lines[0].ends_with('.'), "{path}: {}", lines[0]);
        assert!(lines[1].starts_with("//! Must not know: ") && lines[1].ends_with('.'), "{path}: {}", lines[1]);
        assert!(lines[2].starts_with("//! Next: ") && lines[2].ends_with('.'), "{path}: {}", lines[2]);
        assert!(!lines[3].starts_with("//!"), "{path}: more than three lines");
        rooms += 1;
    }
    assert!(rooms >= 10, "{rooms}");
}

#[test]
fn rooms_document_and_re_export_only() {
    for source in sources().iter().filter(|source| source.path.ends_with("mod.rs")) {
        for word in ["fn ", "struct ", "enum ", "impl ", "trait "] {
            let code = code(&source.text);
            let found = code.lines().find(|line| line.trim_start_matches("pub ").starts_with(word));
            assert_eq!(found, None, "{}", source.path.display());
        }
    }
}

#[test]
fn every_room_that_is_named_exists() {
    let sources = sources();
    let text = |name: &str| &sources.iter().find(|it| it.path.ends_with(name)).expect("the file is there").text;
    let rooms: BTreeSet<&str> = text("src/lib.rs")
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let folders: BTreeSet<&str> = sources.iter().map(|it| it.room.as_str()).filter(|room| !room.is_empty()).collect();
    assert_eq!(rooms, folders);
}

#[test]
fn files_are_short() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines", source.path.display());
        if source.path.ends_with("src/main.rs") {
            assert!(lines < 30, "{lines} lines");
        }
    }
}

/// The SDK's own paginator stops silently at a repeated token and has no limit, so every list goes through the one
/// place that counts pages.
#[test]
fn every_list_is_fetched_where_its_pages_are_counted() {
    for source in sources() {
        let text = code(&source.text);
        assert!(!text.contains("into_paginator"), "{}: `limits::pages` fetches lists", source.path.display());
        let asks = text.contains("set_next_token(") || text.contains("set_marker(");
        assert!(!asks || text.contains("pages("), "{}: `limits::pages` fetches lists", source.path.display());
    }
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let graph = Graph::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(graph.edges.len() > 100, "{}", graph.edges.len());
    let faults: Vec<String> = graph
        .circles()
        .iter()
        .map(|circle| format!("a circle of {} files:\n{}", circle.len(), graph.within(circle).join("\n")))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Parts of the machine that only `host` may use: the environment, the standard streams and the clock. Tokio's time
/// is free for all.
const MACHINE: [&str; 14] = [
    "std::env::args",
    "std::env::args_os",
    "std::env::current_dir",
    "std::env::current_exe",
    "std::env::temp_dir",
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "std::env::vars_os",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::time::Instant::now",
    "std::time::SystemTime::now",
];

#[test]
fn only_host_asks_the_machine() {
    let graph = Graph::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let asks = |path: &str| MACHINE.contains(&path) || path == "jiff::Timestamp::now" || path == "jiff::Zoned::now";
    let (own, others): (Vec<_>, Vec<_>) =
        graph.foreign().into_iter().filter(|(_, path)| asks(path)).partition(|(file, _)| file.starts_with("host/"));
    assert!(own.len() > 5, "what host asks is seen: {own:?}");
    let faults: Vec<String> = others.iter().map(|(file, path)| format!("{file}: `{path}` belongs to `host`")).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// ARCHITECTURE.md names every room, and no file that does not exist.
#[test]
fn the_architecture_page_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("the page is there");
    let rooms = WALLS.iter().map(|(room, _)| *room).filter(|room| !room.is_empty());
    for room in rooms {
        let named =
            page.lines().any(|line| line.strip_prefix("  ").is_some_and(|it| it.starts_with(&format!("{room}/ "))));
        assert!(named, "{room} is not in the picture");
    }
    let sources = sources();
    let files: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|it| it.strip_suffix(".rs").is_some()).collect();
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let there = root.join(file).is_file() || sources.iter().any(|source| source.path.ends_with(file));
        assert!(there, "{file} is named and not there");
    }
}

#[test]
fn the_graph_follows_paths_to_the_file_that_defines() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = [
        ("lib.rs", "mod a; mod b; mod c; pub use a::Deep;"),
        ("a/mod.rs", "mod inner;\npub use inner::{Deep, thing as other};\n#[cfg(test)] mod tests;"),
        // A string, a comment, a lifetime or a test does not count as a use.
        (
            "a/inner.rs",
            "// crate::b::B\npub struct Deep<'a>(&'a str); pub fn thing() -> char { let _ = \"crate::b::B\"; '\"' }\n#[cfg(test)] use crate::b::B;\n#[cfg(test)]\nmod tests { use crate::c::C; fn x() {} }",
        ),
        (
            "b.rs",
            "use crate::{a::{self as first, other}, c::*};\npub struct B; fn x() { first::Deep::new(); C::new() }",
        ),
        (
            "c.rs",
            "mod within { use super::super::Deep; fn y() { super::super::b::B::z() } }\nuse std::env; pub struct C; fn z() { env::var(std::io::stdin()) }",
        ),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("files are in folders")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    let graph = Graph::read(folder.path());
    let edges: Vec<String> =
        graph.edges.iter().flat_map(|(from, to)| to.keys().map(move |to| format!("{from} -> {to}"))).collect();
    assert_eq!(edges, ["b.rs -> a/inner.rs", "b.rs -> c.rs", "c.rs -> a/inner.rs", "c.rs -> b.rs"]);
    let circle = BTreeSet::from(["b.rs".to_owned(), "c.rs".to_owned()]);
    assert_eq!(
        graph.foreign().into_iter().map(|(_, path)| path).collect::<Vec<_>>(),
        ["std::env", "std::env::var", "std::io::stdin"]
    );
    assert_eq!(graph.circles(), std::slice::from_ref(&circle));
    assert_eq!(
        graph.within(&circle),
        ["  b.rs -> c.rs (C::new, crate::c::*)", "  c.rs -> b.rs (super::super::b::B::z)"]
    );
}
