//! What a resource costs while it exists. Traffic is left out: a lab's is far below a cent.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::price::{Item, Micros, look_up};
use crate::lab::{Image, Resource};

/// Hours in a month, as AWS reckons storage.
const HOURS_A_MONTH: Micros = 730;

/// What a resource costs by the hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The resource, by name.
    pub resource: String,
    /// Its kind.
    pub kind: String,
    /// Millionths of a US dollar an hour; absent where the price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd_micros_per_hour: Option<Micros>,
    /// Whether a begun hour counts in full: endpoints (<https://aws.amazon.com/privatelink/pricing/>) and load balancers
    /// (<https://aws.amazon.com/elasticloadbalancing/pricing/>) are charged so, instances by the second.
    pub whole_hours: bool,
    /// Whether AWS itself is the source of every price in it.
    pub confirmed: bool,
}

/// What `resource` costs in `region`; `None` for what AWS does not charge for, such as VPCs, gateway endpoints and endpoint
/// services. An interface endpoint is charged from its making on, accepted or not
/// (<https://aws.amazon.com/privatelink/pricing/>).
#[must_use]
pub fn cost(resource: &Resource, region: &str) -> Option<Charge> {
    let costs = match resource {
        // Each subnet is in a zone of its own; without any named, the look-up chose one.
        Resource::Endpoint(it) => Costs::Endpoint(it.subnets.len().max(1)),
        Resource::LoadBalancer(_) => Costs::LoadBalancer,
        Resource::Instance(it) => Costs::Instance(&it.instance_type, it.image == Image::WindowsServer2022),
        _ => return None,
    };
    Some(charge(resource.name(), resource.kind(), &costs, region))
}

/// What `object` costs in `region`, a thing of `kind` as AWS describes it; `None` for what AWS does not charge for.
#[must_use]
pub fn cost_of_seen(name: &str, kind: &str, object: &Value, region: &str) -> Option<Charge> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let costs = match kind {
        "endpoint" => Costs::Endpoint(object.get("SubnetIds").and_then(Value::as_array).map_or(1, Vec::len)),
        "load_balancer" => Costs::LoadBalancer,
        // `Platform` is there for Windows only [API:DescribeInstances].
        "instance" => Costs::Instance(text("InstanceType"), !text("Platform").is_empty()),
        _ => return None,
    };
    Some(charge(name, kind, &costs, region))
}

/// What AWS charges for.
enum Costs<'a> {
    /// An interface endpoint in so many zones.
    Endpoint(usize),
    /// A Network Load Balancer.
    LoadBalancer,
    /// An instance of a type, and whether it runs Windows.
    Instance(&'a str, bool),
}

fn charge(resource: &str, kind: &str, costs: &Costs<'_>, region: &str) -> Charge {
    let (items, whole_hours): (Vec<_>, bool) = match *costs {
        Costs::Endpoint(zones) => (vec![look_up(region, Item::EndpointZone); zones], true),
        Costs::LoadBalancer => (vec![look_up(region, Item::Nlb), look_up(region, Item::Nlcu)], true),
        Costs::Instance(instance_type, windows) => {
            // The root volume's size is the image's: 8 GB for AL2023, 30 GB for Windows Server.
            let gigabytes = if windows { 30 } else { 8 };
            let disk = look_up(region, Item::Gp3)
                .map(|(month, confirmed)| ((month * gigabytes + HOURS_A_MONTH / 2) / HOURS_A_MONTH, confirmed));
            let known = match instance_type {
                "t3.micro" => look_up(region, Item::Instance("t3.micro", windows)),
                _ => None,
            };
            (vec![known, disk], false)
        }
    };
    let sum = items.iter().copied().try_fold((0, true), |(sum, sure), price| {
        let (micros, confirmed) = price?;
        Some((sum + micros, sure && confirmed))
    });
    Charge {
        resource: resource.to_owned(),
        kind: kind.to_owned(),
        usd_micros_per_hour: sum.map(|(micros, _)| micros),
        whole_hours,
        confirmed: sum.is_some_and(|(_, confirmed)| confirmed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Source, load};

    fn charges(client: &str, region: &str) -> Vec<Charge> {
        let source = Source::find("privatelink", None).unwrap().unwrap();
        let set = [("client".to_owned(), client.to_owned())].into();
        let loaded = load(&source, &set, &[("token", "t".to_owned()), ("region", region.to_owned())].into()).unwrap();
        loaded.lab.steps.iter().flat_map(|step| &step.makes).filter_map(|it| cost(it, region)).collect()
    }

    #[test]
    fn the_lab_costs_what_the_table_says() {
        let tokyo = charges("linux", "ap-northeast-1");
        let names: Vec<_> = tokyo.iter().map(|charge| charge.resource.as_str()).collect();
        assert_eq!(names, ["web", "nlb", "endpoint", "client"]);
        // Two instances with 8 GB each, the NLB with one capacity unit, the endpoint in one zone.
        let sum: i64 = tokyo.iter().filter_map(|charge| charge.usd_micros_per_hour).sum();
        assert_eq!(sum, 2 * (13_600 + 1_052) + 24_300 + 6_000 + 14_000);
        let whole: Vec<_> = tokyo.iter().map(|charge| charge.whole_hours).collect();
        assert_eq!(whole, [false, true, true, false]);
    }

    #[test]
    fn a_region_is_known_whole_in_part_or_not_at_all() {
        let sum =
            |region| charges("linux", region).iter().map(|charge| charge.usd_micros_per_hour).sum::<Option<Micros>>();
        // The endpoint, the NLB with one capacity unit, two instances with 8 GB each.
        assert_eq!(sum("us-east-1"), Some(10_000 + 28_500 + 2 * (10_400 + 877)));
        assert_eq!(sum("eu-west-1"), Some(11_000 + 31_200 + 2 * (11_400 + 964)));
        assert_eq!(sum("eu-west-2"), Some(11_000 + 32_460 + 2 * (11_800 + 1_017)));
        assert_eq!(sum("ap-northeast-2"), Some(13_000 + 28_500 + 2 * (13_000 + 999)));
        for region in ["ap-southeast-1", "eu-central-1", "us-west-2"] {
            let known: Vec<_> =
                charges("linux", region).into_iter().filter(|it| it.usd_micros_per_hour.is_some()).collect();
            assert!(known.len() == 1 && known[0].kind == "endpoint", "{region}: {known:?}");
            assert_eq!(sum(region), None, "{region}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_not_guessed() {
        let elsewhere = charges("linux", "eu-north-1");
        assert!(elsewhere.len() == 4 && elsewhere.iter().all(|charge| charge.usd_micros_per_hour.is_none()));
        let windows = charges("windows", "ap-northeast-1");
        let unknown: Vec<_> = windows.iter().filter(|charge| charge.usd_micros_per_hour.is_none()).collect();
        assert!(unknown.len() == 1 && unknown[0].resource == "client", "{unknown:?}");
    }
}
