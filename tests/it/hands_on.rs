//! The lab by hand: made with another program's clients, under any names, in another order, and still recognised.

use std::fs;

use pllab::inside::cloud::{Clients, ConnectOptions, connect};
use serde_json::{Value, json};

use super::harness::{Account, Folder, Line, StandaloneSandbox, ec2, elb, get, receipt, wait_for};

/// Nobody is asked; pllab only watches.
const BY_HAND: &str = "start --hands-on --pace instant --output json";

/// The clients of a second terminal, for the sandbox of the only run.
async fn second_terminal(folder: &Folder) -> Clients {
    let note = fs::read(folder.run().join("sandbox/live.json")).expect("a running sandbox leaves its note");
    let live: Value = serde_json::from_slice(&note).expect("JSON");
    let text = |path: &str| live.pointer(path).and_then(Value::as_str).expect(path).to_owned();
    let options = ConnectOptions {
        region: text("/region"),
        endpoint_url: Some(text("/endpoint_url")),
        profile: None,
        ca_bundle: None,
        keys: Some((text("/accounts/0/access_key_id"), text("/accounts/0/secret_access_key"))),
    };
    connect(&options).await.expect("the options are good")
}

/// The lab's script for the instance `name`, filled in.
fn script(name: &str, token: &str, dns: &str) -> String {
    let lab = include_str!("../../labs/privatelink/lab.yaml");
    let (_, rest) = lab.split_once(&format!("name: {name}\n")).expect("the lab has it");
    let (_, rest) = rest.split_once("user_data: |\n").expect("it has a script");
    let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("            "));
    let text: Vec<_> = lines.map(|line| format!("{}\n", line.get(12..).unwrap_or_default())).collect();
    let text = text.concat();
    text.replace("{{ token }}", token).replace("${endpoint.dns}", dns)
}

struct ManualLearner {
    clients: Clients,
}

impl ManualLearner {
    async fn ec2(&self, operation: &'static str, params: Value) -> Value {
        ec2(&self.clients, operation, params).await.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    }

    async fn elb(&self, operation: &'static str, params: Value) -> Value {
        elb(&self.clients, operation, params).await.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    }

    async fn vpc(&self) -> String {
        get(&self.ec2("CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await, "Vpc.VpcId")
    }

    async fn subnet(&self, vpc: &str, zone: &str) -> String {
        let params = json!({ "VpcId": vpc, "CidrBlock": "10.0.1.0/24", "AvailabilityZoneId": zone });
        get(&self.ec2("CreateSubnet", params).await, "Subnet.SubnetId")
    }

    async fn group(&self, vpc: &str, name: &str, sources: Value) -> String {
        let params = json!({ "GroupName": name, "Description": "by hand", "VpcId": vpc });
        let id = get(&self.ec2("CreateSecurityGroup", params).await, "GroupId");
        if let Some(source) = sources.as_object() {
            let mut permission = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80 });
            permission.as_object_mut().expect("an object").extend(source.clone());
            self.ec2("AuthorizeSecurityGroupIngress", json!({ "GroupId": id, "IpPermissions": [permission] })).await;
        }
        id
    }

    async fn instance(&self, subnet: &str, group: &str, script: &str) -> String {
        let params = json!({
            "ImageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet,
            "SecurityGroupIds": [group], "UserData": script,
        });
        get(&self.ec2("RunInstances", params).await, "Instances[0].InstanceId")
    }
}

fn met(folder: &Folder, step: &str) {
    wait_for(folder, step, |line| line["event"] == "step_finished" && line["step"] == step && line["verdict"] == "met");
}

fn recognised<'a>(lines: &'a [Line], resource: &str) -> Vec<&'a str> {
    let of = lines.iter().filter(|line| line["event"] == "recognised" && line["resource"] == resource);
    of.map(|line| line["facts"]["arn"].as_str().or(line["facts"]["id"].as_str()).unwrap_or_default()).collect()
}

#[test]
fn the_whole_lab_by_hand_in_another_order_is_recognised_met_and_cleaned() {
    let folder = Folder::new();
    let mut running = folder.pllab(BY_HAND).start();
    running.until("\"event\":\"step_started\",\"step\":\"provider-vpc\"");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    let (provider, consumer) = runtime.block_on(by_hand(&folder));
    let ran = running.wait().code(0);
    let lines = ran.events();
    assert_eq!(lines.last().expect("events")["verdict"], "met");
    // pllab made nothing: it only looked the service up.
    let made: Vec<_> = lines.iter().filter(|line| line["event"] == "intent").map(|line| &line["operation"]).collect();
    assert_eq!(made, ["DescribeVpcEndpointServices", "DescribeSubnets"]);
    // Both VPCs are alike except for what is in them; the consumer's was made first.
    assert_eq!(recognised(&lines, "provider-vpc").last(), Some(&provider.as_str()));
    assert_eq!(recognised(&lines, "consumer-vpc").last(), Some(&consumer.as_str()));
    // What was wrong was reported, with the seen and the expected value, and was recognised once corrected.
    let sighted = |resource: &str, seen: &str| {
        let all = lines.iter().filter(|line| line["event"] == "sighted" && line["resource"] == resource);
        let differs = all.map(|line| &line["differs"][0]).find(|differs| differs["seen"] == seen);
        differs.unwrap_or_else(|| panic!("{resource} was not sighted with {seen}")).clone()
    };
    // A look between creating the group and its rule sees a group without rules; a later one sees the wrong rule.
    assert_eq!(sighted("web-sg", "tcp 8080 <- 0.0.0.0/0")["what"]["key"], "point-inbound");
    assert_eq!(sighted("service", "false")["expected"], "true");

    let status = &folder.pllab("status --output json").run().code(0).events()[0];
    assert_eq!(status["resources"].as_array().map(Vec::len), Some(17));

    // The clean-up leaves everything alone unless the learner hands it over.
    let kept = folder.pllab("clean --yes --output json").run().code(1).events();
    assert_eq!(receipt(&kept), Some((0, 17, 0)));
    let items = kept.iter().rev().find(|line| line["event"] == "receipt").expect("a receipt")["items"].clone();
    assert!(items.as_array().expect("items").iter().all(|item| item["yours"] == true), "{items}");
    let gone = folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
    assert_eq!(receipt(&gone), Some((17, 0, 0)));
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
}

async fn by_hand(folder: &Folder) -> (String, String) {
    let started = wait_for(folder, "start", |line| line["event"] == "run_started");
    let token = started["token"].as_str().expect("a token").to_owned();
    let zone = started["variables"]["zone"].as_str().expect("a zone").to_owned();
    let account = started["accounts"]["consumer"].as_str().expect("an account").to_owned();
    wait_for(folder, "baseline", |line| line["event"] == "baseline");
    let hand = ManualLearner { clients: second_terminal(folder).await };

    // The consumer's side first, as far as it does not depend on the provider's.
    let consumer = hand.vpc().await;
    let client_subnet = hand.subnet(&consumer, &zone).await;
    let clients = hand.group(&consumer, "blue", Value::Null).await;
    let endpoints = hand.group(&consumer, "green", json!({ "UserIdGroupPairs": [{ "GroupId": clients }] })).await;
    wait_for(folder, "a first guess", |line| line["event"] == "recognised" && line["resource"] == "provider-vpc");

    let provider = hand.vpc().await;
    let subnet = hand.subnet(&provider, &zone).await;
    let table = get(&hand.ec2("CreateRouteTable", json!({ "VpcId": provider })).await, "RouteTable.RouteTableId");
    let s3 = json!({
        "VpcEndpointType": "Gateway", "VpcId": provider, "ServiceName": "com.amazonaws.ap-northeast-1.s3",
        "RouteTableIds": [table],
    });
    hand.ec2("CreateVpcEndpoint", s3).await;
    hand.ec2("AssociateRouteTable", json!({ "RouteTableId": table, "SubnetId": subnet })).await;
    let front = hand.group(&provider, "red", json!({ "IpRanges": [{ "CidrIp": "10.0.0.0/16" }] })).await;
    // Wrong first: another port, from everywhere.
    let web = hand.group(&provider, "yellow", Value::Null).await;
    let open =
        json!([{ "IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    hand.ec2("AuthorizeSecurityGroupIngress", json!({ "GroupId": web, "IpPermissions": open })).await;
    wait_for(folder, "a wrong rule", |line| {
        line["event"] == "sighted" && line["resource"] == "web-sg" && line["id"] == web.as_str()
    });
    hand.ec2("RevokeSecurityGroupIngress", json!({ "GroupId": web, "IpPermissions": open })).await;
    let right =
        json!([{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": front }] }]);
    hand.ec2("AuthorizeSecurityGroupIngress", json!({ "GroupId": web, "IpPermissions": right })).await;
    met(folder, "provider-vpc");

    let server = hand.instance(&subnet, &web, &script("web", &token, "")).await;
    met(folder, "web-server");

    let balancer = json!({ "Name": "door", "Type": "network", "Scheme": "internal", "Subnets": [subnet], "SecurityGroups": [front] });
    let balancer = get(&hand.elb("CreateLoadBalancer", balancer).await, "LoadBalancers[0].LoadBalancerArn");
    let targets = json!({ "Name": "pool", "Protocol": "TCP", "Port": 80, "VpcId": provider, "TargetType": "instance" });
    let targets = get(&hand.elb("CreateTargetGroup", targets).await, "TargetGroups[0].TargetGroupArn");
    let forward = json!([{ "Type": "forward", "TargetGroupArn": targets }]);
    let listener = json!({ "LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": forward });
    hand.elb("CreateListener", listener).await;
    hand.elb("RegisterTargets", json!({ "TargetGroupArn": targets, "Targets": [{ "Id": server }] })).await;
    met(folder, "nlb");

    // Without acceptance at first.
    let service = json!({ "NetworkLoadBalancerArns": [balancer], "AcceptanceRequired": false });
    let service = hand.ec2("CreateVpcEndpointServiceConfiguration", service).await;
    let id = get(&service, "ServiceConfiguration.ServiceId");
    wait_for(folder, "an open service", |line| line["event"] == "sighted" && line["resource"] == "service");
    hand.ec2("DeleteVpcEndpointServiceConfigurations", json!({ "ServiceIds": [id] })).await;
    let service = json!({ "NetworkLoadBalancerArns": [balancer], "AcceptanceRequired": true });
    let service = hand.ec2("CreateVpcEndpointServiceConfiguration", service).await;
    let (id, name) =
        (get(&service, "ServiceConfiguration.ServiceId"), get(&service, "ServiceConfiguration.ServiceName"));
    let allow = json!({ "ServiceId": id, "AddAllowedPrincipals": [format!("arn:aws:iam::{account}:root")] });
    hand.ec2("ModifyVpcEndpointServicePermissions", allow).await;
    met(folder, "endpoint-service");
    // It was all made before its step began.
    met(folder, "consumer-vpc");

    let endpoint = json!({
        "VpcEndpointType": "Interface", "VpcId": consumer, "ServiceName": name, "SubnetIds": [client_subnet],
        "SecurityGroupIds": [endpoints],
    });
    let endpoint = hand.ec2("CreateVpcEndpoint", endpoint).await;
    let dns = get(&endpoint, "VpcEndpoint.DnsEntries[0].DnsName");
    met(folder, "endpoint");
    hand.instance(&client_subnet, &clients, &script("client", &token, &dns)).await;
    met(folder, "client");
    let endpoint = get(&endpoint, "VpcEndpoint.VpcEndpointId");
    hand.ec2("AcceptVpcEndpointConnections", json!({ "ServiceId": id, "VpcEndpointIds": [endpoint] })).await;
    met(folder, "proof");
    (provider, consumer)
}

/// What existed before the run is offered if it fits, is used if the learner says so, and survives even a clean-up to
/// which everything is handed over.
#[test]
fn what_existed_before_the_run_is_offered_used_and_never_deleted() {
    let lone = StandaloneSandbox::open("");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    let options = ConnectOptions {
        region: "ap-northeast-1".to_owned(),
        endpoint_url: Some(lone.url.clone()),
        profile: None,
        ca_bundle: None,
        keys: Some((lone.key.clone(), lone.secret.clone())),
    };
    let hand = ManualLearner { clients: runtime.block_on(connect(&options)).expect("the options are good") };
    let (vpc, subnet) = runtime.block_on(async {
        let vpc = hand.vpc().await;
        let subnet = hand.subnet(&vpc, "apne1-az4").await;
        (vpc, subnet)
    });
    for used in [true, false] {
        let folder = Folder::new();
        let start = "start --hands-on --plain --lang en --pace instant --endpoint-url";
        // Make it myself; then the first choice is a new one, the second the existing one.
        let answers = if used { "1\n2\n" } else { "1\n1\n" };
        let mut running = lone.signed(folder.pllab(start).arg(&lone.url)).stdin(answers).start();
        running.until("existed before the run began");
        let told = wait_for(&folder, "an answer", |line| line["event"] == "older");
        assert_eq!((&told["used"], &told["step"]), (&used.into(), &"provider-vpc".into()));
        assert_eq!(told["ids"], json!([subnet, vpc]).as_array().map(|ids| sorted(ids)).expect("ids"));
        if used {
            for (resource, id) in [("provider-vpc", &vpc), ("provider-subnet", &subnet)] {
                wait_for(&folder, resource, |line| {
                    line["event"] == "recognised" && line["resource"] == resource && line["facts"]["id"] == id.as_str()
                });
            }
        } else {
            runtime.block_on(async {
                let other = hand.vpc().await;
                wait_for(&folder, "the new one", |line| {
                    line["event"] == "recognised" && line["facts"]["id"] == other.as_str()
                });
                hand.ec2("DeleteVpc", json!({ "VpcId": other })).await;
            });
        }
        drop(running);
        let clean = folder.pllab("clean --yes --with-mine --output json");
        let cleaned = lone.signed(clean).run().code(0).events();
        assert_eq!(receipt(&cleaned).map(|(_, left, unknown)| (left, unknown)), Some((0, 0)));
        let notice = cleaned.iter().find(|line| line["event"] == "notice" && line.to_string().contains(&vpc));
        assert_eq!(notice.is_some(), used, "{cleaned:#?}");
        runtime.block_on(hand.ec2("DescribeSubnets", json!({ "SubnetIds": [subnet] })));
    }
}

fn sorted(ids: &[Value]) -> Value {
    let ids: std::collections::BTreeSet<_> = ids.iter().filter_map(Value::as_str).collect();
    json!(ids)
}
