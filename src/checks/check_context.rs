//! All that a check may look at.

use std::collections::BTreeMap;

use super::facts::{self, Facts};
use crate::cloud::{Clients, Clouds};
use crate::lab::{Lab, Side};

/// All that a check may look at: the clouds, and what the run calls things.
pub struct CheckContext<'a> {
    /// Both sides' clients.
    pub clouds: &'a Clouds,
    /// What is known of the things the run has made.
    pub facts: &'a Facts,
    /// Resource name to the side it is made on.
    pub sides: &'a BTreeMap<String, Side>,
    /// Each side's account id.
    pub accounts: &'a BTreeMap<Side, String>,
    /// This run's token.
    pub token: &'a str,
    /// The lab, its placeholders filled.
    pub lab: &'a Lab,
}

impl CheckContext<'_> {
    /// The clients of a side.
    pub(crate) fn clients(&self, side: Side) -> &Clients {
        match side {
            Side::Provider => &self.clouds.provider,
            Side::Consumer => &self.clouds.consumer,
        }
    }

    /// A fact of a resource, once it is known.
    pub(crate) fn fact(&self, name: &str, key: &str) -> Option<&str> {
        facts::fact(self.facts, name, key)
    }

    /// The clients of the side that `name` is made on; of `otherwise` where the lab does not say.
    pub(super) fn clients_of(&self, name: &str, otherwise: Side) -> &Clients {
        self.clients(self.sides.get(name).copied().unwrap_or(otherwise))
    }
}
