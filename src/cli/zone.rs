//! The lab variable `zone`, when it is left to pllab.

use serde_json::{Map, Value};

use super::exit::{Code, Failed};
use super::target::{Target, unreachable_target};
use crate::cloud::{Api, Call, Clients};
use crate::i18n::m;
use crate::lab::{Loaded, VariableKind};

/// Leaves the choice to pllab.
const AUTO: &str = "auto";
/// The zone of the tutorial that the lab grew out of; taken where it is offered.
const USUAL: &str = "apne1-az4";

/// What choosing a zone asks.
pub(super) const READS: [(Api, &str); 1] = [(Api::Ec2, "DescribeAvailabilityZones")];

/// Whether the lab has a zone variable that is left to pllab.
pub(super) fn is_auto(loaded: &Loaded) -> bool {
    variables(loaded).any(|(_, value)| value == AUTO)
}

/// The zone variables and their values.
pub(super) fn variables(loaded: &Loaded) -> impl Iterator<Item = (&str, &str)> {
    let zones = loaded.lab.variables.iter().filter(|(_, variable)| variable.kind == VariableKind::Zone);
    zones.filter_map(|(name, _)| Some((name.as_str(), loaded.variables.get(name)?.as_str())))
}

/// The zone that `wanted` means, by id: zone names differ between accounts. `auto` is one that both sides have.
pub(super) async fn choose(target: &Target, name: &str, wanted: &str) -> Result<String, Failed> {
    let provider = zones(&target.clouds.provider).await?;
    let consumer = zones(&target.clouds.consumer).await?;
    let shared: Vec<_> = provider.into_iter().filter(|(id, _)| consumer.iter().any(|(other, _)| other == id)).collect();
    let found = if wanted == AUTO {
        shared.iter().find(|(id, _)| id == USUAL).or(shared.first())
    } else {
        // A name is the provider's: it is the NLB's zone that counts.
        shared.iter().find(|(id, zone)| id == wanted || zone == wanted)
    };
    found.map(|(id, _)| id.clone()).ok_or_else(|| {
        let known: Vec<_> = shared.iter().map(|(id, zone)| format!("{id} ({zone})")).collect();
        let details = vec![m::cli_valid_values(known.join(", "))];
        Failed::new(Code::Usage, m::cli_unknown_zone(name, wanted), details, &["pllab start"])
    })
}

/// The zones of an account, by id and name. Local and Wavelength Zones have no NLB and no endpoints of this kind.
async fn zones(clients: &Clients) -> Result<Vec<(String, String)>, Failed> {
    let [(api, operation)] = READS;
    let call = Call { api, operation, params: Map::new() };
    let reply = clients.send(&call).await.map_err(|fault| unreachable_target(clients.region(), Some(&fault)))?;
    let zones = reply.get("AvailabilityZones").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |zone: &Value, key: &str| zone.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let usable = |zone: &&Value| {
        let (kind, state) = (text(zone, "ZoneType"), text(zone, "State"));
        (kind.is_empty() || kind == "availability-zone") && (state.is_empty() || state == "available")
    };
    Ok(zones.iter().filter(usable).map(|zone| (text(zone, "ZoneId"), text(zone, "ZoneName"))).collect())
}

/// What stands for the zone where no cloud is asked.
pub(super) fn example(region: &str) -> String {
    if region == "ap-northeast-1" { USUAL.to_owned() } else { "your-zone-id".to_owned() }
}
