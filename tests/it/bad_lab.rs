//! Faulty labs of the reader's own: pllab reports file, line and the line itself, in both languages, before anything
//! is made.

use std::fs;
use std::path::Path;

use super::harness::Folder;

/// A folder with a copy of the built-in lab as `labs/mine`.
fn copy() -> Folder {
    let folder = Folder::new();
    for name in ["lab.yaml", "ja.md", "en.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink").join(name);
        let text = fs::read_to_string(path).expect("the lab is there");
        folder.write(&format!("labs/mine/{name}"), &text.replace("id: privatelink", "id: mine"));
    }
    folder
}

/// Replaces one place of a file; returns the number of the first line that differs.
#[track_caller]
fn change(folder: &Folder, name: &str, from: &str, to: &str) -> usize {
    let path = folder.path().join("labs/mine").join(name);
    let text = fs::read_to_string(&path).expect("the file is there");
    let at = text.find(from).unwrap_or_else(|| panic!("no {from:?} in {name}"));
    fs::write(&path, text.replacen(from, to, 1)).expect("the file can be written");
    let same = from.bytes().zip(to.bytes()).take_while(|(one, other)| one == other).count();
    text[..at + same].matches('\n').count() + 1
}

/// Asserts that the lab is refused in both languages with each of these words.
#[track_caller]
fn refused(folder: &Folder, words: &[&str]) {
    for lang in ["en", "ja"] {
        for verb in ["start mine --yes --pace instant", "start mine --explain-only", "labs show mine"] {
            let program = folder.pllab(verb).arg("--labs").arg(folder.path().join("labs")).env("PLLAB_LANG", lang);
            let ran = program.run().code(2).stdout("").clean();
            for word in words {
                assert!(ran.err.contains(word), "{lang}, {verb}: no {word:?} in:\n{}", ran.err);
            }
        }
    }
    assert!(!folder.state().exists(), "nothing is made");
}

#[test]
fn the_copy_itself_is_good() {
    let folder = copy();
    let labs = folder.path().join("labs");
    folder.pllab("start mine --yes --pace instant --output json --labs").arg(&labs).run().code(0);
    folder.pllab("labs --labs").arg(&labs).run().code(0).says("mine").says("privatelink");
}

#[test]
fn an_unknown_field() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "    side: provider\n", "    sied: provider\n");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "sied: provider"]);
}

#[test]
fn an_unknown_kind_of_resource() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "- subnet: {", "- sabnet: {");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "- sabnet: {", "sabnet"]);
}

#[test]
fn an_unknown_check() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "- targets_healthy:", "- targets_happy:");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "targets_happy"]);
}

#[test]
fn a_missing_field() {
    let folder = copy();
    change(&folder, "lab.yaml", "    minutes: 4\n", "");
    refused(&folder, &["lab.yaml:", "minutes"]);
}

#[test]
fn a_value_of_the_wrong_kind() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "    minutes: 4\n", "    minutes: four\n");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "minutes: four"]);
}

#[test]
fn a_newer_format() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "format: 1", "format: 2");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "format: 2"]);
}

#[test]
fn no_yaml_at_all() {
    let folder = copy();
    folder.write("labs/mine/lab.yaml", "steps: [\n  - {{{\n");
    refused(&folder, &["lab.yaml"]);
    folder.write("labs/mine/lab.yaml", "");
    refused(&folder, &["lab.yaml"]);
}

#[test]
fn a_reference_to_nothing() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "vpc: provider-vpc, cidr", "vpc: provider-vcp, cidr");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "provider-vcp"]);
}

#[test]
fn a_reference_to_a_later_step() {
    let folder = copy();
    let line = change(
        &folder,
        "lab.yaml",
        "- instance_running: { instance: web }",
        "- instance_running: { instance: client }",
    );
    refused(&folder, &[&format!("lab.yaml:{line}:"), "instance: client"]);
}

#[test]
fn a_name_that_is_used_twice() {
    let folder = copy();
    change(&folder, "lab.yaml", "name: web-sg", "name: nlb-sg");
    refused(&folder, &["lab.yaml:", "nlb-sg"]);
}

#[test]
fn a_circle() {
    let folder = copy();
    change(
        &folder,
        "lab.yaml",
        "            - { port: 80, cidr: \"{{ cidr }}\" }",
        "            - { port: 80, group: web-sg }",
    );
    refused(&folder, &["lab.yaml:", "nlb-sg", "web-sg"]);
}

#[test]
fn a_placeholder_of_nothing() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "zone: \"{{ zone }}\"", "zone: \"{{ zoen }}\"");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "{{ zoen }}"]);
    let folder = copy();
    let line = change(&folder, "en.md", "{{ cidr }}", "{{ cider }}");
    refused(&folder, &[&format!("en.md:{line}:"), "{{ cider }}"]);
}

#[test]
fn a_default_that_no_vpc_may_have() {
    let folder = copy();
    change(&folder, "lab.yaml", "default: 10.0.0.0/16", "default: 10.0.0.0/8");
    refused(&folder, &["10.0.0.0/8"]);
}

#[test]
fn a_language_that_is_missing() {
    for name in ["ja.md", "en.md"] {
        let folder = copy();
        fs::remove_file(folder.path().join("labs/mine").join(name)).expect("it was there");
        refused(&folder, &[name]);
    }
}

#[test]
fn a_section_that_one_language_has_not() {
    for name in ["ja.md", "en.md"] {
        let folder = copy();
        let path = folder.path().join("labs/mine").join(name);
        let text = fs::read_to_string(&path).expect("the file is there");
        let cut = text.find("{#nlb.more}").expect("the section is there");
        let from = text[..cut].rfind("\n### ").expect("it has a heading") + 1;
        let to = cut + text[cut..].find("\n### ").expect("another follows") + 1;
        fs::write(&path, format!("{}{}", &text[..from], &text[to..])).expect("the file can be written");
        refused(&folder, &[name, "nlb.more"]);
    }
}

#[test]
fn a_code_block_that_differs() {
    let folder = copy();
    change(&folder, "en.md", "client -> interface endpoint", "client => interface endpoint");
    refused(&folder, &[".md"]);
}

#[test]
fn a_folder_that_is_not_named_like_its_lab() {
    let folder = copy();
    let line = change(&folder, "lab.yaml", "id: mine", "id: yours");
    refused(&folder, &[&format!("lab.yaml:{line}:"), "yours", "mine"]);
}
