//! pllab against what looks like a real AWS account: AWS's own host names over TLS, answered by a sandbox. Tests the
//! cost, the consent, and the bill afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::harness::{Fate, Line, ProfiledSandbox, TlsProxy, Wire, receipt};

const FLAGS: &str = "--target aws --profile provider --consumer-profile consumer";

fn consented(journal: &[Line]) -> Option<&Line> {
    journal.iter().find(|line| line["event"] == "consented")
}

#[test]
fn nothing_is_made_before_there_is_consent() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    let start = |words: &str| apart.pllab_on_aws(&front, "start").words(FLAGS).words(words);
    for (lang, hour, day) in
        [("en", "about 0.0737 USD an hour", "1.77 USD for a day"), ("ja", "約 0.0737 米ドル", "1.77 米ドル")]
    {
        // The cost is shown in any case. With --yes nobody is asked, and --yes is not consent.
        let ran = start("--yes").env("PLLAB_LANG", lang).run().code(4).clean().says("0.0303").says("user/consumer");
        ran.complains(hour).complains(day).complains(&format!("pllab start privatelink {FLAGS} --accept-cost 1.77"));
        let ran = start("--yes --accept-cost 1.76").env("PLLAB_LANG", lang).run().code(4);
        let words = match lang {
            "en" => "it would cost 1.77 USD for a day, and --accept-cost allows 1.76 USD",
            _ => "1 日あたり 1.77 米ドルかかり、--accept-cost の上限 1.76 米ドル",
        };
        ran.complains(words);
        for typed in ["no\n", "y\n", "\n", ""] {
            start("").stdin(typed).env("PLLAB_LANG", lang).run().code(4).complains("--accept-cost 1.77");
        }
    }
    // JSON keeps standard output to events.
    start("--yes --output json").run().code(4).stdout("");
    assert!(apart.pllab("status").run().code == Some(2), "there is no run to come back to");
    // Only read calls were made.
    apart.pllab("start --yes --profile provider --endpoint-url").arg(&apart.url).run().code(0);
}

/// The price in guides and lessons is the one that pllab shows before asking for consent.
#[test]
fn guides_and_lessons_tell_the_price_of_the_table() {
    for file in [
        "README.md",
        "README.ja.md",
        "docs/aws.md",
        "docs/aws.ja.md",
        "labs/privatelink/en.md",
        "labs/privatelink/ja.md",
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(path).expect("the file can be read");
        assert!(text.contains("0.0737"), "{file}");
    }
}

#[test]
fn a_typed_yes_is_consent_and_the_whole_lab_runs_on_awss_own_names() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    let start = apart.pllab_on_aws(&front, "start").words(FLAGS).words("--set cidr=10.1.0.0/16");
    // Consent, then leave at the first step.
    let ran = start.stdin("はい\nleave\n").run().code(1).clean();
    let ran = ran
        .says("Calls go to AWS.")
        .says("Provider and consumer are in two accounts.")
        .says("each started hour in full");
    ran.says("53.00 USD for 30 days").says("AWS · ap-northeast-1");
    let journal = apart.journal();
    let consent = consented(&journal).expect("it is on record");
    assert_eq!(consent["how"], "typed");
    assert_eq!(consent["per_hour"]["usd_micros"], 73_604);
    assert!(!journal.iter().any(|line| line["event"] == "intent"), "nothing was made yet");
    // The consent is not asked for again.
    let ran = apart.pllab_on_aws(&front, "resume --yes").run().code(0).clean();
    let ran = ran.says("17 gone, 0 still there, 0 cannot tell").says("What it cost").says("Together about 0.05 USD.");
    assert!(!ran.err.contains("Still costing"), "{}", ran.err);
    let journal = apart.journal();
    assert_eq!(journal.iter().filter(|line| line["event"] == "consented").count(), 1);
    assert_eq!(receipt(&journal), Some((17, 0, 0)));
    let bill = journal.iter().find(|line| line["event"] == "bill").expect("what it cost is kept");
    let lines = bill["lines"].as_array().unwrap();
    assert!(lines.len() == 4 && lines.iter().all(|line| line["until"].is_string()), "{bill}");
    // One started hour each of the endpoint and of the load balancer, a minute of each instance.
    assert_eq!(bill["total"]["usd_micros"], 14_000 + 30_300 + 2 * (14_652 / 60));
    let hosts: Vec<_> = front.hosts().into_iter().collect();
    let names = ["ec2", "elasticloadbalancing", "sts"].map(|name| format!("{name}.ap-northeast-1.amazonaws.com"));
    assert_eq!(hosts, names);
}

#[test]
fn what_still_costs_is_said_by_every_command_until_it_is_gone() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    let start = apart.pllab_on_aws(&front, "start --yes --keep --accept-cost 2").words(FLAGS);
    let ran = start.run().code(0).complains("Still costing money: run ").complains("about 0.0737 USD an hour");
    let id = ran.err.split("pllab clean ").nth(1).unwrap().trim().to_owned();
    assert_eq!(consented(&apart.journal()).unwrap()["how"], "accept-cost 2.00");
    for verb in ["labs list", "sandbox --differences", "labs show"] {
        let said = apart.pllab(verb).run().code(0).complains("Still costing money");
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
    apart.pllab("labs list").ja().run().code(0).complains("費用がかかり続けています").complains(&id);
    apart.pllab("completions bash").run().code(0).stderr("");
    apart.pllab("status").run().code(0).says("It costs about 0.0737 USD an hour").says("0.05 USD so far");
    let status = apart.pllab("status --output json").run().code(0).events();
    assert_eq!(status[0]["cost"]["per_hour"]["usd_micros"], 73_604);
    let ran = apart.pllab_on_aws(&front, "clean --yes").run().code(0);
    assert!(!ran.err.contains("Still costing"), "{}", ran.err);
    ran.says("What it cost").says("NLB nlb: from ").says("Together about 0.05 USD.");
    apart.pllab("labs list").run().code(0).stderr("");
}

#[test]
fn an_instructor_sees_what_forgotten_runs_cost_before_they_go() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    apart.pllab_on_aws(&front, "start --yes --keep --accept-cost 2 --learner aiko").words(FLAGS).run().code(0);
    let clean = |words: &str| {
        let elsewhere = apart.folder.path().join("instructor");
        apart.pllab_on_aws(&front, "clean --everyone").words(FLAGS).words(words).env("PLLAB_STATE_DIR", elsewhere)
    };
    for (lang, hour, sum) in
        [("en", "Per hour", "about 0.0737 USD an hour, 1.77 USD for a day"), ("ja", "1 時間あたり", "約 0.0737 米ドル")]
    {
        let ran = clean("").stdin("no\n").env("PLLAB_LANG", lang).run().code(1).clean();
        let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["aiko", hour, "0.0737", sum] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    let events = clean("--yes --confirm-everyone --output json").run().code(0).events();
    assert_eq!(events[0]["runs"][0]["per_hour"]["usd_micros"], 73_604);
    assert_eq!(receipt(&events), Some((17, 0, 0)));
}

#[test]
fn a_region_without_prices_says_so_and_a_ceiling_does_not_cover_it() {
    let apart = ProfiledSandbox::open("--pace instant --region eu-north-1");
    let front = apart.front();
    let start = |words: &str| apart.pllab_on_aws(&front, "start --yes --region eu-north-1").words(FLAGS).words(words);
    let ran =
        start("--accept-cost 100").run().code(4).says("not known").complains("the price of something is not known");
    ran.complains("--accept-cost any");
}

#[test]
fn an_endpoint_with_a_certificate_of_its_own() {
    let apart = ProfiledSandbox::open("--pace instant");
    let front = apart.front();
    let start = || apart.pllab("start --yes --profile provider --endpoint-url").arg(front.url());
    // A machine that does not know the certificate does not trust it.
    start().run().code(3).complains(&front.url());
    let ran = start().env("AWS_CA_BUNDLE", TlsProxy::bundle()).run().code(0).clean();
    ran.says("17 gone, 0 still there").says("on this machine");
    // An invalid bundle gives an error report, not a panic.
    let folder = apart.folder.path().to_owned();
    let bundles = [
        apart.folder.write("empty.pem", ""),
        apart.folder.write("text.pem", "no certificate"),
        apart.folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        folder.join("missing.pem"),
        folder,
    ];
    for bundle in bundles {
        for lang in ["en", "ja"] {
            let ran = start().env("AWS_CA_BUNDLE", &bundle).env("PLLAB_LANG", lang).run().code(2).clean();
            ran.complains("AWS_CA_BUNDLE").complains(&bundle.display().to_string());
        }
    }
}

#[test]
fn credentials_that_expire_pause_the_run_and_it_goes_on_with_new_ones() {
    let apart = ProfiledSandbox::open("--pace instant");
    let expired = Arc::new(AtomicBool::new(true));
    let shared = Arc::clone(&expired);
    let answer = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in \
                  the request is expired</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let wire = Wire::open(&apart.url, move |action| {
        let strikes = action == "CreateLoadBalancer" && shared.load(Ordering::SeqCst);
        if strikes { Fate::Answer(403, answer.to_owned()) } else { Fate::Pass }
    });
    let start = apart.pllab("start --yes --output json --profile provider --endpoint-url").arg(wire.url());
    let ran = start.run().code(3).clean();
    ran.complains("aws sso login --profile provider")
        .complains("aws login --profile provider")
        .complains("pllab resume");
    // The credentials are still expired.
    apart.pllab("resume --yes").ja().run().code(3).says("aws sso login --profile provider").says("もう一度確かめる");
    expired.store(false, Ordering::SeqCst);
    let resumed = apart.pllab("resume --yes --output json").run().code(0).events();
    assert_eq!(receipt(&resumed), Some((17, 0, 0)));
}

#[test]
fn credentials_of_another_account_sign_nothing() {
    let apart = ProfiledSandbox::open("--pace instant");
    let file = apart.folder.path().join(".aws/credentials");
    let own = std::fs::read_to_string(&file).expect("the profiles");
    // The learner signs in again, to the wrong account, and the first GetCallerIdentity fails.
    let others = own.replace("[provider]", "[x]").replace("[consumer]", "[provider]");
    let expired = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>";
    let trouble = "<ErrorResponse><Error><Code>InternalFailure</Code><Message>oops</Message></Error></ErrorResponse>";
    let (ends, asked) = (Arc::new(AtomicBool::new(true)), AtomicUsize::new(0));
    let (shared, place) = (Arc::clone(&ends), file.clone());
    let wire = Wire::open(&apart.url, move |action| match action {
        "CreateLoadBalancer" if shared.load(Ordering::SeqCst) => {
            std::fs::write(&place, &others).expect("the profiles are written");
            Fate::Answer(403, expired.to_owned())
        }
        // The second call; the first came at the run's beginning.
        "GetCallerIdentity" if asked.fetch_add(1, Ordering::SeqCst) == 1 => Fate::Answer(500, trouble.to_owned()),
        _ => Fate::Pass,
    });
    let start = apart.pllab("start --yes --profile provider --endpoint-url").arg(wire.url());
    start.run().code(3).says("the new credentials belong to account");
    assert!(wire.count("GetCallerIdentity") > 2, "whose they are is asked until there is an answer");
    ends.store(false, Ordering::SeqCst);
    std::fs::write(&file, own).expect("the profiles are written");
    apart.pllab("resume --yes").run().code(0).says("17 gone, 0 still there, 0 cannot tell");
}

#[test]
fn a_learner_who_signs_in_again_goes_on_at_the_menu() {
    let apart = ProfiledSandbox::open("--pace instant --fault CreateLoadBalancer:1:expired");
    let answers = "go\ngo\ngo\ngo\ngo\nagain\nleave\n";
    let start = apart.pllab("start --profile provider --endpoint-url").arg(&apart.url).stdin(answers);
    let ran = start.run().code(1).clean();
    ran.says("Your credentials have expired").says("Step 3/9 is done.");
    apart.pllab("clean --yes").run().code(0);
}

#[test]
fn without_the_permission_for_the_parameter_the_image_is_found_by_its_name() {
    let apart = ProfiledSandbox::open("--pace instant");
    // The first launch of each instance is refused, with EC2's form of a denial.
    let refused = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform: \
                   ssm:GetParameters</Message></Error></Errors><RequestID>r</RequestID></Response>";
    let launches = AtomicUsize::new(0);
    let wire = Wire::open(&apart.url, move |action| {
        let first = action == "RunInstances" && launches.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        if first { Fate::Answer(403, refused.to_owned()) } else { Fate::Pass }
    });
    let start = apart.pllab("start --yes --profile provider --endpoint-url").arg(wire.url());
    start.run().code(0).clean().says("looks it up by name").says("17 gone, 0 still there");
    let images: Vec<_> = wire.exchanges().iter().filter_map(|it| it.params.get("ImageId").cloned()).collect();
    assert_eq!(images.len(), 4);
    for pair in images.chunks(2) {
        assert!(pair[0].starts_with("resolve:ssm:") && pair[1].starts_with("ami-"), "{pair:?}");
    }
    let tokens: std::collections::BTreeSet<_> = wire
        .exchanges()
        .iter()
        .filter(|it| it.action == "RunInstances")
        .filter_map(|it| it.params.get("ClientToken").cloned())
        .collect();
    assert_eq!(tokens.len(), 4, "a token is never sent with other parameters");
}
