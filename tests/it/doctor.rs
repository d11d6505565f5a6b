//! `pllab doctor`: its findings, its words, and that it changes nothing.

use std::collections::BTreeSet;

use super::harness::{Exchange, Fate, Folder, Line, ProfiledSandbox, Program, Screen, StandaloneSandbox, Wire};

/// pllab on a machine that calls `url` with the sandbox's keys.
fn pllab(place: &StandaloneSandbox, machine: &Folder, url: &str, words: &str) -> Program {
    place.signed(machine.pllab(words).arg("--endpoint-url").arg(url))
}

/// The rows of one check.
fn rows<'e>(events: &'e [Line], check: &str) -> Vec<&'e Line> {
    events.iter().filter(|event| event["event"] == "doctor_check" && event["check"] == check).collect()
}

fn state<'e>(events: &'e [Line], check: &str) -> &'e str {
    rows(events, check)[0]["state"].as_str().expect("a state")
}

fn verdict(events: &[Line]) -> &Line {
    events.last().filter(|event| event["event"] == "doctor").expect("the last word")
}

#[test]
fn an_account_that_can_run_the_lab_and_what_forty_learners_need() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    let wire = Wire::open(&place.url, |_| Fate::Pass);
    let one = pllab(&place, &machine, &wire.url(), "doctor --output json").run().code(0).events();
    assert_eq!(verdict(&one)["verdict"], "can");
    for check in ["identity", "clock", "may_read", "may_make", "zones", "leftovers", "records"] {
        assert_eq!(state(&one, check), "ok", "{check}");
    }
    assert_eq!(state(&one, "linked_role"), "unknown", "nothing of ELB exists yet");
    assert_eq!(state(&one, "untried"), "unknown", "ELB has no dry run");
    assert!(rows(&one, "quota").len() >= 7);
    // Two groups and each VPC's default one, on both sides; web, NLB, endpoint and client.
    let seen = |what: &str| {
        let row = rows(&one, "quota").into_iter().find(|row| row["seen"].as_str().is_some_and(|it| it.contains(what)));
        row.unwrap_or_else(|| panic!("{what}: {:#?}", rows(&one, "quota"))).clone()
    };
    assert!(seen("quota 2500")["seen"].as_str().is_some_and(|seen| seen.starts_with("need 6 more")));
    assert!(seen("quota 5000")["seen"].as_str().is_some_and(|seen| seen.starts_with("need 4 more")));
    let each = rows(&one, "quota_of_vpc")[0]["seen"].as_str().expect("words").to_owned();
    assert_eq!(each, "1 of 200 subnets, 2 of 200 route tables, 1 of 50 interface endpoints");
    assert!(rows(&one, "endpoint_services")[0]["seen"].as_str().is_some_and(|seen| seen.contains("no quota")));
    assert!(rows(&one, "quota").iter().all(|row| row["state"] == "ok"), "{:#?}", rows(&one, "quota"));
    let changed: Vec<_> =
        wire.exchanges().into_iter().filter(|it| it.params.get("DryRun").is_none_or(|it| it != "true")).collect();
    assert!(
        changed.iter().all(|it| ["Describe", "Get", ""].iter().any(|read| it.action.starts_with(read))),
        "it only reads"
    );
    assert!(changed.iter().all(|it| !it.action.starts_with("Create")), "it only reads");

    let class = pllab(&place, &machine, &place.url, "doctor --learners 40 --output json").run().code(1).events();
    let said = verdict(&class);
    assert_eq!(said["verdict"], "cannot");
    let asked: Vec<(&str, u64)> = said["quotas"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| (it["code"].as_str().expect("a code"), it["wanted"].as_u64().expect("a number")))
        .collect();
    let wanted = |code: &str| asked.iter().find(|(it, _)| *it == code).map(|(_, wanted)| *wanted);
    let vpcs = wanted("L-F678F1CE").expect("VPCs are too few");
    assert!((80..=81).contains(&vpcs), "two each, and the default one: {vpcs}");
    assert_eq!(wanted("L-1216C47A"), Some(160), "two instances of two vCPUs each");
    assert_eq!(wanted("L-1B52E74A"), Some(40), "a gateway endpoint each");
    assert_eq!(wanted("L-69A177A2"), None, "fifty NLBs are enough");
    assert_eq!(state(&class, "connect_endpoints"), "problem", "five, and AWS does not raise it");

    let small = StandaloneSandbox::open("--quota L-29B6F2EB=0 --quota L-407747CB=200");
    let events = pllab(&small, &machine, &small.url, "doctor --output json").run().code(1).events();
    assert_eq!(verdict(&events)["quotas"][0]["code"], "L-29B6F2EB", "{:#?}", verdict(&events));
    let raised = StandaloneSandbox::open("--quota L-F678F1CE=100 --quota L-1216C47A=200 --quota L-1B52E74A=60");
    let class = pllab(&raised, &machine, &raised.url, "doctor --learners 40 --output json").run().code(0).events();
    assert_eq!(verdict(&class)["verdict"], "can");
}

#[test]
fn what_it_says_to_people() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    for (lang, can, cannot, ask) in [
        ("en", "This account can run privatelink for one learner.", "cannot run privatelink for 40", "Service Quotas"),
        ("ja", "を 1 人分実行できます", "40 人分実行できません", "申請"),
    ] {
        let one = pllab(&place, &machine, &place.url, "doctor").env("PLLAB_LANG", lang).run().code(0).clean();
        assert!(one.out.contains(can), "{}", one.out);
        let class =
            pllab(&place, &machine, &place.url, "doctor --learners 40").env("PLLAB_LANG", lang).run().code(1).clean();
        for part in [cannot, ask, "L-F678F1CE", "L-1216C47A"] {
            assert!(class.out.contains(part), "{part}: {}", class.out);
        }
        let alone = machine.pllab("doctor").env("PLLAB_LANG", lang).run().code(0).clean();
        assert!(alone.out.contains("pllab doctor --target aws"), "{}", alone.out);
    }
}

/// Only `browse` needs them, so they do not make `doctor` fail.
#[test]
#[cfg(unix)]
fn the_programs_that_browse_calls_are_looked_for() {
    use std::os::unix::fs::PermissionsExt as _;
    for (aws, state_of_aws) in [("aws-cli/1.46.3", "problem"), ("aws-cli/2.31.0", "ok"), ("", "problem")] {
        let machine = Folder::new();
        let tools = [("aws", format!("echo '{aws} Python/3.13'")), ("ssh", "echo OpenSSH_9.9 >&2".to_owned())];
        for (name, does) in tools.into_iter().filter(|_| !aws.is_empty()) {
            let path = machine.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{does}\n"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
        }
        let doctor = machine.pllab("doctor --output json").env("PATH", machine.path().join("bin"));
        let events = doctor.run().code(0).events();
        let state_of_ssh = if aws.is_empty() { "problem" } else { "ok" };
        assert_eq!((state(&events, "aws_cli"), state(&events, "ssh")), (state_of_aws, state_of_ssh), "{aws}");
        assert_eq!(rows(&events, "aws_cli")[0]["needed"], false);
    }
}

#[test]
fn what_earlier_runs_left_is_told_by_whose_it_is() {
    let place = StandaloneSandbox::open("--quota L-F678F1CE=20 --quota L-1216C47A=20");
    let machine = Folder::new();
    pllab(&place, &machine, &place.url, "start --yes --keep --output json --learner aiko").run().code(0);
    let mine = pllab(&place, &machine, &place.url, "doctor --output json --learner aiko").run().code(0).events();
    let row = rows(&mine, "leftovers")[0];
    assert_eq!(row["state"], "problem");
    assert!(row["command"].as_str().is_some_and(|it| it.starts_with("pllab clean --all --endpoint-url")), "{row}");
    assert_eq!(state(&mine, "linked_role"), "ok", "a load balancer exists");
    let others = pllab(&place, &machine, &place.url, "doctor --output json --learner ken").run().code(0).events();
    let row = rows(&others, "leftovers")[0];
    assert!(row["command"].as_str().is_some_and(|it| it.starts_with("pllab clean --everyone")), "{row}");
}

#[test]
fn commands_stand_whole_on_their_own_lines() {
    let place = StandaloneSandbox::open("--quota L-F678F1CE=20 --quota L-1216C47A=20");
    let machine = Folder::new();
    pllab(&place, &machine, &place.url, "start --yes --keep --output json --learner aiko").run().code(0);
    let wire = Wire::open(&place.url, |action| match action {
        "CreateVpc" | "DescribeVpcEndpointServices" => {
            Fate::Answer(403, refusal("UnauthorizedOperation", "not authorized"))
        }
        _ => Fate::Pass,
    });
    let keys = [("AWS_ACCESS_KEY_ID", place.key.as_str()), ("AWS_SECRET_ACCESS_KEY", place.secret.as_str())];
    for lang in ["en", "ja"] {
        let env = [keys.as_slice(), &[("PLLAB_LANG", lang), ("AWS_EC2_METADATA_DISABLED", "true")]].concat();
        let words = format!("doctor --learner aiko --endpoint-url {}", wire.url());
        let mut screen = Screen::open(&machine, &words, (80, 60), &env);
        assert_eq!(screen.end(), 1);
        let clean = format!("pllab clean --all --endpoint-url {}", wire.url());
        let lines = screen.history();
        for command in ["pllab policy privatelink", clean.as_str()] {
            let times = lines.iter().filter(|line| *line == command).count();
            assert_eq!(times, 1, "{command}:\n{}", lines.join("\n"));
        }
        assert_eq!(screen.too_wide(), Vec::<String>::new());
        let mut screen = Screen::open(&machine, "doctor", (80, 60), &[("PLLAB_LANG", lang)]);
        assert_eq!(screen.end(), 0);
        assert!(screen.history().iter().any(|line| line == "pllab doctor --target aws"), "{:?}", screen.history());
    }
}

fn refusal(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>wire</RequestID></Response>"
    )
}

#[test]
fn permissions_that_are_missing_are_named() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    for (denied, check, code) in
        [("CreateVpc", "may_make", 1), ("DescribeSubnets", "may_read", 1), ("GetServiceQuota", "quota", 0)]
    {
        let wire = Wire::open(&place.url, move |action| match action {
            _ if action == denied => {
                Fate::Answer(403, refusal("UnauthorizedOperation", "You are not authorized to perform this operation."))
            }
            _ => Fate::Pass,
        });
        let events = pllab(&place, &machine, &wire.url(), "doctor --output json").run().code(code).events();
        let wanted = if code == 1 { "problem" } else { "unknown" };
        assert!(rows(&events, check).iter().any(|row| row["state"] == wanted), "{denied}: {:#?}", rows(&events, check));
        if code == 1 {
            assert!(rows(&events, check)[0]["seen"].as_str().is_some_and(|seen| seen.contains(denied)), "{denied}");
        }
    }
}

/// Every EC2 change that the lab makes is tried as a dry run in both accounts; nothing is changed.
#[test]
fn every_dry_run_there_is_is_made_in_both_accounts() {
    let apart = ProfiledSandbox::open("--pace instant");
    let wire = Wire::open(&apart.url, |_| Fate::Pass);
    for lab in ["privatelink", "private-dns"] {
        let words = format!("doctor {lab} --output json --profile provider --consumer-profile consumer --endpoint-url");
        let events = apart.pllab(&words).arg(wire.url()).run().code(0).events();
        let told = rows(&events, "may_make").into_iter().map(|row| (row["side"].clone(), row["state"].clone()));
        assert_eq!(told.collect::<Vec<_>>(), [("provider".into(), "ok".into()), ("consumer".into(), "ok".into())]);
    }
    let tried = |account: usize| -> BTreeSet<String> {
        let key = apart.keys()[account][1].clone();
        let dry = |it: &Exchange| it.key == key && it.params.get("DryRun").is_some_and(|dry| dry == "true");
        wire.exchanges().into_iter().filter(dry).map(|it| it.action).collect()
    };
    let both = [
        "CreateSecurityGroup",
        "CreateSubnet",
        "CreateVpc",
        "CreateVpcEndpoint",
        "DeleteSecurityGroup",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteVpcEndpoints",
        "RunInstances",
        "TerminateInstances",
    ];
    let providers = [
        "AcceptVpcEndpointConnections",
        "AssociateRouteTable",
        "AuthorizeSecurityGroupIngress",
        "CreateRouteTable",
        "CreateVpcEndpointServiceConfiguration",
        "DeleteRouteTable",
        "DeleteVpcEndpointServiceConfigurations",
        "DisassociateRouteTable",
        "ModifyVpcEndpointServiceConfiguration",
        "ModifyVpcEndpointServicePermissions",
        "RejectVpcEndpointConnections",
        "StartVpcEndpointServicePrivateDnsVerification",
    ];
    let (provider, consumer) = (tried(0), tried(1));
    for operation in both {
        assert!(provider.contains(operation) && consumer.contains(operation), "{operation}");
    }
    assert!(providers.iter().all(|it| provider.contains(*it)), "{provider:?}");
    assert!(!consumer.contains("CreateVpcEndpointServiceConfiguration"), "{consumer:?}");
    let read = |it: &Exchange| ["Describe", "Get", "List", "GET "].iter().any(|read| it.action.starts_with(read));
    assert!(wire.exchanges().iter().all(|it| it.params.contains_key("DryRun") || read(it)), "it only reads");
}

/// A refusal that may only mean that nothing carries the lab's tags yet does not count as one; a refusal that names
/// the action does.
#[test]
fn what_a_dry_run_cannot_tell_is_said_to_be_so() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    let seen = |message: &'static str| {
        let wire = Wire::open(&place.url, move |action| match action {
            "DeleteVpc" => Fate::Answer(403, refusal("UnauthorizedOperation", message)),
            _ => Fate::Pass,
        });
        let ran = pllab(&place, &machine, &wire.url(), "doctor --output json").run();
        let events = ran.events();
        let of = |check| rows(&events, check)[0].clone();
        (ran.code, of("may_make"), of("untried")["seen"].as_str().expect("words").to_owned())
    };
    let number = |words: &str| -> u32 { words.split(' ').next().and_then(|it| it.parse().ok()).expect("a number") };
    let pass = Wire::open(&place.url, |_| Fate::Pass);
    let events = pllab(&place, &machine, &pass.url(), "doctor --output json").run().code(0).events();
    let before = number(rows(&events, "untried")[0]["seen"].as_str().expect("words"));
    let (code, make, untried) = seen("You are not authorized to perform this operation.");
    assert_eq!((code, &make["state"], number(&untried)), (Some(0), &"ok".into(), before + 1));
    let (code, make, _) =
        seen("not authorized to perform: ec2:DeleteVpc with an explicit deny in a service control policy");
    assert_eq!((code, &make["state"]), (Some(1), &"problem".into()));
    assert!(make["seen"].as_str().is_some_and(|it| it.contains("DeleteVpc")), "{make}");
}

/// If an endpoint executes a dry run, pllab deletes what it made at once, tries no other, and reports what stays.
#[test]
fn what_an_endpoint_without_dry_runs_has_made_does_not_stay() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    let made = "<CreateVpcResponse><vpc><vpcId>vpc-0123456789abcdef0</vpcId></vpc></CreateVpcResponse>";
    for (kept, told, code) in [(false, "unknown", 0), (true, "problem", 1)] {
        let wire = Wire::open(&place.url, move |action| match action {
            "CreateVpc" => Fate::Answer(200, made.to_owned()),
            "DeleteVpc" if kept => Fate::Answer(403, refusal("UnauthorizedOperation", "not authorized")),
            _ => Fate::Pass,
        });
        let events = pllab(&place, &machine, &wire.url(), "doctor --output json").run().code(code).events();
        assert_eq!((state(&events, "may_make"), wire.count("CreateSubnet")), (told, 0));
        let deleted = wire.exchanges().into_iter().find(|it| it.action == "DeleteVpc").expect("it is deleted");
        assert_eq!(deleted.params["VpcId"], "vpc-0123456789abcdef0");
        assert_eq!(rows(&events, "may_make")[0]["todo"].is_string(), kept);
    }
}

#[test]
fn a_clock_that_is_off_and_a_place_that_does_not_answer() {
    let place = StandaloneSandbox::open("");
    let machine = Folder::new();
    let wire = Wire::open(&place.url, |action| match action {
        "GetCallerIdentity" => Fate::Answer(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature expired: \
             20261125T200000Z is now earlier than 20261125T201000Z</Message></Error></ErrorResponse>"
                .to_owned(),
        ),
        _ => Fate::Pass,
    });
    let events = pllab(&place, &machine, &wire.url(), "doctor --output json").run().code(3).events();
    assert_eq!((state(&events, "identity"), state(&events, "clock")), ("problem", "problem"));
    let events = pllab(&place, &machine, "http://127.0.0.1:9", "doctor --output json").run().code(3).events();
    assert_eq!((state(&events, "identity"), state(&events, "clock")), ("problem", "unknown"));
}
