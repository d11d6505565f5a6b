//! A resource's tags.

use std::collections::BTreeMap;

/// Keys and values, in the order of the keys.
pub type Tags = BTreeMap<String, String>;
