//! What changes in a region by itself, and what several operations ask of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use jiff::Timestamp;

use crate::host::Random;
use crate::sandbox::Pace;

use super::life::{GONE, Kind, Life, Timing};
use super::model::{Account, Endpoint, EndpointKind, NetworkAcl, Region, RouteTable, Subnet, Target, World};
use super::store::FORMAT;

impl World {
    /// Makes empty accounts with these names.
    pub fn new(names: &[&str], random: &Random) -> Self {
        let accounts = names
            .iter()
            .map(|name| Account {
                name: (*name).to_owned(),
                // Twelve digits, the first one not zero: some tools read account ids as numbers.
                id: format!("{}{}", random.text(b"123456789", 1), random.text(b"0123456789", 11)),
                regions: BTreeMap::new(),
            })
            .collect();
        Self { format: FORMAT, accounts }
    }

    /// Makes every transition that is due at `now`.
    pub fn advance_due(&mut self, now: Timestamp, pace: Pace) {
        let regions = self.accounts.iter_mut().flat_map(|account| account.regions.values_mut());
        regions.for_each(|region| region.advance_due(now, pace));
    }

    /// Adjusts pending transitions after the clock was set back: each ends at most its usual time after `now`,
    /// instead of when the clock has caught up.
    pub fn clock_set_back(&mut self, now: Timestamp, pace: Pace) {
        let regions = self.accounts.iter_mut().flat_map(|account| account.regions.values_mut());
        regions.for_each(|region| region.clock_set_back(Timing { at: now, pace }));
    }

    /// Every region of every account.
    pub fn regions(&self) -> impl Iterator<Item = (&Account, &str, &Region)> {
        self.accounts
            .iter()
            .flat_map(|account| account.regions.iter().map(move |(name, region)| (account, name.as_str(), region)))
    }

    /// The interface endpoints of `service` in all accounts, with their owners.
    pub fn connections<'a>(&'a self, service: &'a str) -> impl Iterator<Item = (&'a Account, &'a Endpoint)> {
        self.regions().flat_map(move |(account, _, region)| {
            let endpoints = region.endpoints.linked(service);
            endpoints.filter(|endpoint| endpoint.service.as_deref() == Some(service)).map(move |found| (account, found))
        })
    }

    /// The region that holds endpoint `id`, in any account.
    pub fn home_of_endpoint(&mut self, id: &str) -> Option<&mut Region> {
        let regions = self.accounts.iter_mut().flat_map(|account| account.regions.values_mut());
        regions.into_iter().find(|region| region.endpoints.contains_key(id))
    }
}

impl Region {
    /// Moves one resource to its next state, if there is one, at `timing.at`.
    pub fn advance(&mut self, kind: Kind, id: &str, timing: Timing) {
        let Some(next) = self.life(kind, id).and_then(|life| life.next(kind)) else { return };
        if next == GONE {
            self.remove(kind, id);
            return;
        }
        let entered = Life::enter(kind, next, timing);
        if let Some(life) = self.life_mut(kind, id) {
            *life = entered;
        }
        if kind == Kind::Instance {
            self.instance_entered(id, next, timing);
        }
    }

    /// Like [`Region::advance`], but only for transitions that a read may trigger.
    pub fn advance_by_sight(&mut self, kind: Kind, id: &str, timing: Timing) {
        if self.life(kind, id).is_some_and(|life| life.next_by_sight(kind).is_some()) {
            self.advance(kind, id, timing);
        }
    }

    /// Removes draining targets whose time has come, or all draining targets.
    pub fn drained(&mut self, target_group: &str, all: bool, now: Timestamp) {
        let ends = |target: &Target| {
            (all && target.life.state == "draining") || (target.is_ending() && target.life.is_due(now))
        };
        let any = self.target_groups.get(target_group).is_some_and(|group| group.targets.iter().any(ends));
        if let Some(group) = self.target_groups.get_mut(target_group).filter(|_| any) {
            group.targets.retain(|target| !ends(target));
        }
    }

    fn advance_due(&mut self, now: Timestamp, pace: Pace) {
        // One round for each link of the longest chain of transitions that can be due at once.
        for _ in 0..8 {
            let due = self.due(now);
            if due.is_empty() {
                break;
            }
            for (kind, id, at) in due {
                self.advance(kind, &id, Timing { at, pace });
            }
        }
        let draining: Vec<_> = self.target_groups.falling_due(now).map(|group| group.arn.clone()).collect();
        for arn in draining {
            self.drained(&arn, false, now);
        }
        let forgotten: Vec<_> = self.tokens.ids_falling_due(now).cloned().collect();
        for token in forgotten {
            self.tokens.remove(&token);
        }
    }

    fn clock_set_back(&mut self, timing: Timing) {
        // Everything that has a time, however late.
        for (kind, id, _) in self.due(Timestamp::MAX) {
            let sooner = self.life(kind, &id).and_then(|life| life.sooner(kind, timing));
            if let Some(life) = self.life_mut(kind, &id).filter(|_| sooner.is_some()) {
                life.due = sooner;
            }
        }
        let groups: Vec<_> = self.target_groups.ids_falling_due(Timestamp::MAX).cloned().collect();
        for id in groups {
            let targets = self.target_groups.get_mut(&id).into_iter().flat_map(|group| &mut group.targets);
            for target in targets {
                target.life.due = target.life.sooner(Kind::Target, timing).or(target.life.due);
            }
        }
    }

    /// The resources that are due at `now`, each with the time at which it became due.
    fn due(&self, now: Timestamp) -> Vec<(Kind, String, Timestamp)> {
        let mut due = Vec::new();
        let mut ask = |kind: Kind, id: &str, life: &Life| {
            if life.is_due(now) {
                let at = life.due.and_then(|due| Timestamp::from_millisecond(due).ok()).unwrap_or(now);
                due.push((kind, id.to_owned(), at));
            }
        };
        self.vpcs.falling_due(now).for_each(|vpc| ask(Kind::Vpc, &vpc.id, &vpc.life));
        self.subnets.falling_due(now).for_each(|subnet| ask(Kind::Subnet, &subnet.id, &subnet.life));
        for instance in self.instances.falling_due(now) {
            ask(Kind::Instance, &instance.id, &instance.life);
            ask(Kind::Checks, &instance.id, &instance.checks);
        }
        self.balancers.falling_due(now).for_each(|balancer| ask(Kind::Balancer, &balancer.arn, &balancer.life));
        self.interfaces.falling_due(now).for_each(|interface| ask(Kind::Interface, &interface.id, &interface.life));
        self.endpoints.falling_due(now).for_each(|endpoint| ask(endpoint.life_kind(), &endpoint.id, &endpoint.life));
        self.connect_endpoints.falling_due(now).for_each(|found| ask(Kind::ConnectEndpoint, &found.id, &found.life));
        for service in self.services.falling_due(now) {
            if let Some(private) = &service.private_dns {
                ask(Kind::Verification, &service.id, &private.life);
            }
        }
        self.dns_changes.falling_due(now).for_each(|change| ask(Kind::DnsChange, &change.id, &change.life));
        due
    }

    fn life(&self, kind: Kind, id: &str) -> Option<&Life> {
        match kind {
            Kind::Vpc => self.vpcs.get(id).map(|vpc| &vpc.life),
            Kind::Subnet => self.subnets.get(id).map(|subnet| &subnet.life),
            Kind::Instance => self.instances.get(id).map(|instance| &instance.life),
            Kind::Checks => self.instances.get(id).map(|instance| &instance.checks),
            Kind::Balancer => self.balancers.get(id).map(|balancer| &balancer.life),
            Kind::Interface => self.interfaces.get(id).map(|interface| &interface.life),
            Kind::Endpoint | Kind::GatewayEndpoint => self.endpoints.get(id).map(|endpoint| &endpoint.life),
            Kind::ConnectEndpoint => self.connect_endpoints.get(id).map(|endpoint| &endpoint.life),
            Kind::Verification => self.services.get(id)?.private_dns.as_ref().map(|private| &private.life),
            Kind::DnsChange => self.dns_changes.get(id).map(|change| &change.life),
            Kind::Target => None,
        }
    }

    fn life_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Life> {
        match kind {
            Kind::Vpc => self.vpcs.get_mut(id).map(|vpc| &mut vpc.life),
            Kind::Subnet => self.subnets.get_mut(id).map(|subnet| &mut subnet.life),
            Kind::Instance => self.instances.get_mut(id).map(|instance| &mut instance.life),
            Kind::Checks => self.instances.get_mut(id).map(|instance| &mut instance.checks),
            Kind::Balancer => self.balancers.get_mut(id).map(|balancer| &mut balancer.life),
            Kind::Interface => self.interfaces.get_mut(id).map(|interface| &mut interface.life),
            Kind::Endpoint | Kind::GatewayEndpoint => self.endpoints.get_mut(id).map(|endpoint| &mut endpoint.life),
            Kind::ConnectEndpoint => self.connect_endpoints.get_mut(id).map(|endpoint| &mut endpoint.life),
            Kind::Verification => self.services.get_mut(id)?.private_dns.as_mut().map(|private| &mut private.life),
            Kind::DnsChange => self.dns_changes.get_mut(id).map(|change| &mut change.life),
            Kind::Target => None,
        }
    }

    fn instance_entered(&mut self, id: &str, state: &str, timing: Timing) {
        let Some(instance) = self.instances.get_mut(id) else { return };
        match state {
            "running" => instance.checks = Life::enter(Kind::Checks, "initializing", timing),
            "terminated" => {
                // The instance is shown for another hour but runs nothing any more; its user data is most of its
                // size.
                instance.user_data.clear();
                let interface = std::mem::take(&mut instance.interface);
                self.interfaces.remove(&interface);
                self.deregister_terminated(id, timing);
            }
            _ => {}
        }
    }

    /// A terminated instance is deregistered from its target groups by itself (NLB:target-group-register-targets).
    fn deregister_terminated(&mut self, instance: &str, timing: Timing) {
        let groups: Vec<String> = self.target_groups.linked(instance).map(|group| group.arn.clone()).collect();
        for arn in groups {
            let used = self.listeners.linked(&arn).any(|listener| listener.target_group == arn);
            let Some(group) = self.target_groups.get_mut(&arn) else { continue };
            if used {
                for target in group.targets.iter_mut().filter(|target| target.id == instance) {
                    target.life = Life::enter(Kind::Target, "leaving", timing);
                }
            } else {
                group.targets.retain(|target| target.id != instance);
            }
        }
    }

    fn remove(&mut self, kind: Kind, id: &str) {
        match kind {
            Kind::Instance => {
                self.instances.remove(id);
            }
            Kind::Interface => {
                self.interfaces.remove(id);
            }
            Kind::Endpoint | Kind::GatewayEndpoint => {
                if let Some(endpoint) = self.endpoints.remove(id) {
                    for interface in &endpoint.interfaces {
                        self.interfaces.remove(interface);
                    }
                }
            }
            Kind::ConnectEndpoint => {
                if let Some(endpoint) = self.connect_endpoints.remove(id) {
                    self.interfaces.remove(&endpoint.interface);
                }
            }
            Kind::DnsChange => {
                self.dns_changes.remove(id);
            }
            Kind::Vpc | Kind::Subnet | Kind::Checks | Kind::Balancer | Kind::Target | Kind::Verification => {}
        }
    }

    /// The addresses in use in `subnet`.
    pub fn used_addresses(&self, subnet: &str) -> BTreeSet<Ipv4Addr> {
        self.interfaces
            .linked(subnet)
            .filter(|interface| interface.subnet == subnet)
            .map(|found| found.address)
            .collect()
    }

    /// The number of free addresses in `subnet`.
    pub fn free_addresses(&self, subnet: &Subnet) -> u64 {
        subnet.block.len().saturating_sub(5).saturating_sub(self.used_addresses(&subnet.id).len() as u64)
    }

    /// The route table that `subnet` uses: its own, or else the VPC's main one.
    pub fn route_table_of(&self, subnet: &Subnet) -> Option<&RouteTable> {
        let own = self.route_tables.linked(&subnet.id).next();
        own.or_else(|| self.route_tables.linked(&subnet.vpc).find(|table| table.main.is_some()))
    }

    /// The network ACL that `subnet` is associated with.
    pub fn network_acl_of(&self, subnet: &str) -> Option<&NetworkAcl> {
        self.network_acls.linked(subnet).next()
    }

    /// The gateway endpoints that have put a route into `table`.
    pub fn gateways_of<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Endpoint> {
        self.endpoints.linked(table).filter(move |endpoint| {
            endpoint.kind == EndpointKind::Gateway && endpoint.route_tables.iter().any(|routed| routed == table)
        })
    }

    /// The zone id of a target: the instance's, or that of the subnet that contains the address. `None` for an address
    /// outside the VPC.
    pub fn zone_of_target(&self, vpc: &str, id: &str) -> Option<&str> {
        let by_address = || Some(self.subnet_at(vpc, id.parse().ok()?)?.zone_id.as_str());
        self.instances.get(id).map(|instance| instance.zone_id.as_str()).or_else(by_address)
    }

    /// The subnet of a VPC that contains an address.
    pub fn subnet_at(&self, vpc: &str, address: Ipv4Addr) -> Option<&Subnet> {
        self.subnets.linked(vpc).find(|subnet| subnet.vpc == vpc && subnet.block.has(address))
    }

    /// The name of a security group; empty if there is no such group.
    pub fn group_name(&self, id: &str) -> &str {
        self.groups.get(id).map_or("", |group| group.name.as_str())
    }
}

impl Endpoint {
    /// Which transitions apply to it.
    pub fn life_kind(&self) -> Kind {
        match self.kind {
            EndpointKind::Gateway => Kind::GatewayEndpoint,
            EndpointKind::Interface => Kind::Endpoint,
        }
    }
}
