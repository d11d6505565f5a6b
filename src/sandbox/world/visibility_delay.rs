//! Hides new resources for a while if a fault plan asks for eventual consistency.

use std::collections::BTreeSet;

use super::model::World;

/// Resources of an account's region that calls do not find. Apart from that they exist like any other.
#[derive(Debug)]
pub struct VisibilityDelay {
    pub account: usize,
    pub region: String,
    /// Ids, or ARNs.
    pub ids: BTreeSet<String>,
}

/// The world without some resources. Dropping it puts them back, whatever happened meanwhile.
#[derive(Debug)]
pub struct HiddenRows<'a>(&'a mut World);

impl<'a> HiddenRows<'a> {
    /// Hides `unseen` in `world`.
    pub fn new<'u>(world: &'a mut World, unseen: impl IntoIterator<Item = &'u VisibilityDelay>) -> Self {
        for VisibilityDelay { account, region, ids } in unseen {
            if let Some(found) = world.accounts[*account].regions.get_mut(region) {
                found.tables_mut().into_iter().for_each(|(_, table)| table.hide(ids));
            }
        }
        Self(world)
    }

    pub fn world(&mut self) -> &mut World {
        self.0
    }
}

impl Drop for HiddenRows<'_> {
    fn drop(&mut self) {
        self.0.tables_mut().for_each(|(_, _, _, table)| table.show());
    }
}
