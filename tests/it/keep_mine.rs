//! A clean-up that leaves what the learner made: it says what stays along, does not wait for what cannot go, names the
//! cause, and takes repairs with it.
#![cfg(unix)]

use pllab::inside::cloud::Clients;
use serde_json::{Value, json};

use super::harness::{Account, Cloud, Folder, Line, ec2, elb, get, receipt};

fn on_the_sandbox<T>(folder: &Folder, work: impl AsyncFnOnce(&Clients, &Clients) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(async {
        let cloud = Cloud::open(&folder.run().join("sandbox")).await;
        let done = work(&cloud.provider, &cloud.consumer).await;
        cloud.close().await;
        done
    })
}

/// The newest facts of a resource of the run.
fn fact(folder: &Folder, resource: &str, fact: &str) -> String {
    let journal = folder.journal();
    let calls = journal.iter().filter(|line| line["event"] == "intent" && line["resource"] == resource);
    let calls: Vec<&Value> = calls.map(|line| &line["call"]).collect();
    let outcomes = journal.iter().filter(|line| line["event"] == "outcome" && calls.contains(&&line["call"]));
    let newest = outcomes.rev().find_map(|line| line["facts"][fact].as_str()).expect("the run made it");
    newest.to_owned()
}

/// A run in which pllab made the provider's side up to the NLB, and the learner the endpoint service.
fn with_a_service_by_hand() -> Folder {
    let folder = Folder::new();
    folder.pllab("start --plain --pace instant").stdin("leave\n").run().code(1);
    folder.pllab("resume --step endpoint-service --plain").stdin("go\nleave\n").run().code(1);
    let watching = "resume --hands-on --output json";
    let mut running = folder.pllab(watching).start();
    running.until("\"event\":\"baseline\"");
    running.signal("INT");
    running.wait().code(130);
    let started = folder.journal().into_iter().find(|line| line["event"] == "run_started").expect("a run begins");
    let account = started["accounts"]["consumer"].as_str().expect("an account").to_owned();
    on_the_sandbox(&folder, async |provider, _| {
        let service = json!({ "NetworkLoadBalancerArns": [fact(&folder, "nlb", "arn")], "AcceptanceRequired": true });
        let service = ec2(provider, "CreateVpcEndpointServiceConfiguration", service).await.expect("a service");
        let id = get(&service, "ServiceConfiguration.ServiceId");
        let allow = json!({ "ServiceId": id, "AddAllowedPrincipals": [format!("arn:aws:iam::{account}:root")] });
        ec2(provider, "ModifyVpcEndpointServicePermissions", allow).await.expect("a principal");
    });
    let mut running = folder.pllab(watching).start();
    running.until("\"event\":\"step_finished\",\"step\":\"endpoint-service\"");
    running.signal("INT");
    running.wait().code(130);
    folder
}

fn left(lines: &[Line]) -> Vec<(String, String)> {
    let last = lines.iter().rev().find(|line| line["event"] == "receipt").expect("a receipt");
    let items = last["items"].as_array().into_iter().flatten().filter(|item| item["state"] == "left");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut left: Vec<_> = items.map(|item| (text(&item["resource"]), text(&item["why"]["args"]["user"]))).collect();
    left.sort();
    left
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

#[test]
fn what_keeping_means_is_said_and_nothing_is_waited_for() {
    let folder = with_a_service_by_hand();
    for (lang, question, cause, cost) in [
        (
            "en",
            "If you leave it, these stay too, because it uses them: nlb, nlb-sg, provider-subnet, provider-vpc.",
            "still there (service uses it)",
            "What still costs: nothing (it is all on this machine).",
        ),
        (
            "ja",
            "そこで使われている次のものも残ります: nlb, nlb-sg, provider-subnet, provider-vpc。",
            "残っています (service が使用中)",
            "続いてかかる費用: ありません (すべてこのマシンの中にあります)。",
        ),
    ] {
        let folder = folder.copy();
        // Yes, clean up; leave what is mine.
        let ran = folder.pllab("clean --plain").env("PLLAB_LANG", lang).stdin("clean_up\nkeep\n").run().code(1);
        for words in [question, cause, cost] {
            assert!(ran.out.contains(words), "{words}:\n{}", ran.out);
        }
        // The NLB's interfaces stay as long as the NLB does.
        let whole = format!("{}{}", ran.out, ran.err);
        assert!(!whole.contains("eni-"), "{whole}");
        let kept =
            [("nlb", "service"), ("nlb-sg", "service"), ("provider-subnet", "service"), ("provider-vpc", "service")];
        assert_eq!(left(&folder.journal()), pairs(&[kept.as_slice(), &[("service", "")]].concat()));
        let gone = folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
        assert_eq!(receipt(&gone).map(|(_, left, unknown)| (left, unknown)), Some((0, 0)));
        assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
    }
}

/// As after a drill or an experiment: the listener is another one now, made as `pllab why` says.
#[test]
fn a_listener_made_as_a_repair_goes_with_the_run() {
    let folder = with_a_service_by_hand();
    let (balancer, targets) = (fact(&folder, "nlb", "arn"), fact(&folder, "web-targets", "arn"));
    let old = fact(&folder, "nlb-80", "arn");
    on_the_sandbox(&folder, async |provider, _| {
        elb(provider, "DeleteListener", json!({ "ListenerArn": old })).await.expect("it can be deleted");
        let forward = json!([{ "Type": "forward", "TargetGroupArn": targets }]);
        let listener = json!({ "LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": forward });
        elb(provider, "CreateListener", listener).await.expect("it can be made again");
    });
    folder.pllab("clean --yes --output json").run().code(1);
    let left: Vec<String> = left(&folder.journal()).into_iter().map(|(resource, _)| resource).collect();
    assert_eq!(left, ["nlb", "nlb-sg", "provider-subnet", "provider-vpc", "service"]);
}

/// Two groups that name each other can never be deleted, unless a rule goes first.
#[test]
fn group_rules_made_as_a_repair_do_not_tie_the_groups() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    on_the_sandbox(&folder, async |provider, _| {
        for (group, to) in [("client-sg", "endpoint-sg"), ("nlb-sg", "web-sg")] {
            let rule = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
                "UserIdGroupPairs": [{ "GroupId": fact(&folder, to, "id") }] });
            let params = json!({ "GroupId": fact(&folder, group, "id"), "IpPermissions": [rule] });
            ec2(provider, "AuthorizeSecurityGroupEgress", params).await.expect("a rule");
        }
    });
    let cleaned = folder.pllab("clean --yes --output json").run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((17, 0, 0)));
    let refused = cleaned.iter().filter(|line| line["event"] == "outcome" && line["error"].is_object()).count();
    assert_eq!(refused, 0, "{cleaned:#?}");
}

/// A near miss in a VPC that the learner hands over is nobody's to delete, and is named as what holds the VPC.
#[test]
fn what_holds_a_vpc_that_is_handed_over_is_named() {
    let folder = Folder::new();
    let watching = ["start --hands-on --pace instant --output json", "resume --hands-on --output json"];
    let mut running = folder.pllab(watching[0]).start();
    running.until("\"event\":\"baseline\"");
    running.signal("INT");
    running.wait().code(130);
    let near = on_the_sandbox(&folder, async |provider, _| {
        let vpc = ec2(provider, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.expect("a VPC");
        let vpc = get(&vpc, "Vpc.VpcId");
        let names = json!({ "VpcId": vpc, "EnableDnsHostnames": { "Value": true } });
        ec2(provider, "ModifyVpcAttribute", names).await.expect("it can be changed");
        let subnet = json!({ "VpcId": vpc, "CidrBlock": "10.0.200.0/24" });
        get(&ec2(provider, "CreateSubnet", subnet).await.expect("a subnet"), "Subnet.SubnetId")
    });
    let mut running = folder.pllab(watching[1]).start();
    running.until("\"event\":\"recognised\",\"step\":\"provider-vpc\",\"resource\":\"provider-vpc\"");
    running.signal("INT");
    running.wait().code(130);
    folder.pllab("clean --yes --with-mine --output json").run().code(1);
    let journal = folder.journal();
    let receipt = journal.iter().rev().find(|line| line["event"] == "receipt").expect("a receipt");
    let items = receipt["items"].as_array().expect("items");
    let vpc = items.iter().find(|item| item["resource"] == "provider-vpc").expect("the VPC is told");
    assert!(vpc["state"] == "left" && vpc["why"].to_string().contains(&near), "{items:#?}");
    assert!(items.iter().any(|item| item["id"] == *near && item["foreign"] == true), "{items:#?}");
}
