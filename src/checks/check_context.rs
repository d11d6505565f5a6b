//! Everything that a check may look at.

use std::collections::BTreeMap;

use super::facts::{self, Facts};
use crate::cloud::{Clients, Clouds};
use crate::lab::{Lab, Side};

/// Everything that a check may look at: the clouds, and the run's names for things.
pub struct CheckContext<'a> {
    pub clouds: &'a Clouds,
    pub facts: &'a Facts,
    /// Resource name to the side that the resource is on.
    pub sides: &'a BTreeMap<String, Side>,
    pub accounts: &'a BTreeMap<Side, String>,
    pub token: &'a str,
    pub lab: &'a Lab,
}

impl CheckContext<'_> {
    pub(crate) fn clients(&self, side: Side) -> &Clients {
        match side {
            Side::Provider => &self.clouds.provider,
            Side::Consumer => &self.clouds.consumer,
        }
    }

    /// A fact of a resource; `None` until it is known.
    pub(crate) fn fact(&self, name: &str, key: &str) -> Option<&str> {
        facts::fact(self.facts, name, key)
    }

    /// The clients of the side that `name` is on, or of `otherwise` if the lab does not say.
    pub(super) fn clients_of(&self, name: &str, otherwise: Side) -> &Clients {
        self.clients(self.sides.get(name).copied().unwrap_or(otherwise))
    }
}
