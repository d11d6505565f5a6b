//! What a resource costs while it exists. Traffic is left out: a lab's traffic costs far less than a cent.

use serde::{Deserialize, Serialize};

use super::price_list::{Item, Micros, look_up};
use crate::lab::Kind;

/// The hours in a month by which AWS charges storage.
const HOURS_A_MONTH: Micros = 730;

/// What a resource costs per hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The resource's name.
    pub resource: String,
    pub kind: Kind,
    /// Millionths of a US dollar per hour; absent if the price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd_micros_per_hour: Option<Micros>,
    /// Whether a started hour counts in full: endpoints (<https://aws.amazon.com/privatelink/pricing/>) and load
    /// balancers (<https://aws.amazon.com/elasticloadbalancing/pricing/>) are charged that way, instances by the
    /// second.
    pub whole_hours: bool,
    /// Whether AWS itself is the source of every price in it.
    pub confirmed: bool,
}

/// What AWS charges for, per hour.
pub(super) struct Costs {
    /// The lines of its price list; `None` for an item without a known price.
    pub items: Vec<Option<Item>>,
    /// The GB of gp3 storage that come with it.
    pub gigabytes: Micros,
    /// Whether a started hour counts in full.
    pub whole_hours: bool,
}

/// The charge for `resource` in `region`. An interface endpoint is charged from its creation on, accepted or not
/// (<https://aws.amazon.com/privatelink/pricing/>).
pub(super) fn charge(resource: &str, kind: &Kind, costs: &Costs, region: &str) -> Charge {
    let Costs { items, gigabytes, whole_hours } = costs;
    let disk = (*gigabytes > 0).then(|| {
        let month = look_up(region, Item::Gp3);
        month.map(|(month, confirmed)| ((month * gigabytes + HOURS_A_MONTH / 2) / HOURS_A_MONTH, confirmed))
    });
    let prices = items.iter().map(|item| look_up(region, (*item)?)).chain(disk);
    let sum = prices.into_iter().try_fold((0, true), |(sum, sure), price| {
        let (micros, confirmed) = price?;
        Some((sum + micros, sure && confirmed))
    });
    Charge {
        resource: resource.to_owned(),
        kind: kind.clone(),
        usd_micros_per_hour: sum.map(|(micros, _)| micros),
        whole_hours: *whole_hours,
        confirmed: sum.is_some_and(|(_, confirmed)| confirmed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::cost;
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
            assert!(known.len() == 1 && known[0].kind == Kind::Endpoint, "{region}: {known:?}");
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
