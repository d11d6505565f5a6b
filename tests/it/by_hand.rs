//! The other labs by hand, setting by setting: what is missing is waited for, what is wrong is told, what is right is recognised.

use std::collections::{BTreeMap, BTreeSet};

use pllab::actions::{self, Making};
use pllab::cloud::{Api, Call, Clients, ConnectOptions, connect};
use pllab::lab::{Loaded, Resource, Side, Source, in_order, load};
use serde_json::{Value, json};

use super::harness::{Folder, Running, receipt, wait_for};

/// Somebody who knows the lab and makes what it asks for with clients of their own, without a tag or a token of pllab's.
struct Hand {
    folder: Folder,
    running: Running,
    lab: Loaded,
    clients: BTreeMap<Side, Clients>,
    facts: BTreeMap<(String, String), String>,
}

impl Hand {
    async fn begin(lab: &str) -> Self {
        let folder = Folder::new();
        let words = "start --hands-on --pace instant --output json";
        let mut running = folder.pllab(words).arg(lab).start();
        running.until("\"event\":\"step_started\"");
        let started = wait_for(&folder, "start", |line| line["event"] == "run_started");
        wait_for(&folder, "baseline", |line| line["event"] == "baseline");
        let live = std::fs::read(folder.run().join("sandbox/live.json")).expect("a running sandbox leaves its note");
        let live: Value = serde_json::from_slice(&live).expect("JSON");
        let texts = |of: &Value| -> BTreeMap<String, String> { serde_json::from_value(of.clone()).expect("texts") };
        let accounts = texts(&started["accounts"]);
        let mut clients = BTreeMap::new();
        let mut facts = BTreeMap::new();
        for (side, name) in [(Side::Provider, "provider"), (Side::Consumer, "consumer")] {
            let keys = live["accounts"].as_array().expect("accounts").iter();
            let mut keys = keys.filter(|it| it["account_id"] == accounts[name].as_str());
            let keys = keys.next().expect("the sandbox has the account");
            let key = |name: &str| keys[name].as_str().expect(name).to_owned();
            let options = ConnectOptions {
                region: "ap-northeast-1".to_owned(),
                endpoint_url: live["endpoint_url"].as_str().map(str::to_owned),
                profile: None,
                ca_bundle: None,
                keys: Some((key("access_key_id"), key("secret_access_key"))),
            };
            clients.insert(side, connect(&options).await.expect("the options are good"));
            facts.insert(("account".to_owned(), name.to_owned()), accounts[name].clone());
        }
        facts.insert(("region".to_owned(), "name".to_owned()), "ap-northeast-1".to_owned());
        let source = Source::find(lab, None).expect("it can be read").expect("it is there");
        let token = started["token"].as_str().expect("a token").to_owned();
        let known = BTreeMap::from([("token", token), ("region", "ap-northeast-1".to_owned())]);
        let lab = load(&source, &texts(&started["variables"]), &known).expect("the lab is good");
        Self { folder, running, lab, clients, facts }
    }

    /// Makes all of `step`, and waits until it is met.
    async fn step(&mut self, step: &str) {
        let of = self.lab.lab.steps.iter().find(|it| it.id == step).expect("a step of the lab").clone();
        for resource in in_order(&of.makes) {
            self.make(of.side, resource).await;
        }
        self.met(step);
    }

    /// Makes every step up to and with `last`.
    async fn up_to(&mut self, last: &str) {
        let steps: Vec<String> = self.lab.lab.steps.iter().map(|step| step.id.clone()).collect();
        let end = steps.iter().position(|step| step == last).expect("a step of the lab");
        for step in &steps[..=end] {
            self.step(step).await;
        }
    }

    async fn make(&mut self, side: Side, resource: &Resource) {
        let making = Making { run: "mine", lab: "", learner: "", round: 0 };
        for part in actions::make(resource, &making) {
            let mut call = self.resolved(&part.call);
            for mark in ["TagSpecifications", "Tags", "ClientToken"] {
                call.params.remove(mark);
            }
            let reply = self.send(side, &call).await;
            let found = actions::facts_of(&reply, part.facts).unwrap_or_default();
            let name = resource.name().to_owned();
            self.facts.extend(found.into_iter().map(|(fact, value)| ((name.clone(), fact), value)));
        }
    }

    /// Something that the lab does not ask for: `${name.fact}` stands for what was made.
    async fn call(&self, api: Api, operation: &'static str, params: Value) -> Value {
        let params = params.as_object().cloned().expect("parameters are an object");
        let call = self.resolved(&Call { api, operation, params });
        self.send(Side::Provider, &call).await
    }

    fn resolved(&self, call: &Call) -> Call {
        let known = |name: &str, fact: &str| self.facts.get(&(name.to_owned(), fact.to_owned())).cloned();
        call.resolve(&known).unwrap_or_else(|missing| panic!("{}: {missing:?}", call.operation))
    }

    async fn send(&self, side: Side, call: &Call) -> Value {
        self.clients[&side].send(call).await.unwrap_or_else(|fault| panic!("{}: {fault}", call.operation))
    }

    #[track_caller]
    fn met(&self, step: &str) {
        wait_for(&self.folder, step, |line| {
            line["event"] == "step_finished" && line["step"] == step && line["verdict"] == "met"
        });
    }

    /// Waits until pllab has said that `resource` is not right, for what `seen` says.
    #[track_caller]
    fn told(&self, resource: &str, what: &str, seen: &str) {
        wait_for(&self.folder, resource, |line| {
            line["event"] == "sighted"
                && line["resource"] == resource
                && line["differs"][0]["what"]["key"] == what
                && line["differs"][0]["seen"] == seen
        });
    }

    /// The run is over: all met, pllab made nothing, everything is the learner's, and goes once it is handed over.
    #[track_caller]
    fn end(self) {
        let lines = self.running.wait().code(0).events();
        assert_eq!(lines.last().expect("events")["verdict"], "met");
        let made = lines.iter().filter(|line| line["event"] == "intent").map(|line| line["operation"].as_str());
        let looked = ["DescribeVpcEndpointServices", "DescribeSubnets"];
        assert!(made.clone().all(|it| looked.contains(&it.expect("a call"))), "{:?}", made.collect::<Vec<_>>());
        let all = self.lab.lab.steps.iter().flat_map(|step| &step.makes);
        let wanted: BTreeSet<&str> =
            all.filter(|it| !matches!(it, Resource::ServiceLookup(_))).map(Resource::name).collect();
        let is = |line: &&Value| line["event"] == "recognised";
        let recognised = lines.iter().filter(is).map(|line| line["resource"].as_str().expect("a name")).collect();
        assert_eq!(wanted, recognised);
        let gone = self.folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
        let (gone, left, unknown) = receipt(&gone).expect("a receipt");
        assert!(gone > 10 && left == 0 && unknown == 0, "{gone} {left} {unknown}");
    }
}

fn by_hand<F: Future<Output = Hand>>(told: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(told).end();
}

#[test]
fn who_may_connect_by_hand() {
    by_hand(async {
        let mut hand = Hand::begin("who-may-connect").await;
        hand.up_to("closed-service").await;
        // Somebody else first: a role of the consumer's is not its account.
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
        // Everybody in place of one.
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
        let mut hand = Hand::begin("two-zones").await;
        hand.up_to("zonal-names").await;
        // Off is where it begins: waited for, and no mistake.
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
        let mut hand = Hand::begin("private-dns").await;
        hand.up_to("nlb").await;
        // The service with another name than the lab's.
        let service = hand.lab.lab.steps[2].makes[0].clone();
        hand.make(Side::Provider, &service).await;
        let name = |name: &str| json!({ "ServiceId": "${service.id}", "PrivateDnsName": name });
        hand.call(Api::Ec2, "ModifyVpcEndpointServiceConfiguration", name("www.pllab.lab.example")).await;
        hand.told("private-name", "point-domain", "www.pllab.lab.example");
        let offered = hand.lab.lab.steps[2].makes[1].clone();
        hand.make(Side::Provider, &offered).await;
        hand.met("service");
        // A zone whose record says something else.
        let zone = hand.lab.lab.steps[3].makes[0].clone();
        let create = json!({ "Name": "pllab.lab.example", "CallerReference": "mine" });
        let zone_id = hand.call(Api::Route53, "CreateHostedZone", create).await;
        let zone_id = pllab::cloud::text_at(&zone_id, "HostedZone.Id").expect("an id");
        let record = |action: &str, name: &str, value: &str| {
            let record = json!({ "Name": name, "Type": "TXT", "TTL": 60, "ResourceRecords": [{ "Value": format!("\"{value}\"") }] });
            json!({ "HostedZoneId": zone_id, "ChangeBatch": { "Changes": [{ "Action": action, "ResourceRecordSet": record }] } })
        };
        let change = "ChangeResourceRecordSets";
        hand.call(Api::Route53, change, record("UPSERT", "_mine.app.pllab.lab.example", "vpce:mine")).await;
        hand.told("zone", "point-record", "_mine.app.pllab.lab.example \"vpce:mine\"");
        hand.call(Api::Route53, change, record("DELETE", "_mine.app.pllab.lab.example", "vpce:mine")).await;
        hand.facts.insert(("zone".to_owned(), "id".to_owned()), zone_id.clone());
        let asked = actions::make(&zone, &Making { run: "mine", lab: "", learner: "", round: 0 });
        let ask = hand.resolved(&asked[0].call);
        let told = hand.send(Side::Provider, &ask).await;
        let found = actions::facts_of(&told, asked[0].facts).expect("the service asks for a record");
        let name = format!("{}.{}", found["record"], found["under"]);
        hand.call(Api::Route53, change, record("UPSERT", &name, &found["value"])).await;
        hand.met("record");
        for step in ["verify", "endpoint", "by-name"] {
            hand.step(step).await;
        }
        hand
    });
}
