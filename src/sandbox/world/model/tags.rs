//! A resource's tags.

use std::collections::BTreeMap;

pub type Tags = BTreeMap<String, String>;
