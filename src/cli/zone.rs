//! The lab variable `zone`, when it is left to pllab.

use serde_json::{Map, Value};

use super::exit::Failed;
use super::target::{Target, unreachable_target};
use crate::cloud::{Api, Call};
use crate::lab::{Loaded, VariableKind};

/// The zone of the tutorial that the lab grew out of; taken where it is offered.
const USUAL: &str = "apne1-az4";

/// Whether a zone is left to pllab.
pub(super) fn is_auto(loaded: &Loaded) -> bool {
    names(loaded).next().is_some()
}

/// The zone variables that are left to pllab.
pub(super) fn names(loaded: &Loaded) -> impl Iterator<Item = &str> {
    let zones = loaded.lab.variables.iter().filter(|(_, variable)| variable.kind == VariableKind::Zone);
    zones.map(|(name, _)| name.as_str()).filter(|name| loaded.variables.get(*name).is_some_and(|value| value == "auto"))
}

/// A zone that both sides have, by id: names differ between accounts.
pub(super) async fn choose(target: &Target) -> Result<String, Failed> {
    let call = Call { api: Api::Ec2, operation: "DescribeAvailabilityZones", params: Map::new() };
    let mut shared: Option<Vec<String>> = None;
    for clients in [&target.clouds.provider, &target.clouds.consumer] {
        let reply = clients.send(&call).await.map_err(|fault| unreachable_target("", Some(&fault)))?;
        let zones = reply.get("AvailabilityZones").and_then(Value::as_array).cloned().unwrap_or_default();
        let ids: Vec<String> = zones
            .iter()
            // Local and Wavelength Zones have no NLB and no endpoints of this kind.
            .filter(|zone| zone.get("ZoneType").and_then(Value::as_str).is_none_or(|kind| kind == "availability-zone"))
            .filter(|zone| zone.get("State").and_then(Value::as_str).is_none_or(|state| state == "available"))
            .filter_map(|zone| Some(zone.get("ZoneId")?.as_str()?.to_owned()))
            .collect();
        shared = Some(match shared {
            Some(before) => before.into_iter().filter(|id| ids.contains(id)).collect(),
            None => ids,
        });
    }
    let shared = shared.unwrap_or_default();
    let usual = shared.iter().find(|id| *id == USUAL).or(shared.first()).cloned();
    usual.ok_or_else(|| unreachable_target("", None))
}

/// What stands for the zone where no cloud is asked.
pub(super) fn example(region: &str) -> String {
    if region == "ap-northeast-1" { USUAL.to_owned() } else { "your-zone-id".to_owned() }
}
