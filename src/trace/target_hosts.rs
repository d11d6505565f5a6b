//! What is behind the targets: instances, or for targets given by address whatever network interface has the address.

use serde_json::{Value, json};

use super::path::wanted_targets;
use super::rung_result::RungResult;
use super::states;
use super::walk::{Walk, group_ids, in_short, instances, state_of};
use crate::checks::reply::{first, list, text};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// The beginning of the description that AWS gives to an endpoint's network interface.
const OF_ENDPOINT: &str = "VPC Endpoint Interface ";

impl Walk<'_> {
    /// Looks up what is behind the targets.
    pub(super) async fn find_hosts(&mut self) {
        let all = self.targets.iter().map(id_of);
        let (ids, addresses): (Vec<&str>, Vec<&str>) = all.partition(|id| id.starts_with("i-"));
        let vpc = self.balancer.as_ref().map_or("", |it| text(it, "VpcId"));
        let mut filters = Vec::new();
        // By filter: an id that AWS has forgotten would be an error, and hide the others.
        if !ids.is_empty() {
            filters.push(json!([{ "Name": "instance-id", "Values": ids }]));
        }
        let by_address = json!([
            { "Name": "private-ip-address", "Values": addresses }, { "Name": "vpc-id", "Values": [vpc] },
        ]);
        if !addresses.is_empty() {
            filters.push(by_address.clone());
        }
        let mut hosts = Vec::new();
        for filter in filters {
            let call = ec2("DescribeInstances", json!({ "Filters": filter }));
            let Ok(reply) = self.ask(Side::Provider, &call).await else { return };
            hosts.extend(instances(&reply));
        }
        // A terminated instance keeps no address.
        hosts.retain(|host| ids.contains(&text(host, "InstanceId")) || state_of(host) != "terminated");
        let is_found = |address: &&str| hosts.iter().any(|host| text(host, "PrivateIpAddress") == *address);
        if !addresses.iter().all(is_found) {
            let call = ec2("DescribeNetworkInterfaces", json!({ "Filters": by_address }));
            let Ok(reply) = self.ask(Side::Provider, &call).await else { return };
            let others = list(&reply, "NetworkInterfaces").iter();
            let others: Vec<Value> = others.filter(|it| !is_found(&text(it, "PrivateIpAddress"))).cloned().collect();
            hosts.extend(others);
        }
        self.hosts = hosts;
        self.sees_hosts = true;
    }

    /// Whether nothing is behind a target: its instance is terminated, or so long gone that nothing shows it, or nothing
    /// in the VPC has its address.
    pub(super) fn is_dead(&self, target: &Value) -> bool {
        // An address outside the VPC cannot be looked up.
        let is_outside = target.pointer("/Target/AvailabilityZone").and_then(Value::as_str) == Some("all");
        let state = self.host(target).map(state_of);
        self.sees_hosts && !is_outside && matches!(state, None | Some("terminated" | "shutting-down"))
    }

    /// The failure of targets with nothing behind them.
    pub(super) fn without_host(&self, dead: &[Value], calls: Vec<Call>) -> RungResult {
        let states: Vec<Text> = dead.iter().map(|it| self.seen_host(it)).collect();
        let address = dead.iter().map(id_of).find(|id| !id.starts_with("i-"));
        let (why, repair) = match address {
            Some(address) => (m::trace_why_address_unused(address), m::trace_repair_address_unused(address)),
            None => (m::trace_why_host_gone(), m::trace_repair_host_gone()),
        };
        RungResult::broken(m::trace_expected_targets(), Text::list(&states), why).repaired(repair, calls)
    }

    /// The failure if the group has no targets because the lab's instances were terminated: AWS deregisters those by
    /// itself.
    pub(super) async fn ended_by_themselves(&mut self) -> Option<RungResult> {
        let wanted = wanted_targets(self.scene);
        let targets = wanted.iter().map(|(id, port)| json!({ "Target": { "Id": id, "Port": port } }));
        self.targets = targets.collect();
        self.find_hosts().await;
        let dead = std::mem::take(&mut self.targets);
        let all = !dead.is_empty() && dead.iter().all(|it| self.is_dead(it));
        all.then(|| self.without_host(&dead, Vec::new()))
    }

    /// A target with the state of what is behind it.
    fn seen_host(&self, target: &Value) -> Text {
        let state = self.host(target).map_or_else(m::check_not_found, |host| states::instance(state_of(host)));
        m::TraceSeenOf { id: in_short(target), state }.text()
    }

    /// Whether the network interface that a target's address belongs to carries traffic. That of an endpoint does while
    /// the endpoint is available; what is beyond, only health checks tell.
    pub(super) async fn open_interface(&self, interface: &Value) -> Result<RungResult, RungResult> {
        let id = text(interface, "NetworkInterfaceId");
        let look = ec2("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [id] }));
        if self.is_healthy() {
            return Ok(RungResult::holds(m::trace_expected_host(), m::trace_host_answers()).by(&look));
        }
        let Some(endpoint) = text(interface, "Description").strip_prefix(OF_ENDPOINT) else {
            return Ok(RungResult::cannot_tell(m::trace_host_unknown()).by(&look));
        };
        let look = ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [endpoint] }));
        let reply = self.ask(Side::Provider, &look).await.map_err(|fault| RungResult::from(&fault).by(&look))?;
        let state = first(&reply, "VpcEndpoints").map_or("", |it| text(it, "State"));
        let shown = m::TraceSeenOf { id: endpoint, state: states::connection(state) }.text();
        Ok(match state.to_ascii_lowercase().as_str() {
            "available" => RungResult::cannot_tell(shown),
            "pending" => RungResult::not_yet(states::connection("available"), shown),
            _ => RungResult::broken(states::connection("available"), shown, m::trace_why_chained(endpoint))
                .repaired(m::trace_repair_chained(endpoint), Vec::new()),
        }
        .by(&look))
    }
}

/// The security groups of an instance or of a network interface.
pub(super) fn host_groups(host: &Value) -> Vec<String> {
    let key = if host.get("InstanceId").is_some() { "SecurityGroups" } else { "Groups" };
    group_ids(host, key)
}

fn id_of(target: &Value) -> &str {
    target.pointer("/Target/Id").and_then(Value::as_str).unwrap_or_default()
}
