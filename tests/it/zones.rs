//! Nodes, zones and targets: which of them a connection may use, as a client in the consumer's VPC sees it.

use std::time::Duration;

use serde_json::json;

use super::harness::Path;

const TIMEOUT: &str = "curl: (28) ";
/// The first has the web server, the second has none.
const ZONES: [&str; 2] = ["apne1-az4", "apne1-az1"];
const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";

#[tokio::test]
async fn a_zone_without_targets_is_served_by_the_other_only_with_cross_zone_on() {
    let path = Path::over(&ZONES).await;
    let [here, there] = [&path.zonal[0], &path.zonal[1]];
    assert!(here != there && path.zonal.iter().all(|name| name.ends_with(".vpce.amazonaws.com")), "{:?}", path.zonal);
    let (here, there) = (path.client(here).await, path.client(there).await);
    let both = async || (path.ask(&here).await, path.ask(&there).await);
    // Cross-zone is off by default. The web server sees each node's own address.
    let (seen, other) = both().await;
    assert!(seen.starts_with("hello 10.0.1.") && other.starts_with(TIMEOUT), "{seen} {other}");

    let of_balancer = async |on: &str| {
        let attributes = json!([{ "Key": CROSS_ZONE, "Value": on }]);
        let params = json!({ "LoadBalancerArn": path.balancer, "Attributes": attributes });
        path.elb("ModifyLoadBalancerAttributes", params).await;
    };
    of_balancer("true").await;
    let (seen, other) = both().await;
    assert!(seen.starts_with("hello 10.0.1.") && other.starts_with("hello 10.0.2."), "{seen} {other}");
    // The target group's setting wins over the load balancer's.
    path.set(&[(CROSS_ZONE, "false")]).await;
    assert!(path.ask(&there).await.starts_with(TIMEOUT));
    of_balancer("false").await;
    path.set(&[(CROSS_ZONE, "true")]).await;
    assert!(path.ask(&there).await.starts_with("hello 10.0.2."));
    path.set(&[(CROSS_ZONE, "use_load_balancer_configuration")]).await;
    assert!(path.ask(&there).await.starts_with(TIMEOUT));
}

#[tokio::test]
async fn the_regional_name_has_the_addresses_of_all_zones_and_a_zonal_one_its_own() {
    let path = Path::over(&ZONES).await;
    let attributes = json!([{ "Key": CROSS_ZONE, "Value": "true" }]);
    path.elb("ModifyLoadBalancerAttributes", json!({ "LoadBalancerArn": path.balancer, "Attributes": attributes }))
        .await;
    let client = path.client(&path.name).await;
    // Its answers begin with each address in turn, for what the client asks and for what goes through its forward.
    let zone = |page: String| page.strip_prefix("hello 10.0.").and_then(|rest| rest.chars().next());
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(zone(path.ask(&client).await).expect("a page"));
    }
    assert!(seen[0] != seen[1] && seen[..2] == seen[2..], "{seen:?}");
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(zone(path.hold(&client).await.page().await).expect("a page"));
    }
    assert!(seen[0] != seen[1] && seen[..2] == seen[2..], "{seen:?}");
    // Without cross-zone the other zone leads nowhere, so the name fails now and then, and what waits gets through later.
    let cross_zone = async |on: &str| {
        let attributes = json!([{ "Key": CROSS_ZONE, "Value": on }]);
        let params = json!({ "LoadBalancerArn": path.balancer, "Attributes": attributes });
        path.elb("ModifyLoadBalancerAttributes", params).await;
    };
    cross_zone("false").await;
    let (mut waiting, mut silent) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let mut held = path.hold(&client).await;
        silent.push(held.is_silent(Duration::from_millis(300)).await);
        waiting.push(held);
    }
    assert!(silent[0] != silent[1] && silent[..2] == silent[2..], "{silent:?}");
    cross_zone("true").await;
    for held in &mut waiting {
        assert!(held.late().await.starts_with("hello 10.0."));
    }
    // A node answers for its own zone whatever happens to the other.
    let there = path.client(&path.zonal[1]).await;
    for _ in 0..10 {
        let page = path.ask(&there).await;
        assert!(page.starts_with("hello 10.0.2."), "{page}");
    }
}

#[tokio::test]
async fn a_zone_whose_targets_are_all_unhealthy_fails_open_by_itself_without_cross_zone() {
    let path = Path::over(&ZONES).await;
    let script = "#!/bin/bash\ndnf install -y nginx\ncd /usr/share/nginx/html\necho second > index.html\n\
                  echo yes > well.html\nsystemctl enable --now nginx\n";
    let second = path.web_in(1, script).await;
    path.elb("RegisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": second }] })).await;
    let check =
        json!({ "TargetGroupArn": path.target_group, "HealthCheckProtocol": "HTTP", "HealthCheckPath": "/well.html" });
    path.elb("ModifyTargetGroup", check).await;
    let states: Vec<String> = path.health().await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["unhealthy", "healthy"]);
    let (here, there) = (path.client(&path.zonal[0]).await, path.client(&path.zonal[1]).await);
    // The first zone has no healthy target, so its node uses the unhealthy ones.
    assert!(path.ask(&here).await.starts_with("hello"));
    assert!(path.ask(&there).await.starts_with("second"));
    // With cross-zone on it uses the other zone's healthy target.
    path.set(&[(CROSS_ZONE, "true")]).await;
    for _ in 0..10 {
        assert!(path.ask(&here).await.starts_with("second"));
    }
}
