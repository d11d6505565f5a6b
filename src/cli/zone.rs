//! The lab variable `zone`, when it is left to pllab.

use std::collections::{BTreeMap, BTreeSet};

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

/// Puts the lab's zones into `set`, by id: zone names differ between accounts. `auto` is one that both sides have, and a
/// different one for each variable.
pub(super) async fn settle(target: &Target, loaded: &Loaded, set: &mut BTreeMap<String, String>) -> Result<(), Failed> {
    let mut open: Vec<_> = variables(loaded).collect();
    // What the learner chose is taken first, so that `auto` keeps away from it.
    open.sort_by_key(|(_, wanted)| *wanted == AUTO);
    let mut taken = BTreeSet::new();
    for (name, wanted) in open {
        let zone = choose(target, name, wanted, &taken).await?;
        taken.insert(zone.clone());
        set.insert(name.to_owned(), zone);
    }
    Ok(())
}

/// The zone that `wanted` means, by id. `auto` is one that both sides have and that is not taken.
async fn choose(target: &Target, name: &str, wanted: &str, taken: &BTreeSet<String>) -> Result<String, Failed> {
    let provider = zones(&target.clouds.provider).await?;
    let consumer = zones(&target.clouds.consumer).await?;
    let shared: Vec<_> = provider.into_iter().filter(|(id, _)| consumer.iter().any(|(other, _)| other == id)).collect();
    let found = if wanted == AUTO {
        let free = || shared.iter().filter(|(id, _)| !taken.contains(id));
        free().find(|(id, _)| id == USUAL).or_else(|| free().next())
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

/// What stands for the `index`-th zone where no cloud is asked.
pub(super) fn example(region: &str, index: usize) -> String {
    match (region, index) {
        ("ap-northeast-1", 0) => USUAL.to_owned(),
        ("ap-northeast-1", 1) => "apne1-az1".to_owned(),
        (_, 0) => "your-zone-id".to_owned(),
        _ => format!("your-zone-id-{}", index + 1),
    }
}
