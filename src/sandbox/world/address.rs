//! IPv4 blocks, and which address a new interface gets.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::host::Random;

/// An IPv4 block in CIDR notation, with no bits set outside its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Block {
    /// The first address.
    pub network: Ipv4Addr,
    /// The prefix length.
    pub prefix: u8,
}

/// Why a text is not a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockError {
    /// Not `a.b.c.d/n`.
    Malformed,
}

impl Block {
    /// The whole IPv4 internet.
    pub const ALL: Self = Self { network: Ipv4Addr::UNSPECIFIED, prefix: 0 };

    /// How many addresses it has.
    pub fn len(self) -> u64 {
        1 << (32 - self.prefix)
    }

    /// Whether `other` lies inside.
    pub fn holds(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.has(other.network)
    }

    /// Whether `address` lies inside.
    pub fn has(self, address: Ipv4Addr) -> bool {
        u64::from(u32::from(address)) & !(self.len() - 1) == u64::from(u32::from(self.network))
    }

    /// Whether the two have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// The address at `offset`, for offsets below [`Block::len`].
    pub fn at(self, offset: u64) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network).wrapping_add(u32::try_from(offset).unwrap_or(u32::MAX)))
    }

    /// Whether AWS keeps `address` in a subnet of this block: the first four and the last.
    pub fn reserves(self, address: Ipv4Addr) -> bool {
        let offset = u64::from(u32::from(address).wrapping_sub(u32::from(self.network)));
        offset < 4 || offset + 1 == self.len()
    }

    /// The block with the bits outside the prefix cleared, as EC2 does with `10.0.0.1/16`.
    fn normal(address: Ipv4Addr, prefix: u8) -> Self {
        let keep = u32::try_from(!((1_u64 << (32 - prefix)) - 1) & 0xffff_ffff).unwrap_or(u32::MAX);
        Self { network: Ipv4Addr::from(u32::from(address) & keep), prefix }
    }
}

impl FromStr for Block {
    type Err = BlockError;

    fn from_str(text: &str) -> Result<Self, BlockError> {
        let (address, prefix) = text.split_once('/').ok_or(BlockError::Malformed)?;
        let address = address.parse().map_err(|_| BlockError::Malformed)?;
        let prefix = prefix
            .parse()
            .ok()
            .filter(|number: &u8| *number <= 32 && prefix == number.to_string())
            .ok_or(BlockError::Malformed)?;
        Ok(Self::normal(address, prefix))
    }
}

impl TryFrom<String> for Block {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is not an IPv4 block"))
    }
}

impl From<Block> for String {
    fn from(block: Block) -> Self {
        block.to_string()
    }
}

impl Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// A free address of `block`: some address, as on AWS, never a reserved or used one. `None` when it is full.
pub fn free_address(block: Block, used: &BTreeSet<Ipv4Addr>, random: &Random) -> Option<Ipv4Addr> {
    let start = random.next_u64() % block.len();
    (0..block.len())
        .map(|step| block.at((start + step) % block.len()))
        .find(|address| !block.reserves(*address) && !used.contains(address))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Block, free_address};
    use crate::host::Random;

    fn block(text: &str) -> Block {
        text.parse().unwrap()
    }

    #[test]
    fn blocks_are_read_and_normalised() {
        assert_eq!(block("10.0.3.7/16").to_string(), "10.0.0.0/16");
        assert_eq!(block("1.2.3.4/0"), Block::ALL);
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "x/8", ""] {
            assert!(bad.parse::<Block>().is_err(), "{bad}");
        }
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
    fn a_subnet_of_sixteen_gives_eleven_addresses() {
        let (mut used, random) = (BTreeSet::new(), Random::seeded(1));
        while let Some(address) = free_address(block("10.0.0.0/28"), &used, &random) {
            assert!(used.insert(address));
        }
        let last: Vec<u8> = used.iter().map(|address| address.octets()[3]).collect();
        assert_eq!(last, (4..15).collect::<Vec<_>>());
    }
}
