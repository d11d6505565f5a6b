//! What every operation is given: the caller, the place, the time, and the world.

use std::time::Duration;

use jiff::Timestamp;

use crate::host::Random;
use crate::sandbox::Pace;
use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{
    Interface, InterfaceKind, Kind, Life, Quota, Quotas, Region, Subnet, Tags, Timing, TokenUse, World, Zone,
    free_address, is_reserved, quota, zones,
};

/// How long a client token is remembered, in milliseconds: EC2 does for a day at least.
const TOKENS_KEPT: i64 = 24 * 60 * 60 * 1000;
/// How many are remembered in a region of an account; the oldest goes first.
const MOST_TOKENS: usize = 10_000;

/// One call: its caller, its place and time, and the world it may change.
///
/// Operations read and check everything first, call [`Params::ready`], and only then change the world, so that a
/// refused call leaves no trace.
#[derive(Debug)]
pub struct Ctx<'a> {
    world: &'a mut World,
    account: usize,
    region: &'a str,
    now: Timestamp,
    pace: Pace,
    random: &'a Random,
    quotas: &'a Quotas,
}

/// A network interface to be made.
#[derive(Debug)]
pub struct NewInterface<'a> {
    pub kind: InterfaceKind,
    pub owner: &'a str,
    pub description: String,
    pub groups: Vec<String>,
    /// A chosen address, already checked with [`Ctx::check_address`].
    pub address: Option<std::net::Ipv4Addr>,
    pub tags: Tags,
}

impl<'a> Ctx<'a> {
    /// A call by the account at index `account` in `region`.
    pub fn new(
        world: &'a mut World,
        account: usize,
        region: &'a str,
        timing: Timing,
        random: &'a Random,
        quotas: &'a Quotas,
    ) -> Self {
        world.accounts[account].regions.entry(region.to_owned()).or_default();
        Self { world, account, region, now: timing.at, pace: timing.pace, random, quotas }
    }

    pub fn world(&self) -> &World {
        self.world
    }

    pub fn world_mut(&mut self) -> &mut World {
        self.world
    }

    /// The caller's account in the region of the call.
    pub fn here(&self) -> &Region {
        &self.world.accounts[self.account].regions[self.region]
    }

    /// The same, to change.
    pub fn here_mut(&mut self) -> &mut Region {
        self.world.accounts[self.account].regions.entry(self.region.to_owned()).or_default()
    }

    pub fn owner(&self) -> &str {
        &self.world.accounts[self.account].id
    }

    pub fn account_name(&self) -> &str {
        &self.world.accounts[self.account].name
    }

    pub fn region(&self) -> &'a str {
        self.region
    }

    /// The zones of the region, by the names they have in the caller's account.
    pub fn zones(&self) -> Vec<Zone> {
        zones(self.region, self.account)
    }

    /// The limit that holds for `quota`.
    pub fn quota(&self, quota: &Quota) -> usize {
        usize::try_from(self.quotas.of(quota)).unwrap_or(usize::MAX)
    }

    pub fn timing(&self) -> Timing {
        Timing { at: self.now, pace: self.pace }
    }

    pub fn millis(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// `prefix` and 17 random hexadecimal digits.
    pub fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.random.hex(17))
    }

    /// Random hexadecimal digits.
    pub fn hex(&self, digits: usize) -> String {
        self.random.hex(digits)
    }

    /// The random source, for anything that is not an id.
    pub fn random(&self) -> &Random {
        self.random
    }

    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.owner())
    }

    /// A life that begins in `state`.
    pub fn begin(&self, kind: Kind, state: &str) -> Life {
        Life::enter(kind, state, self.timing())
    }

    /// How long something that takes so long on AWS takes here, in milliseconds: nothing where states advance by being
    /// looked at.
    pub fn on_the_clock(&self, on_aws: Duration) -> i64 {
        if self.advances_on_read() {
            0
        } else {
            i64::try_from(self.pace.scale(on_aws).as_millis()).unwrap_or(i64::MAX / 2)
        }
    }

    /// Whether states advance by being looked at.
    pub fn advances_on_read(&self) -> bool {
        self.pace == Pace::Instant
    }

    /// At the instant pace, advances a resource by one state.
    pub fn advance_on_read(&mut self, kind: Kind, id: &str) {
        if self.pace == Pace::Instant {
            let timing = self.timing();
            self.here_mut().advance_by_sight(kind, id, timing);
        }
    }

    /// Ends the draining of a target group's targets: of all at the instant pace, else of those that are due.
    pub fn touch_targets(&mut self, target_group: &str) {
        let (all, now) = (self.pace == Pace::Instant, self.now);
        self.here_mut().drained(target_group, all, now);
    }

    /// [`Ctx::advance_on_read`] for an endpoint of any account.
    pub fn touch_endpoint(&mut self, id: &str) {
        if self.pace == Pace::Instant {
            let timing = self.timing();
            if let Some(region) = self.world.home_of_endpoint(id) {
                region.advance_by_sight(Kind::Endpoint, id, timing);
            }
        }
    }

    /// Advances what made a deletion fail, so that a retry gets further.
    pub fn advance_blockers(&mut self, interfaces: &[String]) {
        for id in interfaces {
            let Some(interface) = self.here().interfaces.get(id).cloned() else { continue };
            match interface.kind {
                InterfaceKind::Balancer => self.advance_on_read(Kind::Interface, id),
                InterfaceKind::Instance => {
                    let dying = self.here().instances.get(&interface.owner);
                    if dying.is_some_and(|instance| instance.life.state == "shutting-down") {
                        self.advance_on_read(Kind::Instance, &interface.owner);
                    }
                }
                InterfaceKind::ConnectEndpoint => {
                    let dying = self.here().connect_endpoints.get(&interface.owner);
                    if dying.is_some_and(|endpoint| endpoint.life.state == "delete-in-progress") {
                        self.advance_on_read(Kind::ConnectEndpoint, &interface.owner);
                    }
                }
                InterfaceKind::Endpoint => {
                    let dying = self.here().endpoints.get(&interface.owner);
                    if dying.is_some_and(|endpoint| endpoint.life.state == "deleting") {
                        self.touch_endpoint(&interface.owner);
                    }
                }
            }
        }
    }

    /// What `operation` made when this client token was first used. An error if that was a different request.
    pub fn replay(&self, operation: &str, params: &Params) -> Result<Option<String>, ApiError> {
        let Some(token) = params.get("ClientToken") else { return Ok(None) };
        if token.len() > 64 || !token.is_ascii() {
            return Err(ApiError::new("InvalidClientToken", "The client token is not valid"));
        }
        match self.here().tokens.get(&format!("{operation}/{token}")) {
            None => Ok(None),
            Some(used) if used.fingerprint == params.fingerprint() => Ok(Some(used.made.clone())),
            Some(_) => Err(ApiError::token_mismatch()),
        }
    }

    /// Records what was made for this client token.
    pub fn remember(&mut self, operation: &str, params: &Params, made: &str) {
        if let Some(token) = params.get("ClientToken") {
            let until = Some(self.millis().saturating_add(TOKENS_KEPT));
            let used = TokenUse { fingerprint: params.fingerprint(), made: made.to_owned(), until };
            let key = format!("{operation}/{token}");
            let tokens = &mut self.here_mut().tokens;
            if tokens.len() >= MOST_TOKENS {
                let oldest = tokens.ids_falling_due(Timestamp::MAX).next().cloned();
                oldest.and_then(|oldest| tokens.remove(&oldest));
            }
            tokens.insert(key, used);
        }
    }

    /// Whether a new interface in `subnet` can have `address`.
    pub fn check_address(&self, subnet: &Subnet, address: std::net::Ipv4Addr) -> Result<(), ApiError> {
        let misplaced = if subnet.block.has(address) {
            is_reserved(subnet.block, address).then_some("is in subnet's reserved address range")
        } else {
            Some("does not fall within the subnet's address range")
        };
        if let Some(why) = misplaced {
            return Err(ApiError::new("InvalidParameterValue", format!("Address {address} {why}")));
        }
        if self.here().used_addresses(&subnet.id).contains(&address) {
            return Err(ApiError::new("InvalidIPAddress.InUse", format!("Address {address} is in use.")));
        }
        Ok(())
    }

    /// Whether `count` more interfaces fit into `subnet`.
    pub fn check_room(&self, subnet: &Subnet, count: u64) -> Result<(), ApiError> {
        let free = self.here().free_addresses(subnet);
        if free < count {
            return Err(ApiError::new(
                "InsufficientFreeAddressesInSubnet",
                // The words are from logs of RunInstances clients; UNCONFIRMED for other operations.
                format!(
                    "There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.",
                    subnet.id
                ),
            ));
        }
        if self.here().interfaces.len() as u64 + count > self.quotas.of(&quota::INTERFACES) {
            let text = "You have reached the maximum number of network interfaces for this Region.";
            return Err(ApiError::new("NetworkInterfaceLimitExceeded", text));
        }
        Ok(())
    }

    /// Makes an interface in `subnet`. The caller has checked that there is room.
    pub fn attach(&mut self, subnet: &Subnet, new: NewInterface<'_>) -> Interface {
        let used = self.here().used_addresses(&subnet.id);
        let free = new.address.or_else(|| free_address(subnet.block, &used, self.random));
        let mac = self.random.hex(10);
        let interface = Interface {
            id: self.new_id("eni-"),
            kind: new.kind,
            owner: new.owner.to_owned(),
            subnet: subnet.id.clone(),
            vpc: subnet.vpc.clone(),
            zone_name: subnet.zone_name.clone(),
            zone_id: subnet.zone_id.clone(),
            // There is room, so the fallback is never taken. The network's own address would show a mistake, because it
            // is never used.
            address: free.unwrap_or(subnet.block.network()),
            mac: format!("06:{}:{}:{}:{}:{}", &mac[..2], &mac[2..4], &mac[4..6], &mac[6..8], &mac[8..]),
            attachment: match new.kind {
                InterfaceKind::Instance => self.new_id("eni-attach-"),
                InterfaceKind::Balancer | InterfaceKind::Endpoint | InterfaceKind::ConnectEndpoint => {
                    self.new_id("ela-attach-")
                }
            },
            description: new.description,
            groups: new.groups,
            created: self.millis(),
            life: self.begin(Kind::Interface, "in-use"),
            tags: new.tags,
        };
        self.here_mut().interfaces.insert(interface.id.clone(), interface.clone());
        interface
    }
}

/// A time as AWS writes it: UTC with milliseconds.
pub fn moment(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or_else(|_| millis.to_string(), |at| format!("{at:.3}"))
}

/// `<groupSet>` as EC2 writes it.
pub fn group_set(xml: &mut Xml, region: &Region, groups: &[String]) {
    xml.list("groupSet", "item", groups, |xml, id| {
        xml.leaf("groupId", id).leaf("groupName", region.group_name(id));
    });
}

/// `<operator>`: no AWS service manages the resource for the account.
pub fn unmanaged(xml: &mut Xml) {
    xml.node("operator", |xml| {
        xml.leaf("managed", false);
    });
}
