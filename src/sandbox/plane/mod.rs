//! The sandbox's data plane: real TCP between instances, load balancers and endpoints.
//! Must not know: the HTTP API, request parsing, how the world is stored.
//! Next: `plane.rs` is what the control plane talks to; `balancer/` carries connections, `machine/` runs instances, `net/` joins them.

mod balancer;
#[cfg(test)]
mod bulk_tests;
#[cfg(test)]
mod fixtures;
mod fuzz;
mod lock;
mod machine;
mod net;
#[expect(clippy::module_inception, reason = "the file is named after the one thing it has")]
mod plane;
#[cfg(test)]
mod tests;

pub use balancer::{REGISTRATION, TargetReport};
#[doc(hidden)]
pub use fuzz::{fuzz_nginx, fuzz_user_data};
pub use machine::INSTALL;
pub use net::{
    Acl, AclRule, Balancer, Console, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Listener, Node, Peer,
    Rule, Service, Shortage, Subnet, Target, TargetGroup, Topology, Vpc,
};
pub use plane::{Plane, PlaneOptions};
