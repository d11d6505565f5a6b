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
    // It leaves the list by itself, and who names it sees it drain.
    assert_eq!(path.health().await, []);
    assert_eq!(states(&path.health_of(&path.web).await), [("draining", "Target.DeregistrationInProgress")]);
    assert!(path.ask(&client).await.starts_with("curl: (28) "));
}

#[tokio::test]
async fn what_is_not_registered_has_an_answer() {
    let path = Path::begin().await;
    for nobody in ["i-0123456789abcdef0", path.web.as_str()] {
        let targets = json!([{ "Id": nobody, "Port": 81 }]);
        let params = json!({ "TargetGroupArn": path.target_group, "Targets": targets });
        let seen = path.elb("DescribeTargetHealth", params).await;
        let seen = &seen["TargetHealthDescriptions"][0];
        assert_eq!((get(seen, "TargetHealth.State").as_str(), get(seen, "Target.Port").as_str()), ("unused", "81"));
        assert_eq!(get(seen, "TargetHealth.Reason"), "Target.NotRegistered");
    }
}

#[tokio::test]
async fn an_id_alone_deregisters_the_groups_port_and_no_override() {
    let path = Path::begin().await;
    let targets = json!([{ "Id": path.web, "Port": 8080 }, { "Id": path.web, "Port": 8081 }]);
    path.elb("RegisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": targets })).await;
    path.elb("DeregisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": path.web }] }))
        .await;
    let ports = async || {
        let seen = path.elb("DescribeTargetHealth", json!({ "TargetGroupArn": path.target_group })).await;
        let all = seen["TargetHealthDescriptions"].as_array().expect("targets").clone();
        all.iter().map(|it| it["Target"]["Port"].as_u64().expect("a port")).collect::<Vec<_>>()
    };
    assert_eq!(ports().await, [8080, 8081]);
    let one = json!([{ "Id": path.web, "Port": 8081 }]);
    path.elb("DeregisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": one })).await;
    assert_eq!(ports().await, [8080]);
}

/// Moves the path's listener to a group of addresses, and returns the group.
async fn by_address(path: &Path, targets: &[Value]) -> String {
    let seen = path.elb("DescribeTargetGroups", json!({})).await;
    let vpc = get(&seen, "TargetGroups[0].VpcId");
    let group = json!({ "Name": "ips", "Protocol": "TCP", "Port": 80, "VpcId": vpc, "TargetType": "ip" });
    let group = get(&path.elb("CreateTargetGroup", group).await, "TargetGroups[0].TargetGroupArn");
    path.elb("RegisterTargets", json!({ "TargetGroupArn": group, "Targets": targets })).await;
    let seen = path.elb("DescribeListeners", json!({ "LoadBalancerArn": path.balancer })).await;
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let change = json!({ "ListenerArn": get(&seen, "Listeners[0].ListenerArn"), "DefaultActions": forward });
    path.elb("ModifyListener", change).await;
    group
}

#[tokio::test]
async fn a_target_by_address_is_healthy_while_something_answers_there() {
    let mut path = Path::begin().await;
    let ids = json!({ "InstanceIds": [path.web] });
    let seen = path.provider("DescribeInstances", ids.clone()).await;
    let address = get(&seen, "Reservations[0].Instances[0].PrivateIpAddress");
    let client = path.client(&path.name).await;
    // The web server, an address that nobody has, one outside the VPC, the load balancer's own.
    let interfaces = json!({ "Filters": [{ "Name": "interface-type", "Values": ["network_load_balancer"] }] });
    let node =
        get(&path.provider("DescribeNetworkInterfaces", interfaces).await, "NetworkInterfaces[0].PrivateIpAddress");
    let all = json!({ "Id": "192.168.7.7", "AvailabilityZone": "all" });
    let targets = [json!({ "Id": address }), json!({ "Id": "10.0.1.250" }), all, json!({ "Id": node })];
    path.target_group = by_address(&path, &targets).await;
    let unusable = ("unused", "Target.IpUnusable");
    assert_eq!(states(&path.health().await), [("healthy", ""), UNHEALTHY, UNHEALTHY, unusable]);
    for _ in 0..5 {
        let page = path.ask(&client).await;
        assert!(page.starts_with("hello"), "only the healthy one is used: {page}");
    }
    path.provider("StopInstances", ids.clone()).await;
    assert_eq!(states(&path.health().await), [UNHEALTHY, UNHEALTHY, UNHEALTHY, unusable]);
    // It fails open, and nobody answers.
    assert!(path.ask(&client).await.starts_with("curl: (28) "));
    path.provider("TerminateInstances", ids.clone()).await;
    for _ in 0..3 {
        path.provider("DescribeInstances", ids.clone()).await;
    }
    assert_eq!(
        states(&path.health().await),
        [UNHEALTHY, UNHEALTHY, UNHEALTHY, unusable],
        "an address stays registered"
    );
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
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone=ap-northeast-1z", 400, "ValidationError", "cannot have its Availability Zone overridden to 'ap-northeast-1z' from '"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone=all", 400, "ValidationError", "is within the VPC, and cannot have its Availability Zone overridden to 'all' from '"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.9.0.9&Targets.member.1.AvailabilityZone=ap-northeast-1z", 400, "ValidationError", "You must specify a valid Availability Zone or select 'all'"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=8.8.8.8&Targets.member.1.AvailabilityZone=all", 400, "InvalidTarget", "8.8.8.8"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.200.9", 400, "ValidationError", "The Availability Zone is required for IP address '10.0.200.9' because it is not in the VPC"),
            (0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=web", 400, "ValidationError", "not a valid IPv4 address"),
            (0, ELB, "DeregisterTargets&TargetGroupArn={ids}&Targets.member.1.Id=i-0123456789abcdef0&Targets.member.1.AvailabilityZone={zone}", 400, "ValidationError", "target type 'instance'"),
        ]);
        let targets = "&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.9&Targets.member.1.AvailabilityZone={zone}";
        place.done(0, ELB, &format!("RegisterTargets{targets}"));
        place.done(0, ELB, "RegisterTargets&TargetGroupArn={ips}&Targets.member.1.Id=10.0.1.10");
        let seen = place.done(0, ELB, "DescribeTargetHealth&TargetGroupArn={ips}").text;
        let zone = format!("<AvailabilityZone>{}</AvailabilityZone>", place.names["zone"]);
        assert_eq!(seen.matches(&zone).count(), 2, "given or not: {seen}");
        let none = "<AdministrativeOverride><State>no_override</State><Reason>AdministrativeOverride.NoOverride</Reason>\
                    <Description>No override is currently active on target</Description></AdministrativeOverride>";
        assert_eq!(seen.matches(none).count(), 2, "each: {seen}");
        for outside in ["all", &place.names["zone"].clone()] {
            let outside = format!(
                "&TargetGroupArn={{ips}}&Targets.member.1.Id=100.64.0.9&Targets.member.1.AvailabilityZone={outside}"
            );
            place.done(0, ELB, &format!("RegisterTargets{outside}"));
            let seen = place.done(0, ELB, "DescribeTargetHealth&TargetGroupArn={ips}").text;
            let zone = outside.rsplit('=').next().unwrap_or_default();
            assert!(seen.contains(&format!("<Id>100.64.0.9</Id><Port>80</Port><AvailabilityZone>{zone}<")), "{seen}");
            place.done(0, ELB, &format!("DeregisterTargets{outside}"));
        }
        place.done(0, ELB, &format!("DeregisterTargets{targets}"));
        place
    });
    told.await.expect("as on AWS").cloud.close().await;
}
