//! A call as every judge of it reads it.

use super::fault_plan::VisibilityDelay;
use super::ops::Protocol;
use super::wire::Params;

/// One call.
pub struct Call<'a> {
    /// The caller's index among the accounts.
    pub account: usize,
    /// The region.
    pub region: &'a str,
    /// The service.
    pub protocol: Protocol,
    /// The operation.
    pub action: &'a str,
    /// Its parameters.
    pub params: Params,
    /// How long what it makes is not found, where a fault plan says so.
    pub unseen: Option<VisibilityDelay>,
}
