//! An account that several learners share: what is found by tag from any machine, and what is never touched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pllab::inside::cloud::{Clients, ConnectOptions, connect};
use serde_json::{Value, json};

use super::harness::{
    Exchange, Fate, Folder, ProfiledSandbox, Program, StandaloneSandbox, Wire, ec2, elb, get, receipt, route53,
};

/// A sandbox of its own with room for several labs.
struct RefusalLab(StandaloneSandbox);

impl RefusalLab {
    fn open() -> Self {
        Self(StandaloneSandbox::open("--quota L-F678F1CE=20 --quota L-1216C47A=20"))
    }

    /// The program on a learner's machine; `URL` in its words is replaced by the sandbox's URL.
    fn pllab(&self, machine: &Folder, words: &str) -> Program {
        self.through(&self.0.url, machine, words)
    }

    fn through(&self, url: &str, machine: &Folder, words: &str) -> Program {
        self.0.signed(machine.pllab(&words.replace("URL", url)))
    }

    /// Asks the account itself.
    fn ask<T>(&self, question: impl AsyncFnOnce(Clients) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
        runtime.block_on(async {
            let options = ConnectOptions {
                region: "ap-northeast-1".to_owned(),
                endpoint_url: Some(self.0.url.clone()),
                keys: Some((self.0.key.clone(), self.0.secret.clone())),
                ..ConnectOptions::default()
            };
            question(connect(&options).await.expect("the options are good")).await
        })
    }

    /// The learners who still have tagged things here.
    fn learners(&self) -> Vec<String> {
        let mut learners = self.ask(async |clients| {
            let filters = json!([{ "Name": "key", "Values": ["pllab:learner"] }]);
            let reply = ec2(&clients, "DescribeTags", json!({ "Filters": filters })).await.expect("tags are told");
            let mut learners = Vec::new();
            for tag in reply["Tags"].as_array().into_iter().flatten() {
                // A terminated instance keeps its tags for an hour.
                if tag["ResourceType"] != "instance" {
                    learners.push(get(tag, "Value"));
                }
            }
            learners
        });
        learners.sort();
        learners.dedup();
        learners
    }

    fn balancers(&self) -> usize {
        self.ask(async |clients| {
            let reply = elb(&clients, "DescribeLoadBalancers", json!({})).await.expect("load balancers are told");
            reply["LoadBalancers"].as_array().map_or(0, Vec::len)
        })
    }
}

#[test]
fn a_learners_leftovers_are_found_from_any_machine_and_nobody_elses() {
    let place = RefusalLab::open();
    let (aiko, ken, other) = (Folder::new(), Folder::new(), Folder::new());
    for (machine, learner) in [(&aiko, "aiko"), (&ken, "ken")] {
        let words = format!("start --yes --keep --output json --learner {learner} --endpoint-url URL");
        place.pllab(machine, &words).run().code(0);
    }
    let own = place.ask(async |clients| {
        let reply =
            ec2(&clients, "CreateVpc", json!({ "CidrBlock": "10.9.0.0/16" })).await.expect("a VPC of one's own");
        get(&reply, "Vpc.VpcId")
    });

    // A learner who has nothing here, without an answer to the question.
    let nobody = place.pllab(&other, "clean --all --learner nobody --endpoint-url URL").run().code(0).clean();
    assert!(nobody.out.contains("--learner NAME") && nobody.out.contains("2 other learners"), "{}", nobody.out);
    place
        .pllab(&other, "clean --all --learner aiko --endpoint-url URL")
        .run()
        .code(2)
        .complains("pllab clean --all --yes");

    let ran = place.pllab(&other, "clean --all --yes --learner aiko --output json --endpoint-url URL").run().code(0);
    let events = ran.events();
    assert_eq!(events[0]["event"], "leftovers");
    assert_eq!(events[0]["runs"].as_array().map(Vec::len), Some(1), "{}", events[0]);
    assert_eq!(events[0]["runs"][0]["run"], aiko.run_id().as_str());
    assert_eq!(receipt(&events), Some((17, 0, 0)));
    assert_eq!(place.learners(), ["ken"]);
    // The run's own machine notices at the next look.
    let events = place.pllab(&aiko, "clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events).map(|(_, left, unknown)| (left, unknown)), Some((0, 0)));

    // For everyone: neither `--yes` alone nor silence is enough.
    for lang in ["en", "ja"] {
        let all = |words: &str| place.pllab(&other, words).env("PLLAB_LANG", lang).run();
        all("clean --everyone --yes --endpoint-url URL").code(4).stdout("").clean().complains("--confirm-everyone");
        all("clean --everyone --endpoint-url URL").code(2).clean().complains("--confirm-everyone");
        all("clean --everyone").code(2).complains("--target aws");
    }
    assert_eq!(place.learners(), ["ken"]);
    let words = "clean --everyone --yes --confirm-everyone --output json --endpoint-url URL";
    let events = place.pllab(&other, words).run().code(0).events();
    assert_eq!(receipt(&events), Some((17, 0, 0)));
    assert_eq!((place.learners(), place.balancers()), (Vec::new(), 0));
    let untouched = place.ask(async |clients| ec2(&clients, "DescribeVpcs", json!({ "VpcIds": [own] })).await.is_ok());
    assert!(untouched, "what carries no tag is nobody's to delete");
    let nothing = place.pllab(&other, "clean --everyone --endpoint-url URL").run().code(0);
    assert!(nothing.out.contains("Nothing with pllab's tags"), "{}", nothing.out);
}

#[test]
fn a_hosted_zone_is_found_from_any_machine_too() {
    let place = RefusalLab::open();
    let (aiko, other) = (Folder::new(), Folder::new());
    let words = "start private-dns --yes --keep --output json --learner aiko --endpoint-url URL";
    place.pllab(&aiko, words).run().code(0);
    let theirs = place.ask(async |clients| {
        let params = json!({ "Name": "elsewhere.example", "CallerReference": "mine" });
        get(&route53(&clients, "CreateHostedZone", params).await.expect("a zone of one's own"), "HostedZone.Id")
    });
    let ran = place.pllab(&other, "clean --all --yes --learner aiko --output json --endpoint-url URL").run().code(0);
    let events = ran.events();
    let (gone, left, unknown) = receipt(&events).expect("a receipt");
    assert_eq!((left, unknown), (0, 0), "{gone} gone");
    let zone = events.iter().rev().find(|it| it["event"] == "receipt").expect("a receipt")["items"].clone();
    let zone = zone.as_array().into_iter().flatten().find(|it| it["kind"] == "hosted_zone").cloned();
    assert_eq!(zone.expect("the zone was found")["state"], "gone");
    let zones = place.ask(async |clients| {
        let reply = route53(&clients, "ListHostedZones", json!({})).await.expect("zones are told");
        reply["HostedZones"].as_array().into_iter().flatten().map(|it| get(it, "Id")).collect::<Vec<_>>()
    });
    assert_eq!(zones, [theirs], "what is not pllab's stays");
}

#[test]
fn hosted_zones_that_may_not_be_looked_for_are_said_and_hold_nothing_up() {
    let place = RefusalLab::open();
    let (aiko, other) = (Folder::new(), Folder::new());
    place.pllab(&aiko, "start --yes --keep --output json --learner aiko --endpoint-url URL").run().code(0);
    let denied = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error>\
                  </ErrorResponse>";
    let wire = Wire::open(&place.0.url, move |action| match action {
        _ if action.starts_with("GET /2013-04-01/hostedzone") => Fate::Answer(403, denied.to_owned()),
        _ => Fate::Pass,
    });
    let ran = place.through(&wire.url(), &other, "clean --all --yes --learner aiko --endpoint-url URL").run().code(0);
    ran.complains("Hosted zones").says("17 gone, 0 still there");
}

#[test]
fn a_tag_never_becomes_a_path() {
    let place = RefusalLab::open();
    let machine = Folder::new();
    place.ask(async |clients| {
        let tags: Vec<Value> =
            [("pllab:run", "../../escaped"), ("pllab:lab", "privatelink"), ("pllab:learner", "aiko")]
                .map(|(key, value)| json!({ "Key": key, "Value": value }))
                .into();
        let tags = json!([{ "ResourceType": "vpc", "Tags": tags }]);
        let params = json!({ "CidrBlock": "10.9.0.0/16", "TagSpecifications": tags });
        ec2(&clients, "CreateVpc", params).await.expect("anybody may write any tag");
    });
    let before = machine.files();
    let ran = place.pllab(&machine, "clean --all --yes --learner aiko --endpoint-url URL").run().code(4);
    ran.complains("../../escaped");
    assert_eq!(machine.files(), before);
    assert_eq!(place.learners(), ["aiko"], "and nothing of it is touched");
}

/// Keeps a run; later commands on its machine go over the wire.
fn kept(place: &RefusalLab, machine: &Folder, wire: &Wire) {
    let words = "start --yes --keep --output json --endpoint-url URL";
    place.through(&wire.url(), machine, words).run().code(0);
}

#[test]
fn what_a_learner_put_into_the_vpc_is_named_and_holds_it() {
    let place = RefusalLab::open();
    let machine = Folder::new();
    let wire = Wire::open(&place.0.url, |_| Fate::Pass);
    kept(&place, &machine, &wire);
    let vpc = machine.journal().iter().find_map(|line| {
        line["facts"]["id"]
            .as_str()
            .filter(|id| id.starts_with("vpc-") && line["event"] == "outcome")
            .map(str::to_owned)
    });
    let vpc = vpc.expect("a VPC was made");
    let group = place.ask(async |clients| {
        let params = json!({ "GroupName": "mine", "Description": "mine", "VpcId": vpc });
        get(&ec2(&clients, "CreateSecurityGroup", params).await.expect("a group of one's own"), "GroupId")
    });
    let ran = place.through(&wire.url(), &machine, "clean --yes --output json").run().code(1);
    let events = ran.events();
    let (gone, left, unknown) = receipt(&events).expect("a receipt");
    assert_eq!((gone, left, unknown), (16, 2, 0), "all but the VPC, and the group that keeps it");
    let items = events.iter().rev().find(|it| it["event"] == "receipt").expect("a receipt")["items"].clone();
    let foreign: Vec<&Value> = items.as_array().into_iter().flatten().filter(|it| it["foreign"] == true).collect();
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    assert_eq!(foreign[0]["id"], group.as_str());
    assert_eq!(wire.count("DeleteVpc"), 2, "one for each VPC: asking again would not help");
    assert!(wire.exchanges().iter().all(|it| !deletes(it, &group)), "it is not ours to delete");
    for lang in ["en", "ja"] {
        let shown =
            place.through(&wire.url(), &machine, "clean --yes --plain").env("PLLAB_LANG", lang).run().code(1).clean();
        assert!(shown.out.contains(&group) && shown.out.contains(&vpc), "{}", shown.out);
    }
    place.ask(async |clients| {
        ec2(&clients, "DeleteSecurityGroup", json!({ "GroupId": group })).await.expect("the learner deletes it");
    });
    let events = place.through(&wire.url(), &machine, "clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events), Some((17, 0, 0)));
}

fn deletes(exchange: &Exchange, id: &str) -> bool {
    exchange.action.starts_with("Delete") && exchange.params.values().any(|value| value == id)
}

#[test]
fn a_look_that_is_denied_or_throttled_is_never_gone() {
    let denied = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this \
                  operation.</Message></Error></Errors><RequestID>wire</RequestID></Response>";
    let broken = "<Response><Errors><Error><Code>InternalError</Code><Message>An internal error has occurred</Message></Error>\
                  </Errors><RequestID>wire</RequestID></Response>";
    for (blind, status, answer) in [
        ("DescribeNetworkInterfaces", 403, denied),
        ("DescribeTags", 403, denied),
        ("DescribeTags", 500, broken),
        ("DescribeVpcs", 403, denied),
    ] {
        let place = RefusalLab::open();
        let machine = Folder::new();
        place.pllab(&machine, "start --yes --keep --output json --endpoint-url URL").run().code(0);
        let wire = Wire::open(&place.0.url, move |action| match action {
            _ if action == blind => Fate::Answer(status, answer.to_owned()),
            _ => Fate::Pass,
        });
        point(&machine, &place.0.url, &wire.url());
        let events = place.through(&wire.url(), &machine, "clean --yes --output json").run().code(3).events();
        let (_, _, unknown) = receipt(&events).expect("a receipt");
        assert!(unknown > 0, "{blind}: {events:?}");
        assert!(!events.iter().any(|event| event["event"] == "run_cleaned"), "{blind}");
        // "Could not look" never counts as "nothing is left".
        if blind == "DescribeTags" {
            place.through(&wire.url(), &machine, "clean --all --yes --endpoint-url URL").run().code(3);
        }
        point(&machine, &wire.url(), &place.0.url);
        let events = place.pllab(&machine, "clean --yes --output json").run().code(0).events();
        assert_eq!(receipt(&events), Some((17, 0, 0)), "{blind}");
    }
}

/// A refused look is repeated; only an answer can say that a thing is gone.
#[test]
fn a_look_that_is_turned_away_is_repeated_until_there_is_an_answer() {
    let place = RefusalLab::open();
    let machine = Folder::new();
    place.pllab(&machine, "start --yes --keep --output json --endpoint-url URL").run().code(0);
    let busy = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error>\
                </Errors><RequestID>wire</RequestID></Response>";
    let left = AtomicUsize::new(9);
    let wire = Wire::open(&place.0.url, move |action| {
        let looks = ["DescribeTags", "DescribeVpcs", "DescribeNetworkInterfaces"].contains(&action);
        let turned = looks && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if turned { Fate::Answer(503, busy.to_owned()) } else { Fate::Pass }
    });
    point(&machine, &place.0.url, &wire.url());
    let events = place.through(&wire.url(), &machine, "clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events), Some((17, 0, 0)));
    let turned = wire.exchanges().iter().filter(|it| it.reply.is_empty() && it.action.starts_with("Describe")).count();
    assert_eq!(turned, 9);
}

/// If looks are refused for longer than pllab waits, the thing is not known to be gone, and nothing is called clean.
#[test]
fn a_look_that_is_turned_away_for_more_than_a_minute_is_never_gone() {
    let throttled = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>\
                     </ErrorResponse>";
    let busy = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error>\
                </Errors><RequestID>wire</RequestID></Response>";
    for (blind, answer) in [
        ("DescribeTags", busy),
        ("DescribeVpcs", busy),
        ("DescribeInstances", busy),
        ("DescribeNetworkInterfaces", busy),
        ("DescribeLoadBalancers", throttled),
    ] {
        let place = RefusalLab::open();
        let machine = Folder::new();
        place.pllab(&machine, "start --yes --keep --pace instant --output json --endpoint-url URL").run().code(0);
        let wire = Wire::open(&place.0.url, move |action| match action {
            _ if action == blind => Fate::Answer(503, answer.to_owned()),
            _ => Fate::Pass,
        });
        point(&machine, &place.0.url, &wire.url());
        let events = place.through(&wire.url(), &machine, "clean --yes --output json").run().code(3).events();
        let (_, _, unknown) = receipt(&events).expect("a receipt");
        assert!(unknown > 0, "{blind}: {events:?}");
        assert!(!events.iter().any(|event| event["event"] == "run_cleaned"), "{blind}");
        point(&machine, &wire.url(), &place.0.url);
        let events = place.pllab(&machine, "clean --yes --output json").run().code(0).events();
        assert_eq!(receipt(&events), Some((17, 0, 0)), "{blind}");
    }
}

/// The same with the sandbox's own fault plan, on its clock: sixteen looks take more than a minute of AWS's.
#[test]
fn a_minute_of_throttling_on_the_sandboxs_clock_is_no_receipt_either() {
    let apart = ProfiledSandbox::open("--pace quick --fault DescribeTags:1-16:throttle");
    let start = "start --yes --keep --pace quick --output json --profile provider --endpoint-url";
    apart.pllab(start).arg(&apart.url).run().code(0);
    let began = Instant::now();
    let events = apart.pllab("clean --yes --output json").run().code(3).events();
    assert!(began.elapsed() > Duration::from_mins(1) / 30, "{:?}", began.elapsed());
    let (gone, left, unknown) = receipt(&events).expect("a receipt");
    assert_eq!((gone, left, unknown), (17, 0, 1), "what carries the run's tag is not known");
    assert!(!events.iter().any(|event| event["event"] == "run_cleaned"));
    let events = apart.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&events), Some((17, 0, 0)));
}

/// Points the run at another address of the same account: its journal names the address.
fn point(machine: &Folder, from: &str, to: &str) {
    let journal = std::fs::read_to_string(machine.journal_path()).expect("the journal can be read");
    std::fs::write(machine.journal_path(), journal.replace(from, to)).expect("the journal can be written");
}

#[test]
fn the_receipt_waits_for_interfaces_that_aws_takes_away_late() {
    let place = RefusalLab::open();
    let machine = Folder::new();
    let looks = Arc::new(AtomicUsize::new(0));
    let (seen, deleted) = (Arc::clone(&looks), Arc::new(AtomicUsize::new(0)));
    let wire = Wire::open(&place.0.url, move |action| {
        match action {
            "DeleteVpc" => _ = deleted.fetch_add(1, Ordering::SeqCst),
            // After both VPCs are gone, an interface of the load balancer is still listed for two more looks.
            "DescribeNetworkInterfaces"
                if deleted.load(Ordering::SeqCst) >= 2 && seen.fetch_add(1, Ordering::SeqCst) < 2 =>
            {
                return Fate::Answer(200, LATE.to_owned());
            }
            _ => {}
        }
        Fate::Pass
    });
    kept(&place, &machine, &wire);
    let ran = place.through(&wire.url(), &machine, "clean --yes --plain").run().code(0).clean();
    assert!(looks.load(Ordering::SeqCst) >= 3, "{}", ran.out);
    let told = [ran.out.as_str(), ran.err.as_str()].concat();
    assert!(told.contains("eni-0123456789abcdef0"), "what is waited for is shown: {told}");
    assert!(told.contains("17 gone, 0 still there, 0 cannot tell"), "{told}");
}

const LATE: &str = "<DescribeNetworkInterfacesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>wire</requestId>\
    <networkInterfaceSet><item><networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId><vpcId>vpc-0123456789abcdef0</vpcId>\
    <description>ELB net/pllab-x-nlb/0123456789abcdef</description><requesterManaged>true</requesterManaged>\
    <interfaceType>network_load_balancer</interfaceType><status>in-use</status></item></networkInterfaceSet>\
    </DescribeNetworkInterfacesResponse>";
