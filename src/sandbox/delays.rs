//! What the sandbox takes its time for, as others may rely on it: benchmarks compute a lab's critical path from these.

use std::time::Duration;

use super::plane;
use super::world::{Kind, usual};

/// Durations on AWS's clock; a sandbox divides them by its pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// From `RunInstances` until an instance is running.
    pub instance: Duration,
    /// What installing nginx takes a boot script.
    pub install: Duration,
    /// From `CreateLoadBalancer` until a Network Load Balancer is active.
    pub load_balancer: Duration,
    /// From then until the first probe of its targets.
    pub registration: Duration,
    /// From the acceptance until an endpoint is available.
    pub endpoint: Duration,
}

/// The delays of this version.
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
