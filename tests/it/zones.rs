//! Nodes, zones and targets: which of them a connection may use, as a client in the consumer's VPC sees it.

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
    let mut seen = [false; 2];
    for _ in 0..100 {
        let page = path.ask(&client).await;
        seen[0] |= page.starts_with("hello 10.0.1.");
        seen[1] |= page.starts_with("hello 10.0.2.");
        assert!(page.starts_with("hello "), "{page}");
        if seen == [true; 2] {
            break;
        }
    }
    assert_eq!(seen, [true; 2], "both nodes were used");
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
