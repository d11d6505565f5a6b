//! The private addresses of a Network Load Balancer, which the web server sees instead of the client's.

use serde_json::{Value, json};

use super::check_context::CheckContext;
use super::facts::{Facts, refer};
use super::reply::{list, text};
use crate::cloud::{Call, Fault, ec2};
use crate::lab::Side;

/// The call that shows the load balancer's network interfaces. Their description is `ELB net/<name>/<id>`
/// [NLB:target-group-register-targets, Terraform's provider].
fn call(facts: &Facts, load_balancer: &str) -> Call {
    let arn = refer(facts, load_balancer, "arn");
    let suffix = arn.split_once(":loadbalancer/").map_or(arn.as_str(), |(_, suffix)| suffix);
    let filter = json!({ "Name": "description", "Values": [format!("ELB {suffix}")] });
    ec2("DescribeNetworkInterfaces", json!({ "Filters": [filter] }))
}

/// The load balancer's addresses, one per zone.
pub(super) async fn addresses(scene: &CheckContext<'_>, load_balancer: &str) -> Result<Vec<String>, Fault> {
    Ok(private_addresses(&interfaces(scene, load_balancer).await?))
}

/// The reply about the load balancer's network interfaces, one per zone.
pub(super) async fn interfaces(scene: &CheckContext<'_>, load_balancer: &str) -> Result<Value, Fault> {
    scene.clients_of(load_balancer, Side::Provider).send(&call(scene.facts, load_balancer)).await
}

/// The addresses of the network interfaces in a reply.
pub(super) fn private_addresses(reply: &Value) -> Vec<String> {
    let addresses = list(reply, "NetworkInterfaces").iter().map(|it| text(it, "PrivateIpAddress").to_owned());
    addresses.filter(|address| !address.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_made_of_the_arn() {
        let arn = "arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:loadbalancer/net/nlb/0123456789abcdef";
        let facts: Facts = [("nlb".to_owned(), [("arn".to_owned(), arn.to_owned())].into())].into();
        let filters = &call(&facts, "nlb").params["Filters"];
        assert_eq!(filters, &json!([{ "Name": "description", "Values": ["ELB net/nlb/0123456789abcdef"] }]));
    }

    #[test]
    fn addresses_are_read() {
        let reply = json!({ "NetworkInterfaces": [{ "PrivateIpAddress": "10.0.1.5" }, {}] });
        assert_eq!(private_addresses(&reply), ["10.0.1.5"]);
    }
}
