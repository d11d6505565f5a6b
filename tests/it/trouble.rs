//! A target that does not exist, is not pllab's, or goes away.

use std::net::TcpListener;

use super::harness::{Account, Fate, Folder, ProfiledSandbox, StandaloneSandbox, Wire, made, receipt};

#[test]
fn an_endpoint_that_does_not_answer() {
    // Nothing listens on a port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port is free").port();
    let url = format!("http://127.0.0.1:{port}");
    let folder = Folder::new();
    for lang in ["en", "ja"] {
        let program = folder.pllab("start --yes --endpoint-url").arg(&url).env("PLLAB_LANG", lang);
        let ran = program.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y").run();
        ran.code(3).stdout("").clean().complains(&url);
    }
    // Nothing was made, so there is no run to resume.
    folder.pllab("status").run().code(2);
}

/// An unreadable entry may be a run that still costs money, so it never counts as no run.
#[test]
fn runs_that_cannot_be_read_are_not_taken_for_none() {
    let folder = Folder::new();
    folder.pllab("clean --all --yes").run().code(0);
    // Something else in place of a journal, beside a folder that is not a run; then in place of the whole list.
    folder.write("state/runs/empty/notes.txt", "no run");
    folder.pllab("status").run().code(2).complains("There are no runs in");
    for (broken, place) in [("state/runs/bcdfgh/journal.jsonl/x", "journal.jsonl"), ("state/runs", "runs")] {
        if broken == "state/runs" {
            std::fs::remove_dir_all(folder.path().join(broken)).expect("it goes");
        }
        folder.write(broken, "no list of runs");
        for (verb, lang) in [("status", "en"), ("clean --all --yes", "ja"), ("resume --yes", "en")] {
            let ran = folder.pllab(verb).env("PLLAB_LANG", lang).run().code(1).clean().complains(place);
            assert!(!ran.err.contains("There are no runs"), "{}", ran.err);
        }
    }
}

#[test]
fn an_endpoint_without_credentials() {
    let folder = Folder::new();
    let ran = folder.pllab("start --yes --endpoint-url http://127.0.0.1:9").run().code(3).stdout("").clean();
    ran.complains("http://127.0.0.1:9");
}

#[test]
fn an_endpoint_that_is_no_url() {
    let folder = Folder::new();
    for lang in ["en", "ja"] {
        let ran = folder.pllab("start --yes --endpoint-url nonsense").env("PLLAB_LANG", lang).run();
        ran.code(2).stdout("").clean().complains("nonsense");
    }
}

/// An endpoint that lacks an operation, however it says so: the run stops there and names it, and what was made is
/// deleted.
#[test]
fn an_operation_that_is_not_there_ends_the_run_and_what_was_made_is_cleaned() {
    let unknown = "<Response><Errors><Error><Code>InvalidAction</Code><Message>not valid for this web service</Message></Error>\
                   </Errors><RequestID>wire</RequestID></Response>";
    for (lacking, status, body) in [
        ("AcceptVpcEndpointConnections", 501, ""),
        ("AcceptVpcEndpointConnections", 400, unknown),
        ("CreateVpcEndpointServiceConfiguration", 404, "<!doctype html><title>404 Not Found</title>"),
    ] {
        let (place, machine) = (StandaloneSandbox::open(""), Folder::new());
        let wire =
            Wire::open(
                &place.url,
                move |action| {
                    if action == lacking { Fate::Answer(status, body.to_owned()) } else { Fate::Pass }
                },
            );
        for lang in ["en", "ja"] {
            let start = machine.pllab("start --yes --plain --endpoint-url").arg(wire.url()).env("PLLAB_LANG", lang);
            let ran = place.signed(start).run().code(3).clean();
            let told = [ran.out.as_str(), ran.err.as_str()].concat();
            assert!(told.contains(lacking) && told.contains(" clean "), "{lacking} {status}: {told}");
            let cleaned = place.signed(machine.pllab("clean --yes --output json")).run().code(0).events();
            let (gone, left, unknown) = receipt(&cleaned).expect("a receipt");
            assert!(gone >= 10 && left + unknown == 0, "{lacking} {status}: {gone} {left} {unknown}");
        }
    }
}

/// Credentials from a program, as SSO helpers and vaults provide them; through the standard chain, from profile or
/// environment.
#[test]
#[cfg(unix)]
fn credentials_come_from_a_program_too() {
    let apart = ProfiledSandbox::open("--pace instant");
    let [_, id, secret] = apart.keys()[0].clone();
    let told = serde_json::json!({ "Version": 1, "AccessKeyId": id, "SecretAccessKey": secret });
    let file = apart.folder.write("credentials.json", &told.to_string());
    apart.folder.write(
        ".aws/config",
        &format!("[profile vault]\nregion = ap-northeast-1\ncredential_process = cat {}\n", file.display()),
    );
    let start =
        |words: &str| apart.pllab("start --yes --output json").words(words).arg("--endpoint-url").arg(&apart.url);
    let events = start("--profile vault").run().code(0).events();
    assert_eq!(receipt(&events), Some((17, 0, 0)));
    start("").env("AWS_PROFILE", "vault").run().code(0);
}

/// The ready report of a separate sandbox: URL, key, secret.
fn ready(said: &str) -> (String, String, String) {
    let line: serde_json::Value = serde_json::from_str(said.lines().next().expect("a line")).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let account = &line["accounts"][0];
    (text(&line["endpoint_url"]), text(&account["access_key_id"]), text(&account["secret_access_key"]))
}

#[test]
fn a_sandbox_of_its_own_is_found_used_and_ends_in_order() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let (url, key, secret) = ready(&sandbox.until("sandbox_ready"));
    // A second one says where the first is.
    let second = folder.pllab("sandbox --output json").run().code(0);
    assert_eq!(ready(&second.out), (url.clone(), key.clone(), secret.clone()));
    let shell = folder.pllab("sandbox").run().code(0);
    for line in [format!("export AWS_ENDPOINT_URL={url}"), format!("export AWS_ACCESS_KEY_ID={key}")] {
        assert!(shell.out.lines().any(|it| it == line), "{line}");
    }

    folder.pllab("start --yes --pace instant --output json").run().code(0);
    assert!(!folder.run().join("sandbox").exists(), "the run went to the one that was there");
    let other = Folder::new();
    // A proxy for the network is not used for this machine.
    let by_url = other
        .pllab("start --yes --keep --output json --endpoint-url")
        .arg(&url)
        .env("HTTP_PROXY", "http://127.0.0.1:1");
    let events = by_url.env("AWS_ACCESS_KEY_ID", &key).env("AWS_SECRET_ACCESS_KEY", &secret).run().code(0).events();
    assert_eq!(events[0]["target"], url.as_str());
    let wrong = other.pllab("start --yes --output json --endpoint-url").arg(&url);
    wrong.env("AWS_ACCESS_KEY_ID", &key).env("AWS_SECRET_ACCESS_KEY", "wrong").run().code(3);
    let again = other.pllab("clean --yes").env("AWS_ACCESS_KEY_ID", &key).env("AWS_SECRET_ACCESS_KEY", &secret);
    again.run().code(0);

    #[cfg(unix)]
    {
        sandbox.signal("INT");
        let ended = sandbox.wait().code(0).clean();
        assert_eq!(ended.out.lines().count(), 1);
        assert!(!folder.state().join("sandbox/live.json").exists(), "its note, with its keys, goes with it");
        assert_eq!(Account::holds(&folder.state().join("sandbox")), [].into());
    }
}

#[test]
#[cfg(unix)]
fn a_sandbox_that_dies_in_the_middle_is_told_and_the_run_goes_on() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace quick").start();
    sandbox.until("sandbox_ready");
    let mut run = folder.pllab("start --yes --pace quick --output json").start();
    run.until("\"event\":\"step_started\",\"step\":\"nlb\"");
    sandbox.signal("KILL");
    assert_eq!(sandbox.wait().code, None);
    let ran = run.wait().code(3).clean();
    assert!(ran.err.contains("pllab resume"), "{}", ran.err);

    let resumed = folder.pllab("resume --yes --output json").run().code(0).events();
    assert_eq!(receipt(&resumed), Some((17, 0, 0)));
    assert!(made(&folder.journal()).values().all(|times| *times == 1));
    assert_eq!(Account::holds(&folder.state().join("sandbox")), [].into());
}
