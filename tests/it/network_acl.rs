//! Network ACLs as resources of a lab: made, recognised, compared with the lab, deleted.

use std::sync::atomic::{AtomicBool, Ordering};

use pllab::inside::cloud::{Api, Clients, ConnectOptions, connect};
use pllab::inside::lab::{NetworkAcl, Resource, Side};
use serde_json::{Value, json};

use super::harness::{Fate, Folder, ManualLearner, StandaloneSandbox, Wire, ec2, get, receipt};

const LAB: &str = r"# yaml-language-server: $schema=../lab.schema.json
format: 1
id: acl
minutes: 5
steps:
  - id: network
    side: provider
    minutes: 3
    makes:
      - vpc: { name: my-vpc, cidr: 10.0.0.0/16 }
      - subnet: { name: other-subnet, vpc: my-vpc, cidr: 10.0.1.0/24, zone: apne1-az4 }
      - subnet: { name: my-subnet, vpc: my-vpc, cidr: 10.0.2.0/24, zone: apne1-az4 }
      - network_acl:
          name: my-acl
          vpc: my-vpc
          subnet: my-subnet
          ingress:
            - { number: 90, allow: false, cidr: 10.0.9.0/24 }
            - { number: 100, allow: true, cidr: 10.0.0.0/16, port: 80 }
          egress:
            - { number: 100, allow: true, cidr: 10.0.0.0/16, port: 1024, to_port: 65535 }
    checks:
      - vpc_available: { vpc: my-vpc }
      - subnet_in_zone: { subnet: my-subnet }
";

const JA: &str = "# acl {#lab}

サブネットの通信をネットワーク ACL で絞ります。

## ネットワークを用意する {#network}

VPC とサブネットを作り、サブネットにネットワーク ACL を関連付けます。

### コンソールでの手順 {#network.console}

1. VPC とサブネットを作ります。
";

const EN: &str = "# acl {#lab}

A network ACL narrows what may come into a subnet.

## Prepare the network {#network}

You create a VPC and subnets, and associate a network ACL with one of them.

### In the console {#network.console}

1. Create the VPC and the subnets.
";

/// A machine with the lab.
fn machine() -> Folder {
    let folder = Folder::new();
    for (name, text) in [("lab.yaml", LAB), ("ja.md", JA), ("en.md", EN)] {
        folder.write(&format!("labs/acl/{name}"), text);
    }
    folder
}

/// Asks the account of a sandbox.
fn ask<T>(sandbox: &StandaloneSandbox, question: impl AsyncFnOnce(Clients) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(async {
        let options = ConnectOptions {
            region: "ap-northeast-1".to_owned(),
            endpoint_url: Some(sandbox.url.clone()),
            keys: Some((sandbox.key.clone(), sandbox.secret.clone())),
            ..ConnectOptions::default()
        };
        question(connect(&options).await.expect("the options are good")).await
    })
}

/// The network ACLs of the account, the default ones first.
fn acls(sandbox: &StandaloneSandbox) -> Vec<Value> {
    let reply = ask(sandbox, async |clients| {
        ec2(&clients, "DescribeNetworkAcls", json!({})).await.expect("network ACLs are told")
    });
    let mut acls = reply["NetworkAcls"].as_array().cloned().unwrap_or_default();
    acls.sort_by_key(|acl| acl["IsDefault"] != true);
    acls
}

const START: &str = "start acl --labs labs --yes --keep --output json --learner aiko --endpoint-url";

#[test]
fn one_is_made_for_one_subnet_and_gives_it_back_to_the_default_one() {
    let (sandbox, folder) = (StandaloneSandbox::open(""), machine());
    sandbox.signed(folder.pllab(START).arg(&sandbox.url)).run().code(0);

    let made = acls(&sandbox);
    let [default, ours] = &made[..] else { panic!("{made:?}") };
    let subnets = |acl: &Value| acl["Associations"].as_array().map_or(0, Vec::len);
    assert_eq!((subnets(default), subnets(ours)), (1, 1), "{made:?}");
    let rules: Vec<String> = ours["Entries"]
        .as_array()
        .expect("rules")
        .iter()
        .filter(|rule| rule["RuleNumber"] != 32767)
        .map(|rule| {
            format!("{} {} {} {}", rule["Egress"], rule["RuleNumber"], get(rule, "RuleAction"), rule["PortRange"]["To"])
        })
        .collect();
    assert_eq!(rules, ["true 100 allow 65535", "false 90 deny null", "false 100 allow 80"]);

    // An ACL in use cannot be deleted.
    let id = get(ours, "NetworkAclId");
    let refused = ask(&sandbox, async |clients| {
        ec2(&clients, "DeleteNetworkAcl", json!({ "NetworkAclId": id })).await.expect_err("it is in use")
    });
    assert_eq!(refused.code, "DependencyViolation");

    let cleaned = sandbox.signed(folder.pllab("clean --yes --output json")).run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((4, 0, 0)));
    assert_eq!(acls(&sandbox), Vec::<Value>::new());
    let deleted = cleaned.iter().filter(|line| line["event"] == "intent" && line["resource"] == "my-acl");
    let parts: Vec<&str> = deleted.map(|line| line["part"].as_str().expect("a part")).collect();
    assert_eq!(parts, ["ask", "restore", "delete"]);
}

/// The tags do not say which ACL is the VPC's default one, so pllab asks the cloud.
#[test]
fn one_is_put_away_from_another_machine() {
    let (sandbox, folder) = (StandaloneSandbox::open(""), machine());
    sandbox.signed(folder.pllab(START).arg(&sandbox.url)).run().code(0);
    let other = Folder::new();
    let clean = other.pllab("clean --all --yes --learner aiko --output json --endpoint-url").arg(&sandbox.url);
    let cleaned = sandbox.signed(clean).run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((4, 0, 0)));
    assert_eq!(acls(&sandbox), Vec::<Value>::new());
}

/// The VPC and its ACL are gone already: nothing is left, and nothing fails.
#[test]
fn one_that_is_gone_is_no_trouble() {
    let (sandbox, folder) = (StandaloneSandbox::open(""), machine());
    sandbox.signed(folder.pllab(START).arg(&sandbox.url)).run().code(0);
    let made = acls(&sandbox);
    ask(&sandbox, async |clients| {
        let call = async |operation, params| {
            ec2(&clients, operation, params).await.unwrap_or_else(|it| panic!("{operation}: {it}"))
        };
        let (default, ours) = (get(&made[0], "NetworkAclId"), get(&made[1], "NetworkAclId"));
        let association = get(&made[1], "Associations[0].NetworkAclAssociationId");
        call("ReplaceNetworkAclAssociation", json!({ "AssociationId": association, "NetworkAclId": default })).await;
        call("DeleteNetworkAcl", json!({ "NetworkAclId": ours })).await;
        for acl in &made {
            call("DeleteSubnet", json!({ "SubnetId": get(acl, "Associations[0].SubnetId") })).await;
        }
        call("DeleteVpc", json!({ "VpcId": get(&made[0], "VpcId") })).await;
    });
    let cleaned = sandbox.signed(folder.pllab("clean --yes --output json")).run().code(0).events();
    assert_eq!(receipt(&cleaned), Some((4, 0, 0)));
}

/// Every answer while an ACL is made is lost once: pllab looks it up, and never makes it twice.
#[test]
fn one_is_made_once_whatever_answer_is_lost() {
    for operation in ["CreateNetworkAcl", "CreateNetworkAclEntry", "ReplaceNetworkAclAssociation"] {
        let (sandbox, folder) = (StandaloneSandbox::open(""), machine());
        let lost = AtomicBool::new(false);
        let wire = Wire::open(&sandbox.url, move |action| {
            if action == operation && !lost.swap(true, Ordering::SeqCst) { Fate::LoseAnswer } else { Fate::Pass }
        });
        sandbox.signed(folder.pllab(START).arg(wire.url())).run().code(0);
        let made = acls(&sandbox);
        assert_eq!(made.len(), 2, "{operation}: {made:?}");
        assert_eq!(made[1]["Associations"].as_array().map(Vec::len), Some(1), "{operation}");
        sandbox.signed(folder.pllab("clean --yes --output json")).run().code(0);
        assert_eq!(acls(&sandbox), Vec::<Value>::new(), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_made_by_hand_is_recognised() {
    let mut hand = ManualLearner::begin_in(machine(), Some("labs"), "acl").await;
    let step = hand.lab.lab.steps[0].clone();
    let is_acl = |it: &&Resource| matches!(it, Resource::NetworkAcl(_));
    for resource in step.makes.iter().filter(|it| !is_acl(it)) {
        hand.make(Side::Provider, resource).await;
    }
    // Wrong first: a rule that lets everything in.
    let acl = step.makes.iter().find(is_acl).expect("the lab has one");
    let Resource::NetworkAcl(right) = acl else { unreachable!() };
    let mut open = right.ingress[1].clone();
    (open.cidr, open.port) = ("0.0.0.0/0".to_owned(), None);
    let wrong = NetworkAcl { ingress: vec![right.ingress[0].clone(), open], ..right.clone() };
    hand.make(Side::Provider, &Resource::NetworkAcl(wrong)).await;
    hand.told("my-acl", "point-inbound", "100 allow all 0.0.0.0/0, 90 deny all 10.0.9.0/24");
    let entry = json!({ "NetworkAclId": "${my-acl.id}", "RuleNumber": 100, "Egress": false, "Protocol": "6",
        "RuleAction": "allow", "CidrBlock": "10.0.0.0/16", "PortRange": { "From": 80, "To": 80 } });
    hand.call(Api::Ec2, "ReplaceNetworkAclEntry", entry).await;
    hand.met("network");
    let folder = tokio::task::block_in_place(|| hand.over());
    let gone = folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
    assert_eq!(receipt(&gone), Some((4, 0, 0)));
}

#[test]
fn a_lab_with_one_is_proved_and_its_policy_says_what_it_takes() {
    let folder = machine();
    folder.pllab("labs check acl --labs labs").run().code(0).says("acl");
    let policy = folder.pllab("policy acl --labs labs --output json").run().code(0).out;
    for action in [
        "CreateNetworkAcl",
        "CreateNetworkAclEntry",
        "DeleteNetworkAcl",
        "DescribeNetworkAcls",
        "ReplaceNetworkAclAssociation",
    ] {
        assert!(policy.contains(&format!("\"ec2:{action}\"")), "{action}: {policy}");
    }
    assert!(folder.pllab("labs schema").run().code(0).out.contains("\"network_acl\""));
    // The commands find this subnet's association among all of them.
    let explained = folder.pllab("start acl --labs labs --explain-only --plain --lang en").run().code(0).out;
    assert!(explained.contains("[?SubnetId=='"), "{explained}");
}
