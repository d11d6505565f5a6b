//! What happens to an open connection when something on its path changes, seen by a client that holds one.

use std::time::Duration;

use pllab::inside::cloud::Clients;
use serde_json::json;

use super::harness::{Held, Path, ec2, get};

const ENDS_DEREGISTERED: &str = "deregistration_delay.connection_termination.enabled";
const ENDS_UNHEALTHY: &str = "target_health_state.unhealthy.connection_termination.enabled";

/// A web server that has a page which the path's own server lacks.
const WELL: &str = "#!/bin/bash\ndnf install -y nginx\ncd /usr/share/nginx/html\necho well > index.html\n\
                    echo yes > well.html\nsystemctl enable --now nginx\n";

async fn held(path: &Path, client: &str, page: &str) -> Held {
    // Which target a connection goes to is random.
    for _ in 0..200 {
        let mut held = path.hold(client).await;
        if held.page().await.starts_with(page) {
            return held;
        }
    }
    panic!("no connection went to {page}");
}

#[tokio::test]
async fn deregistration_ends_connections_where_the_group_says_so_and_only_at_the_end_of_the_delay() {
    for ends in [false, true] {
        let path = Path::begin().await;
        path.set(&[(ENDS_DEREGISTERED, if ends { "true" } else { "false" })]).await;
        let client = path.client(&path.name).await;
        let mut held = path.hold(&client).await;
        assert!(held.page().await.starts_with("hello"));
        let web = json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": path.web }] });
        path.elb("DeregisterTargets", web).await;
        assert!(held.page().await.starts_with("hello"), "it drains");
        assert!(path.ask(&client).await.starts_with("curl: (28) "), "nothing new");
        // At the instant pace, looking makes time pass.
        assert_eq!(path.health().await, []);
        if ends {
            held.ends().await;
        } else {
            assert!(held.page().await.starts_with("hello"), "it goes on");
        }
    }
}

#[tokio::test]
async fn a_target_that_becomes_unhealthy_loses_its_connections_unless_the_group_spares_them() {
    for ends in [true, false] {
        let path = Path::begin().await;
        path.set(&[(ENDS_UNHEALTHY, if ends { "true" } else { "false" })]).await;
        let well = path.web(WELL).await;
        path.elb("RegisterTargets", json!({ "TargetGroupArn": path.target_group, "Targets": [{ "Id": well }] })).await;
        let healthy = ("healthy".to_owned(), String::new());
        assert_eq!(path.health().await, [healthy.clone(), healthy.clone()]);
        let client = path.client(&path.name).await;
        let mut to_ill = held(&path, &client, "hello").await;
        let mut to_well = held(&path, &client, "well").await;

        let check = |of: &str| json!({ "TargetGroupArn": path.target_group, "HealthCheckProtocol": "HTTP", "HealthCheckPath": of });
        path.elb("ModifyTargetGroup", check("/well.html")).await;
        let unhealthy = ("unhealthy".to_owned(), "Target.FailedHealthChecks".to_owned());
        assert_eq!(path.health().await, [unhealthy.clone(), healthy]);
        if ends {
            to_ill.ends().await;
        } else {
            assert!(to_ill.page().await.starts_with("hello"));
        }
        assert!(to_well.page().await.starts_with("well"));
        for _ in 0..5 {
            assert!(path.ask(&client).await.starts_with("well"), "nothing new goes to the unhealthy one");
        }

        // If no target is healthy, the load balancer fails open: open connections stay, and new ones go to any
        // target.
        path.elb("ModifyTargetGroup", check("/nobody.html")).await;
        assert_eq!(path.health().await, [unhealthy.clone(), unhealthy]);
        assert!(to_well.page().await.starts_with("well"));
        held(&path, &client, "hello").await;
        held(&path, &client, "well").await;
    }
}

#[tokio::test]
async fn whatever_goes_away_on_the_way_takes_the_connection_with_it() {
    for what in ["reject", "endpoint", "listener", "load balancer", "stop", "terminate"] {
        let path = Path::begin().await;
        let client = path.client(&path.name).await;
        let mut held = path.hold(&client).await;
        assert!(held.page().await.starts_with("hello"), "{what}");
        let service = json!({ "ServiceId": path.service, "VpcEndpointIds": [path.endpoint] });
        let (endpoints, instances) =
            (json!({ "VpcEndpointIds": [path.endpoint] }), json!({ "InstanceIds": [path.web] }));
        match what {
            "reject" => drop(path.provider("RejectVpcEndpointConnections", service).await),
            "endpoint" => drop(path.consumer("DeleteVpcEndpoints", endpoints).await),
            "stop" => drop(path.provider("StopInstances", instances).await),
            "terminate" => drop(path.provider("TerminateInstances", instances).await),
            "listener" => {
                let seen = path.elb("DescribeListeners", json!({ "LoadBalancerArn": path.balancer })).await;
                let arn = seen["Listeners"][0]["ListenerArn"].clone();
                path.elb("DeleteListener", json!({ "ListenerArn": arn })).await;
            }
            // The load balancer backs a service that has a connection: the provider must give up both first.
            _ => {
                path.provider("RejectVpcEndpointConnections", service).await;
                held.ends().await;
                let gone = json!({ "ServiceIds": [path.service] });
                path.provider("DeleteVpcEndpointServiceConfigurations", gone).await;
                path.elb("DeleteLoadBalancer", json!({ "LoadBalancerArn": path.balancer })).await;
                continue;
            }
        }
        held.ends().await;
    }
}

#[tokio::test]
async fn a_reboot_ends_connections_and_the_web_server_comes_back() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    let mut held = path.hold(&client).await;
    assert!(held.page().await.starts_with("hello"));
    let signer = path.cloud.signer("ec2");
    let reboot = |id: &str| format!("Action=RebootInstances&Version=2016-11-15&InstanceId.1={id}");
    let (web, nobody) = (reboot(&path.web), reboot("i-0123456789abcdef0"));
    let asked = tokio::task::spawn_blocking(move || {
        let (status, text) = signer.call(&nobody);
        assert!(status == 400 && text.contains("<Code>InvalidInstanceID.NotFound</Code>"), "{text}");
        let (status, text) = signer.call(&format!("{web}&DryRun=true"));
        assert!(status == 412 && text.contains("<Code>DryRunOperation</Code>"), "{text}");
        let (status, text) = signer.call(&web);
        assert!(status == 200 && text.contains("<return>true</return>"), "{text}");
    });
    asked.await.expect("as on AWS");
    held.ends().await;
    assert_eq!(path.health().await, [("healthy".to_owned(), String::new())]);
    assert!(path.ask(&client).await.starts_with("hello"), "it serves again");
}

#[tokio::test]
async fn what_only_decides_about_new_connections_leaves_open_ones_alone() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    let mut held = path.hold(&client).await;
    assert!(held.page().await.starts_with("hello"));
    // Removes the allowed principal and closes the endpoint's security group: the connection was admitted already, and
    // security groups track it.
    let remove = json!({ "ServiceId": path.service, "RemoveAllowedPrincipals": ["*"] });
    path.provider("ModifyVpcEndpointServicePermissions", remove).await;
    assert!(path.ask(&client).await.starts_with("hello"), "an accepted connection needs no permission");
    let all = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let revoke = json!({ "GroupId": path.group, "IpPermissions": all });
    path.consumer("RevokeSecurityGroupIngress", revoke).await;
    assert!(path.ask(&client).await.starts_with("curl: (28) "));
    assert!(held.page().await.starts_with("hello"));
    let gone = json!({ "ServiceIds": [path.service] });
    let refused = ec2(&path.cloud.provider, "DeleteVpcEndpointServiceConfigurations", gone).await.expect_err("in use");
    assert_eq!(refused.code, "ExistingVpcEndpointConnections");
    assert!(held.page().await.starts_with("hello"));
}

/// Denies everything in one direction at the edge of every subnet of a VPC, or no longer.
async fn deny(of: &Clients, vpc: &str, egress: bool, denies: bool) {
    let seen = json!({ "Filters": [{ "Name": "vpc-id", "Values": [vpc] }] });
    let acl = get(&ec2(of, "DescribeNetworkAcls", seen).await.expect("an ACL"), "NetworkAcls[0].NetworkAclId");
    let mut entry = json!({ "NetworkAclId": acl, "RuleNumber": 50, "Egress": egress });
    let operation = if denies { "CreateNetworkAclEntry" } else { "DeleteNetworkAclEntry" };
    if denies {
        entry["Protocol"] = "-1".into();
        entry["RuleAction"] = "deny".into();
        entry["CidrBlock"] = "0.0.0.0/0".into();
    }
    ec2(of, operation, entry).await.expect(operation);
}

#[tokio::test]
async fn a_network_acl_stops_what_is_open_in_either_direction_until_it_lets_it_pass_again() {
    let path = Path::over(&["apne1-az4", "apne1-az1"]).await;
    let on = json!([{ "Key": "load_balancing.cross_zone.enabled", "Value": "true" }]);
    path.elb("ModifyLoadBalancerAttributes", json!({ "LoadBalancerArn": path.balancer, "Attributes": on })).await;
    // Between the client and the endpoint there is one edge, between the other zone's node and the web server another.
    let client = path.client(&path.zonal[1]).await;
    let groups = path.elb("DescribeTargetGroups", json!({})).await;
    let provider_vpc = get(&groups, "TargetGroups[0].VpcId");
    let mut held = path.hold(&client).await;
    assert!(held.page().await.starts_with("hello 10.0.2."));
    for (of, vpc) in [(&path.cloud.consumer, &path.vpc), (&path.cloud.provider, &provider_vpc)] {
        for egress in [false, true] {
            deny(of, vpc, egress, true).await;
            assert!(held.is_silent(Duration::from_millis(300)).await, "{vpc} {egress}");
            // Nothing is reset: the client sends again, and it arrives.
            deny(of, vpc, egress, false).await;
            assert!(held.late().await.starts_with("hello 10.0.2."), "{vpc} {egress}");
        }
    }
    // A rule that concerns neither end changes nothing.
    assert!(held.page().await.starts_with("hello 10.0.2."));
}

#[tokio::test]
async fn a_network_acl_stops_what_an_instance_asks_another_directly() {
    let path = Path::over(&["apne1-az4", "apne1-az1"]).await;
    let seen = path.provider("DescribeInstances", json!({ "InstanceIds": [path.web] })).await;
    let address = get(&seen, "Reservations[0].Instances[0].PrivateIpAddress");
    let vpc = get(&seen, "Reservations[0].Instances[0].VpcId");
    let script = format!("#!/bin/bash\nwhile true; do curl -sS -m 5 http://{address}/; sleep 5; done\n");
    let client = path.web_in(1, &script).await;
    let of = &path.cloud.provider;
    let mut held = Held::through(of, &client).await;
    assert!(held.page().await.starts_with("hello 10.0.2."));
    deny(of, &vpc, true, true).await;
    assert!(held.is_silent(Duration::from_millis(300)).await);
    deny(of, &vpc, true, false).await;
    assert!(held.late().await.starts_with("hello 10.0.2."));
}
