//! Stories of the sandbox's network: the real SDK's clients change it, and a client in the consumer VPC sees the
//! effect.

use pllab::inside::cloud::FaultClass;
use serde_json::{Value, json};

use super::harness::{Path, ec2, elb, get, route53};

const PAGE: &str = "hello 10.0.1.";
const TIMEOUT: &str = "curl: (28) Connection timed out after 500";

#[tokio::test]
async fn a_network_acl_without_return_ports_is_a_time_out() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    let page = path.ask(&client).await;
    assert!(page.starts_with(PAGE), "{page}");

    let of_subnet = json!({ "Filters": [{ "Name": "association.subnet-id", "Values": [path.endpoint_subnet] }] });
    let seen = path.consumer("DescribeNetworkAcls", of_subnet).await;
    let associations = seen["NetworkAcls"][0]["Associations"].as_array().expect("two subnets").clone();
    let ours = associations.iter().find(|it| it["SubnetId"] == path.endpoint_subnet.as_str()).expect("it is ours");
    let made = path.consumer("CreateNetworkAcl", json!({ "VpcId": path.vpc })).await;
    let acl = get(&made, "NetworkAcl.NetworkAclId");
    let replace = json!({ "AssociationId": ours["NetworkAclAssociationId"], "NetworkAclId": acl });
    path.consumer("ReplaceNetworkAclAssociation", replace).await;
    let entry = |egress: bool, from: u16, to: u16| {
        json!({
            "NetworkAclId": acl, "RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": egress,
            "CidrBlock": "10.0.1.0/24", "PortRange": { "From": from, "To": to },
        })
    };
    path.consumer("CreateNetworkAclEntry", entry(false, 80, 80)).await;
    // In on port 80, out on port 80: wrong, because a network ACL keeps no state.
    path.consumer("CreateNetworkAclEntry", entry(true, 80, 80)).await;
    let page = path.ask(&client).await;
    assert!(page.starts_with(TIMEOUT), "{page}");
    path.consumer("ReplaceNetworkAclEntry", entry(true, 1024, 65535)).await;
    let page = path.ask(&client).await;
    assert!(page.starts_with(PAGE), "{page}");
}

/// Changes a TXT record with a TTL of ten minutes.
fn txt(action: &str, name: &str, value: &str) -> Value {
    json!({ "Changes": [{ "Action": action, "ResourceRecordSet": {
        "Name": name, "Type": "TXT", "TTL": 600, "ResourceRecords": [{ "Value": format!("\"{value}\"") }],
    } }] })
}

#[tokio::test]
async fn a_private_name_is_offered_proved_and_used() {
    let path = Path::begin().await;
    let client = path.client("api.lab.example").await;
    let page = path.ask(&client).await;
    assert_eq!(page, "curl: (6) Could not resolve host: api.lab.example");

    // Three refusals in a row, each with its own reason.
    let enable = json!({ "VpcEndpointId": path.endpoint, "PrivateDnsEnabled": true });
    let refused = async || {
        let fault = ec2(&path.cloud.consumer, "ModifyVpcEndpoint", enable.clone()).await.expect_err("refused");
        assert_eq!(fault.code, "InvalidParameter");
        fault.message
    };
    assert!(refused().await.ends_with("does not provide a private DNS name."));
    let offer = json!({ "ServiceId": path.service, "PrivateDnsName": "api.lab.example" });
    path.provider("ModifyVpcEndpointServiceConfiguration", offer).await;
    assert!(refused().await.ends_with("has not verified the private DNS name."));

    let dns = async || {
        let seen = path.provider("DescribeVpcEndpointServiceConfigurations", json!({})).await;
        seen["ServiceConfigurations"][0]["PrivateDnsNameConfiguration"].clone()
    };
    let verify = json!({ "ServiceId": path.service });
    path.provider("StartVpcEndpointServicePrivateDnsVerification", verify.clone()).await;
    let asked = dns().await;
    assert_eq!((asked["State"].as_str(), asked["Type"].as_str()), (Some("failed"), Some("TXT")));
    let (name, value) = (get(&asked, "Name"), get(&asked, "Value"));
    assert!(name.starts_with('_') && value.starts_with("vpce:"), "{asked}");

    let of = &path.cloud.provider;
    let zone = json!({ "Name": "lab.example", "CallerReference": "once" });
    let made = route53(of, "CreateHostedZone", zone.clone()).await.expect("a zone");
    let zone_id = get(&made, "HostedZone.Id");
    assert_eq!(get(&made, "HostedZone.Name"), "lab.example.");
    assert!(zone_id.starts_with("/hostedzone/Z"), "{zone_id}");
    let fault = route53(of, "CreateHostedZone", zone).await.expect_err("once only");
    assert_eq!((fault.code.as_str(), fault.class), ("HostedZoneAlreadyExists", FaultClass::Exists));
    let record = format!("{name}.api.lab.example");
    let publish = json!({ "HostedZoneId": zone_id, "ChangeBatch": txt("CREATE", &record, &value) });
    let change = route53(of, "ChangeResourceRecordSets", publish.clone()).await.expect("published");
    assert_eq!(get(&change, "ChangeInfo.Status"), "PENDING");
    let change = route53(of, "GetChange", json!({ "Id": get(&change, "ChangeInfo.Id") })).await.expect("known");
    assert_eq!(get(&change, "ChangeInfo.Status"), "INSYNC");
    let fault = route53(of, "ChangeResourceRecordSets", publish).await.expect_err("it is there");
    assert_eq!(
        fault.message,
        format!("[Tried to create resource record set [name='{record}.', type='TXT'] but it already exists]")
    );
    let listed = route53(of, "ListResourceRecordSets", json!({ "HostedZoneId": zone_id })).await.expect("listed");
    let kinds: Vec<&str> =
        listed["ResourceRecordSets"].as_array().expect("a list").iter().filter_map(|it| it["Type"].as_str()).collect();
    assert_eq!(kinds, ["NS", "SOA", "TXT"]);

    path.provider("StartVpcEndpointServicePrivateDnsVerification", verify).await;
    assert_eq!(dns().await["State"], "verified");
    let of_consumer =
        path.consumer("DescribeVpcEndpointServices", json!({ "ServiceNames": [path.service_name] })).await;
    assert_eq!(get(&of_consumer, "ServiceDetails[0].PrivateDnsNameVerificationState"), "verified");
    assert!(refused().await.ends_with(&format!("attributes set to true for {}", path.vpc)));
    let hostnames = |on: bool| json!({ "VpcId": path.vpc, "EnableDnsHostnames": { "Value": on } });
    path.consumer("ModifyVpcAttribute", hostnames(true)).await;
    path.consumer("ModifyVpcEndpoint", enable.clone()).await;
    let seen = path.consumer("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [path.endpoint] })).await;
    assert_eq!(seen["VpcEndpoints"][0]["PrivateDnsEnabled"], true);
    assert!(seen.to_string().contains("\"DnsName\":\"api.lab.example\""), "{seen}");
    let page = path.ask(&client).await;
    assert!(page.starts_with(PAGE), "{page}");

    // The attribute counts for every query, not only when private DNS is turned on.
    path.consumer("ModifyVpcAttribute", hostnames(false)).await;
    assert!(path.ask(&client).await.starts_with("curl: (6) "));

    let fault = route53(of, "DeleteHostedZone", json!({ "Id": zone_id })).await.expect_err("not empty");
    assert_eq!((fault.code.as_str(), fault.class), ("HostedZoneNotEmpty", FaultClass::InUse));
    let withdraw = json!({ "HostedZoneId": zone_id, "ChangeBatch": txt("DELETE", &record, &value) });
    route53(of, "ChangeResourceRecordSets", withdraw).await.expect("withdrawn");
    route53(of, "DeleteHostedZone", json!({ "Id": zone_id })).await.expect("deleted");
    let fault = route53(of, "GetHostedZone", json!({ "Id": zone_id })).await.expect_err("gone");
    assert_eq!((fault.code.as_str(), fault.class), ("NoSuchHostedZone", FaultClass::NotFound));
}

#[tokio::test]
async fn before_the_acceptance_there_is_no_private_name() {
    let path = Path::begin().await;
    let of = &path.cloud.provider;
    path.consumer("ModifyVpcAttribute", json!({ "VpcId": path.vpc, "EnableDnsHostnames": { "Value": true } })).await;
    let offer = json!({ "ServiceId": path.service, "PrivateDnsName": "*.lab.example" });
    path.provider("ModifyVpcEndpointServiceConfiguration", offer).await;
    let seen = path.provider("DescribeVpcEndpointServiceConfigurations", json!({})).await;
    let value = get(&seen, "ServiceConfigurations[0].PrivateDnsNameConfiguration.Value");
    let zone = json!({ "Name": "lab.example", "CallerReference": "once" });
    let zone = get(&route53(of, "CreateHostedZone", zone).await.expect("a zone"), "HostedZone.Id");
    // For domains whose DNS does not allow underscores: publish at the domain itself.
    let publish = json!({ "HostedZoneId": zone, "ChangeBatch": txt("UPSERT", "lab.example", &value) });
    route53(of, "ChangeResourceRecordSets", publish).await.expect("published");
    path.provider("StartVpcEndpointServicePrivateDnsVerification", json!({ "ServiceId": path.service })).await;
    path.provider("DescribeVpcEndpointServiceConfigurations", json!({})).await;
    let params = json!({
        "VpcEndpointType": "Interface", "VpcId": path.vpc, "SubnetIds": [path.endpoint_subnet],
        "SecurityGroupIds": [path.group], "ServiceName": path.service_name, "PrivateDnsEnabled": true,
    });
    let fault = ec2(&path.cloud.consumer, "CreateVpcEndpoint", params.clone()).await.expect_err("not accepted");
    assert!(fault.message.starts_with("Private DNS can only be enabled after the endpoint connection is accepted"));
    let auto = json!({ "ServiceId": path.service, "AcceptanceRequired": false });
    path.provider("ModifyVpcEndpointServiceConfiguration", auto).await;
    path.consumer("ModifyVpcEndpoint", json!({ "VpcEndpointId": path.endpoint, "PrivateDnsEnabled": true })).await;
    let fault = ec2(&path.cloud.consumer, "CreateVpcEndpoint", params).await.expect_err("the name is taken");
    assert!(fault.message.contains("already a conflicting DNS domain for *.lab.example"), "{fault}");
    let client = path.client("www.lab.example").await;
    assert!(path.ask(&client).await.starts_with(PAGE));
}

#[tokio::test]
async fn a_target_that_is_deregistered_gets_no_more_and_its_return_mends() {
    let path = Path::begin().await;
    let client = path.client(&path.name).await;
    assert!(path.ask(&client).await.starts_with(PAGE));
    let of = &path.cloud.provider;
    let health = json!({ "TargetGroupArn": path.target_group });
    let seen = elb(of, "DescribeTargetHealth", health.clone()).await.expect("one target");
    assert_eq!(get(&seen, "TargetHealthDescriptions[0].TargetHealth.State"), "healthy");
    let web =
        json!({ "TargetGroupArn": path.target_group, "Targets": [seen["TargetHealthDescriptions"][0]["Target"]] });
    elb(of, "DeregisterTargets", web.clone()).await.expect("deregistered");
    // An empty group has no target to fail open to.
    let page = path.ask(&client).await;
    assert!(page.starts_with(TIMEOUT), "{page}");
    elb(of, "RegisterTargets", web).await.expect("registered");
    assert!(path.ask(&client).await.starts_with(PAGE));
    // With enforcement off, the load balancer's group rules do not apply to PrivateLink traffic.
    let seen =
        elb(of, "DescribeLoadBalancers", json!({ "LoadBalancerArns": [path.balancer] })).await.expect("it is there");
    let group = get(&seen, "LoadBalancers[0].SecurityGroups[0]");
    let all = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let only_node = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.0.1.0/24" }] }]);
    path.provider("AuthorizeSecurityGroupIngress", json!({ "GroupId": group, "IpPermissions": only_node })).await;
    path.provider("RevokeSecurityGroupIngress", json!({ "GroupId": group, "IpPermissions": all })).await;
    let far = path.client_elsewhere(&path.name, "10.0.7.0/24").await;
    let page = path.ask(&far).await;
    assert!(page.starts_with(TIMEOUT), "{page}");
    let off = json!({
        "LoadBalancerArn": path.balancer, "SecurityGroups": [group],
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
    });
    elb(of, "SetSecurityGroups", off).await.expect("off");
    let page = path.ask(&far).await;
    assert!(page.starts_with(PAGE), "{page}");
}

/// A second service in the consumer's VPC, whose target is the network interface of the endpoint to the first, and an
/// endpoint to it in the provider's VPC. Returns the name of the second endpoint and the group of the second service.
async fn chained(path: &Path) -> (String, String) {
    let seen = path.consumer("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [path.endpoint] })).await;
    let interface = get(&seen, "VpcEndpoints[0].NetworkInterfaceIds[0]");
    let seen = path.consumer("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [interface] })).await;
    let address = get(&seen, "NetworkInterfaces[0].PrivateIpAddress");
    let of = &path.cloud.consumer;
    let balancer = json!({ "Name": "second", "Type": "network", "Scheme": "internal", "Subnets": [path.client_subnet],
        "SecurityGroups": [path.group] });
    let made = elb(of, "CreateLoadBalancer", balancer).await.expect("a load balancer");
    let balancer = get(&made, "LoadBalancers[0].LoadBalancerArn");
    let group = json!({ "Name": "chain", "Protocol": "TCP", "Port": 80, "VpcId": path.vpc, "TargetType": "ip" });
    let group = get(&elb(of, "CreateTargetGroup", group).await.expect("a group"), "TargetGroups[0].TargetGroupArn");
    let target = json!({ "TargetGroupArn": group, "Targets": [{ "Id": address }] });
    elb(of, "RegisterTargets", target).await.expect("registered");
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let listener = json!({ "LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": forward });
    elb(of, "CreateListener", listener).await.expect("a listener");
    elb(of, "DescribeLoadBalancers", json!({})).await.expect("active");
    let service = json!({ "NetworkLoadBalancerArns": [balancer], "AcceptanceRequired": false });
    let made = path.consumer("CreateVpcEndpointServiceConfiguration", service).await;
    let allow = json!({ "ServiceId": get(&made, "ServiceConfiguration.ServiceId"), "AddAllowedPrincipals": ["*"] });
    path.consumer("ModifyVpcEndpointServicePermissions", allow).await;
    let seen = path.elb("DescribeTargetGroups", json!({})).await;
    let params = json!({
        "VpcEndpointType": "Interface", "VpcId": get(&seen, "TargetGroups[0].VpcId"),
        "SubnetIds": [path.provider_subnets[0]], "SecurityGroupIds": [path.provider_group],
        "ServiceName": get(&made, "ServiceConfiguration.ServiceName"),
    });
    let made = path.provider("CreateVpcEndpoint", params).await;
    let id = get(&made, "VpcEndpoint.VpcEndpointId");
    path.provider("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] })).await;
    (get(&made, "VpcEndpoint.DnsEntries[0].DnsName"), group)
}

#[tokio::test]
async fn services_are_chained_through_the_network_interface_of_an_endpoint() {
    let path = Path::begin().await;
    let (name, group) = chained(&path).await;
    let health = async || {
        let seen = elb(&path.cloud.consumer, "DescribeTargetHealth", json!({ "TargetGroupArn": group })).await;
        get(&seen.expect("a target"), "TargetHealthDescriptions[0].TargetHealth.State")
    };
    assert_eq!(health().await, "healthy");
    let client = path.web(&format!("#!/bin/bash\nwhile true; do curl -sS -m 5 http://{name}/; sleep 5; done\n")).await;
    let ask = async || {
        let params = json!({ "InstanceId": client, "Latest": true });
        let seen = path.provider("GetConsoleOutput", params).await;
        get(&seen, "Output").lines().last().unwrap_or_default().to_owned()
    };
    let page = ask().await;
    assert!(page.starts_with(PAGE), "{page}");
    // The group of the endpoint in the middle decides, and its state.
    let all = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let made =
        path.consumer("CreateSecurityGroup", json!({ "GroupName": "shut", "Description": "x", "VpcId": path.vpc }));
    let shut = get(&made.await, "GroupId");
    let change = |add: &str, remove: &str| json!({ "VpcEndpointId": path.endpoint, "AddSecurityGroupIds": [add], "RemoveSecurityGroupIds": [remove] });
    path.consumer("ModifyVpcEndpoint", change(&shut, &path.group)).await;
    path.consumer("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [path.endpoint] })).await;
    assert_eq!(health().await, "unhealthy");
    assert!(ask().await.starts_with("curl: (28) "));
    path.consumer("AuthorizeSecurityGroupIngress", json!({ "GroupId": shut, "IpPermissions": all })).await;
    assert_eq!(health().await, "healthy");
    assert!(ask().await.starts_with(PAGE));
    let reject = json!({ "ServiceId": path.service, "VpcEndpointIds": [path.endpoint] });
    path.provider("RejectVpcEndpointConnections", reject).await;
    assert_eq!(health().await, "unhealthy");
    assert!(ask().await.starts_with("curl: (28) "));
}

#[tokio::test]
async fn a_chain_that_leads_back_to_itself_is_unhealthy_and_ends() {
    let path = Path::begin().await;
    let (_, group) = chained(&path).await;
    // The first service's target becomes the endpoint to the second one, in its own VPC.
    let seen = path.provider(
        "DescribeNetworkInterfaces",
        json!({ "Filters": [
        { "Name": "interface-type", "Values": ["vpc_endpoint"] }] }),
    );
    let address = get(&seen.await, "NetworkInterfaces[0].PrivateIpAddress");
    let seen = path.elb("DescribeTargetGroups", json!({})).await;
    let params = json!({ "Name": "back", "Protocol": "TCP", "Port": 80, "VpcId": get(&seen, "TargetGroups[0].VpcId"),
        "TargetType": "ip" });
    let back = get(&path.elb("CreateTargetGroup", params).await, "TargetGroups[0].TargetGroupArn");
    path.elb("RegisterTargets", json!({ "TargetGroupArn": back, "Targets": [{ "Id": address }] })).await;
    let seen = path.elb("DescribeListeners", json!({ "LoadBalancerArn": path.balancer })).await;
    let forward = json!([{ "Type": "forward", "TargetGroupArn": back }]);
    let change = json!({ "ListenerArn": get(&seen, "Listeners[0].ListenerArn"), "DefaultActions": forward });
    path.elb("ModifyListener", change).await;
    for (of, group) in [(&path.cloud.provider, &back), (&path.cloud.consumer, &group)] {
        let seen = elb(of, "DescribeTargetHealth", json!({ "TargetGroupArn": group })).await.expect("a target");
        assert_eq!(get(&seen, "TargetHealthDescriptions[0].TargetHealth.State"), "unhealthy");
    }
}
