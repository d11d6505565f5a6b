//! What a run costs and has cost, from its journal and the prices that the learner agreed to.

use jiff::{SignedDuration, Timestamp};

use super::state::State;
use crate::actions::{Charge, Micros};
use crate::engine::event::{Money, Spent};

const HOUR: i64 = 3600;
/// An instance is charged for a minute at least
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/concepts.html>, "billed by the second, minimum 60 seconds").
const LEAST_SECONDS: i64 = 60;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// In the order of making.
    pub lines: Vec<Spent>,
    /// The sum up to now.
    pub so_far: Money,
    /// The price per hour of what exists now.
    pub per_hour: Money,
}

impl Spending {
    /// Whether something that costs still exists.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.lines.iter().any(|line| line.until.is_none())
    }
}

#[must_use]
pub fn per_hour(charges: &[Charge]) -> Money {
    charges.iter().map(|charge| Money::of(charge.usd_micros_per_hour)).fold(Money::default(), Money::plus)
}

/// `None` if nothing in the run costs anything.
#[must_use]
pub fn spending(state: &State, now: Timestamp) -> Option<Spending> {
    let consent = state.consent.as_ref()?;
    let mut spending = Spending::default();
    let charge = |name: &str| consent.charges.iter().find(|charge| charge.resource == name);
    let gone = state.gone.iter().filter_map(|it| Some((charge(&it.resource)?, it.since?, it.until)));
    let existing = state.existing();
    let standing = existing.iter().filter_map(|(name, line)| Some((charge(name)?, line.since?, None)));
    for (charge, from, until) in gone.chain(standing) {
        let (per_hour, until_now) = (charge.usd_micros_per_hour, until.unwrap_or(now));
        let cost = Money::of(per_hour.map(|price| amount(price, charge.whole_hours, from, until_now)));
        spending.so_far = spending.so_far.plus(cost);
        if until.is_none() {
            spending.per_hour = spending.per_hour.plus(Money::of(per_hour));
        }
        let (resource, kind) = (charge.resource.clone(), charge.kind.clone());
        spending.lines.push(Spent { resource, kind, from, until, cost });
    }
    spending.lines.sort_by_key(|line| line.from);
    Some(spending)
}

fn amount(per_hour: Micros, whole_hours: bool, from: Timestamp, until: Timestamp) -> Micros {
    let seconds = until.duration_since(from).max(SignedDuration::ZERO).as_secs();
    if whole_hours {
        per_hour.saturating_mul(seconds / HOUR + 1)
    } else {
        per_hour.saturating_mul(seconds.max(LEAST_SECONDS)) / HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: i64) -> Micros {
        amount(3_600, true, Timestamp::UNIX_EPOCH, Timestamp::from_second(seconds).unwrap())
    }

    #[test]
    fn begun_hours_count_in_full_where_aws_counts_them_so() {
        assert_eq!([0, 1, 3_599, 3_600, 7_199].map(after), [3_600, 3_600, 3_600, 7_200, 7_200]);
    }

    #[test]
    fn seconds_count_elsewhere_from_a_minute_on() {
        let by_second = |seconds| amount(3_600, false, Timestamp::UNIX_EPOCH, Timestamp::from_second(seconds).unwrap());
        assert_eq!([0, 59, 61, 3_600].map(by_second), [60, 60, 61, 3_600]);
    }

    #[test]
    fn a_clock_that_was_set_back_costs_nothing_less_than_the_least() {
        assert_eq!(amount(3_600, false, Timestamp::from_second(9).unwrap(), Timestamp::UNIX_EPOCH), 60);
    }
}
