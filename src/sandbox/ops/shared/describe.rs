//! What every describe call does: find, let time pass, find again, filter.

use crate::sandbox::wire::{ApiError, Filters};
#[cfg(test)]
use crate::sandbox::world::looks;
use crate::sandbox::world::{By, Kind, Region, Row, Table, Tags};

use super::context::Ctx;
use super::names::Naming;

/// How a resource kind is looked up.
#[derive(Debug)]
pub struct Lookup<T: Row + 'static> {
    /// Its table.
    pub all: fn(&Region) -> &Table<T>,
    /// The spelling of its ids and refusals.
    pub naming: &'static Naming,
    /// The lives that advance when it is looked at.
    pub kinds: &'static [Kind],
    /// Filters besides [`INDEXED`] whose values are [`Row::links`] of this kind.
    pub linked: &'static [&'static str],
    pub tags: fn(&T) -> &Tags,
}

/// Filters whose values are a resource's own id or one of its [`Row::links`]. An index finds what passes them, without
/// a scan.
pub const INDEXED: &[&str] = &[
    "addresses.private-ip-address",
    "association.association-id",
    "association.network-acl-id",
    "association.route-table-association-id",
    "association.route-table-id",
    "association.subnet-id",
    "attachment.instance-id",
    "client-token",
    "egress.ip-permission.group-id",
    "group-id",
    "instance-connect-endpoint-id",
    "instance-id",
    "instance.group-id",
    "ip-permission.group-id",
    "network-acl-id",
    "network-interface-id",
    "network-interface.addresses.private-ip-address",
    "network-interface.attachment.instance-id",
    "network-interface.group-id",
    "network-interface.network-interface-id",
    "network-interface.private-ip-address",
    "network-interface.subnet-id",
    "network-interface.vpc-id",
    "private-ip-address",
    "reservation-id",
    "route-table-id",
    "service-id",
    "service-name",
    "subnet-id",
    "vpc-endpoint-id",
    "vpc-id",
];

/// The resources with these `ids` (all if empty) that pass the filters, in the order of their ids. At the instant pace,
/// each advances by one state first. `facts` returns a resource's values for a filter's name.
pub fn select<T: Row>(
    ctx: &mut Ctx<'_>,
    lookup: &Lookup<T>,
    ids: &[String],
    filters: &Filters,
    facts: impl Fn(&Region, &T, &str) -> Vec<String>,
) -> Result<Vec<T>, ApiError> {
    lookup.naming.find_all((lookup.all)(ctx.here()), ids)?;
    if ctx.advances_on_read() && !lookup.kinds.is_empty() {
        let seen = chosen(ctx.here(), lookup, ids, &filters.without_states(), &facts);
        let seen: Vec<String> = seen.into_iter().map(|(id, _)| id.clone()).collect();
        for id in seen {
            for kind in lookup.kinds {
                ctx.advance_on_read(*kind, &id);
            }
        }
        lookup.naming.find_all((lookup.all)(ctx.here()), ids)?;
    }
    Ok(chosen(ctx.here(), lookup, ids, filters, &facts).into_iter().map(|(_, one)| one.clone()).collect())
}

fn chosen<'a, T: Row>(
    region: &'a Region,
    lookup: &Lookup<T>,
    ids: &[String],
    filters: &Filters,
    facts: &impl Fn(&Region, &T, &str) -> Vec<String>,
) -> Vec<(&'a String, &'a T)> {
    let all = (lookup.all)(region);
    let fits = |one: &T| filters.hold((lookup.tags)(one), |name| facts(region, one, name));
    let scan = || all.iter().filter(|(id, one)| (ids.is_empty() || ids.contains(id)) && fits(one));
    let names: Vec<&str> = INDEXED.iter().chain(lookup.linked).copied().collect();
    let ways: Vec<By<'_>> = filters.exact(&names).map(By::Links).chain(filters.exact_tags().map(By::Tags)).collect();
    let candidates =
        if ids.is_empty() { narrowest(all, &ways).map(|way| all.find(way)) } else { Some(all.with_ids(ids)) };
    let Some(candidates) = candidates else { return scan().collect() };
    #[cfg(test)]
    let at_most = candidates.len();
    let found: Vec<_> = candidates.into_iter().filter(|(_, one)| fits(one)).collect();
    #[cfg(test)]
    {
        let looked = looks::take() + at_most - found.len();
        assert_eq!(found, scan().collect::<Vec<_>>(), "the links of a row and a filter of INDEXED, or its tags");
        looks::take();
        looks::count(looked);
    }
    found
}

/// The index that leads to the fewest rows, or nearly. Comparing them costs time in proportion to that number.
fn narrowest<'w, T: Row>(all: &Table<T>, ways: &'w [By<'w>]) -> Option<&'w By<'w>> {
    if ways.len() < 2 {
        return ways.first();
    }
    let mut most = 16;
    loop {
        if let Some(way) = ways.iter().find(|way| all.is_narrow(way, most)) {
            return Some(way);
        }
        most *= 4;
    }
}

/// A single value.
#[expect(clippy::needless_pass_by_value, reason = "callers give numbers and borrowed words alike")]
pub fn one(value: impl ToString) -> Vec<String> {
    vec![value.to_string()]
}
