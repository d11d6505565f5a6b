//! Health checks as the web server and `DescribeTargetHealth` see them, and their effect on a client.

use serde_json::{Value, json};

use super::harness::{ELB, Path, RefusalLab, ec2, get};

fn states(seen: &[(String, String)]) -> Vec<(&str, &str)> {
    seen.iter().map(|(state, reason)| (state.as_str(), reason.as_str())).collect()
}

const UNHEALTHY: (&str, &str) = ("unhealthy", "Target.FailedHealthChecks");
/// The server's access log goes to the console.
const LOGGING: &str = "#!/bin/bash\ndnf install -y nginx\necho logged > /usr/share/nginx/html/index.html\n\
                       systemctl enable --now nginx\ntail -F /var/log/nginx/access.log > /dev/console &\n";

async fn check(path: &Path, settings: Value) {
    let mut params = json!({ "TargetGroupArn": path.target_group });
    for (key, value) in settings.as_object().expect("settings") {
        params[key] = value.clone();
    }
    path.elb("ModifyTargetGroup", params).await;
}

#[tokio::test]
async fn the_matcher_decides_which_answers_are_good() {
    let path = Path::begin().await;
    let rows = [
        ("/", "200", "healthy"),
        ("/", "200-399", "healthy"),
        ("/", "201,202", "unhealthy"),
        ("/none.html", "200-399", "unhealthy"),
        ("/none.html", "200,404", "healthy"),
        ("/none.html", "400-499", "healthy"),
    ];
    for (page, codes, wanted) in rows {
        let settings = json!({
            "HealthCheckProtocol": "HTTP", "HealthCheckPath": page, "Matcher": { "HttpCode": codes },
            "HealthyThresholdCount": 2,
        });
        check(&path, settings).await;
        let seen = path.health().await;
        let reason = if wanted == "healthy" { "" } else { UNHEALTHY.1 };
        assert_eq!(states(&seen), [(wanted, reason)], "{page} {codes}");
    }
    // A check on a port without a listener fails; TCP on the traffic port only needs a handshake.
    check(&path, json!({ "HealthCheckProtocol": "TCP", "HealthCheckPort": "81" })).await;
    assert_eq!(states(&path.health().await), [UNHEALTHY]);
    check(&path, json!({ "HealthCheckPort": "traffic-port" })).await;
    assert_eq!(states(&path.health().await), [("healthy", "")]);
}

#[tokio::test]
async fn as_many_checks_in_a_row_decide_as_the_thresholds_say() {
    let path = Path::begin().await;
    let web = path.web(LOGGING).await;
    path.elb("RegisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": web }] })).await;
    path.elb("DeregisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": path.web }] }))
        .await;
    let console = async || {
        let seen = ec2(&path.cloud.provider, "GetConsoleOutput", json!({ "InstanceId": web, "Latest": true })).await;
        get(&seen.expect("a console"), "Output")
    };
    let probes = async || console().await.matches("ELB-HealthChecker/2.0").count();
    let settings = json!({
        "HealthCheckProtocol": "HTTP", "HealthyThresholdCount": 4, "UnhealthyThresholdCount": 3,
    });
    check(&path, settings).await;
    // A new target is in service after its first success.
    assert_eq!(states(&path.health().await), [("healthy", "")]);
    assert_eq!(probes().await, 1);
    check(&path, json!({ "HealthCheckPath": "/none.html" })).await;
    assert_eq!(states(&path.health().await), [UNHEALTHY]);
    assert_eq!(probes().await, 1 + 3);
    check(&path, json!({ "HealthCheckPath": "/" })).await;
    assert_eq!(states(&path.health().await), [("healthy", "")]);
    assert_eq!(probes().await, 1 + 3 + 4);
    // The check names the node's address and the listener's port, and comes from the node.
    assert!(
        console()
            .await
            .lines()
            .filter(|line| line.contains("ELB-HealthChecker"))
            .all(|line| line.starts_with("10.0.1."))
    );
}

#[tokio::test]
async fn when_every_target_is_unhealthy_the_load_balancer_fails_open() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    assert!(path.ask(&client).await.starts_with("hello"));
    check(&path, json!({ "HealthCheckProtocol": "HTTP", "HealthCheckPath": "/none.html" })).await;
    assert_eq!(states(&path.health().await), [UNHEALTHY]);
    assert!(path.ask(&client).await.starts_with("hello"), "it answers all the same");
    // A group without targets has nothing to fail open to.
    path.elb("DeregisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": path.web }] }))
        .await;
    assert_eq!(states(&path.health().await), []);
    assert!(path.ask(&client).await.starts_with("curl: (28) "));
}

#[tokio::test]
async fn an_instance_that_stops_serves_again_after_its_start_and_never_after_its_end() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    assert!(path.ask(&client).await.starts_with("hello"));
    let ids = json!({ "InstanceIds": [path.web] });
    let state = async |wanted: &str| {
        for _ in 0..5 {
            let seen = path.provider("DescribeInstances", ids.clone()).await;
            if get(&seen, "Reservations[0].Instances[0].State.Name") == wanted {
                return;
            }
        }
        panic!("{} is not {wanted}", path.web);
    };
    path.provider("StopInstances", ids.clone()).await;
    state("stopped").await;
    assert_eq!(states(&path.health().await), [("unused", "Target.InvalidState")]);
    let page = path.ask(&client).await;
    assert!(page.starts_with("curl: (28) "), "{page}");
    path.provider("StartInstances", ids.clone()).await;
    state("running").await;
    assert_eq!(states(&path.health().await), [("healthy", "")]);
    assert!(path.ask(&client).await.starts_with("hello"));
    path.provider("TerminateInstances", ids.clone()).await;
    state("terminated").await;
    assert_eq!(states(&path.health().await), [("unused", "Target.InvalidState")]);
    assert!(path.ask(&client).await.starts_with("curl: (28) "));
}

#[tokio::test]
async fn a_draining_target_says_so_and_comes_back_when_it_is_registered_again() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    let mut held = path.hold(&client).await;
    assert!(held.page().await.starts_with("hello"));
    let web = json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": path.web }] });
    path.elb("DeregisterTargets", web.clone()).await;
    assert!(path.ask(&client).await.starts_with("curl: (28) "), "nothing new goes there");
    assert!(held.page().await.starts_with("hello"), "what is open goes on");
    path.elb("RegisterTargets", web).await;
    assert!(path.ask(&client).await.starts_with("hello"));
    assert!(held.page().await.starts_with("hello"));
    assert_eq!(states(&path.health().await), [("healthy", "")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_the_zone_of_its_subnet() {
    let mut place = RefusalLab::open().await;
    let told = tokio::task::spawn_blocking(move || {
        place.networks();
        place.make(0, "ec2", "DescribeSubnets&SubnetId.1={subnet}", "availabilityZone", "zone");
        let create = "CreateTargetGroup&Protocol=TCP&Port=80&VpcId={vpc}";
        place.make(0, ELB, &format!("{create}&Name=ips&TargetType=ip"), "TargetGroupArn", "ips");
        place.make(0, ELB, &format!("{create}&Name=ids"), "TargetGroupArn", "ids");
        place.refuses(&[
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone=ap-northeast-1z", 400, "ValidationError", "not in the Availability Zone"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone=all", 400, "ValidationError", "pllab's sandbox does not model"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.200.9", 400, "ValidationError", "The Availability Zone is required for IP address '10.0.200.9' because it is not in the VPC"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=web", 400, "InvalidTarget", "not a valid IPv4 address"),
            (0, ELB, "DeregisterTargets&TargetGroupArn={ids}&Targets.member.1.Id=i-0123456789abcdef0&Targets.member.1.AvailabilityZone={zone}", 400, "ValidationError", "target type 'instance'"),
        ]);
        let targets = "&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone={zone}";
        place.done(0, ELB, &format!("RegisterTargets{targets}"));
        place.done(0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.10");
        let seen = place.done(0, ELB, "DescribeTargetHealth&TargetGroupArn={ips}").text;
        let zone = format!("<AvailabilityZone>{}</AvailabilityZone>", place.names["zone"]);
        assert_eq!(seen.matches(&zone).count(), 2, "given or not: {seen}");
        place.done(0, ELB, &format!("DeregisterTargets{targets}"));
        place
    });
    told.await.expect("as on AWS").cloud.close().await;
}
