//! What was made a moment ago and is not found yet, when a fault plan asks for eventual consistency.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Region, World};

/// Resources of one account's region that calls do not find. In the meantime they exist like any other.
#[derive(Debug)]
pub struct Unseen {
    /// The account's index.
    pub account: usize,
    /// The region.
    pub region: String,
    /// Their ids, or ARNs.
    pub ids: BTreeSet<String>,
}

/// Rows that were taken out of the world, and where they belong.
type Taken = Vec<(usize, String, Region)>;

/// The world without some resources. Dropping it puts them back, whatever happened meanwhile.
#[derive(Debug)]
pub struct Without<'a> {
    /// The world as calls see it.
    pub world: &'a mut World,
    taken: Taken,
}

impl<'a> Without<'a> {
    /// Takes `unseen` out of `world`.
    pub fn new<'u>(world: &'a mut World, unseen: impl IntoIterator<Item = &'u Unseen>) -> Self {
        let mut taken = Taken::new();
        for Unseen { account, region, ids } in unseen {
            if let Some(found) = world.accounts[*account].regions.get_mut(region) {
                taken.push((*account, region.clone(), found.take(ids)));
            }
        }
        Self { world, taken }
    }
}

impl Drop for Without<'_> {
    fn drop(&mut self) {
        for (account, region, rows) in self.taken.drain(..) {
            self.world.accounts[account].regions.entry(region).or_default().put(rows);
        }
    }
}

impl World {
    /// The ids, or ARNs, of all that an account has in a region.
    pub fn ids(&self, account: usize, region: &str) -> BTreeSet<String> {
        self.accounts[account].regions.get(region).map(Region::ids).unwrap_or_default()
    }
}

impl Region {
    /// The ids, or ARNs, of all that is here.
    fn ids(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let Self {
            vpcs,
            subnets,
            route_tables,
            network_acls,
            groups,
            interfaces,
            instances,
            target_groups,
            balancers,
            listeners,
            services,
            endpoints,
            hosted_zones,
            dns_changes: _,
            tokens: _,
        } = self;
        all.extend(vpcs.keys().chain(subnets.keys()).chain(route_tables.keys()).chain(groups.keys()).cloned());
        all.extend(network_acls.keys().chain(hosted_zones.keys()).cloned());
        all.extend(interfaces.keys().chain(instances.keys()).chain(target_groups.keys()).cloned());
        all.extend(balancers.keys().chain(listeners.keys()).chain(services.keys()).chain(endpoints.keys()).cloned());
        all
    }

    fn take(&mut self, ids: &BTreeSet<String>) -> Self {
        fn rows<T>(all: &mut BTreeMap<String, T>, ids: &BTreeSet<String>) -> BTreeMap<String, T> {
            ids.iter().filter_map(|id| all.remove_entry(id)).collect()
        }
        Self {
            vpcs: rows(&mut self.vpcs, ids),
            subnets: rows(&mut self.subnets, ids),
            route_tables: rows(&mut self.route_tables, ids),
            network_acls: rows(&mut self.network_acls, ids),
            groups: rows(&mut self.groups, ids),
            interfaces: rows(&mut self.interfaces, ids),
            instances: rows(&mut self.instances, ids),
            target_groups: rows(&mut self.target_groups, ids),
            balancers: rows(&mut self.balancers, ids),
            listeners: rows(&mut self.listeners, ids),
            services: rows(&mut self.services, ids),
            endpoints: rows(&mut self.endpoints, ids),
            hosted_zones: rows(&mut self.hosted_zones, ids),
            dns_changes: BTreeMap::new(),
            tokens: BTreeMap::new(),
        }
    }

    fn put(&mut self, mut rows: Self) {
        self.vpcs.append(&mut rows.vpcs);
        self.subnets.append(&mut rows.subnets);
        self.route_tables.append(&mut rows.route_tables);
        self.network_acls.append(&mut rows.network_acls);
        self.groups.append(&mut rows.groups);
        self.interfaces.append(&mut rows.interfaces);
        self.instances.append(&mut rows.instances);
        self.target_groups.append(&mut rows.target_groups);
        self.balancers.append(&mut rows.balancers);
        self.listeners.append(&mut rows.listeners);
        self.services.append(&mut rows.services);
        self.endpoints.append(&mut rows.endpoints);
        self.hosted_zones.append(&mut rows.hosted_zones);
    }
}
