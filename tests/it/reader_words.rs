//! What a reader meets: no library's words, times of their own zone, lists that fit, and a language that stays.

use std::fs;

use super::harness::Folder;

/// A profile that is not defined is named, whichever way it was chosen; the library's words for it are not shown.
#[test]
fn a_missing_profile_is_named_as_missing() {
    let folder = Folder::new();
    let start = "start --target aws --region ap-northeast-1 --yes --accept-cost any";
    let doctor = "doctor --target aws --region ap-northeast-1";
    for defined in [false, true] {
        if defined {
            folder.write(".aws/config", "[default]\nregion = x\n[profile work]\nregion = x\n");
        }
        for (program, named) in [
            (folder.pllab(&format!("{start} --profile nosuch")), "nosuch"),
            (folder.pllab(start).env("AWS_PROFILE", "other"), "other"),
        ] {
            let ran = program.run().code(3).complains(&format!("there is no AWS profile `{named}`"));
            let ran = ran.complains(&format!("aws configure --profile {named}")).complains(".aws/config");
            assert!(!ran.err.contains("not enabled") && !ran.err.contains("provider"), "{}", ran.err);
            assert_eq!(ran.err.contains("The profiles there: default, work"), defined, "{}", ran.err);
        }
        folder.pllab(&format!("{doctor} --profile nosuch")).run().says("there is no AWS profile `nosuch`");
    }
    let ran = folder.pllab(&format!("{start} --profile nosuch")).ja().run().code(3);
    ran.complains("AWS のプロファイル `nosuch` がありません");
    // A profile that is there but has no credentials is another matter.
    let ran = folder.pllab(&format!("{start} --profile work")).run().code(3).complains("no credentials were found");
    assert!(!ran.err.contains("there is no AWS profile"), "{}", ran.err);
}

#[test]
fn a_key_that_is_there_twice_is_said_in_plain_words() {
    let folder = Folder::new();
    folder.pllab("labs new my-lab --dir labs").run().code(0);
    let path = folder.path().join("labs/my-lab/lab.yaml");
    let yaml = fs::read_to_string(&path).expect("the lab is there");
    fs::write(&path, yaml.replace("minutes: 5\n", "minutes: 5\nminutes: 6\n")).expect("it can be written");
    let ran = folder.pllab("labs check my-lab --labs labs").run().code(2).complains("`minutes` is there twice");
    assert!(!ran.err.contains("Policy") && !ran.err.contains("Options"), "{}", ran.err);
    folder.pllab("labs check my-lab --labs labs").ja().run().code(2).complains("`minutes` が 2 回あります");
}

/// The report tells the reader's own time and names the zone, names the learner, and speaks as the screens do.
#[test]
fn a_report_is_in_the_readers_time_and_words() {
    let folder = Folder::new();
    let events = folder.pllab("start --yes --pace instant --output json --learner aiko").run().code(0).events();
    assert!(events.len() > 20);
    let began = folder.journal()[0]["at"].as_str().expect("a time")[11..16].to_owned();
    let hour: u32 = began[..2].parse().expect("an hour");
    for (lang, words) in [
        ("en", ["(JST, UTC+09:00)", "- Learner: aiko", "| as expected |", "9 of 9 steps done, cleaned up"]),
        ("ja", ["(JST, UTC+09:00)", "- 受講者: aiko", "| 期待どおり |", "9/9 ステップ、後片付け済み"]),
    ] {
        let report = folder.pllab("report --format md --out -").env("TZ", "JST-9").env("PLLAB_LANG", lang);
        let report = report.run().code(0).out;
        for words in words {
            assert!(report.contains(words), "{words}: {report}");
        }
        let local = format!(" {:02}:{}:", (hour + 9) % 24, &began[3..]);
        assert!(report.contains(&local) && !report.contains(" UTC:") && !report.contains("(UTC)"), "{local}: {report}");
        let html = folder.pllab("report --out -").env("TZ", "JST-9").env("PLLAB_LANG", lang).run().code(0).out;
        assert!(html.contains("JST, UTC+09:00") && html.contains("aiko") && html.contains(&local), "{html}");
    }
    // A program reads UTC.
    let json = folder.pllab("report --format json --out -").env("TZ", "JST-9").run().code(0).out;
    assert!(json.contains(&format!("T{began}")) && json.contains("\"learner\": \"aiko\""), "{json}");
}

/// A look in another language changes nothing that is remembered.
#[test]
fn only_going_on_with_a_run_changes_the_language() {
    let folder = Folder::new();
    let pllab = |words: &str| folder.pllab(words).env("PLLAB_LANG", "");
    let kept = || fs::read_to_string(folder.state().join("language")).unwrap_or_default();
    pllab("start --yes --keep --pace instant").run().code(0);
    pllab("resume --yes --keep --lang ja").run().code(0);
    assert_eq!(kept().trim(), "ja");
    for words in ["status", "why", "check", "report --out -", "labs list", "drill list", "start --explain-only --yes"] {
        let ran = pllab(&format!("{words} --lang en")).run();
        assert!(matches!(ran.code, Some(0 | 1)), "{words}: {ran:?}");
        assert_eq!(kept().trim(), "ja", "{words} changed it");
    }
    pllab("status").run().code(0).says("次にできること");
    // What it prints stays in the language of the look.
    let said = pllab("status --lang en").run().code(0).out;
    assert!(said.contains("pllab --lang en why"), "{said}");
}

/// Every row of the lists takes one line at 80 columns.
#[cfg(unix)]
#[test]
fn lists_fit_into_eighty_columns() {
    use super::harness::Screen;

    let folder = Folder::new();
    folder.pllab("start who-may-connect --yes --keep --pace instant").run().code(0);
    for lang in ["en", "ja"] {
        for (words, rows) in [("drill list", 34), ("labs list", 4), ("status", 29)] {
            let lines = |columns: u16| {
                let mut screen = Screen::open(&folder, words, (columns, 120), &[("PLLAB_LANG", lang)]);
                assert_eq!(screen.end(), 0, "{words}");
                screen.history()
            };
            let (narrow, wide) = (lines(80), lines(200));
            assert!(wide.iter().filter(|line| line.contains("  ")).count() > rows, "{lang} {words}: {wide:#?}");
            assert_eq!(narrow.len(), wide.len(), "{lang} {words}: a row wraps:\n{}", narrow.join("\n"));
        }
    }
}
