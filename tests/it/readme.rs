//! The READMEs and the pages of `docs/`: every command in them is understood, both languages say the same, every link
//! leads somewhere, and the tables of commands, options and rooms match the program and the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::harness::Folder;

/// The pages that exist in both languages, by the name of the English one.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).expect("docs can be listed").flatten();
    let names = docs.map(|entry| format!("docs/{}", entry.file_name().to_string_lossy()));
    let mut pages: Vec<_> =
        names.filter(|name| name.strip_suffix(".md").is_some_and(|stem| stem.strip_suffix(".ja").is_none())).collect();
    pages.extend(["README.md", "SECURITY.md"].map(str::to_owned));
    // The recipes are for people who change the code, whose comments are English too.
    pages.retain(|page| page != "docs/adding.md");
    assert!(pages.len() > 6, "{pages:?}");
    pages
}

fn japanese(page: &str) -> String {
    page.replace(".md", ".ja.md")
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a page, and whether each is in a code block.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut in_block = false;
    text.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            return None;
        }
        Some((in_block, line))
    })
}

/// The lines in a file's code blocks that begin with `pllab`, with or without a prompt, or run it with cargo.
fn commands(name: &str) -> Vec<String> {
    let text = read(name);
    let mut commands = Vec::new();
    for (_, line) in lines(&text).filter(|(in_block, _)| *in_block) {
        let line = line.trim();
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let words = ["pllab ", "./pllab ", "target/release/pllab ", "cargo run --release -- ", "cargo run -- "];
        if let Some(rest) = words.iter().find_map(|start| line.strip_prefix(start)) {
            // Cut comments, and what happens with the output.
            let rest = rest.split(" #").next().unwrap_or_default();
            let rest = rest.split(['|', '>', ';', '&']).next().unwrap_or_default();
            commands.push(rest.trim().to_owned());
        }
    }
    commands
}

/// Asks for the help of a command line, which shows whether the words are known without running it.
#[track_caller]
fn understood(folder: &Folder, command: &str) {
    // Placeholders such as `RUN`, `[RUN]` and `<id>` are words like others, but their brackets are not typed.
    let words = command.replace(['[', ']', '<', '>', '"', '\''], "");
    let ran = folder.pllab(&words).arg("--help").run();
    assert_eq!(ran.code, Some(0), "pllab {command}\n{}", ran.err);
    // Help wins over words after it, not over words before it, so wrong words are found.
    let verb = words.split_whitespace().next().unwrap_or_default();
    if !verb.starts_with('-') {
        assert!(ran.out.contains(verb), "pllab {command}\n{}", ran.out);
    }
}

#[test]
fn what_the_pages_tell_to_type_is_understood() {
    let folder = Folder::new();
    for name in ["README.md", "README.ja.md"] {
        let commands = commands(name);
        assert!(commands.iter().any(|it| it.starts_with("start")), "{name}: {commands:?}");
    }
    // Each command once: the next test checks that both languages say the same.
    let mut told: BTreeSet<String> =
        ["README.ja.md", "CONTRIBUTING.md"].iter().flat_map(|name| commands(name)).collect();
    told.extend(pages().iter().flat_map(|name| commands(name)));
    assert!(told.len() > 30, "{told:?}");
    for command in told {
        understood(&folder, &command);
    }
}

#[test]
fn both_languages_tell_the_same() {
    // The Japanese page asks for Japanese where the English one uses the system's language.
    let told = |name: &str| commands(name).iter().map(|it| it.replace(" --lang ja", "")).collect::<Vec<_>>();
    let levels = |name: &str| {
        let text = read(name);
        let headings = lines(&text).filter(|(in_block, line)| !in_block && line.starts_with('#'));
        headings.map(|(_, line)| line.chars().take_while(|c| *c == '#').count()).collect::<Vec<_>>()
    };
    for page in pages() {
        assert_eq!(told(&page), told(&japanese(&page)), "{page}");
        assert_eq!(levels(&page), levels(&japanese(&page)), "the headings of {page}");
    }
}

/// A terminal of 80 columns and 24 rows, in which wide characters take two columns.
#[test]
fn the_first_screen_says_how_to_start_and_how_to_only_read() {
    for name in ["README.md", "README.ja.md"] {
        let text = read(name);
        let mut rows = 0;
        let shown = text.lines().take_while(|line| {
            let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            rows += columns.div_ceil(80).max(1);
            rows <= 24
        });
        let shown = shown.collect::<Vec<_>>().join("\n");
        let starts = shown.lines().any(|line| line.starts_with("pllab start") && !line.contains("--explain-only"));
        let reads = shown.lines().any(|line| line.starts_with("pllab start") && line.contains("--explain-only"));
        assert!(starts && reads && shown.contains("cargo run -- start"), "{name}:\n{shown}");
    }
}

/// The anchor that the forge gives a heading.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The targets of a page's links: `(target)` after `]`.
fn links(text: &str) -> Vec<String> {
    let text = lines(text).filter(|(in_block, _)| !in_block).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

#[test]
fn every_link_of_the_pages_leads_somewhere() {
    let mut names: Vec<_> = pages().iter().flat_map(|page| [page.clone(), japanese(page)]).collect();
    names.extend(["CONTRIBUTING.md", "ARCHITECTURE.md"].map(str::to_owned));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut followed = 0;
    for name in names {
        let text = read(&name);
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&name).parent().expect("a file has a folder");
            let to = if file.is_empty() { Path::new(&name).to_owned() } else { folder.join(file) };
            assert!(root.join(&to).exists(), "{name}: {link}");
            if !heading.is_empty() {
                let target = fs::read_to_string(root.join(&to)).expect("it is text");
                let mut headings = lines(&target).filter(|(in_block, line)| !in_block && line.starts_with('#'));
                assert!(headings.any(|(_, line)| anchor(line) == heading), "{name}: {link}");
            }
            // A page links to pages in its own language if they exist.
            let leads = to.to_string_lossy().replace("docs/../", "");
            if name.ends_with(".ja.md") && !text.contains(&format!("[English]({link})")) {
                assert!(!pages().contains(&leads), "{name}: {link}");
            }
            followed += 1;
        }
    }
    assert!(followed > 40, "{followed}");
}

/// The rows of the tables below a heading, as cells. A `\|` is part of a cell.
fn rows(text: &str, heading: &str) -> Vec<Vec<String>> {
    let level = heading.chars().take_while(|c| *c == '#').count();
    let ends = |line: &str| line.starts_with('#') && line.chars().take_while(|c| *c == '#').count() <= level;
    let below = text.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !ends(line));
    let rows = below.filter(|line| line.starts_with('|') && !line.starts_with("| ---")).map(|line| {
        let line = line.replace("\\|", "\u{0}");
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    });
    rows.collect()
}

/// The verbs of a help text.
fn verbs(help: &str) -> Vec<String> {
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.trim().is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The long options below a heading of a help text.
fn options(help: &str, heading: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.trim().is_empty());
    let lines = listed.map(str::trim_start).filter(|line| line.starts_with('-'));
    let names = lines.filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--"))).map(str::to_owned);
    names.filter(|name| name != "--help" && name != "--version").collect()
}

#[test]
fn the_reference_has_every_command_and_every_option() {
    let folder = Folder::new();
    let help = |words: &str| folder.pllab(words).words("--help --lang en").run().code(0).out;
    let top = help("");
    let mut all: Vec<String> = verbs(&top);
    assert!(all.len() > 10, "{all:?}");
    for verb in all.clone() {
        all.extend(verbs(&help(&verb)).iter().map(|inner| format!("{verb} {inner}")));
    }
    for (page, commands, headings) in [
        ("docs/reference.md", "## Commands", ["## Options", "### Of every command"]),
        ("docs/reference.ja.md", "## コマンド", ["## オプション", "### どのコマンドでも使えるもの"]),
    ] {
        let text = read(page);
        let named =
            |cell: &str, word: &str| cell.split('`').any(|part| part.split([' ', '|', ',']).any(|it| it == word));
        let table = rows(&text, commands);
        for verb in &all {
            let words: Vec<_> = verb.split(' ').collect();
            assert!(table.iter().any(|row| words.iter().all(|word| named(&row[0], word))), "{page} lacks pllab {verb}");
        }
        let every = rows(&text, headings[1]);
        for option in options(&top, "Options of every command:") {
            assert!(every.iter().any(|row| named(&row[0], &option)), "{page} lacks {option}");
        }
        let of_some: Vec<_> = rows(&text, headings[0]).into_iter().filter(|row| row.len() == 3).collect();
        for verb in &all {
            for option in options(&help(verb), "Options:") {
                let row = of_some.iter().find(|row| named(&row[0], &option));
                let row = row.unwrap_or_else(|| panic!("{page} lacks {option} of pllab {verb}"));
                assert!(row[1].contains(&format!("`{verb}`")), "{page}: {option} is an option of pllab {verb}");
            }
        }
    }
}

#[test]
fn the_tables_of_rooms_have_every_room() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(src).expect("src can be listed").flatten().filter(|entry| entry.path().is_dir());
    let rooms: BTreeSet<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    for (page, heading) in
        [("docs/maintainers.md", "## How the code is laid out"), ("docs/maintainers.ja.md", "## コードの構成")]
    {
        let table = rows(&read(page), heading);
        let named: BTreeSet<_> = table.iter().skip(1).map(|row| row[0].trim_matches('`').to_owned()).collect();
        assert_eq!(named, rooms, "{page}");
    }
    let tree = read("ARCHITECTURE.md");
    for room in &rooms {
        assert!(tree.lines().any(|line| line.starts_with(&format!("  {room}/"))), "ARCHITECTURE.md lacks {room}");
    }
}

#[test]
fn wrong_words_are_found() {
    let folder = Folder::new();
    for words in ["strat --help", "start --nope --help", "start --pace slow --help"] {
        folder.pllab(words).run().code(2);
    }
}
