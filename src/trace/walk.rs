//! What the climb has learned so far. No rung asks again for what an earlier one has seen.

use serde_json::Value;

use super::attempt_result::AttemptResult;
use super::crossing::Crossing;
use super::id_names::Names;
use super::path::Path;
use super::rung::RungId;
use super::rung_result::RungResult;
use crate::checks::CheckContext;
use crate::checks::reply::{list, text, texts};
use crate::cloud::{Call, Clients, Fault};
use crate::lab::Side;

/// The state of the climb.
pub(super) struct Walk<'a> {
    pub scene: &'a CheckContext<'a>,
    pub path: Path,
    /// `VpcEndpoints[0]`.
    pub endpoint: Option<Value>,
    /// `ServiceConfigurations[0]`.
    pub service: Option<Value>,
    /// The endpoint's network interfaces.
    pub interfaces: Vec<Value>,
    /// The client: `Instances[0]`.
    pub client: Option<Value>,
    /// `LoadBalancers[0]`.
    pub balancer: Option<Value>,
    /// The load balancer's groups, in full.
    pub balancer_groups: Vec<Value>,
    /// The load balancer's network interfaces.
    pub nodes: Vec<Value>,
    /// The target group that the listener forwards to.
    pub target_group: Option<String>,
    /// Its targets and their health: `TargetHealthDescriptions`.
    pub targets: Vec<Value>,
    /// What is behind the targets: instances, or network interfaces of something else.
    pub hosts: Vec<Value>,
    /// Whether the instances could be looked up.
    pub sees_hosts: bool,
    /// The connections from the load balancer to its targets; `None` until they are known.
    pub crossings: Option<Vec<Crossing>>,
    /// The client's attempt that counts; `None` until one was asked for.
    pub heard: Option<AttemptResult>,
    pub names: Names,
    /// The rungs at which something was missing that the run has not made yet.
    missed: Vec<RungId>,
    /// Called before the climb waits for the client's next attempt.
    pub on_wait: &'a (dyn Fn() + Send + Sync),
}

impl<'a> Walk<'a> {
    pub fn new(scene: &'a CheckContext<'a>, path: Path, on_wait: &'a (dyn Fn() + Send + Sync)) -> Self {
        Self {
            scene,
            path,
            endpoint: None,
            service: None,
            interfaces: Vec::new(),
            client: None,
            balancer: None,
            balancer_groups: Vec::new(),
            nodes: Vec::new(),
            target_group: None,
            targets: Vec::new(),
            hosts: Vec::new(),
            sees_hosts: false,
            crossings: None,
            heard: None,
            names: Names::of(scene),
            missed: Vec::new(),
            on_wait,
        }
    }

    pub fn clients(&self, side: Side) -> &'a Clients {
        match side {
            Side::Provider => &self.scene.clouds.provider,
            Side::Consumer => &self.scene.clouds.consumer,
        }
    }

    pub async fn ask(&self, side: Side, call: &Call) -> Result<Value, Fault> {
        let reply = self.clients(side).send(call).await?;
        self.names.learn(&reply);
        Ok(reply)
    }

    /// The load balancer's ARN: the service's first; while no endpoint leads to a service, the lab's.
    pub fn balancer_arn(&self) -> Option<String> {
        match &self.service {
            Some(service) => texts(service, "NetworkLoadBalancerArns").first().map(|arn| (*arn).to_owned()),
            None => self.scene.fact(&self.path.balancer(self.scene.lab)?, "arn").map(str::to_owned),
        }
    }

    /// Something that the rung looks at has not been made yet.
    pub fn miss(&mut self, rung: RungId) {
        self.missed.push(rung);
    }

    pub fn misses_something(&self) -> bool {
        !self.missed.is_empty()
    }

    /// Whether the rung looks at something that cannot be there yet, because something before it is missing.
    pub fn waits(&self, rung: RungId) -> bool {
        let endpoint = self.missed.contains(&RungId::Endpoint);
        let client = endpoint || self.missed.contains(&RungId::ClientGroup);
        let provider = self.missed.iter().any(|missed| *missed >= RungId::LoadBalancer);
        match rung {
            RungId::SignIn | RungId::Endpoint => false,
            RungId::Connection | RungId::Zones | RungId::Name | RungId::ClientGroup => endpoint,
            RungId::EndpointGroup | RungId::ConsumerRoute | RungId::ConsumerAcl => client,
            RungId::CrossZone => endpoint || provider,
            RungId::ProxyProtocol | RungId::Answer => client || provider,
            _ => provider,
        }
    }

    /// The client's private address.
    pub fn client_address(&self) -> Option<&str> {
        Some(text(self.client.as_ref()?, "PrivateIpAddress")).filter(|address| !address.is_empty())
    }

    pub fn is_healthy(&self) -> bool {
        self.targets.iter().any(|it| health(it, "State") == "healthy")
    }

    /// The endpoint's id; `None` until the run has made it.
    pub fn endpoint_id(&self) -> Option<String> {
        self.path.id.clone().or_else(|| self.scene.fact(&self.path.endpoint, "id").map(str::to_owned))
    }

    /// What is behind a target.
    pub fn host(&self, target: &Value) -> Option<&Value> {
        let id = target.get("Target").map_or("", |it| text(it, "Id"));
        self.hosts.iter().find(|host| text(host, "InstanceId") == id || text(host, "PrivateIpAddress") == id)
    }
}

/// A member of a target's `TargetHealth`.
pub(super) fn health<'v>(target: &'v Value, key: &str) -> &'v str {
    target.get("TargetHealth").map_or("", |it| text(it, key))
}

/// The ids of the groups of an instance, an endpoint or a network interface.
pub(super) fn group_ids(thing: &Value, key: &str) -> Vec<String> {
    list(thing, key).iter().map(|group| text(group, "GroupId").to_owned()).collect()
}

/// The instances in the answer of `DescribeInstances`.
pub(super) fn instances(reply: &Value) -> Vec<Value> {
    list(reply, "Reservations").iter().flat_map(|it| list(it, "Instances")).cloned().collect()
}

/// A value from an earlier rung, or the result that it could not be seen.
pub(super) fn seen<T>(thing: Option<T>) -> Result<T, RungResult> {
    thing.ok_or_else(RungResult::unseen)
}

/// The state of an instance; empty if it cannot be seen.
pub(super) fn state_of(host: &Value) -> &str {
    host.pointer("/State/Name").and_then(Value::as_str).unwrap_or_default()
}

/// The port on which a target gets traffic.
pub(super) fn port_of(target: &Value) -> u16 {
    let port = target.pointer("/Target/Port").and_then(Value::as_u64);
    port.and_then(|port| u16::try_from(port).ok()).unwrap_or_default()
}

/// A target as id and port.
pub(super) fn in_short(target: &Value) -> String {
    let id = target.get("Target").map_or("", |it| text(it, "Id"));
    format!("{id}:{}", port_of(target))
}
