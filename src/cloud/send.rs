//! Sends a call, and retries it if that is safe.
#![expect(clippy::redundant_closure_for_method_calls, reason = "the paths of the SDK's methods are longer than calls")]

mod account;
mod balancer;
mod connect_endpoint;
mod endpoint;
mod group;
mod hosted_zone;
mod instance;
mod network;
mod network_acl;
mod params;
mod quota;
mod reply;
mod service;
mod shared;
mod target;

use std::time::Duration;

use tokio::time::Instant;

use serde_json::Value;

use super::fault::{Fault, FaultClass, WEB_PAGE};
use super::limits::bounded;
use super::poll::Backoff;
use super::{Api, Call, Clients};

/// Attempts of a throttled read. With waits that grow to ten seconds they last over a minute, in which a bucket for
/// such calls refills twelve times (DEV:ec2-api-throttling).
const THROTTLED_LOOKS: usize = 16;
/// Attempts of a throttled change, over ten minutes: the endpoint calls of a whole classroom share a bucket that
/// refills with one call in three seconds (DEV:ec2-api-throttling), and forty learners make and delete two endpoints
/// each.
const THROTTLED_CHANGES: usize = 76;
/// Attempts of a call that met the service's own trouble, or got no answer.
const TROUBLED_ATTEMPTS: usize = 3;
/// The time limit for all attempts of a call, however slowly the refusals come.
const PATIENCE: Duration = Duration::from_mins(15);
const FIRST_WAIT_MS: u64 = 500;
const MAX_WAIT_MS: u64 = 10_000;

impl Clients {
    /// Sends a call and returns its answer with the names and the shape that the AWS CLI prints. Fetches all pages of
    /// a list. `UserData` and console output are plain text.
    ///
    /// A throttled call is retried with growing waits. A call that got no answer, or a server error, is retried only
    /// if it cannot do its work twice: when it reads, or when it carries a `ClientToken`.
    ///
    /// # Errors
    /// Any refusal of the cloud, also inside a successful answer (`Unsuccessful`, all of its items); class `NoAnswer`
    /// when nobody knows whether the call took effect; `UnknownParameter` for a parameter that would have been
    /// dropped silently.
    pub async fn send(&self, call: &Call) -> Result<Value, Fault> {
        let repeatable = call.is_read() || call.params.contains_key("ClientToken");
        let mut waits = Backoff::new(FIRST_WAIT_MS / self.speed(), MAX_WAIT_MS / self.speed());
        let mut sent = 0;
        let began = Instant::now();
        let mut renewed = false;
        loop {
            tokio::time::sleep(waits.next().unwrap_or_default()).await;
            let used = self.signed_with().await;
            let mut fault = match bounded(call, self.send_once(call)).await {
                Ok(reply) => {
                    self.remember_sign_in(true);
                    return Ok(reply);
                }
                Err(fault) => fault,
            };
            // Other implementations may answer an unknown operation with an error page.
            if fault.code == WEB_PAGE && self.is_named() {
                fault.class = FaultClass::Unsupported;
                "the endpoint answers with a web page, not as the API does".clone_into(&mut fault.message);
            }
            // A call refused for its credentials had no effect, and the learner may have signed in again since.
            if fault.class == FaultClass::SignIn && !renewed {
                renewed = true;
                match self.renew(used).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(other) => fault = Fault { class: FaultClass::SignIn, ..other },
                }
            }
            self.remember_sign_in(fault.class != FaultClass::SignIn);
            if fault.class == FaultClass::Unsupported && !fault.message.starts_with(call.operation) {
                fault.message = format!("{}: {}", call.operation, fault.message);
            }
            sent += 1;
            if sent < attempts(&fault, call.is_read(), repeatable) && began.elapsed() < PATIENCE {
                continue;
            }
            if fault.class == FaultClass::Busy && !fault.is_throttle() && !repeatable {
                // A server error does not say whether the work was done before it.
                fault.class = FaultClass::NoAnswer;
            }
            return Err(fault);
        }
    }

    async fn send_once(&self, call: &Call) -> Result<Value, Fault> {
        // Each file tries whether the operation is its own. Boxed, because the SDK's futures are large.
        let reply = match call.api {
            Api::Ec2 => {
                if let Some(reply) = Box::pin(network::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(network_acl::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(group::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(instance::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(endpoint::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(service::send(self, call)).await {
                    Some(reply)
                } else if let Some(reply) = Box::pin(connect_endpoint::send(self, call)).await {
                    Some(reply)
                } else {
                    Box::pin(account::send(self, call)).await
                }
            }
            Api::Elbv2 => match Box::pin(balancer::send(self, call)).await {
                Some(reply) => Some(reply),
                None => Box::pin(target::send(self, call)).await,
            },
            Api::Quotas => Box::pin(quota::send(self, call)).await,
            Api::Route53 => Box::pin(hosted_zone::send(self, call)).await,
        };
        reply.unwrap_or_else(|| {
            let message = format!("the operation `{}` is not known here", call.operation);
            Err(Fault::ours(FaultClass::Unsupported, "UnknownOperation", message))
        })
    }
}

impl Call {
    /// Whether the call only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        ["Describe", "Get", "List"].iter().any(|verb| self.operation.starts_with(verb))
    }
}

/// How often a call that met this fault may be sent in all.
fn attempts(fault: &Fault, reads: bool, repeatable: bool) -> usize {
    match fault.class {
        // An endpoint whose answers never end will not change.
        _ if fault.is_endless() => 1,
        FaultClass::Busy if fault.is_throttle() && reads => THROTTLED_LOOKS,
        FaultClass::Busy if fault.is_throttle() => THROTTLED_CHANGES,
        FaultClass::Busy | FaultClass::NoAnswer if repeatable => TROUBLED_ATTEMPTS,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
