//! The connection is up: does any route in the provider's VPC lead to the client?

use serde_json::{Value, json};

use super::endpoint_state::describe;
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer};
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text};
use crate::checks::rule::contains;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct NoWayBack<'a>(pub &'a lab::NoWayBack);

impl Question for NoWayBack<'_> {
    fn name(&self) -> String {
        format!("no_way_back:{}:{}", self.0.vpc, self.0.client)
    }

    fn title(&self) -> Text {
        m::check_title_no_way_back(&self.0.client)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.vpc
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.vpc, "id"), (&self.0.client, "address"), (&self.0.endpoint, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        let filter = json!({ "Name": "vpc-id", "Values": [refer(facts, &self.0.vpc, "id")] });
        ec2("DescribeRouteTables", json!({ "Filters": [filter] }))
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeVpcEndpoints"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_no_way_back()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let clients = scene.clients_of(&self.0.endpoint, Side::Consumer);
        let endpoint = clients.send(&describe(scene.facts, &self.0.endpoint)).await?;
        let Some(endpoint) = first(&endpoint, "VpcEndpoints") else { return Ok(CheckOutcome::gone()) };
        let state = text(endpoint, "State");
        if !state.eq_ignore_ascii_case("available") {
            // Before the connection is up, a missing route would prove nothing.
            return Ok(CheckOutcome::not_yet(state));
        }
        Ok(judge(reply, scene.fact(&self.0.client, "address").unwrap_or_default()))
    }
}

/// `address` is the client's. The `local` route leads to the provider's own VPC, even if the client's VPC has the
/// same range.
fn judge(reply: &Value, address: &str) -> CheckOutcome {
    let wanted = format!("{address}/32");
    let routes = list(reply, "RouteTables").iter().flat_map(|table| list(table, "Routes"));
    let leading = routes.filter(|route| contains(text(route, "DestinationCidrBlock"), &wanted));
    let mut seen = m::check_no_route_to(address);
    for route in leading {
        let block = text(route, "DestinationCidrBlock");
        match target(route) {
            "local" => seen = m::CheckRouteWithin { address, block }.text(),
            target if private(target) => {
                return CheckOutcome::broken(m::CheckRouteTo { address, target }.text())
                    .because(m::check_why_way_back());
            }
            _ => {}
        }
    }
    CheckOutcome::met(seen)
}

/// A route's target. It is in one of several members.
fn target(route: &Value) -> &str {
    let of_its_own = [
        "VpcPeeringConnectionId",
        "TransitGatewayId",
        "NetworkInterfaceId",
        "LocalGatewayId",
        "CarrierGatewayId",
        "CoreNetworkArn",
        "NatGatewayId",
        "EgressOnlyInternetGatewayId",
        "GatewayId",
    ];
    of_its_own.into_iter().map(|key| text(route, key)).find(|target| !target.is_empty()).unwrap_or_default()
}

/// Whether the target may lead to a private address; internet and NAT gateways do not.
fn private(target: &str) -> bool {
    !["igw-", "eigw-", "nat-"].iter().any(|internet| target.starts_with(internet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met};

    #[test]
    fn verdicts() {
        let route = |block: &str, key: &str, target: &str| json!({ "DestinationCidrBlock": block, key: target });
        let local = route("10.0.0.0/16", "GatewayId", "local");
        let s3 = json!({ "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1" });
        for (routes, address, verdict) in [
            (json!([local, s3]), "10.0.1.7", Met),
            (json!([local, s3]), "10.1.1.7", Met),
            (json!([local, route("0.0.0.0/0", "GatewayId", "igw-1")]), "10.1.1.7", Met),
            (json!([local, route("10.1.0.0/16", "VpcPeeringConnectionId", "pcx-1")]), "10.1.1.7", Broken),
            (json!([local, route("0.0.0.0/0", "TransitGatewayId", "tgw-1")]), "10.1.1.7", Broken),
            (json!([local, route("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")]), "10.1.1.7", Met),
        ] {
            let reply = json!({ "RouteTables": [{ "Routes": routes }] });
            assert_eq!(judge(&reply, address).verdict, verdict, "{routes} {address}");
        }
        let reply = json!({ "RouteTables": [{ "Routes": [local] }] });
        assert_eq!(
            judge(&reply, "10.0.1.7").seen,
            m::CheckRouteWithin { address: "10.0.1.7", block: "10.0.0.0/16" }.text()
        );
    }
}
