//! How long the sandbox's slow operations take. Benchmarks compute a lab's critical path from these.

use std::time::Duration;

use super::plane;
use super::world::{Kind, usual};

/// Durations on AWS's clock. The sandbox divides them by its pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// From `RunInstances` until an instance is running.
    pub instance: Duration,
    /// How long a boot script takes to install nginx.
    pub install: Duration,
    /// From `CreateLoadBalancer` until a Network Load Balancer is active.
    pub load_balancer: Duration,
    /// From `active` until the first probe of its targets.
    pub registration: Duration,
    /// From acceptance until an endpoint is available.
    pub endpoint: Duration,
}

#[must_use]
pub fn delays() -> Delays {
    Delays {
        instance: usual(Kind::Instance, "pending"),
        install: plane::INSTALL,
        load_balancer: usual(Kind::Balancer, "provisioning"),
        registration: plane::REGISTRATION,
        endpoint: usual(Kind::Endpoint, "pending"),
    }
}
