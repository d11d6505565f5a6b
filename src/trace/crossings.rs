//! Finds the connections on the path that may leave a subnet: the client's to the endpoint, the load balancer's to
//! its targets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::crossing::{Crossing, End};
use super::rung_result::RungResult;
use super::walk::{Walk, port_of, seen};
use crate::checks::reply::{list, text};
use crate::cloud::ec2;
use crate::lab::Side;

/// The source ports of a connection, to which its answers come [vpc userguide: custom-network-acl, ephemeral ports]:
/// Linux, Windows Server, a load balancer.
const LINUX: (u16, u16) = (32768, 61000);
const WINDOWS: (u16, u16) = (49152, 65535);
const BALANCER: (u16, u16) = (1024, 65535);

impl Walk<'_> {
    /// The connections between the client and each of the endpoint's network interfaces.
    pub(super) fn consumer_crossings(&self) -> Result<Vec<Crossing>, RungResult> {
        let client = seen(self.client.as_ref())?;
        let from = End::of(client);
        let back = if text(client, "Platform").eq_ignore_ascii_case("windows") { WINDOWS } else { LINUX };
        let ends: Vec<End> = self.interfaces.iter().map(End::of).collect();
        seen(ends.first())?;
        Ok(ends.into_iter().map(|to| Crossing { from: from.clone(), to, port: self.path.port, back }).collect())
    }

    /// The connections between the load balancer's nodes and the targets that they use.
    pub(super) async fn provider_crossings(&mut self) -> Result<Vec<Crossing>, RungResult> {
        if let Some(known) = &self.crossings {
            return Ok(known.clone());
        }
        seen(self.nodes.first())?;
        seen(self.pairs().first())?;
        let across = self.is_cross_zone().await?.0;
        let zones = self.zones_of_subnets().await?;
        let zone = |end: &End| zones.get(&end.subnet);
        let mut crossings = Vec::new();
        for (target, host) in self.pairs() {
            let to = End::of(host);
            for node in self.nodes.iter().map(End::of).filter(|node| across || zone(node) == zone(&to)) {
                let port = port_of(target);
                crossings.push(Crossing { from: node, to: to.clone(), port, back: BALANCER });
            }
        }
        self.crossings = Some(crossings.clone());
        Ok(crossings)
    }

    /// The zone id of each subnet of the load balancer's nodes and of its targets.
    async fn zones_of_subnets(&self) -> Result<BTreeMap<String, String>, RungResult> {
        let subnets: BTreeSet<&str> = self.nodes.iter().chain(&self.hosts).map(|it| text(it, "SubnetId")).collect();
        let call = ec2("DescribeSubnets", json!({ "SubnetIds": subnets }));
        let reply = self.ask(Side::Provider, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let pair = |it: &Value| (text(it, "SubnetId").to_owned(), text(it, "AvailabilityZoneId").to_owned());
        Ok(list(&reply, "Subnets").iter().map(pair).collect())
    }
}
