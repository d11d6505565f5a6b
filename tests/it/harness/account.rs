//! Looks into a sandbox's folder with clients of its own, to see what really exists.

use std::collections::BTreeMap;
use std::path::Path;

use pllab::inside::cloud::{Api, Call, Clients};
use serde_json::{Value, json};

use super::Cloud;

/// Counts what an account holds, by kind, without what AWS itself puts into every account.
pub struct Account;

/// What can be listed: API, operation, the list's name, and which of its items count.
type Listing = (Api, &'static str, &'static str, fn(&Value) -> bool);

const LISTINGS: [Listing; 8] = [
    (Api::Ec2, "DescribeVpcs", "Vpcs", |vpc| vpc["IsDefault"] != true),
    (Api::Ec2, "DescribeSubnets", "Subnets", |subnet| subnet["DefaultForAz"] != true),
    (Api::Ec2, "DescribeSecurityGroups", "SecurityGroups", |group| group["GroupName"] != "default"),
    (Api::Ec2, "DescribeVpcEndpoints", "VpcEndpoints", |endpoint| endpoint["State"] != "deleted"),
    (Api::Ec2, "DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", |_| true),
    (Api::Ec2, "DescribeNetworkInterfaces", "NetworkInterfaces", |_| true),
    (Api::Elbv2, "DescribeLoadBalancers", "LoadBalancers", |_| true),
    (Api::Elbv2, "DescribeTargetGroups", "TargetGroups", |_| true),
];

impl Account {
    /// Starts the sandbox of `folder` again and counts what the first account holds.
    pub fn holds(folder: &Path) -> BTreeMap<String, usize> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
        runtime.block_on(async {
            let cloud = Cloud::open(folder).await;
            let counts = count(&cloud.provider).await;
            cloud.close().await;
            counts
        })
    }
}

async fn count(clients: &Clients) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut add = |name: &str, number: usize| {
        if number > 0 {
            counts.insert(name.to_owned(), number);
        }
    };
    for (api, operation, list, counted) in LISTINGS {
        let reply = clients.send(&Call::new(api, operation, json!({}))).await.expect(operation);
        add(list, reply[list].as_array().into_iter().flatten().filter(|item| counted(item)).count());
    }
    let reply = clients.send(&Call::new(Api::Ec2, "DescribeInstances", json!({}))).await;
    let reply = reply.expect("DescribeInstances");
    let instances = reply["Reservations"].as_array().into_iter().flatten().filter_map(|it| it["Instances"].as_array());
    add("Instances", instances.flatten().filter(|it| it["State"]["Name"] != "terminated").count());
    counts
}
