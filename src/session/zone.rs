//! Chooses the lab variable `zone` if the learner leaves it to pllab.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::exit::{Code, Failed};
use super::sign_in::unreachable_target;
use super::target::Target;
use crate::cloud::{Api, Call, Clients};
use crate::i18n::m;
use crate::lab::{Loaded, Resource, Side, VariableKind};

/// The value that leaves the choice to pllab.
const AUTO: &str = "auto";
/// The zone of the tutorial that the lab is based on. Preferred if it is offered.
const USUAL: &str = "apne1-az4";

/// The reads of choosing a zone.
pub const READS: [(Api, &str); 2] =
    [(Api::Ec2, "DescribeAvailabilityZones"), (Api::Ec2, "DescribeInstanceTypeOfferings")];

/// Whether the lab has a zone variable that is left to pllab.
pub fn is_auto(loaded: &Loaded) -> bool {
    variables(loaded).any(|(_, value)| value == AUTO)
}

/// The zone variables and their values.
pub fn variables(loaded: &Loaded) -> impl Iterator<Item = (&str, &str)> {
    let zones = loaded.lab.variables.iter().filter(|(_, variable)| variable.kind == VariableKind::Zone);
    zones.filter_map(|(name, _)| Some((name.as_str(), loaded.variables.get(name)?.as_str())))
}

/// Puts the lab's zones into `set`. `auto` becomes a different zone for each variable, and none that was chosen
/// already.
pub async fn settle(target: &Target, loaded: &Loaded, set: &mut BTreeMap<String, String>) -> Result<(), Failed> {
    let mut open: Vec<_> = variables(loaded).collect();
    open.sort_by_key(|(_, wanted)| *wanted == AUTO);
    let mut taken = BTreeSet::new();
    for (name, wanted) in open {
        let zone = choose(target, loaded, name, wanted, &taken).await?;
        taken.insert(zone.clone());
        set.insert(name.to_owned(), zone);
    }
    Ok(())
}

/// The id of the zone that `wanted` means; zone names differ between accounts. `auto` is a zone that both sides have
/// and that offers each side the instance types it launches.
async fn choose(
    target: &Target,
    loaded: &Loaded,
    name: &str,
    wanted: &str,
    taken: &BTreeSet<String>,
) -> Result<String, Failed> {
    let (shared, mut offering, types) = candidates(target, loaded).await?;
    offering.retain(|(id, _)| !taken.contains(id));
    if wanted != AUTO {
        // A zone name is the provider's, because the NLB's zone counts.
        let found = shared.iter().find(|(id, zone)| id == wanted || zone == wanted);
        return found.map(|(id, _)| id.clone()).ok_or_else(|| {
            let details = vec![m::cli_valid_values(known(&shared))];
            Failed::new(Code::Usage, m::CliUnknownZone { name, value: wanted }.text(), details, &["pllab start"])
        });
    }
    let found = offering.iter().find(|(id, _)| id == USUAL).or(offering.first());
    found.map(|(id, _)| id.clone()).ok_or_else(|| {
        let types = types.into_iter().collect::<Vec<_>>().join(", ");
        let details = vec![m::aws_zones_shared(known(&shared))];
        Failed::new(Code::NotMet, m::aws_no_zone(types), details, &["pllab start --region REGION"])
    })
}

/// Returns the zones that both sides have, by id and the provider's name; those of them that offer what each side
/// launches; and the instance types that are launched.
pub async fn candidates(target: &Target, loaded: &Loaded) -> Result<(Zones, Zones, BTreeSet<String>), Failed> {
    let sides = [(Side::Provider, &target.clouds.provider), (Side::Consumer, &target.clouds.consumer)];
    let mut shared = zones(sides[0].1).await?;
    let consumer = zones(sides[1].1).await?;
    shared.retain(|(id, _)| consumer.iter().any(|(other, _)| other == id));
    let mut offering = shared.clone();
    let mut types = BTreeSet::new();
    for (side, clients) in sides {
        let wanted: BTreeSet<&str> = instance_types(loaded, side).collect();
        if let Some(zones) = offered(clients, &wanted).await {
            offering.retain(|(id, _)| zones.contains(id));
        }
        types.extend(wanted.into_iter().map(str::to_owned));
    }
    Ok((shared, offering, types))
}

/// Pairs of id and name.
type Zones = Vec<(String, String)>;

pub fn known(zones: &[(String, String)]) -> String {
    zones.iter().map(|(id, zone)| format!("{id} ({zone})")).collect::<Vec<_>>().join(", ")
}

fn instance_types(loaded: &Loaded, side: Side) -> impl Iterator<Item = &str> {
    let made = loaded.lab.steps.iter().filter(move |step| step.side == side).flat_map(|step| &step.makes);
    made.filter_map(|resource| match resource {
        Resource::Instance(it) => Some(it.instance_type.as_str()),
        _ => None,
    })
}

/// The ids of the zones that offer all of `types`; `None` if that cannot be found out, or if nothing is launched.
async fn offered(clients: &Clients, types: &BTreeSet<&str>) -> Option<BTreeSet<String>> {
    if types.is_empty() {
        return None;
    }
    let params = json!({
        "LocationType": "availability-zone-id",
        "Filters": [{ "Name": "instance-type", "Values": types }],
    });
    let [_, (api, operation)] = READS;
    let call = Call::new(api, operation, params);
    // If asking is not allowed, or the endpoint does not know the call, the launch itself will tell.
    let reply = clients.send(&call).await.ok()?;
    let mut by_zone: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for offering in reply.get("InstanceTypeOfferings").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| offering.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        by_zone.entry(text("Location")).or_default().insert(text("InstanceType"));
    }
    let all = |found: &BTreeSet<String>| types.iter().all(|wanted| found.contains(*wanted));
    Some(by_zone.into_iter().filter(|(_, found)| all(found)).map(|(zone, _)| zone).collect())
}

/// The zones of an account, by id and name. Local and Wavelength Zones have no NLB and no endpoints of this kind.
async fn zones(clients: &Clients) -> Result<Vec<(String, String)>, Failed> {
    let [(api, operation), _] = READS;
    let call = Call::new(api, operation, json!({}));
    let reply = clients.send(&call).await.map_err(|fault| unreachable_target(clients.region(), Some(&fault)))?;
    let zones = reply.get("AvailabilityZones").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |zone: &Value, key: &str| zone.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let usable = |zone: &&Value| {
        let (kind, state) = (text(zone, "ZoneType"), text(zone, "State"));
        (kind.is_empty() || kind == "availability-zone") && (state.is_empty() || state == "available")
    };
    Ok(zones.iter().filter(usable).map(|zone| (text(zone, "ZoneId"), text(zone, "ZoneName"))).collect())
}

/// A stand-in for the `index`-th zone if no cloud is asked.
pub fn example(region: &str, index: usize) -> String {
    match (region, index) {
        ("ap-northeast-1", 0) => USUAL.to_owned(),
        ("ap-northeast-1", 1) => "apne1-az1".to_owned(),
        (_, 0) => "your-zone-id".to_owned(),
        _ => format!("your-zone-id-{}", index + 1),
    }
}
