//! Stories of the emulator, told with the real SDK's clients.

use pllab::inside::cloud::{Clients, FaultClass, identity};
use serde_json::{Value, json};

use super::harness::{Cloud, Folder, ec2, elb, get};

/// A VPC and a subnet in a zone.
async fn network(of: &Clients, zone: &str) -> (String, String) {
    let vpc = get(&ec2(of, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.expect("a VPC"), "Vpc.VpcId");
    let subnet = json!({ "VpcId": vpc, "CidrBlock": "10.0.1.0/24", "AvailabilityZoneId": zone });
    (vpc.clone(), get(&ec2(of, "CreateSubnet", subnet).await.expect("a subnet"), "Subnet.SubnetId"))
}

/// A load balancer in a subnet.
async fn balancer(of: &Clients, name: &str, subnet: &str) -> String {
    let params = json!({ "Name": name, "Type": "network", "Scheme": "internal", "Subnets": [subnet] });
    let made = elb(of, "CreateLoadBalancer", params).await.expect("a load balancer");
    let arn = get(&made, "LoadBalancers[0].LoadBalancerArn");
    assert_eq!(get(&made, "LoadBalancers[0].State.Code"), "provisioning");
    // A look lets time pass.
    for _ in 0..5 {
        let seen = elb(of, "DescribeLoadBalancers", json!({ "LoadBalancerArns": [arn] })).await.expect("it is there");
        if get(&seen, "LoadBalancers[0].State.Code") == "active" {
            return arn;
        }
    }
    panic!("{arn} does not become active");
}

/// An endpoint service in front of it that allows everyone to request a connection: id and name.
async fn service(of: &Clients, balancer: &str) -> (String, String) {
    let params = json!({ "AcceptanceRequired": true, "NetworkLoadBalancerArns": [balancer] });
    let made = ec2(of, "CreateVpcEndpointServiceConfiguration", params).await.expect("a service");
    let id = get(&made, "ServiceConfiguration.ServiceId");
    let allow = json!({ "ServiceId": id, "AddAllowedPrincipals": ["*"] });
    ec2(of, "ModifyVpcEndpointServicePermissions", allow).await.expect("allowed");
    (id, get(&made, "ServiceConfiguration.ServiceName"))
}

fn interface(vpc: &str, subnet: &str, name: &str) -> Value {
    json!({ "VpcEndpointType": "Interface", "VpcId": vpc, "SubnetIds": [subnet], "ServiceName": name })
}

/// A provider with its service, and a consumer with a subnet for an endpoint.
struct Story {
    folder: Folder,
    cloud: Cloud,
    provider_vpc: String,
    provider_subnet: String,
    balancer: String,
    service: String,
    name: String,
    vpc: String,
    subnet: String,
}

impl Story {
    async fn begin() -> Self {
        let folder = Folder::new();
        let cloud = Cloud::open(&folder.path().join("sandbox")).await;
        let (provider_vpc, provider_subnet) = network(&cloud.provider, "apne1-az4").await;
        let balancer = balancer(&cloud.provider, "nlb", &provider_subnet).await;
        let (service, name) = service(&cloud.provider, &balancer).await;
        let (vpc, subnet) = network(&cloud.consumer, "apne1-az4").await;
        Self { folder, cloud, provider_vpc, provider_subnet, balancer, service, name, vpc, subnet }
    }

    async fn endpoint(&self) -> String {
        let params = interface(&self.vpc, &self.subnet, &self.name);
        get(
            &ec2(&self.cloud.consumer, "CreateVpcEndpoint", params).await.expect("an endpoint"),
            "VpcEndpoint.VpcEndpointId",
        )
    }

    async fn state(&self, endpoint: &str) -> String {
        let reply = ec2(&self.cloud.consumer, "DescribeVpcEndpoints", json!({ "VpcEndpointIds": [endpoint] })).await;
        get(&reply.expect("it is there"), "VpcEndpoints[0].State")
    }

    async fn decide(&self, operation: &'static str, endpoint: &str) -> Result<Value, pllab::inside::cloud::Fault> {
        let params = json!({ "ServiceId": self.service, "VpcEndpointIds": [endpoint] });
        ec2(&self.cloud.provider, operation, params).await
    }
}

#[tokio::test]
async fn a_connection_waits_for_the_provider() {
    let story = Story::begin().await;
    let endpoint = story.endpoint().await;
    assert_eq!(story.state(&endpoint).await, "pendingAcceptance");
    let asked = ec2(&story.cloud.provider, "DescribeVpcEndpointConnections", json!({})).await.expect("the connections");
    assert_eq!(get(&asked, "VpcEndpointConnections[0].VpcEndpointId"), endpoint);
    assert_eq!(get(&asked, "VpcEndpointConnections[0].VpcEndpointState"), "pendingAcceptance");
    let consumer = &story.cloud.sandbox().accounts()[1];
    assert_eq!(get(&asked, "VpcEndpointConnections[0].VpcEndpointOwner"), consumer.account_id);

    story.decide("AcceptVpcEndpointConnections", &endpoint).await.expect("accepted");
    assert_eq!(story.state(&endpoint).await, "available");
}

#[tokio::test]
async fn what_was_rejected_stays_rejected() {
    let story = Story::begin().await;
    let endpoint = story.endpoint().await;
    story.decide("RejectVpcEndpointConnections", &endpoint).await.expect("rejected");
    assert_eq!(story.state(&endpoint).await, "rejected");
    // Refused inside an answer whose status is a success.
    let fault = story.decide("AcceptVpcEndpointConnections", &endpoint).await.expect_err("too late");
    assert_eq!(fault.code, "InvalidState");
    let fault = story.decide("AcceptVpcEndpointConnections", "vpce-00000000000000000").await.expect_err("no such");
    assert_eq!(fault.class, FaultClass::NotFound, "{fault}");
}

#[tokio::test]
async fn what_is_in_use_cannot_go() {
    let story = Story::begin().await;
    let (provider, consumer) = (&story.cloud.provider, &story.cloud.consumer);
    let endpoint = story.endpoint().await;
    story.decide("AcceptVpcEndpointConnections", &endpoint).await.expect("accepted");

    let service = json!({ "ServiceIds": [story.service] });
    let fault = ec2(provider, "DeleteVpcEndpointServiceConfigurations", service.clone()).await.expect_err("in use");
    assert_eq!((fault.code.as_str(), fault.class), ("ExistingVpcEndpointConnections", FaultClass::InUse));
    let nlb = json!({ "LoadBalancerArn": story.balancer });
    let fault = elb(provider, "DeleteLoadBalancer", nlb.clone()).await.expect_err("in use");
    assert_eq!((fault.code.as_str(), fault.class), ("ResourceInUse", FaultClass::InUse));
    for (of, operation, params) in [
        (provider, "DeleteSubnet", json!({ "SubnetId": story.provider_subnet })),
        (provider, "DeleteVpc", json!({ "VpcId": story.provider_vpc })),
        (consumer, "DeleteSubnet", json!({ "SubnetId": story.subnet })),
        (consumer, "DeleteVpc", json!({ "VpcId": story.vpc })),
    ] {
        let fault = ec2(of, operation, params.clone()).await.expect_err(operation);
        assert_eq!(
            (fault.code.as_str(), fault.class),
            ("DependencyViolation", FaultClass::InUse),
            "{operation} {params}"
        );
        assert!(fault.request_id.is_some());
    }

    // In the right order everything can be deleted. Interfaces take a few looks to disappear.
    ec2(consumer, "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [endpoint] })).await.expect("the endpoint goes");
    for (of, operation, params) in [
        (provider, "DeleteVpcEndpointServiceConfigurations", service),
        (consumer, "DeleteSubnet", json!({ "SubnetId": story.subnet })),
        (consumer, "DeleteVpc", json!({ "VpcId": story.vpc })),
    ] {
        patiently(of, operation, &params).await;
    }
    elb(provider, "DeleteLoadBalancer", nlb).await.expect("the load balancer goes");
    patiently(provider, "DeleteSubnet", &json!({ "SubnetId": story.provider_subnet })).await;
    patiently(provider, "DeleteVpc", &json!({ "VpcId": story.provider_vpc })).await;
    let fault = ec2(provider, "DeleteVpc", json!({ "VpcId": story.provider_vpc })).await.expect_err("gone");
    assert_eq!((fault.code.as_str(), fault.class), ("InvalidVpcID.NotFound", FaultClass::NotFound));
}

/// Deletes something, retrying while a resource that is being deleted still uses it.
async fn patiently(of: &Clients, operation: &'static str, params: &Value) {
    for _ in 0..10 {
        match ec2(of, operation, params.clone()).await {
            Ok(_) => return,
            Err(fault) => assert_eq!(fault.class, FaultClass::InUse, "{operation}: {fault}"),
        }
    }
    panic!("{operation}: still in use");
}

#[tokio::test]
async fn endpoints_stand_where_the_service_is() {
    let story = Story::begin().await;
    let consumer = &story.cloud.consumer;
    let (vpc, subnet) = network(consumer, "apne1-az1").await;
    let fault = ec2(consumer, "CreateVpcEndpoint", interface(&vpc, &subnet, &story.name)).await.expect_err("elsewhere");
    assert_eq!(fault.code, "InvalidParameter");
    assert!(fault.message.contains(&subnet), "{fault}");
    let unknown = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-00000000000000000";
    let fault =
        ec2(consumer, "CreateVpcEndpoint", interface(&story.vpc, &story.subnet, unknown)).await.expect_err("none");
    assert_eq!(fault.code, "InvalidServiceName");
    // A subnet of another account counts as missing.
    let params = interface(&story.vpc, &story.provider_subnet, &story.name);
    let fault = ec2(consumer, "CreateVpcEndpoint", params).await.expect_err("not ours");
    assert_eq!(fault.class, FaultClass::NotFound, "{fault}");
}

#[tokio::test]
async fn a_service_is_for_those_who_are_allowed() {
    let story = Story::begin().await;
    let close = json!({ "ServiceId": story.service, "RemoveAllowedPrincipals": ["*"] });
    ec2(&story.cloud.provider, "ModifyVpcEndpointServicePermissions", close).await.expect("closed");
    let params = interface(&story.vpc, &story.subnet, &story.name);
    let fault = ec2(&story.cloud.consumer, "CreateVpcEndpoint", params).await.expect_err("not allowed");
    assert_eq!(fault.code, "InvalidServiceName", "who is not allowed does not learn that it exists");
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let story = Story::begin().await;
    let fault = ec2(&story.cloud.consumer, "DescribeVpcs", json!({ "VpcIds": [story.provider_vpc] })).await;
    assert_eq!(fault.expect_err("not ours").code, "InvalidVpcID.NotFound");
    let [one, other] = [&story.cloud.provider, &story.cloud.consumer].map(identity);
    assert_ne!(one.await.expect("known").account, other.await.expect("known").account);
}

#[tokio::test]
async fn a_repeated_client_token_makes_nothing_new() {
    let story = Story::begin().await;
    let consumer = &story.cloud.consumer;
    let mut params = interface(&story.vpc, &story.subnet, &story.name);
    params["ClientToken"] = "once".into();
    let first = ec2(consumer, "CreateVpcEndpoint", params.clone()).await.expect("made");
    let second = ec2(consumer, "CreateVpcEndpoint", params.clone()).await.expect("the same");
    assert_eq!(get(&first, "VpcEndpoint.VpcEndpointId"), get(&second, "VpcEndpoint.VpcEndpointId"));
    params["PrivateDnsEnabled"] = false.into();
    params["ServiceName"] = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-00000000000000000".into();
    let fault = ec2(consumer, "CreateVpcEndpoint", params).await.expect_err("something else");
    assert_eq!(fault.code, "IdempotentParameterMismatch");
    let all = ec2(consumer, "DescribeVpcEndpoints", json!({})).await.expect("a list");
    assert_eq!(all["VpcEndpoints"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn keys_it_does_not_know_are_refused() {
    let story = Story::begin().await;
    let account = &story.cloud.sandbox().accounts()[0];
    for (id, secret) in [("AKIAIOSFODNN7EXAMPLE", "secret"), (account.access_key_id.as_str(), "wrong"), ("", "")] {
        let clients = story.cloud.with_keys(id, secret).await;
        let fault = ec2(&clients, "DescribeVpcs", json!({})).await.expect_err("refused");
        assert_eq!(fault.class, FaultClass::SignIn, "{fault}");
        let fault = elb(&clients, "DescribeLoadBalancers", json!({})).await.expect_err("refused");
        assert_eq!(fault.class, FaultClass::SignIn, "{fault}");
        assert_eq!(identity(&clients).await.expect_err("refused").class, FaultClass::SignIn);
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let story = Story::begin().await;
    let endpoint = story.endpoint().await;
    story.decide("AcceptVpcEndpointConnections", &endpoint).await.expect("accepted");
    let keys = story.cloud.sandbox().accounts()[0].access_key_id.clone();
    let folder = story.folder.path().join("sandbox");
    story.cloud.close().await;

    let cloud = Cloud::open(&folder).await;
    assert_ne!(cloud.sandbox().accounts()[0].access_key_id, keys, "keys are of one start only");
    let seen = ec2(&cloud.consumer, "DescribeVpcEndpoints", json!({ "VpcEndpointIds": [endpoint] })).await;
    assert_eq!(get(&seen.expect("it is there"), "VpcEndpoints[0].State"), "available");
    let seen = elb(&cloud.provider, "DescribeLoadBalancers", json!({})).await.expect("a list");
    assert_eq!(get(&seen, "LoadBalancers[0].LoadBalancerArn"), story.balancer);
    cloud.close().await;
}

#[tokio::test]
async fn a_folder_has_one_sandbox_at_a_time() {
    let story = Story::begin().await;
    let options = pllab::inside::sandbox::Options {
        folder: story.folder.path().join("sandbox"),
        pace: pllab::inside::sandbox::Pace::Instant,
        region: "ap-northeast-1".to_owned(),
        port: None,
        clock: pllab::inside::host::Clock::System,
        random: pllab::inside::host::Random::System,
        keys: None,
        quotas: pllab::inside::sandbox::Quotas::default(),
        throttle: pllab::inside::sandbox::Throttle::Off,
        faults: Vec::new(),
    };
    let second = pllab::inside::sandbox::Sandbox::start(options).await;
    assert!(
        matches!(second, Err(pllab::inside::sandbox::StartError::InUse { pid: Some(pid), .. }) if pid == std::process::id())
    );
}

#[tokio::test]
async fn what_is_not_modelled_fails_loudly() {
    let story = Story::begin().await;
    let filter = json!({ "Filters": [{ "Name": "no-such-filter", "Values": ["x"] }] });
    for operation in ["DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups", "DescribeInstances"] {
        let fault = ec2(&story.cloud.provider, operation, filter.clone()).await.expect_err(operation);
        assert!(fault.message.contains("no-such-filter"), "{operation}: {fault}");
    }
}
