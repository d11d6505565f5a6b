//! Explain mode: every word of the lab is shown, nothing is called, nothing is written.

use std::fs;
use std::path::Path;

use super::harness::Folder;

/// The titles of the lab and its steps in its prose: headings with an anchor that has no dot.
fn titles(lang: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("labs/privatelink/{lang}.md"));
    let text = fs::read_to_string(path).expect("the prose is there");
    let headings = text.lines().filter(|line| line.starts_with("# ") || line.starts_with("## "));
    headings
        .filter_map(|line| line.trim_start_matches('#').trim().rsplit_once(" {#"))
        .map(|(title, _)| title.to_owned())
        .collect()
}

#[test]
fn the_lab_is_read_through_in_both_languages() {
    for lang in ["ja", "en"] {
        let folder = Folder::new();
        let ran = folder.pllab("start --explain-only --plain --lang").arg(lang).run().code(0).stderr("").clean();
        let titles = titles(lang);
        assert_eq!(titles.len(), 10, "{titles:?}");
        for title in titles {
            assert!(ran.out.contains(&title), "{lang}: no {title:?}");
        }
        for leftover in ["{{", "}}", "{ $", "{#"] {
            assert!(!ran.out.contains(leftover), "{lang}: {leftover:?}");
        }
        assert_eq!(folder.files(), Vec::<std::path::PathBuf>::new());
        assert!(!folder.state().exists());
    }
}

#[test]
fn it_needs_no_folder_no_home_and_no_credentials() {
    let folder = Folder::new();
    let file = folder.write("file", "not a folder");
    folder
        .pllab("start --explain-only --plain")
        .env("PLLAB_STATE_DIR", file.join("state"))
        .env("HOME", "/nonexistent")
        .env("AWS_PROFILE", "no-such-profile")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .run()
        .code(0)
        .stderr("");
}

#[test]
#[cfg(target_os = "linux")]
fn it_opens_no_socket() {
    let folder = Folder::new();
    let Ok(status) = std::process::Command::new("strace").arg("-V").output() else { return without_strace(&folder) };
    assert!(status.status.success());
    let trace = folder.path().join("trace");
    let name = trace.to_string_lossy().into_owned();
    folder
        .pllab("start --explain-only --plain")
        .under("strace", &["-f", "-e", "trace=socket,connect", "-o", &name])
        .run()
        .code(0);
    let text = fs::read_to_string(trace).expect("there is a trace");
    assert!(!text.contains("AF_INET"), "{text}");
}

/// Without strace: leaves no spare file descriptors, so that opening a socket would fail.
#[cfg(target_os = "linux")]
fn without_strace(folder: &Folder) {
    folder.pllab("start --explain-only --plain").under("sh", &["-c", "ulimit -n 12; exec \"$@\"", "sh"]).run().code(0);
}

#[test]
fn values_that_are_set_stand_in_the_words() {
    let folder = Folder::new();
    folder
        .pllab("start --explain-only --plain --set cidr=172.31.0.0/20 --set client=windows")
        .run()
        .code(0)
        .says("172.31.0.0/20")
        .says("t3.small");
    folder.pllab("start --explain-only --plain --set cidr=10.0.0.1/16").run().code(2).complains("10.0.0.1/16");
}

#[test]
fn as_events_it_is_silent() {
    let folder = Folder::new();
    folder.pllab("start --explain-only --output json").run().code(0).stdout("").stderr("");
}

/// If a later step shows the answer to a question, that step has the answer, on the screen and in the handout.
#[test]
fn an_answer_is_read_where_it_is_seen() {
    let folder = Folder::new();
    for (lang, question, next, answer) in [
        (
            "en",
            "The provider removes the allowed principal.",
            "Check the traffic after the removal",
            "Answer: The page arrives as before.",
        ),
        (
            "ja",
            "provider が許可を取り消します。",
            "取り消したあとの通信を確かめる",
            "答え: これまでどおり、ページが届く。",
        ),
    ] {
        for words in ["start who-may-connect --explain-only --plain", "handout who-may-connect --format md --out -"] {
            let out = folder.pllab(words).arg("--lang").arg(lang).run().code(0).out;
            let at = |wanted: &str| out.find(wanted).unwrap_or_else(|| panic!("{words}, {lang}: no {wanted}"));
            assert!(at(question) < at(next) && at(next) < at(answer), "{words}, {lang}");
        }
    }
}
