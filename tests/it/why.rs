//! The path from the client to the page, traced at any time of a run.

use std::collections::BTreeMap;

use pllab::inside::cloud::{Api, Clients, ConnectOptions, connect};
use pllab::inside::i18n::{Lang, Text};
use serde_json::{Value, json};

use super::harness::{Folder, Key, Line, ManualLearner, Running, Screen, ec2, elb, events, get, wait_for};

fn rungs(lines: &[Line]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .filter(|line| line["event"] == "rung")
        .map(|line| (line["rung"].as_str().unwrap_or_default(), line["state"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn a_finished_lab_has_a_whole_path() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let journal = folder.journal();
    let traced = folder.pllab("why --output json").run().code(0);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert!(rungs.len() > 15 && rungs.iter().all(|(_, state)| *state == "holds"), "{rungs:?}");
    assert!(lines.iter().filter(|line| line["event"] == "rung").all(|line| line["command"].as_str() != Some("")));
    assert_eq!(lines.last().expect("a diagnosis")["verdict"], "met");
    assert_eq!(folder.journal(), journal, "it only reads");
    let said = folder.pllab("why").run().code(0);
    assert!(
        said.out.contains("aws ec2 describe-vpc-endpoints") && said.out.contains("The whole path works"),
        "{}",
        said.out
    );
    let said = folder.pllab("why").ja().run();
    assert!(said.out.contains("経路はすべて通っています"), "{}", said.out);
}

#[test]
fn in_the_middle_of_a_run_the_path_ends_at_what_is_not_made_yet() {
    let folder = Folder::new();
    // Nobody answers the first question: the run has begun, and nothing is made.
    folder.pllab("start --pace instant").run().code(2);
    let traced = folder.pllab("why --output json").run().code(1);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert!(rungs[1..].iter().all(|(_, state)| *state == "not_made"), "{rungs:?}");
    let diagnosis = lines.last().expect("a diagnosis");
    // The first step, not that of the first hop.
    assert_eq!((&diagnosis["rung"], &diagnosis["step"]), (&"load_balancer".into(), &"provider-vpc".into()));
    folder.pllab("why").run().says("provider-vpc does not exist yet. The step provider-vpc creates it.");
}

/// The provider's side is traced before there is an endpoint.
#[cfg(unix)]
#[test]
fn before_the_endpoint_the_providers_side_is_traced_alone() {
    let folder = Folder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    let why = |folder: &Folder| folder.pllab("why --output json").run().code(1).events();
    let folder = runtime.block_on(async {
        let mut hand = ManualLearner::begin_in(folder, None, "privatelink").await;
        hand.up_to("web-server").await;
        let step = hand.lab.lab.steps[2].clone();
        let part = |name: &str| step.makes.iter().find(|it| it.name() == name).expect("the lab has it").clone();
        hand.make(step.side, &part("nlb")).await;
        wait_for(&hand.folder, "the NLB", |line| line["event"] == "recognised" && line["resource"] == "nlb");
        let lines = why(&hand.folder);
        let states: BTreeMap<_, _> = rungs(&lines).into_iter().collect();
        assert_eq!((states["load_balancer"], states["listener"], states["health"]), ("holds", "not_made", "not_made"));
        let end = lines.last().expect("a diagnosis");
        assert_eq!((&end["rung"], &end["step"]), (&"listener".into(), &"nlb".into()));
        hand.step_on("nlb", &["nlb"]).await;
        // A rule is taken away behind the NLB.
        let rule = json!([{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": "${nlb-sg.id}" }] }]);
        let rule = json!({ "GroupId": "${web-sg.id}", "IpPermissions": rule });
        hand.call(Api::Ec2, "RevokeSecurityGroupIngress", rule.clone()).await;
        let lines = why(&hand.folder);
        let end = lines.last().expect("a diagnosis");
        assert_eq!((&end["rung"], &end["step"]), (&"target_group".into(), &Value::Null), "{lines:#?}");
        assert!(end["commands"].to_string().contains("authorize-security-group-ingress"), "{end}");
        hand.call(Api::Ec2, "AuthorizeSecurityGroupIngress", rule).await;
        hand.step("endpoint-service").await;
        hand.leave()
    });
    let lines = why(&folder);
    let states: BTreeMap<_, _> = rungs(&lines).into_iter().collect();
    for rung in [
        "load_balancer",
        "listener",
        "targets",
        "load_balancer_egress",
        "target_group",
        "provider_route",
        "host",
        "health",
    ] {
        assert_eq!(states[rung], "holds", "{rung}");
    }
    for rung in ["endpoint", "connection", "client_group", "load_balancer_group", "cross_zone", "answer"] {
        assert_eq!(states[rung], "not_made", "{rung}");
    }
    let end = lines.last().expect("a diagnosis");
    assert_eq!((&end["rung"], &end["step"]), (&"endpoint".into(), &"consumer-vpc".into()));
    folder.pllab("why").run().code(1).says("consumer-vpc does not exist yet. The step consumer-vpc creates it.");
    folder.pllab("why").ja().run().code(1).says("未作成");
}

#[test]
fn without_a_run_it_says_how_to_begin() {
    let folder = Folder::new();
    let said = folder.pllab("why").run().code(2);
    assert!(said.err.contains("pllab start"), "{}", said.err);
}

/// The ids of what a run has made, by the lab's names.
fn ids(journal: &[Line]) -> BTreeMap<String, String> {
    let made = |call: &Value| journal.iter().find(|line| line["event"] == "intent" && line["call"] == *call);
    let outcomes = journal.iter().filter(|line| line["event"] == "outcome" && line["facts"]["id"].is_string());
    let pair = |line: &Line| {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Some((text(&made(&line["call"])?["resource"]), text(&line["facts"]["id"])))
    };
    outcomes.filter_map(pair).collect()
}

async fn client(ready: &Value, account: usize) -> Clients {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let account = &ready["accounts"][account];
    let options = ConnectOptions {
        region: text(&ready["region"]),
        endpoint_url: Some(text(&ready["endpoint_url"])),
        keys: Some((text(&account["access_key_id"]), text(&account["secret_access_key"]))),
        ..Default::default()
    };
    connect(&options).await.expect("the options are good")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_leads_away_is_the_broken_hop_and_one_that_does_not_is_none() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let ready = sandbox.ready();
    folder.pllab("start two-zones --yes --keep").run().code(0);
    folder.pllab("why --output json").run().code(0);
    let ids = ids(&folder.journal());
    let of = client(&ready, 0).await;
    let id = |name: &str| ids[name].clone();
    // The VPC's main table, which subnets without one of their own use.
    let main = async |vpc: &str| {
        let filters =
            json!([{ "Name": "vpc-id", "Values": [id(vpc)] }, { "Name": "association.main", "Values": ["true"] }]);
        let seen = ec2(&of, "DescribeRouteTables", json!({ "Filters": filters })).await.expect("it is there");
        get(&seen, "RouteTables[0].RouteTableId")
    };
    let (ours, theirs) = (main("consumer-vpc").await, main("provider-vpc").await);
    let its_own = id("provider-routes");
    let local = "ReplaceRoute";
    // A route in a table from a block to an instance; the rung that fails, and the call that repairs it.
    for (table, block, instance, rung, mends) in [
        (&ours, "10.1.2.0/24", "client", Some("consumer_route"), "delete-route"),
        // Affects the answer.
        (&its_own, "10.0.2.0/24", "web", Some("provider_route"), "delete-route"),
        // The local route itself.
        (&ours, "10.1.0.0/16", "client", Some("consumer_route"), "replace-route"),
        // To where the packets go anyway.
        (&theirs, "10.0.1.0/24", "web", None, ""),
        (&ours, "10.1.1.0/24", "client", None, ""),
        // Outside the VPC, and in a table that no subnet of the path uses in this direction.
        (&ours, "172.16.0.0/12", "client", None, ""),
        (&its_own, "10.0.1.0/24", "web", None, ""),
    ] {
        let whole = block.ends_with("/16");
        let mut params = json!({ "RouteTableId": table, "DestinationCidrBlock": block, "InstanceId": id(instance) });
        let operation = if whole { local } else { "CreateRoute" };
        ec2(&of, operation, params.clone()).await.expect("a route");
        let traced = folder.pllab("why --output json").run().code(i32::from(rung.is_some())).events();
        let broken: Vec<_> = rungs(&traced).into_iter().filter(|(_, state)| *state == "broken").collect();
        assert_eq!(broken.first().map(|(name, _)| *name), rung, "{block}: {traced:#?}");
        if rung.is_some() {
            let command = traced.last().expect("a diagnosis")["commands"].to_string();
            assert!(command.contains(mends) && command.contains(block), "{block}: {command}");
            let words =
                if rung == Some("provider_route") { "sends the answer, which goes to" } else { "sends traffic for" };
            let said = folder.pllab("why").run().code(1).says(&format!("{words} {block}"));
            said.says("the most specific one is used").says(&format!("route {block} "));
            let said = folder.pllab("why").ja().run().code(1).says(&format!("{block} 宛て"));
            said.says("最も具体的なもの");
        }
        params.as_object_mut().expect("an object").remove("InstanceId");
        if whole {
            params["LocalTarget"] = true.into();
            ec2(&of, local, params).await.expect("its own target again");
        } else {
            ec2(&of, "DeleteRoute", params).await.expect("gone");
        }
        folder.pllab("why --output json").run().code(0);
    }
    sandbox.signal("INT");
    sandbox.wait().code(0);
}

#[test]
fn a_repair_names_what_it_is_about() {
    let folder = Folder::new();
    folder.pllab("start private-dns --yes --keep --pace instant").run().code(0);
    for (drill, words) in [
        ("one-switch-of-two", ["Turn on enableDnsHostnames for VPC vpc-", "--enable-dns-hostnames"]),
        ("off-the-record", ["Publish the TXT record _", " with the value vpce:"]),
    ] {
        folder.pllab(&format!("drill {drill} --yes")).run().code(0);
        folder.pllab("why").run().code(1).says(words[0]).says(words[1]);
        folder.pllab("drill undo").run().code(0);
    }
}

/// A finished lab on a standalone sandbox, and both of its accounts.
struct Stage {
    folder: Folder,
    sandbox: Running,
    ready: Value,
}

impl Stage {
    fn set(lab: &str, pace: &str) -> Self {
        let folder = Folder::new();
        let mut sandbox = folder.pllab(&format!("sandbox --output json --pace {pace}")).start();
        let ready = sandbox.ready();
        folder.pllab(&format!("start {lab} --yes --keep")).run().code(0);
        Self { folder, sandbox, ready }
    }

    /// The only target group, and its only target.
    async fn target(&self, of: &Clients) -> (String, String) {
        let groups = elb(of, "DescribeTargetGroups", json!({})).await.expect("groups");
        let group = get(&groups, "TargetGroups[0].TargetGroupArn");
        let health = elb(of, "DescribeTargetHealth", json!({ "TargetGroupArn": group })).await.expect("targets");
        (group, get(&health, "TargetHealthDescriptions[0].Target.Id"))
    }

    fn close(self) {
        self.sandbox.signal("INT");
        self.sandbox.wait().code(0);
    }
}

#[test]
fn what_comes_after_the_broken_hop_shares_a_line() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    folder.pllab("drill silent-monday --yes").run().code(0);
    for (said, words) in [
        (folder.pllab("why").run().code(1), "8-22. not checked (stopped earlier)"),
        (folder.pllab("why").ja().run().code(1), "8-22. 未確認 (手前で止まっています)"),
    ] {
        let said = said.says(words);
        let rows = said.out.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).count();
        assert_eq!(rows, 8, "seven rows and the rest: {}", said.out);
    }
    // Programs still get every hop.
    let traced = folder.pllab("why --output json").run().code(1).events();
    assert_eq!(rungs(&traced).len(), 22);
    let rest: Vec<_> = traced.iter().filter(|line| !line["rest"].is_null()).collect();
    assert_eq!((rest.len(), &rest[0]["number"], &rest[0]["rest"]), (1, &8.into(), &22.into()));
}

#[test]
fn names_stand_beside_ids_and_states_are_in_the_readers_words() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let ids = ids(&folder.journal());
    folder.pllab("drill silent-monday --yes").run().code(0);
    let said = folder.pllab("why").run().code(1);
    let (group, client) = (&ids["endpoint-sg"], &ids["client-sg"]);
    let said = said.says(&format!(
        "Add an inbound rule to security group {group} (endpoint-sg): TCP 80 from {client} (client-sg)."
    ));
    let said = said.says(&format!("seen: {group} (endpoint-sg) [-]")).says(&format!("GroupId={client}"));
    assert!(!said.out.contains(&format!("GroupId={client} (")), "a command has ids only: {}", said.out);
    folder.pllab("drill undo").run().code(0);
    folder.pllab("drill waiting-room --yes").run().code(0);
    folder
        .pllab("why")
        .run()
        .code(1)
        .says("seen: Pending acceptance (to consumer and provider)")
        .says("expected: Available");
    folder
        .pllab("why")
        .ja()
        .run()
        .code(1)
        .says("実際: 承諾待ち (Pending acceptance) (consumer から見ても provider から見ても)");
    folder.pllab("drill undo").run().code(0);
    folder.pllab("drill night-shift --yes").run().code(0);
    let web = &ids["web"];
    folder.pllab("why").run().code(1).says("expected: running").says(&format!("seen: {web} (web): stopped"));
    folder.pllab("why").ja().run().code(1).says("期待: 実行中").says(&format!("実際: {web} (web): 停止済み"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminated_target_is_the_broken_hop() {
    let stage = Stage::set("privatelink", "instant");
    let of = client(&stage.ready, 0).await;
    let (group, web) = stage.target(&of).await;
    ec2(&of, "TerminateInstances", json!({ "InstanceIds": [web] })).await.expect("it ends");
    // While it shuts down, when it is gone and has left the group by itself, and in both languages.
    for (lang, leaves) in [("en", true), ("ja", false), ("en", false)] {
        let said = stage.folder.pllab("why").env("PLLAB_LANG", lang).run().code(1);
        let words = if lang == "ja" {
            "ターゲットのインスタンスはもうありません"
        } else {
            "The target's instance no longer exists"
        };
        let said = said.says(words).says(&format!("{web} (web):80"));
        assert_eq!(said.out.contains("aws elbv2 deregister-targets"), leaves, "{}", said.out);
        said.says(&group);
    }
    let traced = stage.folder.pllab("why --output json").run().code(1).events();
    assert_eq!(traced.last().expect("a diagnosis")["rung"], "targets");
    stage.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_on_the_wrong_port_is_mended_at_the_target_group() {
    let stage = Stage::set("privatelink", "instant");
    let of = client(&stage.ready, 0).await;
    let (group, web) = stage.target(&of).await;
    let target = |port: u16| json!({ "TargetGroupArn": group, "Targets": [{ "Id": web, "Port": port }] });
    elb(&of, "RegisterTargets", target(8080)).await.expect("registered");
    elb(&of, "DeregisterTargets", target(80)).await.expect("deregistered");
    let said = stage.folder.pllab("why").run().code(1).says("registered on port 8080, but the server listens on 80");
    assert!(!said.out.contains("authorize-security-group"), "no port is to be opened: {}", said.out);
    let traced = stage.folder.pllab("why --output json").run().code(1).events();
    let diagnosis = traced.last().expect("a diagnosis");
    assert_eq!(diagnosis["rung"], "targets");
    let commands = diagnosis["commands"].to_string();
    for words in ["register-targets", "Port=80", "deregister-targets", "Port=8080"] {
        assert!(commands.contains(words), "{words}: {commands}");
    }
    // What it says is enough.
    elb(&of, "RegisterTargets", target(80)).await.expect("registered");
    elb(&of, "DeregisterTargets", target(8080)).await.expect("deregistered");
    stage.folder.pllab("why").run().code(0);
    stage.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_repair_the_next_attempt_of_the_client_counts() {
    let stage = Stage::set("privatelink", "quick");
    let of = client(&stage.ready, 0).await;
    let ids = ids(&stage.folder.journal());
    let rule = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": ids["client-sg"] }] });
    let rule = json!({ "GroupId": ids["endpoint-sg"], "IpPermissions": [rule] });
    ec2(&of, "RevokeSecurityGroupIngress", rule.clone()).await.expect("revoked");
    // Until the client's newest attempt has failed.
    let mut looks = 0;
    while stage.folder.pllab("check client").run().code == Some(0) {
        looks += 1;
        assert!(looks < 300, "the client never fails");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    ec2(&of, "AuthorizeSecurityGroupIngress", rule).await.expect("mended");
    // The newest attempt is still the failed one, which says nothing about the path as it is now.
    let said = stage.folder.pllab("why").run().code(0).says("The whole path works");
    assert!(!said.out.contains("All settings are correct, but"), "{}", said.out);
    stage.close();
}

/// A finished run with two endpoints, and the ids of what it made.
fn two_endpoints() -> (Folder, BTreeMap<String, String>) {
    let folder = Folder::new();
    let labs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/more-labs");
    folder.pllab("start two-endpoints --yes --keep --pace instant --labs").arg(labs).run().code(0);
    let ids = ids(&folder.journal());
    (folder, ids)
}

#[test]
fn with_several_endpoints_one_is_chosen() {
    let (folder, ids) = two_endpoints();
    // Nobody can be asked, so it takes the first and names the other.
    let said = folder.pllab("why").run().code(0).says(&ids["sales-endpoint"]).says("TCP 80");
    said.complains("This is the path to sales-endpoint. The other endpoints, for --endpoint: stock-endpoint");
    for wanted in ["stock-endpoint", &ids["stock-endpoint"]] {
        let said = folder.pllab("why --endpoint").arg(wanted).run().code(0).clean();
        let said =
            said.says(&ids["stock-endpoint"]).says("Port of the listener: TCP 80, TCP 8080").says("expected: TCP 8080");
        assert!(!said.out.contains(&ids["sales-endpoint"]), "{}", said.out);
    }
    folder.pllab("why --endpoint nowhere").run().code(2).complains("sales-endpoint, stock-endpoint");
    let said = folder.pllab("why --endpoint vpce-0123456789abcdef0").run().code(1);
    said.says("The endpoint is gone");
}

#[test]
fn with_several_endpoints_a_terminal_asks_which() {
    let (folder, ids) = two_endpoints();
    for lang in Lang::ALL {
        let mut screen = Screen::open(&folder, &format!("why --lang {}", lang.tag()), (120, 60), &[]);
        screen.wait(&Text::message("why-which", []).render(lang));
        assert!(["sales-endpoint", "stock-endpoint"].iter().all(|it| screen.visible().contains(it)));
        screen.tap(Key::Down);
        screen.press(Key::Enter);
        screen.see_or_end("the path to the second", |_| false);
        let all = screen.history().join("\n");
        assert!(all.contains(&ids["stock-endpoint"]) && !all.contains(&ids["sales-endpoint"]), "{all}");
        assert_eq!(screen.end(), 0);
    }
}

/// Moves the lab's only listener to a group with this address.
async fn target_by_address(of: &Clients, address: &str) {
    let groups = elb(of, "DescribeTargetGroups", json!({})).await.expect("groups");
    let params = json!({ "Name": "byip", "Protocol": "TCP", "Port": 80, "TargetType": "ip",
        "VpcId": get(&groups, "TargetGroups[0].VpcId") });
    let made = elb(of, "CreateTargetGroup", params).await.expect("a group");
    let group = get(&made, "TargetGroups[0].TargetGroupArn");
    let target = json!({ "TargetGroupArn": group, "Targets": [{ "Id": address }] });
    elb(of, "RegisterTargets", target).await.expect("registered");
    let balancer = get(&groups, "TargetGroups[0].LoadBalancerArns[0]");
    let listeners = elb(of, "DescribeListeners", json!({ "LoadBalancerArn": balancer })).await.expect("a listener");
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let change = json!({ "ListenerArn": get(&listeners, "Listeners[0].ListenerArn"), "DefaultActions": forward });
    elb(of, "ModifyListener", change).await.expect("moved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_by_address_is_named_and_so_is_what_it_lacks() {
    let stage = Stage::set("privatelink", "instant");
    let of = client(&stage.ready, 0).await;
    let (_, web) = stage.target(&of).await;
    let seen = ec2(&of, "DescribeInstances", json!({ "InstanceIds": [web] })).await.expect("the web server");
    let [address, vpc, subnet] =
        ["PrivateIpAddress", "VpcId", "SubnetId"].map(|key| get(&seen, &format!("Reservations[0].Instances[0].{key}")));
    // The web server itself.
    target_by_address(&of, &address).await;
    stage.folder.pllab("why").run().code(0);
    // Nobody.
    let groups = elb(&of, "DescribeTargetGroups", json!({ "Names": ["byip"] })).await.expect("the group");
    let group = get(&groups, "TargetGroups[0].TargetGroupArn");
    let swap = async |new: &str, old: &str| {
        let of_group = |id: &str| json!({ "TargetGroupArn": group, "Targets": [{ "Id": id }] });
        elb(&of, "RegisterTargets", of_group(new)).await.expect("registered");
        elb(&of, "DeregisterTargets", of_group(old)).await.expect("deregistered");
    };
    let nobody = "10.0.1.250";
    swap(nobody, &address).await;
    for (lang, words) in [
        ("en", "Nothing in the NLB's VPC has the target's address 10.0.1.250."),
        ("ja", "ターゲットのアドレス 10.0.1.250 を持つものがありません"),
    ] {
        let said = stage.folder.pllab("why").env("PLLAB_LANG", lang).run().code(1);
        let said = said.says(words).says("aws elbv2 deregister-targets").says("10.0.1.250:80");
        assert!(!said.out.contains("must have values"), "{}", said.out);
    }
    // The network interface of an endpoint to a service of one's own that was rejected.
    let services = ec2(&of, "DescribeVpcEndpointServiceConfigurations", json!({})).await.expect("the service");
    let service = get(&services, "ServiceConfigurations[0].ServiceId");
    let params = json!({ "VpcEndpointType": "Interface", "VpcId": vpc, "SubnetIds": [subnet],
        "ServiceName": get(&services, "ServiceConfigurations[0].ServiceName") });
    let made = ec2(&of, "CreateVpcEndpoint", params).await.expect("an endpoint");
    let endpoint = get(&made, "VpcEndpoint.VpcEndpointId");
    let interface = json!({ "NetworkInterfaceIds": [get(&made, "VpcEndpoint.NetworkInterfaceIds[0]")] });
    let seen = ec2(&of, "DescribeNetworkInterfaces", interface).await.expect("its interface");
    let there = get(&seen, "NetworkInterfaces[0].PrivateIpAddress");
    let all = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let open = json!({ "GroupId": get(&seen, "NetworkInterfaces[0].Groups[0].GroupId"), "IpPermissions": all });
    ec2(&of, "AuthorizeSecurityGroupIngress", open).await.expect("open");
    let reject = json!({ "ServiceId": service, "VpcEndpointIds": [endpoint] });
    ec2(&of, "RejectVpcEndpointConnections", reject).await.expect("rejected");
    swap(&there, nobody).await;
    let said = stage.folder.pllab("why").run().code(1);
    said.says(&format!("network interface of the endpoint {endpoint}")).says("Rejected");
    stage.close();
}
