//! Stories of the sandbox's network, told by the real SDK's clients and by what a client in the consumer VPC sees.

use serde_json::json;

use super::harness::{Path, get};

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
    // In on port 80, out on port 80: as a stateful mind would write it.
    path.consumer("CreateNetworkAclEntry", entry(true, 80, 80)).await;
    let page = path.ask(&client).await;
    assert!(page.starts_with(TIMEOUT), "{page}");
    path.consumer("ReplaceNetworkAclEntry", entry(true, 1024, 65535)).await;
    let page = path.ask(&client).await;
    assert!(page.starts_with(PAGE), "{page}");
}
