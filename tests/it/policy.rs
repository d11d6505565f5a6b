//! `pllab policy`, checked by an evaluator of our own: everything that a lab calls is allowed, and other people's
//! things are not.

mod by_hand;
mod drills;
mod evaluate;
mod needs;
mod places;

use std::collections::BTreeSet;

use serde_json::Value;

use self::evaluate::{Policy, Tags};
use self::needs::{Known, Need};
use super::harness::{Exchange, Fate, Folder, StandaloneSandbox, Wire};

/// A whole run of the lab, with `why` and the clean-up, as it went over the wire.
fn recorded(learner: &str, words: &str) -> Vec<Exchange> {
    let (sandbox, ours) = (StandaloneSandbox::open(""), Folder::new());
    let wire = Wire::open(&sandbox.url, |_| Fate::Pass);
    let program = ours.pllab(&format!("start --yes --keep --output json --learner {learner} {words} --endpoint-url"));
    sandbox.signed(program.arg(wire.url())).run().code(0);
    sandbox.signed(ours.pllab("why --output json")).run().code(0);
    sandbox.signed(ours.pllab("clean --yes --output json")).run().code(0);
    wire.exchanges()
}

fn policy(words: &str) -> Policy {
    let ran = Folder::new().pllab(&format!("policy {words} --output json")).run().code(0).stderr("");
    Policy::read(&ran.events()[0]["documents"])
}

/// Tags of other people's things: none, their own, another learner's, another lab's.
fn strangers() -> [Tags; 4] {
    let own = |key: &str, value: &str| (format!("pllab:{key}"), value.to_owned());
    [
        Tags::new(),
        [("Name".to_owned(), "production".to_owned())].into(),
        [own("lab", "privatelink"), own("learner", "ken"), own("run", "k3x9bc")].into(),
        [own("lab", "another"), own("learner", "aiko"), own("run", "k3x9bc")].into(),
    ]
}

/// Everything that a run needs, in order.
fn needed(exchanges: &[Exchange]) -> Vec<Need> {
    let mut known = Known::default();
    exchanges.iter().flat_map(|exchange| known.needs(exchange)).collect()
}

#[test]
fn every_call_of_a_run_is_allowed_and_every_statement_is_used() {
    for words in ["", "--set client=windows"] {
        let exchanges = recorded("aiko", words);
        let needs = needed(&exchanges);
        assert!(needs.len() > 100, "{}", needs.len());
        for learner in ["", "--learner aiko"] {
            let policy = policy(&format!("{learner} {words}"));
            let mut used = BTreeSet::new();
            for need in &needs {
                let by = policy.allows(need);
                assert!(by.is_some(), "not allowed: {need:#?}");
                used.extend(by);
            }
            let unused: Vec<&str> = policy.sids().filter(|sid| !used.contains(sid)).collect();
            assert!(unused.is_empty(), "no call needs {unused:?}");
            let asked: BTreeSet<&str> = needs.iter().map(|need| need.action.as_str()).collect();
            let spare: BTreeSet<&str> = policy.actions().filter(|action| !asked.contains(action)).collect();
            // Calls that a run makes only after trouble, to look for what may have been made or is left, and calls of
            // the detour.
            let trouble = [
                "ec2:RejectVpcEndpointConnections",
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroups",
            ];
            assert!(spare.iter().all(|action| trouble.contains(action)), "no call needs {spare:?}");
        }
    }
}

#[test]
fn what_is_a_strangers_is_not_touched() {
    let needs = needed(&recorded("aiko", ""));
    let policy = policy("--learner aiko");
    let mut tried = 0;
    for need in &needs {
        let Some(tags) = &need.resource_tags else { continue };
        assert!(tags.contains_key("pllab:run"), "the lab touches only what it has made: {need:#?}");
        for stranger in strangers() {
            let foreign = Need { resource_tags: Some(stranger), ..need.clone() };
            assert_eq!(policy.allows(&foreign), None, "{foreign:#?}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn what_is_made_is_tagged_small_and_inside() {
    let needs = needed(&recorded("aiko", ""));
    let policy = policy("--learner aiko");
    let made: Vec<&Need> = needs.iter().filter(|need| need.makes).collect();
    assert!(made.len() >= 15, "{}", made.len());
    for need in made {
        for key in ["aws:RequestTag/pllab:lab", "aws:RequestTag/pllab:learner"] {
            let mut untagged = need.clone();
            untagged.context.remove(key);
            assert_eq!(policy.allows(&untagged), None, "without {key}: {need:#?}");
            let mut other = need.clone();
            other.context.insert(key.to_owned(), ["ken".to_owned()].into());
            assert_eq!(policy.allows(&other), None, "{key} of someone else: {need:#?}");
        }
        let mut elsewhere = need.clone();
        elsewhere.resource = need.resource.replace("ap-northeast-1", "us-east-1");
        assert_eq!(policy.allows(&elsewhere), None, "in another region: {need:#?}");
    }
    for (action, key, value) in [
        ("ec2:RunInstances", "ec2:InstanceType", "m5.24xlarge"),
        ("ec2:RunInstances", "ec2:MetadataHttpTokens", "optional"),
        ("ec2:RunInstances", "ec2:Owner", "111122223333"),
        ("ec2:CreateVpcEndpoint", "ec2:VpceServiceName", "com.amazonaws.ap-northeast-1.kms"),
        ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:Scheme", "internet-facing"),
        ("ec2:CreateTags", "ec2:CreateAction", "CreateNatGateway"),
        ("elasticloadbalancing:AddTags", "elasticloadbalancing:CreateAction", "CreateRule"),
        ("iam:CreateServiceLinkedRole", "iam:AWSServiceName", "spot.amazonaws.com"),
    ] {
        let tried: Vec<&Need> = needs.iter().filter(|it| it.action == action && it.context.contains_key(key)).collect();
        assert!(!tried.is_empty(), "{action} {key}");
        for need in tried {
            let mut larger = need.clone();
            larger.context.insert(key.to_owned(), [value.to_owned()].into());
            assert_eq!(policy.allows(&larger), None, "{larger:#?}");
        }
    }
    // Only new resources may get tags: otherwise a tag could turn other people's things into the lab's own.
    let tag = needs.iter().find(|need| need.action == "ec2:CreateTags").expect("things are tagged");
    let mut later = tag.clone();
    later.context.remove("ec2:CreateAction");
    assert_eq!(policy.allows(&later), None);
}

#[test]
fn the_halves_are_enough_for_their_sides_and_no_more() {
    let (provider, consumer) = (policy("--side provider"), policy("--side consumer"));
    let both = policy("");
    for action in provider.actions().chain(consumer.actions()) {
        assert!(both.actions().any(|it| it == action), "{action}");
    }
    for (action, sides) in [
        ("elasticloadbalancing:CreateLoadBalancer", (true, false)),
        ("ec2:AcceptVpcEndpointConnections", (true, false)),
        ("ec2:CreateVpc", (true, true)),
    ] {
        let has = |policy: &Policy| policy.actions().any(|it| it == action);
        assert_eq!((has(&provider), has(&consumer)), sides, "{action}");
    }
}

#[test]
#[cfg(unix)]
fn the_way_of_browse_is_allowed_where_it_is_asked_for() {
    let stage = super::browse::Stage::set("--learner aiko");
    stage.browse();
    stage.pllab("clean --yes --output json").run().code(0);
    let needs = needed(&stage.exchanges());
    assert!(needs.iter().any(|need| need.action == "ec2:CreateInstanceConnectEndpoint"));
    let (with, without) = (policy("--learner aiko --with browse,doctor"), policy("--learner aiko"));
    for need in &needs {
        assert!(with.allows(need).is_some(), "not allowed: {need:#?}");
    }
    assert!(needs.iter().any(|need| without.allows(need).is_none()), "the lab itself needs none of it");
    // A Windows desktop needs its password instead of an SSH key.
    let desktop = policy("--with browse --set client=windows");
    let has = |policy: &Policy, action: &str| policy.actions().any(|it| it == action);
    assert!(has(&desktop, "ec2:GetPasswordData") && !has(&desktop, "ec2-instance-connect:SendSSHPublicKey"));
    assert!(!has(&with, "ec2:GetPasswordData"));
    for action in ["ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey"] {
        assert!(with.actions().any(|it| it == action), "{action}");
        assert!(
            !policy("--side provider --with browse").actions().any(|it| it == action),
            "the client is the consumer's"
        );
    }
}

#[test]
fn every_verb_about_a_run_is_allowed() {
    let (sandbox, ours, other) = (StandaloneSandbox::open(""), Folder::new(), Folder::new());
    let wire = Wire::open(&sandbox.url, |_| Fate::Pass);
    let pllab = |machine: &Folder, words: &str| sandbox.signed(machine.pllab(&words.replace("URL", &wire.url()))).run();
    pllab(&ours, "start --yes --keep --output json --learner aiko --endpoint-url URL").code(0);
    let asked = wire.exchanges().len();
    for verb in ["status", "report", "labs list"] {
        pllab(&ours, verb).code(0);
    }
    for step in ["provider-vpc", "web-server", "nlb", "endpoint-service", "consumer-vpc", "acceptance", "proof"] {
        pllab(&ours, &format!("check {step}")).code(0);
    }
    assert!(wire.exchanges().len() > asked + 10, "they look at the account");
    // Another machine, which knows of nothing.
    pllab(&other, "clean --all --yes --learner aiko --endpoint-url URL").code(0);
    let (zones, rest): (Vec<Exchange>, Vec<Exchange>) =
        wire.exchanges().into_iter().partition(|exchange| exchange.service == "route53");
    // The lab makes no hosted zone, so its policy allows no look at any; the program says so, and continues.
    assert!(zones.iter().all(|it| it.action.starts_with("GET ")), "{zones:?}");
    let policy = policy("--learner aiko");
    let needs = needed(&rest);
    let denied: Vec<&Need> = needs.iter().filter(|need| policy.allows(need).is_none()).collect();
    assert!(denied.is_empty(), "{denied:#?}");
    assert!(needs.iter().any(|need| need.action == "elasticloadbalancing:DescribeTags"), "by tag");
}

#[test]
fn the_doctor_and_an_instructors_clean_up_are_allowed() {
    let (sandbox, ours, other) =
        (StandaloneSandbox::open("--quota L-F678F1CE=20 --quota L-1216C47A=20"), Folder::new(), Folder::new());
    let wire = Wire::open(&sandbox.url, |_| Fate::Pass);
    let pllab = |machine: &Folder, words: &str| sandbox.signed(machine.pllab(&words.replace("URL", &wire.url()))).run();
    pllab(&ours, "start --yes --keep --output json --learner aiko --endpoint-url URL").code(0);
    pllab(&other, "doctor --learner aiko --learners 2 --endpoint-url URL").code(0);
    let (of_all, asked) = (|it: &Exchange| it.service != "route53", wire.exchanges().len());
    pllab(&other, "clean --everyone --yes --confirm-everyone --endpoint-url URL").code(0);
    let mut known = Known::default();
    let exchanges = wire.exchanges();
    let mut needs = |part: &[Exchange]| -> Vec<Need> {
        part.iter().filter(|it| of_all(it)).flat_map(|it| known.needs(it)).collect()
    };
    let (before, cleaning) = (needs(&exchanges[..asked]), needs(&exchanges[asked..]));
    let (doctor, instructor, ken) = (policy("--learner aiko --with doctor"), policy(""), policy("--learner ken"));
    // A dry run on something that does not exist may be refused; doctor then says that it cannot tell.
    for need in before.iter().filter(|it| !it.is_of_nothing()) {
        assert!(doctor.allows(need).is_some(), "{need:#?}");
    }
    let (mut changes, mut looks) = (0, 0);
    for need in &cleaning {
        assert!(instructor.allows(need).is_some(), "{need:#?}");
        if need.resource_tags.is_some() {
            assert!(ken.allows(need).is_none(), "{need:#?}");
            changes += 1;
        } else {
            looks += 1;
        }
    }
    assert!(changes >= 15 && looks >= 15, "{changes} {looks}");
}

#[test]
fn it_is_printed_ready_to_paste() {
    for lang in ["en", "ja"] {
        let ran = Folder::new().pllab("policy").env("PLLAB_LANG", lang).run().code(0).stderr("").clean();
        let document: Value = serde_json::from_str(&ran.out).expect("one JSON document");
        assert_eq!(document["Version"], "2012-10-17");
        let bad =
            Folder::new().pllab("policy --learner").arg("愛子 さん").env("PLLAB_LANG", lang).run().code(2).stdout("");
        bad.complains("愛子 さん");
    }
}
