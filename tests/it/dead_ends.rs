//! No dead ends by hand: what was rejected is made again, what can no longer be seen is said and passed, and what was
//! made and does not fit is named.

use pllab::inside::actions::{self, Naming};
use pllab::inside::cloud::{Api, Call, text_at};
use pllab::inside::lab::{Resource, Side};
use serde_json::{Value, json};

use super::harness::{Cloud, Folder, ManualLearner, ec2, receipt, wait_for};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts")
}

fn call(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Ec2, operation, params)
}

/// The lab's resource of this name.
fn resource(hand: &ManualLearner, name: &str) -> (Side, Resource) {
    let steps = hand.lab.lab.steps.iter();
    let mut all = steps.flat_map(|step| step.makes.iter().map(|it| (step.side, it.clone())));
    all.find(|(_, it)| it.name() == name).expect("the lab has it")
}

async fn make(hand: &mut ManualLearner, names: &[&str]) {
    for name in names {
        let (side, resource) = resource(hand, name);
        hand.make(side, &resource).await;
    }
}

/// Sends a call of the consumer's, with its references filled in.
async fn consumer(hand: &ManualLearner, operation: &'static str, params: Value) -> Value {
    hand.send(Side::Consumer, &hand.resolved(&call(operation, params))).await
}

async fn answer(hand: &ManualLearner, operation: &'static str) {
    let params = json!({ "ServiceId": "${service.id}", "VpcEndpointIds": ["${endpoint.id}"] });
    hand.call(Api::Ec2, operation, params).await;
}

#[test]
fn a_connection_that_was_rejected_by_hand_is_made_again_by_hand() {
    runtime()
        .block_on(async {
            let mut hand = ManualLearner::begin("privatelink").await;
            hand.up_to("client").await;
            wait_for(&hand.folder, "the step", |line| line["event"] == "step_started" && line["step"] == "acceptance");
            let old = hand.facts[&("endpoint".to_owned(), "id".to_owned())].clone();
            answer(&hand, "RejectVpcEndpointConnections").await;
            let lost = wait_for(&hand.folder, "what is lost", |line| line["event"] == "lost");
            assert_eq!((&lost["step"], &lost["things"][0]["state"]), (&"acceptance".into(), &"rejected".into()));
            assert_eq!(lost["things"][0]["id"], old.as_str());
            // The client asks for the old endpoint's name.
            assert_eq!(lost["again"], json!(["endpoint", "client"]));
            let commands = lost["commands"].to_string();
            assert!(commands.contains("terminate-instances") && commands.contains(&old), "{commands}");
            wait_for(&hand.folder, "room for others", |line| line["event"] == "set_aside");
            make(&mut hand, &["endpoint"]).await;
            wait_for(&hand.folder, "the new one", |line| {
                line["event"] == "recognised" && line["resource"] == "endpoint" && line["facts"]["id"] != old.as_str()
            });
            make(&mut hand, &["client"]).await;
            let again = |line: &Value, step: &str| line["event"] == "step_finished" && line["step"] == step;
            wait_for(&hand.folder, "both steps again", |line| again(line, "client"));
            answer(&hand, "AcceptVpcEndpointConnections").await;
            hand.met("proof");
            hand
        })
        // Everything is the learner's, the rejected endpoint and its client too, and goes when it is handed over.
        .end();
}

/// In the guided way pllab itself makes it again, and comes back to the step.
#[test]
fn a_connection_that_was_rejected_elsewhere_is_made_again_by_pllab() {
    let folder = Folder::new();
    folder.pllab("start --plain --pace instant").stdin("leave\n").run().code(1);
    folder.pllab("resume --step acceptance --plain").stdin("go\nleave\n").run().code(1);
    runtime().block_on(async {
        let cloud = Cloud::open(&folder.run().join("sandbox")).await;
        let all = ec2(&cloud.provider, "DescribeVpcEndpointConnections", json!({})).await.expect("connections");
        let text = |path: &str| text_at(&all, &format!("VpcEndpointConnections[0].{path}")).expect(path);
        let reject = json!({ "ServiceId": text("ServiceId"), "VpcEndpointIds": [text("VpcEndpointId")] });
        ec2(&cloud.provider, "RejectVpcEndpointConnections", reject).await.expect("it can be rejected");
        cloud.close().await;
    });
    // Accept it; no prediction; create it again; accept that; go on with the next step another time.
    let ran = folder.pllab("resume --plain").stdin("go\nskip\ngo\ngo\nleave\n").run().code(1);
    let journal = folder.journal();
    let lost = journal.iter().find(|line| line["event"] == "lost").expect("what is lost is said");
    assert_eq!(lost["again"], json!(["endpoint", "client"]));
    assert!(
        ran.out.contains("was rejected") && ran.out.contains("To go on, this must be created again: endpoint, client.")
    );
    let met =
        |line: &Value| line["event"] == "step_finished" && line["step"] == "acceptance" && line["verdict"] == "met";
    assert!(journal.iter().any(met), "{}", ran.out);
    folder.pllab("resume --yes").run().code(0);
}

/// The client is terminated while its step is met: nothing on this step can bring the page. What its own step wanted to
/// see, the time-out, is over by then.
#[test]
fn what_was_deleted_elsewhere_is_made_again_by_pllab() {
    let folder = Folder::new();
    folder.pllab("start --plain --pace instant").stdin("leave\n").run().code(1);
    folder.pllab("resume --step acceptance --plain").stdin("go\nleave\n").run().code(1);
    let journal = folder.journal();
    let run = journal.iter().rfind(|line| line["event"] == "intent" && line["resource"] == "client").expect("a client");
    let outcome = journal.iter().find(|line| line["event"] == "outcome" && line["call"] == run["call"]).expect("made");
    let client = outcome["facts"]["id"].clone();
    runtime().block_on(async {
        let cloud = Cloud::open(&folder.run().join("sandbox")).await;
        let gone = ec2(&cloud.provider, "TerminateInstances", json!({ "InstanceIds": [client] })).await;
        gone.expect("it can be terminated");
        cloud.close().await;
    });
    let ran = folder.pllab("resume --plain").stdin("go\nskip\ngo\ngo\nleave\n").run().code(1);
    let journal = folder.journal();
    let lost = journal.iter().find(|line| line["event"] == "lost").unwrap_or_else(|| panic!("{}", ran.out));
    assert_eq!((&lost["again"], &lost["things"][0]["id"]), (&json!(["client"]), &client));
    assert!(journal.iter().any(|line| line["text"]["key"] == "watch-ahead"), "{}", ran.out);
    let met =
        |line: &Value| line["event"] == "step_finished" && line["step"] == "acceptance" && line["verdict"] == "met";
    assert!(journal.iter().any(met), "{}", ran.out);
    folder.pllab("resume --yes").run().code(0);
}

/// Who works by hand may reject first too; what that costs is made again by pllab beside what the learner made.
#[cfg(unix)]
#[test]
fn by_hand_the_detour_is_offered_and_leads_back() {
    let folder = runtime().block_on(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        hand.up_to("endpoint").await;
        // The last record before it watches.
        wait_for(&hand.folder, "the step", |line| line["event"] == "predicted" && line["step"] == "client");
        hand.leave()
    });
    folder.pllab("resume --guided --plain").stdin("leave\n").run().code(1);
    // On to the step; the detour first, without a prediction; pllab makes it again; pllab accepts.
    let answers = "go\ndetour\nskip\ngo\ngo\nskip\nleave\n";
    let ran = folder.pllab("resume --hands-on --plain").stdin(answers).run().code(1);
    let journal = folder.journal();
    let said = |event: &str| journal.iter().any(|line| line["event"] == event);
    assert!(said("lost") && said("set_aside"), "{}", ran.out);
    let states = journal.iter().filter(|line| line["event"] == "check" && line["step"] == "acceptance");
    let states: Vec<&str> = states.filter_map(|line| line["check"].as_str()).collect();
    let rejected =
        ["request_waiting:service:endpoint", "endpoint_state:endpoint:rejected", "no_answer:client:endpoint"];
    assert_eq!(states[..3], rejected, "{}", ran.out);
    folder.pllab("resume --guided --yes --keep").run().code(0);
    // The learner's first endpoint is still theirs, and goes when it is handed over.
    let cleaned = folder.pllab("clean --yes --with-mine --output json").run().code(0).events();
    let (gone, left, unknown) = receipt(&cleaned).expect("a receipt");
    assert!(gone >= 18 && left == 0 && unknown == 0, "{gone} {left} {unknown}");
}

/// As Terraform's `auto_accept` does: the connection is accepted before the step that wants to see it wait.
#[test]
fn what_can_no_longer_be_seen_because_the_learner_is_ahead_is_said_and_passed() {
    runtime()
        .block_on(async {
            let mut hand = ManualLearner::begin("privatelink").await;
            hand.up_to("endpoint-service").await;
            // All of the step but a rule, so that pllab still waits for it.
            make(&mut hand, &["consumer-vpc", "consumer-subnet", "client-sg"]).await;
            let (_, group) = resource(&hand, "endpoint-sg");
            let parts = actions::make(&group, &Naming { run: "mine", lab: "", learner: "", round: 0 });
            for part in &parts[..1] {
                let mut bare = part.call.clone();
                bare.params.remove("TagSpecifications");
                let reply = hand.send(Side::Consumer, &hand.resolved(&bare)).await;
                let id = text_at(&reply, "GroupId").expect("an id");
                hand.facts.insert(("endpoint-sg".to_owned(), "id".to_owned()), id);
            }
            make(&mut hand, &["found-service", "endpoint", "client"]).await;
            answer(&hand, "AcceptVpcEndpointConnections").await;
            let look = json!({ "VpcEndpointIds": ["${endpoint.id}"] });
            while text_at(&consumer(&hand, "DescribeVpcEndpoints", look.clone()).await, "VpcEndpoints[0].State")
                .is_none_or(|state| state != "available")
            {}
            hand.send(Side::Consumer, &hand.resolved(&parts[1].call)).await;
            hand.met("proof");
            let journal = hand.folder.journal();
            let passed = journal.iter().filter(|line| line["text"]["key"] == "watch-ahead");
            let titles: Vec<&str> = passed.filter_map(|line| line["text"]["args"]["title"]["key"].as_str()).collect();
            for title in ["check-title-endpoint-state", "check-title-no-answer", "check-title-request-waiting"] {
                assert!(titles.contains(&title), "{title}: {titles:?}");
            }
            hand
        })
        .end();
}

/// `check` speaks of what was made by hand as the watch does, and sees it as it is now.
#[test]
fn a_check_says_what_is_near_and_what_differs() {
    runtime().block_on(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        let vpc = hand.call(Api::Ec2, "CreateVpc", json!({ "CidrBlock": "10.9.0.0/16" })).await;
        let vpc = text_at(&vpc, "Vpc.VpcId").expect("an id");
        let words = format!("{vpc} is almost provider-vpc. What differs:");
        let difference = "IPv4 CIDR: expected 10.0.0.0/16, found 10.9.0.0/16";
        hand.folder.pllab("check provider-vpc").run().code(1).says(&words).says(difference);
        hand.folder.pllab("why").run().code(1).says(&words).says(difference);
        hand.told("provider-vpc", "point-cidr", "10.9.0.0/16");
        // Also what the watch has told already.
        hand.folder.pllab("check provider-vpc").run().code(1).says(&words).says(difference);
        let said = hand.folder.pllab("check provider-vpc").ja().run().code(1);
        said.says(&format!("{vpc} は provider-vpc に近いものの")).says("期待 10.0.0.0/16 / 実際 10.9.0.0/16");
        hand.call(Api::Ec2, "DeleteVpc", json!({ "VpcId": vpc })).await;
        let said = hand.folder.pllab("check provider-vpc").run().code(1);
        assert!(!said.out.contains("is almost"), "{}", said.out);
        hand.step("provider-vpc").await;
        hand.folder.pllab("check provider-vpc").run().code(0);
    });
}

/// Whichever relation differs, and however many; work ahead is not mistaken for it.
#[test]
fn what_was_made_and_does_not_fit_is_named() {
    runtime().block_on(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        make(&mut hand, &["provider-vpc", "provider-subnet"]).await;
        let filters = json!([{ "Name": "vpc-id", "Values": ["${provider-vpc.id}"] }]);
        let tables = hand.call(Api::Ec2, "DescribeRouteTables", json!({ "Filters": filters })).await;
        let main = text_at(&tables, "RouteTables[0].RouteTableId").expect("every VPC has one");
        let s3 = |kind: &str, more: (&str, Value)| {
            let service = "com.amazonaws.${region.name}.s3";
            json!({ "VpcEndpointType": kind, "VpcId": "${provider-vpc.id}", "ServiceName": service, more.0: more.1 })
        };
        // There is no other route table yet; still, this is not the one.
        let on_main = s3("Gateway", ("RouteTableIds", json!([main])));
        let on_main = hand.call(Api::Ec2, "CreateVpcEndpoint", on_main).await;
        hand.told("provider-s3", "point-route-table", &main);
        let id = text_at(&on_main, "VpcEndpoint.VpcEndpointId").expect("an id");
        hand.call(Api::Ec2, "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [id] })).await;
        hand.step("provider-vpc").await;

        // The consumer's side, ahead of its step.
        let ahead = ["consumer-vpc", "consumer-subnet", "client-sg"];
        make(&mut hand, &ahead).await;
        let launch = |subnet: &str, groups: Value| {
            let image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
            json!({ "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet,
                "SecurityGroupIds": groups })
        };
        let client = consumer(&hand, "RunInstances", launch("${consumer-subnet.id}", json!(["${client-sg.id}"]))).await;
        let client = text_at(&client, "Instances[0].InstanceId").expect("an id");
        // The right VPC, but another subnet and the VPC's default group.
        let other = json!({ "VpcId": "${provider-vpc.id}", "CidrBlock": "10.0.9.0/24" });
        let other = hand.call(Api::Ec2, "CreateSubnet", other).await;
        let other = text_at(&other, "Subnet.SubnetId").expect("an id");
        let web = hand.call(Api::Ec2, "RunInstances", launch(&other, json!([]))).await;
        let web = text_at(&web, "Instances[0].InstanceId").expect("an id");
        hand.told("web", "point-subnet", &other);
        let journal = hand.folder.journal();
        let named = journal.iter().filter(|line| line["event"] == "sighted").map(|line| &line["id"]);
        let named: Vec<&Value> = named.collect();
        assert!(named.contains(&&json!(web)), "{named:?}");
        let ours = |name: &str| hand.facts.get(&(name.to_owned(), "id".to_owned())).cloned().map(Value::from);
        for id in ahead.iter().filter_map(|name| ours(name)).chain([json!(client)]) {
            let named = journal.iter().filter(|line| line["event"] == "sighted" && line["id"] == id);
            assert_eq!(named.collect::<Vec<_>>(), [] as [&Value; 0], "it is work on another step");
        }
    });
}
