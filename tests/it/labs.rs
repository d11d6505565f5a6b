//! Labs by anyone: created, proved, and refused with the place of the fault.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::harness::{Folder, redact};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Copies a folder into the test's own.
fn copy(folder: &Folder, from: &Path, to: &str) {
    for entry in fs::read_dir(from).expect("it can be listed").flatten() {
        let to = format!("{to}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy(folder, &entry.path(), &to);
        } else {
            folder.write(&to, &fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
}

/// The names of the broken labs.
fn broken() -> Vec<String> {
    let entries = fs::read_dir(root("tests/fixtures/labs")).expect("there are fixtures").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The complaints about every broken lab.
#[track_caller]
fn complaints(lang: &str) -> String {
    let folder = Folder::new();
    copy(&folder, &root("tests/fixtures/labs"), "labs");
    let mut all = String::new();
    for name in broken() {
        let ran = folder.pllab("labs check --labs labs --plain").arg(&name).arg("--lang").arg(lang).run().clean();
        // Faults that only a proof can find are not errors in the files.
        let proved = ["cannot-be-made", "met-before-its-step", "not-met-after-its-step"].contains(&name.as_str());
        assert_eq!(ran.code, Some(if proved { 1 } else { 2 }), "{name}:\n{}", ran.err);
        assert_eq!(ran.out, "", "{name}");
        // A missing or stray file has no line.
        let place = format!("labs/{name}/");
        let (_, rest) = ran.err.split_once(&place).unwrap_or_else(|| panic!("{name}: no place in:\n{}", ran.err));
        let (_, line) = rest.split_once(':').expect("a place ends in a colon");
        let located = line.starts_with(|c: char| c.is_ascii_digit());
        assert_eq!(located, !["missing-language", "stray-file"].contains(&name.as_str()), "{name}:\n{}", ran.err);
        all.extend([format!("$ pllab labs check {name}\n"), redact(&ran.err, &[]), "\n".to_owned()]);
    }
    assert!(!folder.state().exists(), "nothing is left of a proof");
    all
}

#[test]
fn broken_labs_in_english() {
    assert!(broken().len() >= 20);
    insta::assert_snapshot!("broken-labs-en", complaints("en"));
}

#[test]
fn broken_labs_in_japanese() {
    insta::assert_snapshot!("broken-labs-ja", complaints("ja"));
}

/// Proves a built-in lab: every check, every prediction, and every `of`-th of its drills from the `share`-th on, with
/// its repairs and shortcuts.
#[track_caller]
fn proved(lab: &str, share: usize, of: usize) -> serde_json::Value {
    let folder = Folder::new();
    let read = |path: &Path| fs::read_to_string(path).expect("it can be read");
    for name in ["lab.yaml", "ja.md", "en.md"] {
        folder.write(&format!("labs/{lab}/{name}"), &read(&root("labs").join(lab).join(name)));
    }
    let listed = fs::read_dir(root("labs").join(lab).join("drills")).expect("every lab has drills");
    let mut drills: Vec<_> = listed.map(|entry| entry.expect("it can be listed").path()).collect();
    drills.sort();
    let drills: Vec<_> = drills.into_iter().skip(share).step_by(of).collect();
    for path in &drills {
        let name = path.file_name().expect("a drill has a name").to_string_lossy();
        folder.write(&format!("labs/{lab}/drills/{name}"), &read(path));
    }
    // The lab breaks and repairs itself some dozens of times.
    let checking =
        folder.pllab("labs check --labs labs --output json").arg(lab).start().patient(Duration::from_mins(8));
    let checked = checking.wait().code(0).stderr("").events();
    assert_eq!(checked.len(), 1);
    let line = checked[0].clone();
    assert_eq!((&line["event"], &line["verdict"]), (&"lab_checked".into(), &"met".into()), "{line}");
    assert!(line["passes"][0]["checks"].as_u64() > Some(3), "{line}");
    // Each lab has predictions, and the answer it calls right is what the sandbox answered.
    let yaml = read(&root("labs").join(lab).join("lab.yaml"));
    let asked = yaml.lines().filter(|line| line.trim_start().starts_with("right: ")).count();
    assert!(asked > 0, "{lab}");
    let count = |of: &serde_json::Value| of.as_u64().map(usize::try_from);
    let answered = ["predictions", "recaps"].map(|of| count(&line["passes"][0][of]).and_then(Result::ok));
    assert_eq!(answered.into_iter().flatten().sum::<usize>(), asked, "{line}");
    // No drill, no repair and no shortcut is left out.
    assert!(drills.len() >= 2, "{lab}: {}", drills.len());
    assert_eq!(count(&line["drills"]), Some(Ok(drills.len())), "{line}");
    let recipes = |path: &PathBuf| read(path).lines().filter(|line| line.starts_with("  - name: ")).count();
    let tried = [&line["repairs"], &line["shortcuts"]].map(|it| it.as_u64().unwrap_or_default()).iter().sum::<u64>();
    assert_eq!(usize::try_from(tried), Ok(drills.iter().map(recipes).sum()), "{line}");
    assert!(!folder.state().exists());
    line
}

/// How many runs share the drills of the longest lab.
const SHARES: usize = 5;

#[test]
fn privatelink_is_proved_1() {
    let line = proved("privatelink", 0, SHARES);
    // Every value of a choice is proved too.
    assert_eq!(line["passes"][1]["set"]["client"], "windows");
}

#[test]
fn privatelink_is_proved_2() {
    proved("privatelink", 1, SHARES);
}

#[test]
fn privatelink_is_proved_3() {
    proved("privatelink", 2, SHARES);
}

#[test]
fn privatelink_is_proved_4() {
    proved("privatelink", 3, SHARES);
}

#[test]
fn privatelink_is_proved_5() {
    proved("privatelink", 4, SHARES);
}

#[test]
fn two_zones_is_proved() {
    proved("two-zones", 0, 1);
}

#[test]
fn private_dns_is_proved() {
    proved("private-dns", 0, 1);
}

#[test]
fn who_may_connect_is_proved() {
    proved("who-may-connect", 0, 1);
}

/// Each built-in lab has its proof above.
#[test]
fn no_lab_goes_without_proof() {
    let labs = fs::read_dir(root("labs")).expect("there are labs").flatten().filter(|entry| entry.path().is_dir());
    let mut labs: Vec<_> = labs.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    labs.sort();
    assert_eq!(labs, ["private-dns", "privatelink", "two-zones", "who-may-connect"]);
}

/// What a learner reads of a lab, from its first screen to the last step.
#[track_caller]
fn transcript(lab: &str, lang: &str) -> String {
    let folder = Folder::new();
    let words = "start --yes --keep --pace instant --plain";
    let ran = folder.pllab(words).arg(lab).arg("--lang").arg(lang).run().code(0).clean();
    let journal = folder.journal();
    let token = journal[0]["token"].as_str().expect("a run has a token").to_owned();
    let mut secrets = vec![(folder.run_id(), "run"), (token, "token")];
    // The record that a service asks to publish.
    for fact in ["record", "value"] {
        secrets.extend(journal.iter().find_map(|line| Some((line["facts"][fact].as_str()?.to_owned(), fact))));
    }
    let secrets: Vec<_> = secrets.iter().map(|(value, name)| (value.as_str(), *name)).collect();
    let text = redact(&ran.out, &secrets);
    // Explain mode has the same titles, and asks for nothing.
    let read =
        folder.pllab("start --explain-only --plain").arg(lab).arg("--lang").arg(lang).run().code(0).stderr("").clean();
    assert!(!read.out.contains("{{") && !read.out.contains("{#"), "{lab}, {lang}");
    let cleaned = folder.pllab("clean --yes --output json").run().code(0).events();
    let receipt = cleaned.iter().find(|line| line["event"] == "receipt").expect("there is a receipt");
    assert_eq!((&receipt["left"], &receipt["unknown"]), (&0.into(), &0.into()), "{receipt}");
    text
}

#[test]
fn two_zones_in_japanese() {
    insta::assert_snapshot!("two-zones-ja", transcript("two-zones", "ja"));
}

#[test]
fn two_zones_in_english() {
    insta::assert_snapshot!("two-zones-en", transcript("two-zones", "en"));
}

#[test]
fn who_may_connect_in_japanese() {
    insta::assert_snapshot!("who-may-connect-ja", transcript("who-may-connect", "ja"));
}

#[test]
fn who_may_connect_in_english() {
    insta::assert_snapshot!("who-may-connect-en", transcript("who-may-connect", "en"));
}

#[test]
fn private_dns_in_japanese() {
    insta::assert_snapshot!("private-dns-ja", transcript("private-dns", "ja"));
}

#[test]
fn private_dns_in_english() {
    insta::assert_snapshot!("private-dns-en", transcript("private-dns", "en"));
}

/// A lab that needs two accounts gets them without flags, and keeps them when the sandbox restarts.
#[test]
fn a_lab_of_two_accounts_has_two() {
    let folder = Folder::new();
    folder.pllab("start who-may-connect --yes --keep --pace instant").run().code(0);
    let accounts = folder.journal()[0]["accounts"].clone();
    assert_ne!(accounts["provider"], accounts["consumer"]);
    // The consumer's account still does not find the service, and the provider's account still does.
    folder.pllab("check withdraw").run().code(0).clean();
    folder.pllab("check reject").run().code(0).clean();
    folder.pllab("clean --yes").run().code(0);
}

/// By default the zones differ; a chosen zone is kept, and `auto` picks another one.
#[test]
fn zones_are_chosen_apart() {
    for set in ["", "--set zone_b=apne1-az4"] {
        let folder = Folder::new();
        folder.pllab(&format!("start two-zones --yes --keep --pace instant {set}")).run().code(0);
        let variables = folder.journal()[0]["variables"].clone();
        assert_ne!(variables["zone_a"], variables["zone_b"]);
        assert_eq!(variables[if set.is_empty() { "zone_a" } else { "zone_b" }], "apne1-az4");
    }
}

/// The commands that screens print say nothing of `--labs`: the run knows where its lab is.
#[test]
fn a_run_finds_its_lab_again_without_being_told_where_it_is() {
    let folder = Folder::new();
    folder.pllab("labs new mine --dir labs").run().code(0);
    folder.pllab("start mine --labs labs --yes --keep --pace instant").run().code(0).clean();
    let steps = folder.journal().iter().filter(|line| line["event"] == "step_finished").count();
    folder.pllab("status").run().code(0).clean().says(&format!("{steps} steps"));
    for verb in ["check", "resume --yes --keep", "report --out -"] {
        let ran = folder.pllab(verb).run().clean();
        assert!(!ran.err.contains("mine"), "{verb}: {}", ran.err);
        assert_ne!(ran.code, Some(2), "{verb}: {}", ran.out);
    }
    folder.pllab("clean --yes").run().code(0).clean();
}

#[test]
fn a_new_lab_is_proved_as_it_stands() {
    let folder = Folder::new();
    for lang in ["en", "ja"] {
        let id = format!("my-{lang}");
        let made =
            folder.pllab("labs new --dir labs").arg(&id).arg("--lang").arg(lang).run().code(0).stderr("").clean();
        made.says(&format!("labs/{id}/lab.yaml")).says(&format!("labs check {id} --labs labs"));
        folder
            .pllab("labs check --labs labs")
            .arg(&id)
            .arg("--lang")
            .arg(lang)
            .run()
            .code(0)
            .stderr("")
            .clean()
            .says(&id);
        folder.pllab("start --yes --pace instant --labs labs").arg(&id).arg("--lang").arg(lang).run().code(0).clean();
    }
    // A lab can be named by its folder; without a name all labs of the folder are proved, and only those.
    folder.pllab("labs check labs/my-en --output json").run().code(0).says("my-en");
    assert_eq!(folder.pllab("labs check --labs labs --output json").run().code(0).events().len(), 2);
    let made = folder.pllab("labs new third --labs labs --output json").run().code(0).events();
    assert_eq!((&made[0]["event"], made[0]["files"].as_array().map(Vec::len)), (&"lab_made".into(), Some(4)));
}

#[test]
fn nothing_is_written_over() {
    let folder = Folder::new();
    folder.pllab("labs new mine --dir labs").run().code(0);
    let path = folder.write("labs/mine/en.md", "# My own words {#lab}\n");
    for lang in ["en", "ja"] {
        folder
            .pllab("labs new mine --dir labs --lang")
            .arg(lang)
            .run()
            .code(2)
            .stdout("")
            .clean()
            .complains("labs/mine");
    }
    assert_eq!(fs::read_to_string(path).expect("it is there"), "# My own words {#lab}\n");
    for name in ["Mine", "../mine", "1st", "", "a b"] {
        folder.pllab("labs new --dir labs").arg(name).run().code(2).clean();
    }
    folder.write("file", "not a folder");
    folder.pllab("labs new mine --dir file").run().code(1).clean().complains("file");
}

#[test]
fn what_is_no_lab_is_named() {
    let folder = Folder::new();
    folder.write("empty/notes.txt", "");
    folder.pllab("labs check nowhere").run().code(2).clean().complains("nowhere").complains("privatelink");
    folder.pllab("labs check empty").run().code(2).clean().complains("empty/lab.yaml");
    folder.pllab("labs check --labs nowhere").run().code(2).clean().complains("nowhere");
}

/// Faults as events: a program finds the place without parsing text.
#[test]
fn faults_as_events_carry_their_place() {
    let folder = Folder::new();
    copy(&folder, &root("tests/fixtures/labs/unknown-field"), "labs/unknown-field");
    let ran = folder.pllab("labs check --labs labs --output json").run().code(2).stderr("");
    let line = &ran.events()[0];
    assert_eq!(line["verdict"], "broken");
    let fault = &line["faults"][0];
    assert_eq!((&fault["line"], &fault["column"]), (&18.into(), &5.into()));
    assert_eq!(fault["excerpt"], "    sied: provider");
}

#[test]
fn the_schema_is_the_one_that_editors_are_given() {
    let folder = Folder::new();
    let printed = folder.pllab("labs schema").run().code(0).stderr("").out;
    let kept = fs::read_to_string(root("labs/lab.schema.json")).expect("it is there");
    assert_eq!(printed, kept, "pllab labs schema > labs/lab.schema.json");
    for entry in fs::read_dir(root("labs")).expect("there are labs").flatten().filter(|entry| entry.path().is_dir()) {
        let yaml = fs::read_to_string(entry.path().join("lab.yaml")).expect("a lab has one");
        assert!(yaml.starts_with("# yaml-language-server: $schema=../lab.schema.json\n"), "{:?}", entry.path());
    }
}

/// The files in a guide: code blocks whose fence names a file.
fn blocks(guide: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root(guide)).expect("the guide is there");
    let fenced = text.split("\n```").skip(1).step_by(2);
    let named = fenced.filter_map(|block| {
        let (info, body) = block.split_once('\n')?;
        let (_, name) = info.split_once(' ')?;
        Some((name.to_owned(), format!("{body}\n")))
    });
    named.collect()
}

/// The authoring guide shows a lab that can be proved, the same one in both languages.
#[test]
fn the_guides_lab_is_proved() {
    let shown = blocks("docs/authoring.md");
    assert_eq!(shown, blocks("docs/authoring.ja.md"));
    assert_eq!(shown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["lab.yaml", "ja.md", "en.md"]);
    let folder = Folder::new();
    for (name, text) in &shown {
        folder.write(&format!("labs/my-lab/{name}"), text);
    }
    folder.pllab("labs check my-lab --labs labs").run().code(0).stderr("").says("my-lab");
}
