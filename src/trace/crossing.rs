//! Connections that leave a subnet, as data: what route tables and network ACLs are asked about. `crossings.rs` finds them.

use serde_json::Value;

use crate::checks::reply::text;

/// One end of a connection.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub subnet: String,
    pub address: String,
    /// Its network interface's id; empty where that is not known.
    pub interface: String,
}

/// A connection from one subnet to another.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    pub from: End,
    pub to: End,
    pub port: u16,
    /// The ports that it may be sent from.
    pub back: (u16, u16),
}

impl Crossing {
    /// Whether its ends stand in two subnets.
    pub fn leaves_subnet(&self) -> bool {
        self.from.subnet != self.to.subnet
    }
}

impl End {
    /// Where an instance or a network interface stands.
    pub(super) fn of(thing: &Value) -> Self {
        let interface = thing.pointer("/NetworkInterfaces/0").unwrap_or(thing);
        Self {
            subnet: text(thing, "SubnetId").to_owned(),
            address: text(thing, "PrivateIpAddress").to_owned(),
            interface: text(interface, "NetworkInterfaceId").to_owned(),
        }
    }
}
