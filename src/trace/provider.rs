//! The provider's entrance: load balancer, its groups, its listener.

use serde_json::{Value, json};

use super::group_rules::{self, Direction, Gate, Peer};
use super::rung_result::RungResult;
use super::states;
use super::walk::{Walk, seen};
use crate::checks::reply::{first, list, text, texts};
use crate::cloud::{FaultClass, ec2, elbv2};
use crate::i18n::{Text, m};
use crate::lab::{Kind, Side};

/// The member of `DescribeLoadBalancers`' answer for `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`.
const ENFORCE: &str = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";

impl Walk<'_> {
    /// Whether inbound rules are enforced on `PrivateLink` traffic. They are unless somebody switched that off
    /// (NLB:load-balancer-security-groups).
    pub(super) fn enforces(&self) -> bool {
        self.balancer.as_ref().is_none_or(|it| text(it, ENFORCE) != "off")
    }

    pub(super) async fn load_balancer(&mut self) -> Result<RungResult, RungResult> {
        let Some(arn) = self.balancer_arn() else {
            if self.service.is_some() {
                return Err(RungResult::unseen());
            }
            return Ok(RungResult::not_made(&seen(self.path.balancer(self.scene.lab))?));
        };
        let call = elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [arn] }));
        let gone = || {
            RungResult::broken(states::load_balancer("active"), m::check_not_found(), m::trace_why_balancer_gone())
                .repaired(m::trace_repair_balancer_gone(), Vec::new())
        };
        let reply = match self.ask(Side::Provider, &call).await {
            Ok(reply) => reply,
            Err(fault) if fault.class == FaultClass::NotFound => return Ok(gone().by(&call)),
            Err(fault) => return Err(RungResult::from(&fault).by(&call)),
        };
        let Some(balancer) = first(&reply, "LoadBalancers") else { return Ok(gone().by(&call)) };
        let state = balancer.get("State").map_or("", |it| text(it, "Code")).to_owned();
        self.balancer = Some(balancer.clone());
        let (wanted, seen) = (states::load_balancer("active"), states::load_balancer(&state));
        Ok(match state.as_str() {
            // Impaired means that it still routes, but cannot scale [API:LoadBalancerState].
            "active" | "active_impaired" => RungResult::holds(wanted, seen),
            "provisioning" => RungResult::not_yet(wanted, seen),
            _ => RungResult::broken(wanted, seen, m::trace_why_balancer_failed())
                .repaired(m::trace_repair_balancer_gone(), Vec::new()),
        }
        .by(&call))
    }

    /// Whether the load balancer's groups let the client in. The source is the client's own address in the consumer's
    /// VPC, not the endpoint's; rules cannot name groups of another VPC (NLB:load-balancer-security-groups).
    pub(super) async fn load_balancer_group(&mut self) -> Result<RungResult, RungResult> {
        let balancer = seen(self.balancer.clone())?;
        let arn = text(&balancer, "LoadBalancerArn").to_owned();
        let suffix = arn.split_once(":loadbalancer/").map_or(arn.as_str(), |(_, suffix)| suffix).to_owned();
        let nodes = ec2(
            "DescribeNetworkInterfaces",
            json!({ "Filters": [{ "Name": "description", "Values": [format!("ELB {suffix}")] }] }),
        );
        // Later rungs need this; they report it if the answer is missing.
        if let Ok(reply) = self.ask(Side::Provider, &nodes).await {
            self.nodes = list(&reply, "NetworkInterfaces").to_vec();
        }
        let ids: Vec<String> = texts(&balancer, "SecurityGroups").into_iter().map(str::to_owned).collect();
        let look = elbv2("DescribeLoadBalancers", json!({ "LoadBalancerArns": [arn] }));
        if ids.is_empty() {
            return Ok(RungResult::holds(m::trace_no_groups(), m::trace_no_groups()).by(&look));
        }
        let call = group_rules::describe(&ids);
        let asked = self.groups(Side::Provider, &ids).await;
        self.balancer_groups = asked.map_err(|fault| RungResult::from(&fault).by(&call))?;
        if !self.enforces() {
            return Ok(RungResult::holds(m::trace_not_enforced(), m::trace_not_enforced()).by(&look));
        }
        let address = seen(self.client_address().map(str::to_owned))?;
        let gate = Gate {
            groups: &self.balancer_groups,
            direction: Direction::In,
            port: self.path.port,
            peer: Peer { address: &address, groups: &[] },
            why: m::trace_why_balancer_group(address.as_str()),
            opening: self.client_block().await.unwrap_or_else(|| format!("{address}/32")),
        };
        Ok(gate.judge().by(&call))
    }

    /// The block of the client's subnet, so that the repair also admits other clients of that subnet, but nobody
    /// else.
    async fn client_block(&self) -> Option<String> {
        let subnet = text(self.client.as_ref()?, "SubnetId");
        let call = ec2("DescribeSubnets", json!({ "SubnetIds": [subnet] }));
        let reply = self.ask(Side::Consumer, &call).await.ok()?;
        Some(text(first(&reply, "Subnets")?, "CidrBlock").to_owned()).filter(|block| !block.is_empty())
    }

    /// Whether the load balancer listens on the port that the client connects to.
    pub(super) async fn listener(&mut self) -> Result<RungResult, RungResult> {
        let arn = seen(self.balancer_arn())?;
        let call = elbv2("DescribeListeners", json!({ "LoadBalancerArn": arn }));
        let reply = self.ask(Side::Provider, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let listeners = list(&reply, "Listeners");
        let port = |it: &Value| it.get("Port").and_then(Value::as_u64).unwrap_or_default();
        let words = |it: &Value| format!("{} {}", text(it, "Protocol"), port(it));
        let mut sorted: Vec<&Value> = listeners.iter().collect();
        sorted.sort_by_key(|it| port(it));
        let ports: Vec<String> = sorted.into_iter().map(words).collect();
        // A TLS listener takes TCP connections too, and ends their encryption itself.
        let takes = |it: &&Value| {
            port(it) == u64::from(self.path.port) && matches!(text(it, "Protocol"), "TCP" | "TLS" | "TCP_UDP")
        };
        let target_group = |it| first(it, "DefaultActions").map(|action| text(action, "TargetGroupArn").to_owned());
        if let Some(listener) = listeners.iter().find(takes) {
            self.target_group = target_group(listener);
            return Ok(RungResult::holds(words(listener), ports.join(", ")).by(&call));
        }
        let ours = self.path.listener(self.scene.lab);
        if let Some(name) = ours.filter(|name| listeners.is_empty() && self.scene.fact(name, "arn").is_none()) {
            return Ok(RungResult::not_made(&name).by(&call));
        }
        let expected = format!("TCP {}", self.path.port);
        let seen = if ports.is_empty() { m::trace_no_listener() } else { Text::literal(ports.join(", ")) };
        let forward = listeners.iter().find_map(target_group).or_else(|| self.lab_target_group());
        let create = forward.map(|target_group| {
            let action = json!([{ "Type": "forward", "TargetGroupArn": target_group }]);
            elbv2(
                "CreateListener",
                json!({ "LoadBalancerArn": arn, "Protocol": "TCP", "Port": self.path.port, "DefaultActions": action }),
            )
        });
        let found = RungResult::broken(expected, seen, m::trace_why_listener(self.path.port));
        Ok(found.repaired(m::trace_repair_listener(self.path.port), create.into_iter().collect()).by(&call))
    }

    fn lab_target_group(&self) -> Option<String> {
        let mut makes = self.scene.lab.steps.iter().flat_map(|step| &step.makes);
        let name = makes.find(|it| it.kind() == Kind::TargetGroup)?.name();
        self.scene.fact(name, "arn").map(str::to_owned)
    }
}
