//! Every command that a screen prints works as pasted: in every lab, with `--state-dir` and `--labs` given.
#![cfg(unix)]

use std::collections::BTreeSet;

use super::harness::{Folder, Ran};

/// The verbs, each with its own subcommands.
const VERBS: [(&str, &[&str]); 14] = [
    ("start", &[]),
    ("resume", &[]),
    ("status", &[]),
    ("check", &[]),
    ("why", &[]),
    ("drill", &["list", "check", "hint", "give-up", "undo"]),
    ("browse", &[]),
    ("clean", &[]),
    ("report", &[]),
    ("handout", &[]),
    ("doctor", &[]),
    ("policy", &[]),
    ("labs", &["list", "show", "check"]),
    ("sandbox", &[]),
];

/// A place in which pllab is used with flags, as a learner in a classroom may.
struct Place {
    folder: Folder,
    labs: Option<&'static str>,
}

impl Place {
    fn new(labs: Option<&'static str>) -> Self {
        Self { folder: Folder::new(), labs }
    }

    /// The flags before the verb, in this folder or in a copy of it.
    fn flags(&self, folder: &Folder) -> String {
        let labs = self.labs.map(|labs| format!(" --labs {labs}")).unwrap_or_default();
        format!("--state-dir {}{labs}", folder.path().join("mine").display())
    }

    fn run(&self, words: &str) -> Ran {
        let words = format!("{} {words}", self.flags(&self.folder));
        self.folder.pllab(&words).run()
    }

    /// Runs each command that the screens print, each on a copy of the state folder as it is now.
    fn all_work(&self, screens: &[Ran], tried: &mut usize) {
        let said: String = screens.iter().flat_map(|ran| [ran.out.as_str(), "\n", ran.err.as_str(), "\n"]).collect();
        let prefix = format!("pllab {}", self.flags(&self.folder));
        for command in commands(&said) {
            // What must be filled in cannot be pasted.
            if command.split(' ').skip(1).any(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase())) {
                continue;
            }
            assert!(command.starts_with(&prefix), "{command:?} would look elsewhere than {prefix:?}, in:\n{said}");
            let copy = self.folder.copy();
            let here = self.folder.path().display().to_string();
            let words = command["pllab ".len()..].replace(&here, &copy.path().display().to_string());
            self.works(&copy, &words, &said);
            *tried += 1;
        }
    }

    fn works(&self, copy: &Folder, words: &str, said: &str) {
        let rest = words.strip_prefix(&self.flags(copy)).expect("the flags come first").trim_start();
        let mut parts = rest.split(' ');
        let (verb, sub) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        // A person would answer the questions; `--yes` answers them here.
        let more = match verb {
            "start" if !rest.contains("--explain-only") => " --yes --keep --pace instant",
            "resume" => " --yes --keep",
            "clean" => " --yes",
            "drill" if !["list", "check", "hint", "give-up", "undo"].contains(&sub) => " --yes",
            _ => "",
        };
        // Some commands say it themselves.
        let has = |flag: &str| rest.split(' ').any(|word| word == flag);
        let more: Vec<&str> = more
            .split(" --")
            .filter(|flag| !flag.is_empty() && !has(&format!("--{}", flag.split(' ').next().unwrap_or_default())))
            .flat_map(|flag| [" --", flag])
            .collect();
        let more = more.concat();
        let program = copy.pllab(&format!("{words}{more}"));
        let ran = match verb {
            "browse" | "sandbox" => {
                let mut running = program.start();
                running.until("http://127.0.0.1:");
                running.signal("INT");
                running.wait().code(0)
            }
            _ => program.run(),
        };
        let told = format!("{words}{more}: {:?}\n{}\n{}\nprinted in:\n{said}", ran.code, ran.out, ran.err);
        // 2 is wrong usage, no such run, or not possible in this lab.
        assert!(matches!(ran.code, Some(0 | 1)), "{told}");
    }
}

/// The commands in a text.
fn commands(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        for (at, _) in line.match_indices("pllab ") {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '[' | '-' | '.')) {
                continue;
            }
            let whole = line[..at].trim().is_empty() || line[..at].ends_with(": ");
            found.extend(command(&line[at..], whole));
        }
    }
    found
}

/// The command at the start of a text. In a sentence it ends with its verb; `whole` if nothing but it follows.
fn command(text: &str, whole: bool) -> Option<String> {
    let end = [" (", "`", "。", "、", ";", ", ", ". "].into_iter().filter_map(|mark| text.find(mark)).min();
    let text = &text[..end.unwrap_or(text.len())];
    let words: Vec<&str> = text.split(' ').collect();
    let mut at = 1;
    while words.get(at).is_some_and(|word| word.starts_with("--")) {
        at += 2;
    }
    let verb = words.get(at)?.trim_end_matches(['.', ',']);
    let (_, subs) = VERBS.iter().find(|(known, _)| *known == verb)?;
    if whole {
        return Some(text.trim_end().to_owned());
    }
    let sub = words.get(at + 1).map(|word| word.trim_end_matches(['.', ','])).filter(|word| subs.contains(word));
    let mut kept = words[..at].to_vec();
    kept.push(verb);
    kept.extend(sub);
    Some(kept.join(" "))
}

/// Visits the screens of a lab, from before its run until after the clean-up.
fn walk(lab: &str, labs: Option<&'static str>) {
    let place = Place::new(labs);
    let mut tried = 0;
    let mut all = |screens: &[Ran]| place.all_work(screens, &mut tried);
    // Before there is a run.
    all(&["", "status", "why", "resume", "browse", "clean", "drill check", "report"].map(|words| place.run(words)));
    let show = format!("labs show {lab}");
    all(&["labs list", &show, "start no-such-lab", "drill list", "drill no-such-drill"].map(|words| place.run(words)));
    // A run that has only begun.
    let begun = place.run(&format!("start {lab} --pace instant")).code(2);
    let looks = ["", "status", "why", "check", "check no-such-step", "browse", "why --endpoint nowhere", "clean"];
    all(&[&[begun], looks.map(|words| place.run(words)).as_slice()].concat());
    // A finished one.
    let finished = place.run("resume --yes --keep").code(0);
    let looks =
        ["", "status", "why", "check no-such-step", "browse --endpoint nowhere", "status no-such-run", "drill undo"];
    all(&[&[finished], looks.map(|words| place.run(words)).as_slice()].concat());
    // One with a drill, if the lab has any.
    let planted = place.run("drill --yes");
    if planted.code == Some(0) && place.run("status").out.contains("drill check") {
        let looks = ["status", "why", "drill check", "drill hint", "drill one-way-street"];
        all(&[&[planted], looks.map(|words| place.run(words)).as_slice()].concat());
        place.run("drill undo").code(0);
    }
    // After the clean-up.
    let cleaned = place.run("clean --all --yes");
    let cleaned = if cleaned.code == Some(0) { cleaned } else { place.run("clean --yes").code(0) };
    all(&[&[cleaned], ["", "status", "why", "resume", "browse", "report"].map(|words| place.run(words)).as_slice()]
        .concat());
    assert!(tried > 30, "only {tried} commands were found");
}

#[test]
fn every_command_of_privatelink_works_as_pasted() {
    walk("privatelink", None);
}

#[test]
fn every_command_of_two_zones_works_as_pasted() {
    walk("two-zones", None);
}

#[test]
fn every_command_of_private_dns_works_as_pasted() {
    walk("private-dns", None);
}

#[test]
fn every_command_of_who_may_connect_works_as_pasted() {
    walk("who-may-connect", None);
}

#[test]
fn every_command_of_a_lab_from_elsewhere_works_as_pasted() {
    walk("two-endpoints", Some(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/more-labs")));
}

/// Also what only the journal knows: the folder of the lab that the run began with is not given any more, or is gone.
#[test]
fn a_run_without_its_lab_counts_its_steps_and_advises_only_what_works() {
    let folder = Folder::new();
    let labs = folder.path().join("labs");
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/more-labs/two-endpoints");
    for name in ["lab.yaml", "ja.md", "en.md"] {
        let text = std::fs::read_to_string(format!("{from}/{name}")).expect("the lab is there");
        folder.write(&format!("labs/two-endpoints/{name}"), &text);
    }
    folder.pllab("start two-endpoints --yes --keep --pace instant --labs").arg(&labs).run().code(0);
    std::fs::remove_dir_all(&labs).expect("the lab can go");
    let run = folder.run_id();
    let said = folder.pllab("status").run().code(0).says("5 steps done").says("the file is missing");
    assert!(!said.out.contains("of 0"), "{}", said.out);
    let advised = commands(&said.out);
    assert_eq!(advised, BTreeSet::from([format!("pllab clean {run}")]), "{}", said.out);
    folder.pllab("status").ja().run().code(0).says("5 ステップ完了");
    folder.pllab("clean --yes").run().code(0);
    folder.pllab("status").run().code(0).says("5 steps done, cleaned up");
}

/// A page can be opened in every lab that ends with one, and in a lab with several the reader says which.
#[test]
fn browse_opens_the_page_of_every_lab() {
    for (words, pages) in [
        ("two-zones", &[""][..]),
        ("private-dns", &[""]),
        ("two-endpoints", &["", " --endpoint sales-endpoint", " --endpoint stock-endpoint"]),
    ] {
        let folder = Folder::new();
        let labs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/more-labs");
        folder.pllab(&format!("start {words} --yes --keep --pace instant --labs {labs}")).run().code(0);
        for page in pages {
            let mut browse = folder.pllab(&format!("browse{page} --output json")).start();
            let said = browse.until("browse_ready");
            let ready: serde_json::Value = serde_json::from_str(said.lines().next().unwrap_or_default()).expect("JSON");
            let url = ready["url"].as_str().expect("a URL");
            let address = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).expect("a loopback URL");
            assert!(get(address).contains("pllab-token"), "{words}{page}");
            browse.signal("INT");
            browse.wait().code(0);
        }
    }
}

/// One plain GET.
fn get(address: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).expect("the page is open");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a time can be set");
    write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it can be asked");
    let mut answer = String::new();
    // A reset after the answer is an answer all the same.
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn commands_are_found_in_texts() {
    let found = commands(
        "- Continue: pllab --state-dir /x resume k3 (now)\nRun `pllab why`, or pllab drill give-up.\nthis pllab can\n",
    );
    let wanted = ["pllab --state-dir /x resume k3", "pllab why", "pllab drill give-up"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(wanted));
}
