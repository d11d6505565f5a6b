//! Wrong input: a clear sentence, a suggestion, exit code 2, and nothing made.

use std::fs;
use std::net::TcpListener;

use super::harness::{Folder, sequence};

#[test]
fn unknown_words_are_named_with_a_way_on() {
    let folder = Folder::new();
    for (words, named, help) in [
        ("strat", "strat", "start"),
        ("nothing-like-it", "nothing-like-it", "\npllab --help\n"),
        ("start --nope", "--nope", "\npllab start --help\n"),
        ("start --target moon", "moon", "sandbox"),
        ("start --pace slow", "slow", "instant"),
        ("start --output xml", "xml", "json"),
        ("start --lang fr", "fr", "ja"),
        ("start --set cidr", "cidr", "--set"),
        ("start --set", "--set", "\npllab start --help\n"),
        ("--lang en start a b", "b", "\npllab start --help\n"),
        ("start --target sandbox --endpoint-url http://127.0.0.1:1", "--endpoint-url", "--target"),
        ("start --hands-on --yes", "--hands-on", "--yes"),
        ("resume --hands-on --yes", "--hands-on", "--yes"),
        ("start --profile x", "--profile", "--endpoint-url"),
        ("clean abc --all", "--all", "\npllab clean --help\n"),
        ("sandbox --port 99999", "99999", "\npllab sandbox --help\n"),
        ("sandbox --port -1", "-1", "\npllab sandbox --help\n"),
        ("labs nothing", "nothing", "\npllab labs --help\n"),
        ("drill check --nope", "--nope", "\npllab drill check --help\n"),
        ("start no-such-lab", "no-such-lab", "privatelink"),
        ("start ../labs/privatelink", "../labs/privatelink", "privatelink"),
        ("start --set color=red", "color", "cidr"),
        ("start --set client=mac", "mac", "windows"),
        ("start --set cidr=10.0.0.0/8", "10.0.0.0/8", "cidr"),
        ("start --set zone=A;B", "A;B", "zone"),
        ("start --labs no-such-folder", "no-such-folder", "pllab"),
    ] {
        for lang in ["en", "ja"] {
            let program = folder.pllab(words).env("PLLAB_LANG", lang);
            program.run().code(2).stdout("").clean().complains(named).complains(help);
        }
        assert!(!folder.state().exists(), "{words}: nothing is made");
    }
}

#[test]
fn words_that_are_no_text_are_no_panic() {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe");
        let folder = Folder::new();
        folder.pllab("start").arg(odd).run().code(2).clean();
        folder.pllab("start --lang").arg(odd).run().code(2).clean();
        folder.pllab("start").arg("--state-dir").arg(odd).arg("--lang").arg("xx").run().code(2).clean();
        folder.pllab("labs").env("PLLAB_LANG", odd).env("LC_ALL", odd).run().code(0).clean();
    }
}

#[test]
fn escape_sequences_in_what_was_typed_are_not_repeated() {
    let folder = Folder::new();
    folder.pllab("start").arg("a\u{1b}[31mb\rc").run().code(2).clean();
    folder.pllab("start --set").arg("cidr=\u{1b}]0;x\u{7}").run().code(2).clean();
    folder.pllab("start").arg("--\u{1b}[2J").run().code(2).clean();
}

#[test]
fn unknown_steps_and_runs_are_named_with_those_there_are() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let run = folder.run_id();
    folder.pllab("check nowhere").run().code(2).clean().complains("nowhere").complains("provider-vpc");
    for words in ["status zzz", "resume zzz --yes", "clean zzz --yes", "check --run zzz", "browse zzz"] {
        folder.pllab(words).run().code(2).clean().complains("zzz").complains(&run);
    }
    // An id must not lead out of the folder.
    folder.pllab("status").arg(format!("../runs/{run}")).run().code(2);
}

#[test]
fn nobody_to_ask_is_told_which_flag_answers() {
    for stdin in ["", "\n", "nonsense\n"] {
        let folder = Folder::new();
        let ran = folder.pllab("start --pace instant").stdin(stdin).run();
        assert_ne!(ran.code, Some(0), "{stdin:?}");
        if stdin.is_empty() {
            ran.code(2).clean().complains("--yes");
            // The run exists and can be resumed, and had made nothing.
            assert!(!sequence(&folder.journal()).contains(&"intent"));
            folder.pllab("resume --yes").run().code(0);
        }
    }
    let folder = Folder::new();
    folder.pllab("start --pace instant --output json").run().code(2).complains("--yes");
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    folder.pllab("clean").run().code(2).complains("pllab clean --yes");
    folder.pllab("clean --output json").run().code(2).complains("pllab clean --yes");
    folder.pllab("clean --yes").run().code(0);
}

#[test]
fn answers_may_be_piped_in() {
    let folder = Folder::new();
    // One answer per question: nine steps, eight times next, predictions, the page, the recap, the report and the end. The
    // first choice deletes nothing, and leads to the end.
    folder.pllab("start --pace instant --plain").stdin(&"1\n".repeat(60)).run().code(0).clean();
    assert!(!sequence(&folder.journal()).contains(&"gone"));
    folder.pllab("clean --plain").stdin("1\n").run().code(1).clean();
    assert!(!sequence(&folder.journal()).contains(&"gone"));
    folder.pllab("clean --plain").stdin("clean_up\n").run().code(0).clean();
    assert!(sequence(&folder.journal()).contains(&"run_cleaned"));
}

#[test]
fn two_at_once_in_one_folder_is_refused_with_the_process_and_the_way_out() {
    let folder = Folder::new();
    let mut running = folder.pllab("start --yes --pace quick --output json").start();
    running.until("step_started");
    let pid = running.id().to_string();
    for lang in ["en", "ja"] {
        let second = folder.pllab("start --yes --pace instant").env("PLLAB_LANG", lang).run();
        second.code(2).stdout("").clean().complains(&pid).complains("--state-dir");
    }
    folder.pllab("resume --yes").run().code(2).complains(&pid);
    folder.pllab("clean --yes").run().code(2).complains(&pid);
    // Read-only verbs are always allowed.
    folder.pllab("status").run().code(0).clean();
    running.wait().code(0);
    folder.pllab("start --yes --pace instant").run().code(0);
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let folder = Folder::new();
    let file = folder.write("file", "not a folder");
    let ran = folder.pllab("start --yes --pace instant --state-dir").arg(&file).run().clean();
    assert!(matches!(ran.code, Some(1 | 2)), "{:?}", ran.code);
    ran.complains(&file.display().to_string());
    folder.pllab("start --yes --pace instant --state-dir").arg("").run().clean();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let folder = Folder::new();
    for lang in ["en", "ja"] {
        let ran = folder.pllab("sandbox --port").arg(&port).env("PLLAB_LANG", lang).run();
        ran.code(3).stdout("").clean().complains(&port).complains("pllab sandbox");
    }
}

#[test]
fn regions_that_are_not_modelled_are_named() {
    let folder = Folder::new();
    let ran = folder.pllab("start --yes --pace instant --region mars-north-1").run().code(2).clean();
    ran.complains("mars-north-1");
    assert!(
        !folder.state().join("runs").is_dir()
            || fs::read_dir(folder.state().join("runs")).is_ok_and(|mut it| it.next().is_none())
    );
}

#[test]
fn long_words_are_no_harm() {
    let folder = Folder::new();
    let long = "あ".repeat(5000);
    folder.pllab("start").arg(&long).run().code(2).clean();
    folder.pllab("status").arg(&long).run().code(2).clean();
    folder.pllab("start --set").arg(format!("cidr={long}")).run().code(2).clean();
}
