//! An API call, in the form that the control plane and the throttle read.

use super::fault_plan::VisibilityDelay;
use super::ops::Protocol;
use super::wire::Params;

pub struct Call<'a> {
    /// The caller's index among the accounts.
    pub account: usize,
    pub region: &'a str,
    pub protocol: Protocol,
    pub action: &'a str,
    pub params: Params,
    /// How long the resources that this call makes stay invisible, if a fault plan says so.
    pub unseen: Option<VisibilityDelay>,
}
