//! The consumer's half: identity, endpoint, connection, zones, groups. `dns_name.rs` has the name.

use serde_json::{Value, json};

use super::group_rules::{self, Direction, Gate, Peer};
use super::rung_result::RungResult;
use super::states;
use super::walk::{Walk, group_ids, instances, seen, state_of};
use crate::checks::reply::{first, list, text, texts};
use crate::cloud::{Call, Fault, FaultClass, ec2, identity};
use crate::i18n::{Text, m};
use crate::lab::Side;

impl Walk<'_> {
    /// Whether each side uses the account that the run began in, in the run's Region.
    pub(super) async fn sign_in(&self) -> Result<RungResult, Fault> {
        let mut accounts = Vec::new();
        for side in [Side::Provider, Side::Consumer] {
            let account = identity(self.clients(side)).await?.account;
            let expected = self.scene.accounts.get(&side);
            if let Some(expected) = expected.filter(|expected| **expected != account) {
                let found =
                    RungResult::broken(Text::literal(expected), Text::literal(&account), m::trace_why_account());
                return Ok(found.repaired(m::trace_repair_account(expected), Vec::new()));
            }
            accounts.push(account);
        }
        accounts.dedup();
        let region = self.clients(Side::Consumer).region();
        let expected: Vec<&str> = self.scene.accounts.values().map(String::as_str).collect();
        let mut expected = expected;
        expected.dedup();
        Ok(RungResult::holds(expected.join(", "), format!("{} ({region})", accounts.join(", "))))
    }

    /// Whether the endpoint exists.
    pub(super) async fn find_endpoint(&mut self) -> Result<RungResult, Fault> {
        let Some(id) = self.endpoint_id() else { return Ok(RungResult::not_made(&self.path.endpoint)) };
        let id = id.as_str();
        let call = ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
        let reply = match self.ask(Side::Consumer, &call).await {
            Ok(reply) => reply,
            Err(fault) if fault.class == FaultClass::NotFound => Value::Null,
            Err(fault) => return Err(fault),
        };
        let endpoint = first(&reply, "VpcEndpoints");
        let gone = endpoint.is_none_or(|it| text(it, "State").to_ascii_lowercase().starts_with("delet"));
        if gone {
            let found = RungResult::broken(Text::literal(id), m::check_not_found(), m::trace_why_endpoint_gone());
            return Ok(found.repaired(m::trace_repair_endpoint_gone(), Vec::new()).by(&call));
        }
        let dns = endpoint.and_then(|it| first(it, "DnsEntries")).map_or("", |entry| text(entry, "DnsName"));
        let found = RungResult::holds(Text::literal(id), format!("{id} {dns}").trim_end().to_owned()).by(&call);
        self.endpoint = endpoint.cloned();
        Ok(found)
    }

    /// The connection's state, as the consumer and the provider see it.
    pub(super) async fn connection(&mut self) -> Result<RungResult, RungResult> {
        let endpoint = seen(self.endpoint.clone())?;
        let (id, name) = (text(&endpoint, "VpcEndpointId"), text(&endpoint, "ServiceName"));
        // The name ends in the service's id: `com.amazonaws.vpce.<region>.vpce-svc-<id>`
        // [PL:privatelink-share-your-services].
        let service = name.rsplit('.').next().unwrap_or_default();
        let call = ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [service] }));
        match self.ask(Side::Provider, &call).await {
            Ok(reply) => self.service = first(&reply, "ServiceConfigurations").cloned(),
            Err(fault) if fault.class == FaultClass::NotFound => {}
            Err(fault) => return Err(RungResult::from(&fault).by(&call)),
        }
        if self.service.is_none() {
            let found = RungResult::broken(Text::literal(service), m::check_not_found(), m::trace_why_service_gone());
            return Ok(found.repaired(m::trace_repair_service_gone(), Vec::new()).by(&call));
        }
        let call = ec2(
            "DescribeVpcEndpointConnections",
            json!({ "Filters": [{ "Name": "vpc-endpoint-id", "Values": [id] }] }),
        );
        let mine = text(&endpoint, "State").to_owned();
        let theirs = match self.ask(Side::Provider, &call).await {
            Ok(reply) => first(&reply, "VpcEndpointConnections").map(|it| text(it, "VpcEndpointState").to_owned()),
            // The consumer's own view is enough.
            Err(_) => None,
        };
        let both = match &theirs {
            Some(theirs) if theirs.eq_ignore_ascii_case(&mine) => m::trace_same_state(states::connection(&mine)),
            Some(theirs) => {
                let (consumer, provider) = (states::connection(&mine), states::connection(theirs));
                m::TraceBothStates { consumer, provider }.text()
            }
            None => states::connection(&mine),
        };
        let wanted = states::connection("available");
        let accept = || ec2("AcceptVpcEndpointConnections", json!({ "ServiceId": service, "VpcEndpointIds": [id] }));
        Ok(match mine.to_ascii_lowercase().as_str() {
            "available" => RungResult::holds(wanted, both),
            "pendingacceptance" => RungResult::broken(wanted, both, m::trace_why_not_accepted())
                .repaired(m::trace_repair_accept(), vec![accept()]),
            "rejected" => RungResult::broken(wanted, both, m::trace_why_rejected())
                .repaired(m::trace_repair_rejected(), Vec::new()),
            "pending" | "partial" => RungResult::not_yet(wanted, both),
            _ => RungResult::broken(wanted, both, m::trace_why_connection_lost())
                .repaired(m::trace_repair_rejected(), Vec::new()),
        }
        .by(&call))
    }

    /// Whether the service covers each of the endpoint's zones, by zone id.
    pub(super) async fn zones(&mut self) -> Result<RungResult, RungResult> {
        let (endpoint, service) = (seen(self.endpoint.clone())?, seen(self.service.clone())?);
        let subnets = texts(&endpoint, "SubnetIds");
        let call = ec2("DescribeSubnets", json!({ "SubnetIds": subnets }));
        let reply = self.ask(Side::Consumer, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let here: Vec<&str> = list(&reply, "Subnets").iter().map(|it| text(it, "AvailabilityZoneId")).collect();
        let there = texts(&service, "AvailabilityZoneIds");
        if there.is_empty() || here.is_empty() {
            return Ok(RungResult::unseen().by(&call));
        }
        let (expected, seen) = (Text::literal(there.join(", ")), Text::literal(here.join(", ")));
        Ok(match here.iter().find(|zone| !there.contains(zone)) {
            None => RungResult::holds(expected, seen),
            Some(zone) => RungResult::broken(expected, seen, m::trace_why_zone(*zone))
                .repaired(m::trace_repair_zone(there.join(", ")), Vec::new()),
        }
        .by(&call))
    }

    /// Whether the client is running, and its groups let the request out.
    pub(super) async fn client_group(&mut self) -> Result<RungResult, RungResult> {
        let name = self.path.client.clone();
        let Some(id) = self.scene.fact(&name, "id") else { return Ok(RungResult::not_made(&name)) };
        let call = ec2("DescribeInstances", json!({ "InstanceIds": [id] }));
        let reply = match self.ask(Side::Consumer, &call).await {
            Ok(reply) => reply,
            Err(fault) if fault.class == FaultClass::NotFound => Value::Null,
            Err(fault) => return Err(RungResult::from(&fault).by(&call)),
        };
        let client = instances(&reply).into_iter().next().unwrap_or_default();
        let state = state_of(&client).to_owned();
        let (wanted, seen_state) = (states::instance("running"), states::instance(&state));
        match state.as_str() {
            "running" => {}
            "pending" => return Ok(RungResult::not_yet(wanted, seen_state).by(&call)),
            "stopped" | "stopping" => {
                let start = ec2("StartInstances", json!({ "InstanceIds": [id] }));
                let found = RungResult::broken(wanted, seen_state, m::trace_why_client_stopped());
                return Ok(found.repaired(m::trace_repair_start(id), vec![start]).by(&call));
            }
            _ => {
                let seen = if state.is_empty() { m::check_not_found() } else { seen_state };
                let found = RungResult::broken(wanted, seen, m::trace_why_client_gone());
                return Ok(found.repaired(m::trace_repair_client_gone(), Vec::new()).by(&call));
            }
        }
        let groups = group_ids(&client, "SecurityGroups");
        self.client = Some(client);
        let endpoint = seen(self.endpoint.clone())?;
        let address = seen(self.interfaces.first().map(|it| text(it, "PrivateIpAddress").to_owned()))?;
        let call = group_rules::describe(&groups);
        let rules = self.groups(Side::Consumer, &groups).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let others = group_ids(&endpoint, "Groups");
        let gate = Gate {
            groups: &rules,
            direction: Direction::Out,
            port: self.path.port,
            peer: Peer { address: &address, groups: &others },
            why: m::trace_why_client_group(),
            opening: others.first().cloned().unwrap_or_else(|| format!("{address}/32")),
        };
        Ok(gate.judge().by(&call))
    }

    /// Whether the endpoint's groups let the client in.
    pub(super) async fn endpoint_group(&mut self) -> Result<RungResult, RungResult> {
        let endpoint = seen(self.endpoint.clone())?;
        let groups = group_ids(&endpoint, "Groups");
        let address = seen(self.client_address().map(str::to_owned))?;
        let call: Call = group_rules::describe(&groups);
        let rules = self.groups(Side::Consumer, &groups).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let others = self.client.as_ref().map(|client| group_ids(client, "SecurityGroups")).unwrap_or_default();
        let gate = Gate {
            groups: &rules,
            direction: Direction::In,
            port: self.path.port,
            peer: Peer { address: &address, groups: &others },
            why: m::trace_why_endpoint_group(),
            opening: others.first().cloned().unwrap_or_else(|| format!("{address}/32")),
        };
        Ok(gate.judge().by(&call))
    }
}
