//! The two sides of a lab.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which half of `PrivateLink`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The side that publishes: NLB and endpoint service.
    Provider,
    /// The side that uses: the interface endpoint.
    Consumer,
}
