//! Connections that leave a subnet, as data, for checking route tables and network ACLs. `crossings.rs` finds them.

use serde_json::Value;

use crate::checks::reply::text;

/// One end of a connection.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub subnet: String,
    pub address: String,
    /// The network interface's id; empty if it is not known.
    pub interface: String,
}

/// A connection from one subnet to another.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    pub from: End,
    pub to: End,
    pub port: u16,
    /// The range of source ports.
    pub back: (u16, u16),
}

impl Crossing {
    /// Whether its ends are in different subnets.
    pub fn leaves_subnet(&self) -> bool {
        self.from.subnet != self.to.subnet
    }
}

impl End {
    /// The end at an instance or a network interface.
    pub(super) fn of(thing: &Value) -> Self {
        let interface = thing.pointer("/NetworkInterfaces/0").unwrap_or(thing);
        Self {
            subnet: text(thing, "SubnetId").to_owned(),
            address: text(thing, "PrivateIpAddress").to_owned(),
            interface: text(interface, "NetworkInterfaceId").to_owned(),
        }
    }
}
