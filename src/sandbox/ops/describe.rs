//! What every describe call does: find, let time pass, find again, filter.

use std::collections::BTreeMap;

use crate::sandbox::wire::{ApiError, Filters};
use crate::sandbox::world::{Kind, Region, Tags};

use super::context::Ctx;
use super::names::Naming;

/// How a resource kind is looked up.
#[derive(Debug)]
pub struct Lookup<T: 'static> {
    /// Where its resources are.
    pub all: fn(&Region) -> &BTreeMap<String, T>,
    /// How ids and refusals are spelt.
    pub naming: &'static Naming,
    /// Which of its lives move when it is looked at.
    pub kinds: &'static [Kind],
    /// Its tags.
    pub tags: fn(&T) -> &Tags,
}

/// The resources with these `ids` (all, when there are none) that pass the filters, in the order of their ids. At the
/// instant pace each of them takes one step first. `facts` gives a resource's values for a filter's name.
pub fn select<T: Clone>(
    ctx: &mut Ctx<'_>,
    lookup: &Lookup<T>,
    ids: &[String],
    filters: &Filters,
    facts: impl Fn(&Region, &T, &str) -> Vec<String>,
) -> Result<Vec<T>, ApiError> {
    for id in ids {
        lookup.naming.find((lookup.all)(ctx.here()), id)?;
    }
    let chosen = |ctx: &Ctx<'_>, filters: &Filters| {
        let region = ctx.here();
        let all = (lookup.all)(region).iter().filter(|(id, _)| ids.is_empty() || ids.contains(id));
        let fit = all.filter(|(_, one)| filters.hold((lookup.tags)(one), |name| facts(region, one, name)));
        fit.map(|(id, one)| (id.clone(), one.clone())).collect::<Vec<_>>()
    };
    for (id, _) in chosen(ctx, &filters.without_states()) {
        for kind in lookup.kinds {
            ctx.touch(*kind, &id);
        }
    }
    for id in ids {
        lookup.naming.find((lookup.all)(ctx.here()), id)?;
    }
    Ok(chosen(ctx, filters).into_iter().map(|(_, one)| one).collect())
}

/// One fact.
#[expect(clippy::needless_pass_by_value, reason = "callers give numbers and borrowed words alike")]
pub fn one(value: impl ToString) -> Vec<String> {
    vec![value.to_string()]
}
