//! List prices, as data: On-Demand, in US dollars, without tax.

/// When the table was last looked over. Prices change; the bill is AWS's.
pub const PRICES_AS_OF: &str = "2026-11-23";

/// Millionths of a US dollar: sums stay exact.
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

/// A price, and who says so.
struct Price {
    region: &'static str,
    item: Item,
    micros: Micros,
    /// False where the source is not AWS's price list or page itself.
    confirmed: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "for who looks the table over"))]
    source: &'static str,
}

const fn price(region: &'static str, item: Item, micros: Micros, confirmed: bool, source: &'static str) -> Price {
    Price { region, item, micros, confirmed, source }
}

const TOKYO: &str = "ap-northeast-1";
const VIRGINIA: &str = "us-east-1";

/// A region or an item that is not here has no known price, and nothing is guessed for it.
const PRICES: &[Price] = &[
    price(TOKYO, Item::EndpointZone, 14_000, true, "Price List API, APN1-VpcEndpoint-Hours, Sep 2026"),
    price(TOKYO, Item::Nlb, 24_300, false, "Price List API, APN1-LoadBalancerUsage, of the ALB, Sep 2026"),
    price(TOKYO, Item::Nlcu, 6_000, false, "aws.amazon.com/elasticloadbalancing/pricing, for us-east-1"),
    price(TOKYO, Item::Instance("t3.micro", false), 13_600, false, "price tables in public repositories"),
    price(TOKYO, Item::Gp3, 96_000, false, "price tables in public repositories"),
    price(VIRGINIA, Item::EndpointZone, 10_000, false, "aws.amazon.com/privatelink/pricing, by others"),
    price(VIRGINIA, Item::Nlb, 22_500, false, "aws.amazon.com/elasticloadbalancing/pricing, by others"),
    price(VIRGINIA, Item::Nlcu, 6_000, false, "aws.amazon.com/elasticloadbalancing/pricing, by others"),
    price(VIRGINIA, Item::Instance("t3.micro", false), 10_400, false, "price tables in public repositories"),
    price(VIRGINIA, Item::Gp3, 80_000, false, "price tables in public repositories"),
];

/// The price of `item` in `region`, and whether AWS itself is the source; `None` where none is known.
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
