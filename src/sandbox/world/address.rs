//! Chooses the address of a new interface in a subnet.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::host::Random;
use crate::host::net::Cidr;

/// Whether AWS reserves `address` in a subnet of this block: the first four and the last.
pub fn is_reserved(block: Cidr, address: Ipv4Addr) -> bool {
    let offset = u64::from(u32::from(address).wrapping_sub(u32::from(block.network())));
    offset < 4 || offset + 1 == block.len()
}

/// A random free address of `block`, never a reserved one; `None` if the block is full. AWS chooses an arbitrary
/// address too.
pub fn free_address(block: Cidr, used: &BTreeSet<Ipv4Addr>, random: &Random) -> Option<Ipv4Addr> {
    let start = random.next_u64() % block.len();
    (0..block.len())
        .map(|step| block.at((start + step) % block.len()))
        .find(|address| !is_reserved(block, *address) && !used.contains(address))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Cidr, free_address};
    use crate::host::Random;

    fn block(text: &str) -> Cidr {
        text.parse().unwrap()
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
