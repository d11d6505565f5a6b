//! Faults on demand: each kind as a client sees it, and errors in a plan.

use std::time::Instant;

use pllab::inside::cloud::{Clients, FaultClass};
use serde_json::{Value, json};

use super::harness::{Cloud, Folder, ec2, elb, get, receipt};

async fn vpc(of: &Clients) -> Result<Value, pllab::inside::cloud::Fault> {
    ec2(of, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await
}

async fn vpcs(of: &Clients) -> usize {
    let seen = ec2(of, "DescribeVpcs", json!({})).await.expect("a list");
    seen["Vpcs"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_calls_have_no_effect_and_the_codes_are_the_services_own() {
    let folder = Folder::new();
    let plan = [
        "CreateVpc:1:throttle",
        "CreateVpc:2:internal-error",
        "CreateVpc:3:unavailable",
        "CreateVpc:4:expired",
        "DescribeTargetGroups:1:throttle",
        "DescribeTargetGroups:2:internal-error",
        "DescribeTargetGroups:3:unavailable",
        "DescribeTargetGroups:4:expired",
        "DescribeTargetHealth:1:internal-error",
    ];
    let cloud = Cloud::with_faults(folder.path(), &plan).await;
    let (ec2, elb) = (cloud.signer("ec2"), cloud.signer("elasticloadbalancing"));
    let asked = tokio::task::spawn_blocking(move || {
        let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
        for (status, code) in
            [(503, "RequestLimitExceeded"), (500, "InternalError"), (503, "Unavailable"), (400, "RequestExpired")]
        {
            let (answered, text) = ec2.call(form);
            assert_eq!(answered, status, "{text}");
            assert!(text.contains(&format!("<Response><Errors><Error><Code>{code}</Code>")), "{text}");
        }
        let form = "Action=DescribeTargetGroups&Version=2015-12-01";
        for (status, code) in
            [(400, "Throttling"), (500, "InternalFailure"), (503, "ServiceUnavailable"), (403, "ExpiredToken")]
        {
            let (answered, text) = elb.call(form);
            assert_eq!(answered, status, "{text}");
            assert!(text.contains("<ErrorResponse") && text.contains(&format!("<Code>{code}</Code>")), "{text}");
        }
        let (status, text) = elb.call("Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn:aws:x");
        assert!(status == 500 && text.contains("<Code>HealthUnavailable</Code>"), "{text}");
    });
    asked.await.expect("the answers are as planned");
    assert_eq!(vpcs(&cloud.provider).await, 0);
    vpc(&cloud.provider).await.expect("the fifth call works");
    cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unanswered_calls_took_effect_or_did_not() {
    let folder = Folder::new();
    let plan = ["CreateVpc:1:timeout=200ms", "CreateVpc:2:lost-reply", "CreateVpc:3:slow=200ms"];
    let cloud = Cloud::with_faults(folder.path(), &plan).await;
    let began = Instant::now();
    assert_eq!(vpc(&cloud.provider).await.expect_err("held").class, FaultClass::NoAnswer);
    assert!(began.elapsed().as_millis() >= 200);
    assert_eq!(vpcs(&cloud.provider).await, 0);
    assert_eq!(vpc(&cloud.provider).await.expect_err("lost").class, FaultClass::NoAnswer);
    assert_eq!(vpcs(&cloud.provider).await, 1);
    let began = Instant::now();
    vpc(&cloud.provider).await.expect("late, but answered");
    assert!(began.elapsed().as_millis() >= 200);
    assert_eq!(vpcs(&cloud.provider).await, 2);
    cloud.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_just_made_is_not_found_for_a_while() {
    let folder = Folder::new();
    let plan = ["CreateVpc:1:not-found=4", "CreateTargetGroup:1:not-found=250ms"];
    let cloud = Cloud::with_faults(folder.path(), &plan).await;
    let of = &cloud.provider;
    let id = get(&vpc(of).await.expect("it is made"), "Vpc.VpcId");
    let by_id = json!({ "VpcIds": [id] });
    let fault = ec2(of, "DescribeVpcs", by_id.clone()).await.expect_err("not yet");
    assert_eq!(fault.code, "InvalidVpcID.NotFound");
    let subnet = json!({ "VpcId": id, "CidrBlock": "10.0.1.0/24" });
    assert_eq!(ec2(of, "CreateSubnet", subnet.clone()).await.expect_err("not yet").code, "InvalidVpcID.NotFound");
    assert_eq!(vpcs(of).await, 0, "lists do not show it either");
    let groups = ec2(of, "DescribeSecurityGroups", json!({})).await.expect("a list");
    assert_eq!(groups["SecurityGroups"], json!([]), "nor what was made with it");
    ec2(of, "DescribeVpcs", by_id).await.expect("now it is there");
    ec2(of, "CreateSubnet", subnet).await.expect("and can be used");

    let group = json!({ "Name": "g", "Protocol": "TCP", "Port": 80, "VpcId": id, "TargetType": "instance" });
    let arn = get(&elb(of, "CreateTargetGroup", group).await.expect("made"), "TargetGroups[0].TargetGroupArn");
    let by_arn = json!({ "TargetGroupArns": [arn] });
    let fault = elb(of, "DescribeTargetGroups", by_arn.clone()).await.expect_err("not yet");
    assert_eq!(fault.class, FaultClass::NotFound);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    elb(of, "DescribeTargetGroups", by_arn).await.expect("now it is there");
    cloud.close().await;
}

#[test]
fn what_is_wrong_with_a_plan_is_said_with_its_place() {
    let folder = Folder::new();
    let wrong = |words: &str| folder.pllab(words).run().code(2).clean();
    wrong("sandbox --fault CreateVpc:2:explode")
        .complains("--fault: `CreateVpc:2:explode`")
        .complains("no fault `explode`")
        .complains("throttle, internal-error, unavailable, timeout[=DURATION], lost-reply");
    wrong("sandbox --fault CreateVcp:2:throttle").complains("no operation `CreateVcp`");
    folder.pllab("sandbox --fault CreateVpc:0:throttle").ja().run().code(2).complains("`0`");

    let file = folder.path().join("plan.yaml");
    std::fs::write(
        &file,
        "- operation: CreateVpc\n  calls: 2-3\n  fault: throttle\n- {operation: X, calls: 1, fault: y}\n",
    )
    .expect("it can be written");
    wrong("sandbox --faults plan.yaml").complains("plan.yaml [2]: `X:1:y`");
    std::fs::write(&file, "- operation: CreateVpc\n  call: 2\n").expect("it can be written");
    wrong("sandbox --faults plan.yaml").complains("plan.yaml:2:").complains("{ operation: CreateVpc, calls: 2");
    folder.pllab("start --yes").env("PLLAB_FAULT", "CreateVpc:x:throttle").run().code(2).complains("PLLAB_FAULT: ");
    wrong("sandbox --faults nowhere.yaml");
}

#[test]
fn a_file_and_the_environment_plan_for_the_sandbox_they_start() {
    let folder = Folder::new();
    let plan = r#"[{"operation": "CreateVpc", "calls": "1-", "fault": "internal-error"}]"#;
    std::fs::write(folder.path().join("plan.json"), plan).expect("it can be written");
    let mut sandbox = folder.pllab("sandbox --output json --pace instant --faults plan.json").start();
    sandbox.until("sandbox_ready");
    folder.pllab("sandbox --fault CreateVpc:1:throttle").run().code(2).complains("is already running");
    let events = folder.pllab("start --yes --output json").run().events();
    assert_ne!(events.last().map(|last| &last["verdict"]), Some(&"met".into()), "{events:?}");
    sandbox.signal("INT");
    sandbox.wait().code(0);

    let own = Folder::new();
    let start = own.pllab("start --yes --pace instant --output json");
    let ran = start.env("PLLAB_FAULT", "Describe*:3:slow=20ms CreateVpc:1-:expired").run().code(3);
    ran.says("RequestExpired");
    own.pllab("resume --yes").run().code(0);
    assert_eq!(receipt(&own.journal()).map(|(_, left, unknown)| (left, unknown)), Some((0, 0)));
}
