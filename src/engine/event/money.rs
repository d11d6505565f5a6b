//! Amounts of money, and what a run has spent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::i18n::{Text, m};
use crate::lab::Kind;

/// An amount of money, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Millionths of a US dollar.
    pub usd_micros: i64,
    /// Whether something without a known price comes on top.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub and_unknown: bool,
}

impl Money {
    /// One price, or the lack of one.
    #[must_use]
    pub fn of(usd_micros: Option<i64>) -> Self {
        Self { usd_micros: usd_micros.unwrap_or(0), and_unknown: usd_micros.is_none() }
    }

    /// The sum of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            usd_micros: self.usd_micros.saturating_add(other.usd_micros),
            and_unknown: self.and_unknown || other.and_unknown,
        }
    }

    /// What a number of hours comes to.
    #[must_use]
    pub fn times(self, hours: i64) -> Self {
        Self { usd_micros: self.usd_micros.saturating_mul(hours), ..self }
    }

    /// What an hour costs, or what one thing has come to, in words: to four digits, for some of it is far below a cent.
    #[must_use]
    pub fn fine(self) -> Text {
        self.text(FINE)
    }

    /// What all comes to, for a day or so far, in words: to the cent.
    #[must_use]
    pub fn cents(self) -> Text {
        self.text(CENTS)
    }

    fn text(self, digits: u32) -> Text {
        match (self.usd_micros, self.and_unknown) {
            (0, true) => m::money_unknown(),
            (micros, true) => m::money_and_unknown(usd(micros, digits)),
            (micros, false) => m::money_usd(usd(micros, digits)),
        }
    }
}

/// Digits of a price, and of a sum.
const FINE: u32 = 4;
const CENTS: u32 = 2;

/// An amount in US dollars to the cent, rounded up.
#[must_use]
pub fn cents(micros: i64) -> String {
    usd(micros, CENTS)
}

/// An amount in US dollars with so many digits after the point, rounded up: who agrees to it never agrees to too little.
fn usd(micros: i64, digits: u32) -> String {
    let unit = 10_i64.pow(6_u32.saturating_sub(digits));
    let rounded = micros.saturating_add(unit - 1) / unit;
    let one = 10_i64.pow(digits);
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{}.{:0width$}", rounded / one, rounded % one)
}

/// A time to the minute.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.to_string().get(..16).map_or_else(|| at.to_string(), |text| format!("{} UTC", text.replace('T', " ")))
}

/// One thing that costs, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The resource, by name.
    pub resource: String,
    /// Its kind.
    pub kind: Kind,
    /// Since when.
    pub from: Timestamp,
    /// Until when; absent while it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What it has come to.
    #[serde(flatten)]
    pub cost: Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_up() {
        assert_eq!([usd(73_604, FINE), cents(73_604), cents(1_766_496)], ["0.0737", "0.08", "1.77"]);
        assert_eq!([cents(0), cents(1_000_000), cents(52_994_880)], ["0.00", "1.00", "53.00"]);
    }

    #[test]
    fn times_are_told_to_the_minute() {
        assert_eq!(minute(Timestamp::UNIX_EPOCH), "1970-01-01 00:00 UTC");
    }
}
