//! The provider's inside: targets, the rules between them and the load balancer, their health, the zones.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::group_rules::{self, Direction, Gate, Peer};
use super::path::wanted_targets;
use super::rung_result::RungResult;
use super::states;
use super::target_hosts::host_groups;
use super::walk::{Walk, health, in_short, port_of, seen};
use crate::checks::reply::{first, list, text};
use crate::cloud::{Call, FaultClass, ec2, elbv2};
use crate::i18n::{Text, m};
use crate::lab::Side;

impl Walk<'_> {
    /// Whether the listener's target group has targets that are not draining.
    pub(super) async fn registered(&mut self) -> Result<RungResult, RungResult> {
        let group = seen(self.target_group.clone())?;
        let call = elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": group }));
        let reply = match self.ask(Side::Provider, &call).await {
            Ok(reply) => reply,
            Err(fault) if fault.class == FaultClass::NotFound => Value::Null,
            Err(fault) => return Err(RungResult::from(&fault).by(&call)),
        };
        let all = list(&reply, "TargetHealthDescriptions");
        self.targets = all.iter().filter(|it| health(it, "State") != "draining").cloned().collect();
        if let Some(name) = self.path.missing_target(self.scene).filter(|_| all.is_empty()) {
            return Ok(RungResult::not_made(&name).by(&call));
        }
        if all.is_empty()
            && let Some(found) = self.ended_by_themselves().await
        {
            return Ok(found.by(&call));
        }
        if self.targets.is_empty() {
            let seen = if all.is_empty() { m::check_no_target("none") } else { Text::literal("draining") };
            let wanted = wanted_targets(self.scene);
            let targets: Vec<Value> = wanted.iter().map(|(id, _)| json!({ "Id": id })).collect();
            let register = elbv2("RegisterTargets", json!({ "TargetGroupArn": group, "Targets": targets }));
            let calls = if wanted.is_empty() { Vec::new() } else { vec![register] };
            let found = RungResult::broken(m::trace_expected_targets(), seen, m::trace_why_no_targets());
            return Ok(found.repaired(m::trace_repair_register(), calls).by(&call));
        }
        self.find_hosts().await;
        let names = self.targets.iter().map(in_short).collect::<Vec<_>>().join(", ");
        // NLB sends nothing to an instance that is gone, though it may look healthy for some seconds more.
        let (live, dead): (Vec<Value>, Vec<Value>) = self.targets.iter().cloned().partition(|it| !self.is_dead(it));
        if live.is_empty() {
            let gone = elbv2("DeregisterTargets", json!({ "TargetGroupArn": group, "Targets": ids_and_ports(&dead) }));
            return Ok(self.without_host(&dead, vec![gone]).by(&call));
        }
        self.targets = live;
        if let Some(found) = self.on_another_port(&group) {
            return Ok(found.by(&call));
        }
        Ok(RungResult::holds(m::trace_expected_targets(), names).by(&call))
    }

    /// The failure if the lab's server is registered on another port than it listens on. If a target is healthy, a
    /// server listens there, whatever the lab says.
    fn on_another_port(&self, group: &str) -> Option<RungResult> {
        if self.is_healthy() {
            return None;
        }
        let wanted = wanted_targets(self.scene);
        let (target, port) = self.targets.iter().find_map(|target| {
            let id = target.get("Target").map_or("", |it| text(it, "Id"));
            let (_, port) = wanted.iter().find(|(wanted, port)| wanted == id && *port != port_of(target))?;
            Some((target, *port))
        })?;
        let id = target.get("Target").map_or("", |it| text(it, "Id"));
        let seen = self.targets.iter().map(in_short).collect::<Vec<_>>().join(", ");
        let why = m::TraceWhyTargetPort { port, registered: port_of(target) }.text();
        let calls = [
            ("RegisterTargets", json!([{ "Id": id, "Port": port }])),
            ("DeregisterTargets", ids_and_ports(std::slice::from_ref(target))),
        ];
        let calls =
            calls.map(|(operation, targets)| elbv2(operation, json!({ "TargetGroupArn": group, "Targets": targets })));
        let repair = m::TraceRepairTargetPort { id, port, registered: port_of(target) }.text();
        Some(RungResult::broken(format!("{id}:{port}"), seen, why).repaired(repair, calls.to_vec()))
    }

    /// Whether the load balancer's groups let traffic out to each target.
    pub(super) fn load_balancer_egress(&mut self) -> Result<RungResult, RungResult> {
        let balancer = seen(self.balancer.as_ref())?;
        let ids = group_ids_of(&self.balancer_groups);
        if ids.is_empty() && list(balancer, "SecurityGroups").is_empty() {
            return Ok(RungResult::holds(m::trace_no_groups(), m::trace_no_groups()));
        }
        if ids.is_empty() {
            return Err(RungResult::unseen());
        }
        let call = group_rules::describe(&ids);
        let mut last = None;
        for (target, host) in self.pairs() {
            let others = host_groups(host);
            let address = text(host, "PrivateIpAddress");
            let gate = Gate {
                groups: &self.balancer_groups,
                direction: Direction::Out,
                port: port_of(target),
                peer: Peer { address, groups: &others },
                why: m::trace_why_balancer_egress(),
                opening: others.first().cloned().unwrap_or_else(|| format!("{address}/32")),
            };
            let found = gate.judge();
            if found.why.is_some() {
                return Ok(found.by(&call));
            }
            last = Some(found);
        }
        Ok(last.unwrap_or_else(RungResult::unseen).by(&call))
    }

    /// Whether each target's groups let in what the load balancer sends. A rule that names the load balancer's group
    /// covers health checks and, with enforcement on, `PrivateLink` traffic. With enforcement off, the rules must
    /// admit the addresses of the load balancer's nodes (NLB:target-group-register-targets).
    pub(super) async fn target_rules(&mut self) -> Result<RungResult, RungResult> {
        let balancer_groups = if self.enforces() { group_ids_of(&self.balancer_groups) } else { Vec::new() };
        let mut last = None;
        for (target, host) in self.pairs() {
            let ids = host_groups(host);
            let call = group_rules::describe(&ids);
            let rules = self.groups(Side::Provider, &ids).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
            let nodes: Vec<&str> = self.nodes.iter().map(|it| text(it, "PrivateIpAddress")).collect();
            if nodes.is_empty() {
                return Err(RungResult::unseen().by(&call));
            }
            for address in nodes {
                let why = if self.enforces() {
                    m::trace_why_target_group(address)
                } else {
                    m::trace_why_target_group_addresses(address)
                };
                let gate = Gate {
                    groups: &rules,
                    direction: Direction::In,
                    port: port_of(target),
                    peer: Peer { address, groups: &balancer_groups },
                    why,
                    opening: balancer_groups.first().cloned().unwrap_or_else(|| format!("{address}/32")),
                };
                let found = gate.judge();
                if found.why.is_some() {
                    return Ok(found.by(&call));
                }
                last = Some(found.by(&call));
            }
        }
        last.ok_or_else(RungResult::unseen)
    }

    /// Whether a target is healthy, and if none is, why not.
    pub(super) async fn healthy(&mut self) -> Result<RungResult, RungResult> {
        let group = seen(self.target_group.clone())?;
        let call = elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": group }));
        let states: Vec<Text> = self.targets.iter().map(in_words).collect();
        let seen = Text::list(&states);
        if self.targets.is_empty() {
            return Err(RungResult::unseen().by(&call));
        }
        if self.is_healthy() {
            return Ok(RungResult::holds("healthy", seen).by(&call));
        }
        if self.targets.iter().all(|it| matches!(health(it, "State"), "initial" | "unavailable")) {
            return Ok(RungResult::not_yet("healthy", seen).by(&call));
        }
        let describe = elbv2("DescribeTargetGroups", json!({ "TargetGroupArns": [group] }));
        let reply = self.ask(Side::Provider, &describe).await.ok();
        let checked = reply.as_ref().and_then(|it| first(it, "TargetGroups"));
        let port = checked.map_or("", |it| text(it, "HealthCheckPort"));
        let traffic = self.targets.first().map(port_of).unwrap_or_default().to_string();
        if !port.is_empty() && port != "traffic-port" && port != traffic {
            let modify =
                elbv2("ModifyTargetGroup", json!({ "TargetGroupArn": group, "HealthCheckPort": "traffic-port" }));
            let found = RungResult::broken("healthy", seen, m::TraceWhyHealthPort { port, traffic }.text());
            return Ok(found.repaired(m::trace_repair_health_port(), vec![modify]).by(&describe));
        }
        let how = checked.map(check_in_words).unwrap_or_default();
        let found = RungResult::broken("healthy", seen, m::trace_why_unhealthy(how));
        Ok(found.repaired(m::trace_repair_unhealthy(), Vec::new()).by(&call))
    }

    /// Whether each of the endpoint's zones can use a healthy target.
    pub(super) async fn cross_zone(&mut self) -> Result<RungResult, RungResult> {
        let arn = seen(self.balancer_arn())?;
        let (on, call) = self.is_cross_zone().await?;
        let zones = self.zones_with_nodes();
        if on {
            return Ok(RungResult::holds(m::trace_expected_zones(), states::on_or_off(true)).by(&call));
        }
        let healthy = self.targets.iter().filter(|it| health(it, "State") == "healthy");
        let subnets: BTreeSet<&str> =
            healthy.filter_map(|it| self.host(it)).map(|host| text(host, "SubnetId")).collect();
        if subnets.is_empty() {
            // Targets outside the VPC.
            return Err(RungResult::unseen().by(&call));
        }
        let describe = ec2("DescribeSubnets", json!({ "SubnetIds": subnets }));
        let reply =
            self.ask(Side::Provider, &describe).await.map_err(|fault| RungResult::from(&fault).by(&describe))?;
        let with: Vec<&str> = list(&reply, "Subnets").iter().map(|it| text(it, "AvailabilityZoneId")).collect();
        let seen = m::trace_cross_zone_off(with.join(", "));
        let endpoint = self.endpoint_zones().await;
        let without = zones
            .iter()
            .find(|zone| endpoint.as_ref().is_none_or(|asked| asked.contains(*zone)) && !with.contains(&zone.as_str()));
        Ok(match without {
            None => RungResult::holds(m::trace_expected_zones(), seen),
            Some(zone) => {
                let attributes = json!([{ "Key": "load_balancing.cross_zone.enabled", "Value": "true" }]);
                let switch =
                    elbv2("ModifyLoadBalancerAttributes", json!({ "LoadBalancerArn": arn, "Attributes": attributes }));
                RungResult::broken(m::trace_expected_zones(), seen, m::trace_why_cross_zone(zone.as_str()))
                    .repaired(m::trace_repair_cross_zone(zone.as_str()), vec![switch])
            }
        }
        .by(&call))
    }

    /// Whether a node may use the targets of every zone, and the call that shows it.
    pub(super) async fn is_cross_zone(&self) -> Result<(bool, Call), RungResult> {
        let arn = seen(self.balancer_arn())?;
        let call = elbv2("DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": arn }));
        let reply = self.ask(Side::Provider, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        Ok((attribute(&reply, "load_balancing.cross_zone.enabled") == "true", call))
    }

    /// The ids of the zones in which the load balancer has a node.
    fn zones_with_nodes(&self) -> Vec<String> {
        self.nodes.iter().map(|it| text(it, "AvailabilityZoneId").to_owned()).filter(|zone| !zone.is_empty()).collect()
    }

    /// The ids of the endpoint's zones; `None` if they cannot be seen.
    async fn endpoint_zones(&self) -> Option<Vec<String>> {
        let subnets = self.endpoint.as_ref()?.get("SubnetIds")?;
        let reply = self.ask(Side::Consumer, &ec2("DescribeSubnets", json!({ "SubnetIds": subnets }))).await.ok()?;
        Some(list(&reply, "Subnets").iter().map(|it| text(it, "AvailabilityZoneId").to_owned()).collect())
    }

    /// Each target with its instance.
    pub(super) fn pairs(&self) -> Vec<(&Value, &Value)> {
        self.targets.iter().filter_map(|target| Some((target, self.host(target)?))).collect()
    }

    pub(super) fn attributes_call(&self) -> Option<Call> {
        let group = self.target_group.as_deref()?;
        Some(elbv2("DescribeTargetGroupAttributes", json!({ "TargetGroupArn": group })))
    }
}

/// The value of an attribute; empty if there is none.
pub(super) fn attribute<'v>(reply: &'v Value, key: &str) -> &'v str {
    list(reply, "Attributes").iter().find(|it| text(it, "Key") == key).map_or("", |it| text(it, "Value"))
}

fn group_ids_of(groups: &[Value]) -> Vec<String> {
    groups.iter().map(|group| text(group, "GroupId").to_owned()).collect()
}

fn in_words(target: &Value) -> Text {
    let state = states::health(health(target, "State"), health(target, "Reason"));
    m::TraceSeenOf { id: in_short(target), state }.text()
}

/// Targets as a call names them.
fn ids_and_ports(targets: &[Value]) -> Value {
    let target = |it: &Value| json!({ "Id": it.get("Target").map_or("", |it| text(it, "Id")), "Port": port_of(it) });
    targets.iter().map(target).collect()
}

fn check_in_words(group: &Value) -> String {
    let (protocol, port, path) =
        (text(group, "HealthCheckProtocol"), text(group, "HealthCheckPort"), text(group, "HealthCheckPath"));
    format!("{protocol} {port} {path}").trim_end().to_owned()
}
