//! IPv4 blocks in CIDR notation.

use std::fmt::{self, Display};
use std::net::Ipv4Addr;
use std::str::FromStr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// An IPv4 block with no bits set outside its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr(Ipv4Net);

/// The text is not of the form `a.b.c.d/n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCidr;

impl Cidr {
    /// The whole IPv4 internet.
    pub const ALL: Self = Self::fixed([0, 0, 0, 0], 0);

    /// A block in the program's own code. Bits outside the prefix must not be set.
    ///
    /// # Panics
    /// If the prefix is longer than 32. In a constant, that is a compiler error.
    #[must_use]
    pub const fn fixed(network: [u8; 4], prefix: u8) -> Self {
        let [a, b, c, d] = network;
        Self(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
    }

    /// The block that contains `address`, as EC2 reads `10.0.0.1/16`; `None` if the prefix is longer than 32.
    #[must_use]
    pub fn around(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        Ipv4Net::new(address, prefix).ok().map(|net| Self(net.trunc()))
    }

    /// Reads a block. `None` unless its address is the block's first one.
    #[must_use]
    pub fn exact(text: &str) -> Option<Self> {
        let block: Self = text.parse().ok()?;
        text.split_once('/')?.0.parse().is_ok_and(|address: Ipv4Addr| address == block.network()).then_some(block)
    }

    /// The first address.
    #[must_use]
    pub fn network(self) -> Ipv4Addr {
        self.0.addr()
    }

    /// 0 to 32.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// The number of addresses.
    #[must_use]
    pub fn len(self) -> u64 {
        1 << (32 - self.prefix())
    }

    /// Whether the whole of `other` is inside.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }

    #[must_use]
    pub fn has(self, address: Ipv4Addr) -> bool {
        self.0.contains(&address)
    }

    /// Whether the two have an address in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// The address at `offset`, which must be below [`Cidr::len`].
    #[must_use]
    pub fn at(self, offset: u64) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network()).wrapping_add(u32::try_from(offset).unwrap_or(u32::MAX)))
    }

    /// The `index`-th block of this prefix inside. The index counts from 0 and wraps around after the last. The block
    /// itself if it is not bigger than that.
    #[must_use]
    pub fn part(self, prefix: u8, index: u32) -> Self {
        let Some(bits) = prefix.checked_sub(self.prefix()).filter(|_| prefix <= 32) else { return self };
        let index = u64::from(index) % (1 << bits);
        Self::around(self.at(index << (32 - prefix)), prefix).unwrap_or(self)
    }
}

impl FromStr for Cidr {
    type Err = NotCidr;

    fn from_str(text: &str) -> Result<Self, NotCidr> {
        let (address, prefix) = text.split_once('/').ok_or(NotCidr)?;
        let address = address.parse().map_err(|_| NotCidr)?;
        // Rejects `+8` and `08`.
        let number: u8 = prefix.parse().ok().filter(|number: &u8| prefix == number.to_string()).ok_or(NotCidr)?;
        Self::around(address, number).ok_or(NotCidr)
    }
}

impl TryFrom<String> for Cidr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is not an IPv4 block"))
    }
}

impl From<Cidr> for String {
    fn from(block: Cidr) -> Self {
        block.to_string()
    }
}

impl Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network(), self.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    fn block(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn blocks_are_read_and_normalised() {
        assert_eq!(block("10.0.3.7/16").to_string(), "10.0.0.0/16");
        assert_eq!(block("1.2.3.4/0"), Cidr::ALL);
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "x/8", ""] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
        assert_eq!(Cidr::exact("10.0.0.0/16"), Some(block("10.0.0.0/16")));
        assert_eq!(Cidr::exact("10.0.3.7/16"), None);
    }

    #[test]
    fn blocks_know_what_is_inside() {
        assert!(block("10.0.0.0/16").holds(block("10.0.1.0/24")) && !block("10.0.1.0/24").holds(block("10.0.0.0/16")));
        assert!(
            block("10.0.1.0/24").overlaps(block("10.0.0.0/16")) && !block("10.0.1.0/24").overlaps(block("10.0.2.0/24"))
        );
        assert!(block("0.0.0.0/0").has([1, 1, 1, 1].into()) && !block("10.0.0.0/28").has([10, 0, 0, 16].into()));
    }

    #[test]
    fn parts_are_counted_round() {
        assert_eq!(block("10.0.0.0/16").part(24, 1), block("10.0.1.0/24"));
        assert_eq!(block("10.0.0.0/23").part(24, 3), block("10.0.1.0/24"));
        assert_eq!(block("10.0.0.0/28").part(24, 1), block("10.0.0.0/28"));
    }
}
