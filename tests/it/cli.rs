//! The command line: help, versions, exit codes, and which text goes to which stream.

use super::harness::Folder;

/// Every verb, with its subcommands.
const VERBS: [&str; 18] = [
    "",
    "start",
    "resume",
    "status",
    "check",
    "browse",
    "clean",
    "doctor",
    "policy",
    "labs",
    "labs list",
    "labs show",
    "labs check",
    "labs new",
    "labs schema",
    "sandbox",
    "completions",
    "man",
];

#[test]
fn the_version() {
    let folder = Folder::new();
    let version = concat!("pllab ", env!("CARGO_PKG_VERSION"), "\n");
    folder.pllab("--version").run().code(0).stdout(version).stderr("");
    folder.pllab("-V").run().code(0).stdout(version).stderr("");
    folder.pllab("--version --lang ja").run().code(0).stdout(version).stderr("");
}

#[track_caller]
fn help(lang: &str) -> String {
    let folder = Folder::new();
    let mut all = String::new();
    for verb in VERBS {
        let whole = folder.pllab(verb).arg("--help").env("PLLAB_LANG", lang).run().code(0).stderr("").clean();
        let short = folder.pllab(verb).arg("-h").arg("--lang").arg(lang).run().code(0).stderr("");
        assert_eq!(whole.out, short.out, "{verb}");
        all.extend(["$ pllab ", verb, " --help\n", &whole.out, "\n"]);
    }
    all
}

#[test]
fn help_in_english() {
    insta::assert_snapshot!("help-en", help("en"));
}

#[test]
fn help_in_japanese() {
    let help = help("ja");
    insta::assert_snapshot!("help-ja", help);
    // clap provides the frame around our texts, in English.
    for english in ["Usage:", "Options:", "Commands:", "Arguments:", "[default", "[possible", "Print help"] {
        assert!(!help.contains(english), "{english}");
    }
}

#[test]
fn help_lists_every_verb_that_exists() {
    let folder = Folder::new();
    let ran = folder.pllab("--help").run().code(0);
    for verb in VERBS.iter().filter(|verb| !verb.is_empty() && !verb.contains(' ')) {
        assert!(ran.out.lines().any(|line| line.trim_start().starts_with(verb)), "{verb}");
    }
}

#[test]
fn completions_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = folder.pllab("completions").arg(shell).run().code(0).stderr("").clean();
        for word in ["pllab", "resume", "explain-only"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
    }
    folder.pllab("completions csh").run().code(2).complains("csh").complains("zsh");
    folder.pllab("completions").run().code(2);
}

#[test]
fn the_man_page() {
    let folder = Folder::new();
    for (lang, word) in [("en", "lab"), ("ja", "ラボ")] {
        let page = folder.pllab("man").env("PLLAB_LANG", lang).run().code(0).stderr("").says(".TH pllab 1").says(word);
        // Indexers of man pages want one line "name \- description".
        let name = page.out.split("\n.SH ").find_map(|section| section.strip_prefix("NAME\n")).expect("a name");
        let told: Vec<&str> = name.lines().filter(|line| !line.starts_with('.')).collect();
        assert!(told.len() == 1 && told[0].starts_with("pllab \\- "), "{name:?}");
        // The page refers to no page that `pllab man` does not print, and has every verb.
        assert!(!page.out.contains("(1)"), "{}", page.out);
        for verb in VERBS.iter().filter(|verb| !verb.is_empty()) {
            let section = page.out.split("\n.SS ").find(|section| {
                section
                    .lines()
                    .next()
                    .is_some_and(|it| it.trim_matches('"').replace('\\', "") == format!("pllab {verb}"))
            });
            assert!(section.is_some(), "{verb}: {}", page.out);
        }
        for flag in ["explain\\-only", "accept\\-cost", "state\\-dir", "differences"] {
            assert_eq!(page.out.matches(&format!("\\-\\-{flag}")).count().min(1), 1, "{flag}");
        }
    }
}

#[test]
fn alone_it_says_how_to_begin_then_where_you_are() {
    let folder = Folder::new();
    folder.pllab("").run().code(0).stderr("").clean().says("pllab start").says("--lang ja");
    folder.pllab("").ja().run().code(0).stderr("").clean().says("pllab start");
    assert!(!folder.state().exists(), "looking makes nothing");

    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let run = folder.run_id();
    let alone = folder.pllab("").run().code(0).stderr("").clean().says(&run).says("vpce-").says("pllab clean");
    assert_eq!(alone.out, folder.pllab("status").run().code(0).out);

    folder.pllab("clean --yes").run().code(0);
    folder.pllab("").run().code(0).says(&run).says("pllab start");
}

#[test]
fn status_before_any_run() {
    let folder = Folder::new();
    for words in ["status", "resume --yes", "check", "browse"] {
        folder.pllab(words).run().code(2).stdout("").clean().complains("pllab start");
    }
    for words in ["clean --yes", "clean --all --yes"] {
        folder.pllab(words).run().code(0).says("nothing to clean up");
    }
    assert!(!folder.state().exists(), "looking makes nothing");
}

#[test]
fn labs_are_listed_and_shown() {
    let folder = Folder::new();
    folder.pllab("labs").run().code(0).stderr("").clean().says("privatelink").says("9");
    let listed = folder.pllab("labs list --output json").run().code(0).events();
    let steps: Vec<_> = listed.iter().map(|lab| (lab["lab"].as_str(), lab["steps"].as_u64())).collect();
    assert!(steps.contains(&(Some("privatelink"), Some(9))), "{steps:?}");
    for lang in ["ja", "en"] {
        let ran = folder.pllab("labs show privatelink").env("PLLAB_LANG", lang).run().code(0).stderr("").clean();
        for word in ["provider-vpc", "proof", "cidr", "10.0.0.0/16", "windows", "pllab start privatelink"] {
            assert!(ran.out.contains(word), "{lang}: {word}");
        }
    }
    let shown = folder.pllab("labs show privatelink --output json").run().code(0).events();
    assert_eq!((&shown[0]["minutes"], &shown[0]["variables"]["client"]), (&40.into(), &"linux".into()), "{shown:?}");
    folder.pllab("labs new mine --dir own").run().code(0);
    let own = folder.pllab("labs show mine --labs own").run().code(0).out;
    assert!(own.contains("pllab --labs own start mine --explain-only"), "{own}");
    folder.pllab("labs show nothing").run().code(2).complains("nothing").complains("privatelink");
}

#[test]
fn the_sandbox_says_where_it_differs() {
    let folder = Folder::new();
    let json = folder.pllab("sandbox --differences --output json").run().code(0).stderr("").events();
    assert!(json.len() >= 5, "{}", json.len());
    for (lang, other) in [("ja", "en"), ("en", "ja")] {
        let ran = folder.pllab("sandbox --differences").env("PLLAB_LANG", lang).run().code(0).stderr("").clean();
        for line in &json {
            assert!(ran.out.contains(line["difference"].as_str().expect("it has a name")), "{lang}: {line}");
            assert!(line[lang].as_str() != line[other].as_str(), "{line}");
        }
    }
    assert!(!folder.state().exists(), "reading makes nothing");
}

#[test]
fn colours_are_for_terminals_only() {
    let folder = Folder::new();
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CI", "1"), ("TERM", "xterm-256color")] {
        folder.pllab("start --yes --pace instant").env(name, value).run().code(0).clean();
        folder.pllab("labs show").env(name, value).run().code(0).clean();
        folder.pllab("start nothing").env(name, value).run().code(2).clean();
    }
}

#[test]
fn languages_are_chosen_in_order() {
    let folder = Folder::new();
    let first = |program: super::harness::Program| program.run().code(0).out;
    let en = first(folder.pllab("labs").env("PLLAB_LANG", "en"));
    let ja = first(folder.pllab("labs").env("PLLAB_LANG", "ja"));
    assert_ne!(en, ja);
    assert_eq!(first(folder.pllab("labs --lang ja").env("PLLAB_LANG", "en")), ja);
    assert_eq!(first(folder.pllab("--lang=ja labs").env("PLLAB_LANG", "en")), ja);
    assert_eq!(first(folder.pllab("labs").env("PLLAB_LANG", "").env("LANG", "ja_JP.UTF-8")), ja);
    assert_eq!(first(folder.pllab("labs").env("PLLAB_LANG", "").env("LANG", "fr_FR.UTF-8")), en);
    // `--` ends the flags.
    folder.pllab("start --explain-only --lang ja -- privatelink").run().code(0).says("ステップ");
}
