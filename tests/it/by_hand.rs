//! The other labs by hand, setting by setting: pllab waits for what is missing, reports what is wrong, and recognises
//! what is right.

use pllab::inside::actions::{self, Naming};
use pllab::inside::cloud::{Api, Call};
use pllab::inside::lab::Side;
use serde_json::json;

use super::harness::{ManualLearner, by_hand, wait_for};

#[test]
fn who_may_connect_by_hand() {
    by_hand(async {
        let mut hand = ManualLearner::begin("who-may-connect").await;
        hand.up_to("closed-service").await;
        // First a wrong principal: a user of the consumer's account is not the account.
        let role = "arn:aws:iam::${account.consumer}:user/somebody";
        let permit = |list: &str| json!({ "ServiceId": "${service.id}", list: [role] });
        hand.call(Api::Ec2, "ModifyVpcEndpointServicePermissions", permit("AddAllowedPrincipals")).await;
        let seen = hand.resolved(&Call {
            api: Api::Ec2,
            operation: "",
            params: json!({ "it": role }).as_object().cloned().expect("an object"),
        });
        hand.told("permission", "point-principals", seen.params["it"].as_str().expect("a text"));
        hand.call(Api::Ec2, "ModifyVpcEndpointServicePermissions", permit("RemoveAllowedPrincipals")).await;
        hand.step("allow").await;
        hand.step("connect").await;
        hand.step("accept").await;
        hand.step("way-back").await;
        // Everybody instead of one account.
        let star = |list: &str| json!({ "ServiceId": "${service.id}", list: ["*"] });
        hand.call(Api::Ec2, "ModifyVpcEndpointServicePermissions", star("AddAllowedPrincipals")).await;
        wait_for(&hand.folder, "withdrawal", |line| line["event"] == "sighted" && line["resource"] == "withdrawal");
        hand.call(Api::Ec2, "ModifyVpcEndpointServicePermissions", star("RemoveAllowedPrincipals")).await;
        for step in ["withdraw", "traffic-goes-on", "reject"] {
            hand.step(step).await;
        }
        hand
    });
}

#[test]
fn two_zones_by_hand() {
    by_hand(async {
        let mut hand = ManualLearner::begin("two-zones").await;
        hand.up_to("zonal-names").await;
        // Off is the default: pllab waits, and reports no mistake.
        let turn = |value: &str| {
            let attribute = json!({ "Key": "load_balancing.cross_zone.enabled", "Value": value });
            json!({ "LoadBalancerArn": "${nlb.arn}", "Attributes": [attribute] })
        };
        hand.call(Api::Elbv2, "ModifyLoadBalancerAttributes", turn("false")).await;
        hand.call(Api::Elbv2, "ModifyLoadBalancerAttributes", turn("true")).await;
        hand.met("cross-zone");
        assert!(
            hand.folder.journal().iter().all(|line| line["resource"] != "cross-zone" || line["event"] != "sighted")
        );
        hand
    });
}

#[test]
fn private_dns_by_hand() {
    by_hand(async {
        let mut hand = ManualLearner::begin("private-dns").await;
        hand.up_to("nlb").await;
        // The service with another private name than the lab's.
        let service = hand.lab.lab.steps[2].makes[0].clone();
        hand.make(Side::Provider, &service).await;
        let name = |name: &str| json!({ "ServiceId": "${service.id}", "PrivateDnsName": name });
        hand.call(Api::Ec2, "ModifyVpcEndpointServiceConfiguration", name("www.pllab.lab.example")).await;
        hand.told("private-name", "point-domain", "www.pllab.lab.example");
        let offered = hand.lab.lab.steps[2].makes[1].clone();
        hand.make(Side::Provider, &offered).await;
        hand.met("service");
        // A zone whose record has another value.
        let zone = hand.lab.lab.steps[3].makes[0].clone();
        let create = json!({ "Name": "pllab.lab.example", "CallerReference": "mine" });
        let zone_id = hand.call(Api::Route53, "CreateHostedZone", create).await;
        let zone_id = pllab::inside::cloud::text_at(&zone_id, "HostedZone.Id").expect("an id");
        let record = |action: &str, name: &str, value: &str| {
            let record = json!({ "Name": name, "Type": "TXT", "TTL": 60, "ResourceRecords": [{ "Value": format!("\"{value}\"") }] });
            json!({ "HostedZoneId": zone_id, "ChangeBatch": { "Changes": [{ "Action": action, "ResourceRecordSet": record }] } })
        };
        let change = "ChangeResourceRecordSets";
        hand.call(Api::Route53, change, record("UPSERT", "_mine.app.pllab.lab.example", "vpce:mine")).await;
        hand.told("zone", "point-record", "_mine.app.pllab.lab.example \"vpce:mine\"");
        hand.call(Api::Route53, change, record("DELETE", "_mine.app.pllab.lab.example", "vpce:mine")).await;
        hand.facts.insert(("zone".to_owned(), "id".to_owned()), zone_id.clone());
        let asked = actions::make(&zone, &Naming { run: "mine", lab: "", learner: "", round: 0 });
        let ask = hand.resolved(&asked[0].call);
        let told = hand.send(Side::Provider, &ask).await;
        let found = actions::facts_of(&told, &asked[0].facts).expect("the service asks for a record");
        let name = format!("{}.{}", found["record"], found["under"]);
        hand.call(Api::Route53, change, record("UPSERT", &name, &found["value"])).await;
        hand.met("record");
        for step in ["verify", "endpoint", "by-name"] {
            hand.step(step).await;
        }
        hand
    });
}
