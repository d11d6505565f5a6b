//! Evaluates route tables. The most specific matching route decides, and only `local` leads straight to the other end
//! [vpc userguide: route-tables-priority].

use std::fmt;

use serde_json::{Value, json};

use super::crossing::{Crossing, End};
use super::rung_result::RungResult;
use super::walk::{Walk, seen};
use crate::checks::reply::{first, list, text};
use crate::checks::rule;
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// Where a route table leads a connection's packets away.
#[derive(Debug, PartialEq)]
struct Detour<'a> {
    table: &'a str,
    route: &'a Value,
    /// Whether this affects the answer, not the request.
    answer: bool,
}

/// A route's target.
#[derive(Clone, Debug, PartialEq)]
struct Target<'a> {
    id: &'a str,
    /// The target no longer exists, so packets are dropped.
    blackhole: bool,
}

impl Walk<'_> {
    /// Whether the route tables of the client's and the endpoint's subnets lead the packets to each other.
    pub(super) async fn consumer_route(&mut self) -> Result<RungResult, RungResult> {
        let crossings = self.consumer_crossings()?;
        let vpc = text(seen(self.client.as_ref())?, "VpcId").to_owned();
        self.judge_routes(Side::Consumer, &vpc, crossings).await
    }

    /// Whether the route tables of the load balancer's and the targets' subnets lead the packets to each other.
    pub(super) async fn provider_route(&mut self) -> Result<RungResult, RungResult> {
        let crossings = self.provider_crossings().await?;
        let vpc = text(seen(self.nodes.first())?, "VpcId").to_owned();
        self.judge_routes(Side::Provider, &vpc, crossings).await
    }

    async fn judge_routes(
        &self,
        side: Side,
        vpc: &str,
        mut crossings: Vec<Crossing>,
    ) -> Result<RungResult, RungResult> {
        let call = ec2("DescribeRouteTables", json!({ "Filters": [{ "Name": "vpc-id", "Values": [vpc] }] }));
        let reply = self.ask(side, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let tables = list(&reply, "RouteTables");
        // Traffic within a subnet uses no route table [vpc userguide: route-tables].
        crossings.retain(Crossing::leaves_subnet);
        let Some(one) = crossings.first() else {
            return Ok(RungResult::holds(m::trace_route_same_subnet(), m::trace_route_same_subnet()).by(&call));
        };
        let expected = m::trace_expected_route();
        let Some(detour) = crossings.iter().find_map(|it| detour(it, tables)) else {
            let said = [&one.from, &one.to].map(|end| table_of(&end.subnet, tables).map(in_words).unwrap_or_default());
            let seen = if said[0] == said[1] { said[0].clone() } else { said.join(", ") };
            return Ok(RungResult::holds(expected, seen).by(&call));
        };
        let target = target(detour.route);
        if !target.blackhole && self.may_forward(side, target.id).await {
            return Ok(RungResult { expected, ..RungResult::cannot_tell(m::trace_route_through(target.id)) }.by(&call));
        }
        let destination = text(detour.route, "DestinationCidrBlock");
        let why = if detour.answer {
            m::TraceWhyRouteAnswer { destination, table: detour.table, target: target.to_string() }.text()
        } else {
            m::TraceWhyRoute { destination, table: detour.table, target: target.to_string() }.text()
        };
        let table = tables.iter().find(|it| text(it, "RouteTableId") == detour.table);
        let found = RungResult::broken(expected, table.map(in_words).unwrap_or_default(), why);
        let (repair, change) = repair(&detour);
        Ok(found.repaired(repair, vec![change]).by(&call))
    }

    /// Whether a route's target may forward packets. A network interface with source/destination check accepts only
    /// its own packets [vpc userguide: work-with-nat-instances], and so do those of endpoints and load balancers.
    async fn may_forward(&self, side: Side, target: &str) -> bool {
        if !target.starts_with("eni-") {
            return true;
        }
        let call = ec2("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [target] }));
        let Ok(reply) = self.ask(side, &call).await else { return true };
        let interface = first(&reply, "NetworkInterfaces");
        interface.is_some_and(|it| {
            let checks = it.get("SourceDestCheck").and_then(Value::as_bool) != Some(false);
            text(it, "InterfaceType") == "interface" && !checks
        })
    }
}

/// The first route that leads a connection's packets away: first those of the request, then those of its answer. A
/// table that cannot be seen leads nothing away.
fn detour<'a>(crossing: &Crossing, tables: &'a [Value]) -> Option<Detour<'a>> {
    let ways: [(&End, &End, bool); 2] = [(&crossing.from, &crossing.to, false), (&crossing.to, &crossing.from, true)];
    ways.into_iter().find_map(|(from, to, answer)| {
        let table = table_of(&from.subnet, tables)?;
        let route = deciding(table, &to.address)?;
        let interface = text(route, "NetworkInterfaceId");
        let arrives = text(route, "GatewayId") == "local" || (!interface.is_empty() && interface == to.interface);
        (!arrives).then_some(Detour { table: text(table, "RouteTableId"), route, answer })
    })
}

/// The route table of a subnet: its own, else the main one.
fn table_of<'a>(subnet: &str, tables: &'a [Value]) -> Option<&'a Value> {
    let is_own = |table: &&Value| list(table, "Associations").iter().any(|it| text(it, "SubnetId") == subnet);
    let is_main = |table: &&Value| {
        list(table, "Associations").iter().any(|it| it.get("Main").and_then(Value::as_bool) == Some(true))
    };
    tables.iter().find(is_own).or_else(|| tables.iter().find(is_main))
}

/// The most specific route to an address.
fn deciding<'a>(table: &'a Value, address: &str) -> Option<&'a Value> {
    let block = format!("{address}/32");
    let routes = list(table, "Routes").iter().filter(|it| rule::contains(text(it, "DestinationCidrBlock"), &block));
    routes.max_by_key(|it| rule::prefix(text(it, "DestinationCidrBlock")))
}

fn target(route: &Value) -> Target<'_> {
    let keys = ["NetworkInterfaceId", "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId"];
    let id = keys.into_iter().map(|key| text(route, key)).find(|id| !id.is_empty()).unwrap_or_default();
    Target { id, blackhole: text(route, "State") == "blackhole" }
}

/// The call that makes the packets go straight to the other end again.
fn repair(detour: &Detour<'_>) -> (Text, Call) {
    let destination = text(detour.route, "DestinationCidrBlock");
    let mut params = json!({ "RouteTableId": detour.table, "DestinationCidrBlock": destination });
    // A local route cannot be deleted, but its target can be restored.
    if text(detour.route, "Origin") == "CreateRouteTable" {
        params["LocalTarget"] = true.into();
        return (m::TraceRepairLocalRoute { destination, table: detour.table }.text(), ec2("ReplaceRoute", params));
    }
    (m::TraceRepairRoute { destination, table: detour.table }.text(), ec2("DeleteRoute", params))
}

/// A route table on one line.
fn in_words(table: &Value) -> String {
    let word = |route: &Value| match text(route, "DestinationCidrBlock") {
        "" => None,
        block => Some(format!("{block} {}", target(route))),
    };
    let routes: Vec<String> = list(table, "Routes").iter().filter_map(word).collect();
    format!("{} [{}]", text(table, "RouteTableId"), routes.join("; "))
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)?;
        if self.blackhole { f.write_str(" (blackhole)") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(block: &str, target: &str) -> Value {
        let key = if target.starts_with("eni-") { "NetworkInterfaceId" } else { "GatewayId" };
        let origin = if target == "local" || block == "10.1.0.0/16" { "CreateRouteTable" } else { "CreateRoute" };
        json!({ "DestinationCidrBlock": block, key: target, "State": "active", "Origin": origin })
    }

    fn table(id: &str, association: &Value, routes: &[Value]) -> Value {
        json!({ "RouteTableId": id, "Associations": [association], "Routes": routes })
    }

    fn crossing() -> Crossing {
        let end = |subnet: &str, address: &str, interface: &str| End {
            subnet: subnet.to_owned(),
            address: address.to_owned(),
            interface: interface.to_owned(),
        };
        let (from, to) = (end("subnet-a", "10.1.1.7", "eni-a"), end("subnet-b", "10.1.2.5", "eni-b"));
        Crossing { from, to, port: 80, back: (32768, 61000) }
    }

    #[test]
    fn the_most_specific_route_decides_for_each_way() {
        let local = || route("10.1.0.0/16", "local");
        let (main, own) = (json!({ "Main": true }), json!({ "Main": false, "SubnetId": "subnet-a" }));
        for (name, tables, wanted) in [
            ("one table", vec![table("main", &main, &[local(), route("0.0.0.0/0", "igw-1")])], None),
            (
                "the request",
                vec![table("main", &main, &[local(), route("10.1.2.0/24", "eni-1")])],
                Some(("main", false, "DeleteRoute")),
            ),
            (
                "the answer",
                vec![table("main", &main, &[local(), route("10.1.1.0/24", "eni-1")])],
                Some(("main", true, "DeleteRoute")),
            ),
            (
                "a table of its own is not the main one",
                vec![table("main", &main, &[local(), route("10.1.2.0/24", "eni-1")]), table("own", &own, &[local()])],
                None,
            ),
            (
                "the local route",
                vec![table("main", &main, &[local()]), table("own", &own, &[route("10.1.0.0/16", "eni-1")])],
                Some(("own", false, "ReplaceRoute")),
            ),
            ("to the other end itself", vec![table("main", &main, &[local(), route("10.1.2.0/24", "eni-b")])], None),
            ("another subnet's", vec![table("main", &main, &[local(), route("10.1.3.0/24", "eni-1")])], None),
            ("nothing to be seen", vec![], None),
        ] {
            let crossing = crossing();
            let found = detour(&crossing, &tables);
            let seen = found.as_ref().map(|it| (it.table, it.answer, repair(it).1.operation));
            assert_eq!(seen, wanted, "{name}");
        }
    }

    #[test]
    fn a_target_that_is_gone_is_said_to_be() {
        let mut gone = route("10.1.2.0/24", "eni-1");
        gone["State"] = "blackhole".into();
        let table = table("rtb-1", &json!({ "Main": true }), &[route("10.1.0.0/16", "local"), gone]);
        assert_eq!(in_words(&table), "rtb-1 [10.1.0.0/16 local; 10.1.2.0/24 eni-1 (blackhole)]");
    }
}
