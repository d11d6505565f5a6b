//! Amounts of money, and what a run has spent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::host::Zone;
use crate::i18n::{Text, m};
use crate::lab::Kind;

/// An amount of money. A part of it may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Millionths of a US dollar.
    pub usd_micros: i64,
    /// Whether something without a known price is to be added.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub and_unknown: bool,
}

impl Money {
    #[must_use]
    pub fn of(usd_micros: Option<i64>) -> Self {
        Self { usd_micros: usd_micros.unwrap_or(0), and_unknown: usd_micros.is_none() }
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            usd_micros: self.usd_micros.saturating_add(other.usd_micros),
            and_unknown: self.and_unknown || other.and_unknown,
        }
    }

    #[must_use]
    pub fn times(self, hours: i64) -> Self {
        Self { usd_micros: self.usd_micros.saturating_mul(hours), ..self }
    }

    /// For a price per hour or a single cost. Four digits after the point, because some prices are far below a cent.
    #[must_use]
    pub fn fine(self) -> Text {
        self.text(FINE)
    }

    /// For a sum. Rounded up to the cent.
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

/// The digits after the decimal point of a price.
const FINE: u32 = 4;
const CENTS: u32 = 2;

/// US dollars, rounded up to the cent.
#[must_use]
pub fn cents(micros: i64) -> String {
    usd(micros, CENTS)
}

/// US dollars with `digits` digits after the point, rounded up so that a learner never agrees to too little.
fn usd(micros: i64, digits: u32) -> String {
    let unit = 10_i64.pow(6_u32.saturating_sub(digits));
    let rounded = micros.saturating_add(unit - 1) / unit;
    let one = 10_i64.pow(digits);
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{}.{:0width$}", rounded / one, rounded % one)
}

/// A time for the reader, in this machine's zone.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    Zone::system().minute(at)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    pub resource: String,
    pub kind: Kind,
    pub from: Timestamp,
    /// Absent while the resource exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
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
}
