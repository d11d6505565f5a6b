//! Checks the recipes of `docs/adding.md` against the tree: everything added so far has the files that they list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pllab::inside::actions;
use pllab::inside::lab::{Check, Kind, Leaves};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root("").join(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// The Rust files of a folder, without their extension.
fn files(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root(folder)).expect("the folder is there").flatten();
    let names = entries.map(|entry| entry.file_name().into_string().expect("names are text"));
    names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect()
}

/// The sections of a guide, each with the files that its list names.
fn recipes(guide: &str) -> Vec<Vec<String>> {
    let text = read(guide);
    let sections = text.split("\n## ").skip(1);
    let named = |line: &str| -> Vec<String> {
        // An item's files come before its first sentence.
        let Some((files, _)) = line.strip_prefix("- ").and_then(|item| item.split_once("`:")) else {
            return Vec::new();
        };
        files.split("`, `").map(|file| file.trim_matches('`').to_owned()).collect()
    };
    sections.map(|section| section.lines().flat_map(named).collect()).collect()
}

/// A recipe by its place: an operation, a kind, a check, a verb, a message.
fn recipe(place: usize) -> Vec<String> {
    let all = recipes("docs/adding.md");
    assert_eq!(all.len(), 5, "{all:?}");
    all[place].clone()
}

/// Asserts that a file of a recipe exists once its placeholder is replaced by `name`.
#[track_caller]
fn holds(file: &str, placeholder: &str, name: &str) {
    let path = file.replace(placeholder, name);
    if let Some((folder, "*.ftl")) = path.rsplit_once('/') {
        assert!(root(folder).is_dir(), "{folder}");
        return;
    }
    let is_folder = path.strip_suffix(".rs").is_some_and(|folder| root(folder).join("mod.rs").is_file());
    assert!(root(&path).is_file() || is_folder, "{path}");
}

#[test]
fn both_languages_name_the_same_files() {
    assert_eq!(recipes("docs/adding.md"), recipes("docs/adding.ja.md"));
    for page in ["CONTRIBUTING.md", "ARCHITECTURE.md"] {
        assert!(read(page).contains("docs/adding.md"), "{page}");
    }
}

#[test]
fn every_kind_has_the_files_of_its_recipe() {
    let made: BTreeSet<String> =
        Kind::ALL.iter().filter(|kind| **kind != Kind::NetworkInterface).map(ToString::to_string).collect();
    assert_eq!(files("src/actions/kind"), made);
    let recipe = recipe(1);
    assert!(recipe.len() == 5, "{recipe:?}");
    for kind in &made {
        for file in &recipe {
            holds(file, "<kind>", kind);
        }
        assert!(read("src/lab/resource.rs").contains(&format!("\"{kind}\"")), "{kind}");
        assert!(read("src/actions/kind.rs").contains(&format!("mod {kind};")), "{kind}");
    }
    for kind in Kind::ALL {
        let deleted = actions::delete(kind, "it");
        assert_eq!(deleted.is_empty(), kind.leaves() != Leaves::Thing || *kind == Kind::NetworkInterface, "{kind}");
    }
}

#[test]
fn every_check_has_the_files_of_its_recipe() {
    let checks: BTreeSet<String> = Check::ALL.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(files("src/checks/ask"), checks);
    let recipe = recipe(2);
    assert!(recipe.len() == 5, "{recipe:?}");
    for check in &checks {
        for file in &recipe {
            holds(file, "<check>", check);
        }
    }
}

#[test]
fn every_verb_has_the_files_of_its_recipe() {
    let text = read("src/cli/verbs.rs");
    let (_, verbs) = text.split_once("enum Verb {").expect("the verbs are there");
    let (verbs, _) = verbs.split_once("\n}").expect("the list has an end");
    let lines = verbs.lines().map(str::trim).filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    let verbs: Vec<String> = lines.map(|line| line.split(['(', ',']).next().expect("a name").to_lowercase()).collect();
    assert!(verbs.len() >= 15, "{verbs:?}");
    let recipe = recipe(3);
    assert!(recipe.len() == 8, "{recipe:?}");
    for verb in &verbs {
        // Everything generated from the command line's definition is in one file.
        let file = if ["completions", "man"].contains(&verb.as_str()) { "generate" } else { verb };
        for path in &recipe {
            holds(path, "<verb>", file);
        }
    }
}

#[test]
fn every_operation_has_the_files_of_its_recipe() {
    let table = read("src/sandbox/ops/table.rs");
    let recipe = recipe(0);
    assert!(recipe.len() == 2, "{recipe:?}");
    let mut seen = 0;
    for line in table.lines() {
        let Some((name, function)) =
            line.trim().strip_prefix("(\"").and_then(|line| line.strip_suffix("),")?.split_once("\", "))
        else {
            continue;
        };
        let Some((file, function)) = function.rsplit_once("::") else { continue };
        let services = ["ec2", "elb", "route53", "shared"];
        let places = services.map(|service| recipe[0].replace("<service>", service).replace("<file>", file));
        let place = places.iter().find(|place| root(place).is_file()).unwrap_or_else(|| panic!("{name}: {file}"));
        assert!(read(place).contains(&format!("pub fn {function}")), "{name}: {place} has no {function}");
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn every_message_file_is_there_in_both_languages() {
    assert_eq!(recipe(4), ["locales/ja/*.ftl", "locales/en/*.ftl"]);
    let names = |language: &str| -> BTreeSet<_> {
        let entries = fs::read_dir(root("locales").join(language)).expect("the folder is there").flatten();
        entries.map(|entry| entry.file_name()).collect()
    };
    assert_eq!(names("ja"), names("en"));
}

/// The code of some rooms without its tests, file by file.
fn sources(rooms: &[&str]) -> Vec<(PathBuf, String)> {
    let mut folders: Vec<PathBuf> = rooms.iter().map(|room| root("src").join(room)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("it can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"))
            {
                let text = fs::read_to_string(&path).expect("sources are text");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((path, code));
            }
        }
    }
    found
}

/// AWS writes types with hyphens, so a text with an underscore that is a kind's name must be the kind.
#[test]
fn no_kind_is_a_text_outside_its_list() {
    let mut rooms = Vec::new();
    for entry in fs::read_dir(root("src")).expect("it can be listed").flatten().filter(|it| it.path().is_dir()) {
        rooms.push(entry.file_name().into_string().expect("names are text"));
    }
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).filter(|room| *room != "sandbox").collect();
    let single = ["acceptance", "rejection", "verification", "listener"];
    for (path, code) in sources(&rooms) {
        // The rungs of `why` have names of their own.
        if path.ends_with("lab/resource.rs") || path.ends_with("trace/rung.rs") {
            continue;
        }
        for kind in Kind::ALL.iter().filter(|kind| kind.name().contains('_') || single.contains(&kind.name())) {
            assert!(!code.contains(&format!("\"{kind}\"")), "{}: {kind}", path.display());
        }
    }
}

/// A path in a reply, such as `DnsEntries[0].DnsName`, may occur only in the file of the kind that it describes.
#[test]
fn a_place_in_a_reply_stands_once() {
    let is_place = |text: &str| {
        let parts: Vec<&str> = text.split('.').collect();
        let is_name = |part: &&str| {
            part.starts_with(|first: char| first.is_ascii_uppercase())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '[' || c == ']')
        };
        parts.len() > 1 && parts.iter().all(is_name)
    };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut places = 0;
    for (path, code) in sources(&["actions", "checks", "trace", "engine"]) {
        for text in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split('"').skip(1).step_by(2))
        {
            if is_place(text) {
                assert!(seen.insert(text.to_owned()), "{}: {text}", path.display());
                places += 1;
            }
        }
    }
    assert!(places > 10, "{places}");
}
