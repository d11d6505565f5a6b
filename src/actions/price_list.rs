//! List prices, as data: On-Demand, in US dollars, without tax.

/// When the table was last checked. Prices change; the AWS bill decides.
pub const PRICES_AS_OF: &str = "2026-11-28";

/// Millionths of a US dollar, so that sums stay exact.
pub type Micros = i64;

/// What AWS charges for by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An interface endpoint, per zone and hour.
    EndpointZone,
    /// A Network Load Balancer, per hour.
    Nlb,
    /// One capacity unit of a Network Load Balancer, per hour; a lab uses less than one.
    Nlcu,
    /// An instance by its type and whether it runs Windows, per hour.
    Instance(&'static str, bool),
    /// A GB of gp3 storage, per month.
    Gp3,
}

/// A price and its source.
struct Price {
    region: &'static str,
    item: Item,
    micros: Micros,
    /// False if the source is not AWS's own price list or page.
    confirmed: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "for who looks the table over"))]
    source: &'static str,
}

const fn price(region: &'static str, item: Item, micros: Micros, confirmed: bool, source: &'static str) -> Price {
    Price { region, item, micros, confirmed, source }
}

/// The Price List API's and the pricing pages' data, as recorded and checked by
/// <https://github.com/geawilliamsUK/TerraTofuGUi>, `definitions/prices/aws.toml`.
const WRITTEN_DOWN: &str = "Price List Bulk API and the pricing pages' JSON, 2026-09-29";
const BY_OTHERS: &str = "price tables in public repositories";

const TOKYO: &str = "ap-northeast-1";
const SEOUL: &str = "ap-northeast-2";
const SINGAPORE: &str = "ap-southeast-1";
const FRANKFURT: &str = "eu-central-1";
const IRELAND: &str = "eu-west-1";
const LONDON: &str = "eu-west-2";
const VIRGINIA: &str = "us-east-1";
const OREGON: &str = "us-west-2";

const MICRO: Item = Item::Instance("t3.micro", false);

/// A region or an item that is missing here has no known price, and pllab does not guess one. For some regions only
/// some prices are known.
const PRICES: &[Price] = &[
    price(TOKYO, Item::EndpointZone, 14_000, true, "Price List API, APN1-VpcEndpoint-Hours, Sep 2026"),
    price(TOKYO, Item::Nlb, 24_300, false, "Price List API, APN1-LoadBalancerUsage, of the ALB, Sep 2026"),
    price(TOKYO, Item::Nlcu, 6_000, false, "aws.amazon.com/elasticloadbalancing/pricing, for us-east-1"),
    price(TOKYO, MICRO, 13_600, false, BY_OTHERS),
    price(TOKYO, Item::Gp3, 96_000, true, "Price List API, APN1-EBS:VolumeUsage.gp3, SKU C8Y3GJZBQTH8T5JV, 2026"),
    price(SEOUL, Item::EndpointZone, 13_000, true, "Price List API, AmazonVPC ap-northeast-2, published 2026-09-17"),
    price(SEOUL, Item::Nlb, 22_500, true, "Price List API, AWSELB ap-northeast-2, 2026-10-01"),
    price(SEOUL, Item::Nlcu, 6_000, true, "Price List API, AWSELB ap-northeast-2, 2026-10-01"),
    price(SEOUL, MICRO, 13_000, true, "Price List API, AmazonEC2 ap-northeast-2, published 2026-09-25"),
    price(SEOUL, Item::Gp3, 91_200, true, "Price List API, AmazonEC2 ap-northeast-2, published 2026-09-25"),
    price(SINGAPORE, Item::EndpointZone, 13_000, true, "Price List API, APS1-VpcEndpoint-Hours, 2026-08-21"),
    price(SINGAPORE, Item::Gp3, 96_000, true, "Price List API, APS1-EBS:VolumeUsage.gp3, 2026-08-12"),
    price(FRANKFURT, Item::EndpointZone, 12_000, true, "Price List API, EUC1-VpcEndpoint-Hours, Sep 2026"),
    price(IRELAND, Item::EndpointZone, 11_000, true, WRITTEN_DOWN),
    price(IRELAND, Item::Nlb, 25_200, true, WRITTEN_DOWN),
    price(IRELAND, Item::Nlcu, 6_000, true, WRITTEN_DOWN),
    price(IRELAND, MICRO, 11_400, true, WRITTEN_DOWN),
    price(IRELAND, Item::Gp3, 88_000, true, WRITTEN_DOWN),
    price(LONDON, Item::EndpointZone, 11_000, true, WRITTEN_DOWN),
    price(LONDON, Item::Nlb, 26_460, true, WRITTEN_DOWN),
    price(LONDON, Item::Nlcu, 6_000, true, WRITTEN_DOWN),
    price(LONDON, MICRO, 11_800, true, WRITTEN_DOWN),
    price(LONDON, Item::Gp3, 92_800, true, WRITTEN_DOWN),
    price(VIRGINIA, Item::EndpointZone, 10_000, true, WRITTEN_DOWN),
    price(VIRGINIA, Item::Nlb, 22_500, true, WRITTEN_DOWN),
    price(VIRGINIA, Item::Nlcu, 6_000, true, WRITTEN_DOWN),
    price(VIRGINIA, MICRO, 10_400, true, WRITTEN_DOWN),
    price(VIRGINIA, Item::Gp3, 80_000, true, WRITTEN_DOWN),
    price(OREGON, Item::EndpointZone, 10_000, true, "Price List API, USW2-VpcEndpoint-Hours, 2026-10-06"),
];

/// The price of `item` in `region`, and whether AWS itself is the source; `None` if it is not known.
pub(super) fn look_up(region: &str, item: Item) -> Option<(Micros, bool)> {
    PRICES
        .iter()
        .find(|price| price.region == region && price.item == item)
        .map(|price| (price.micros, price.confirmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_stands_once_in_the_table() {
        for (index, one) in PRICES.iter().enumerate() {
            assert!(one.micros > 0 && !one.source.is_empty());
            assert!(PRICES[..index].iter().all(|other| (other.region, other.item) != (one.region, one.item)));
        }
    }
}
