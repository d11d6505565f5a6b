//! The sandbox's data plane: real TCP between instances, load balancers and endpoints.
//! Must not know: the HTTP API, request parsing, how the world is stored.
//! Next: `topology.rs` is all it is told; `filter.rs` is the judge and `choice.rs` says who is next; `fabric.rs` and `relay.rs` carry what it lets pass.

mod acl;
mod boot;
#[cfg(test)]
mod boot_tests;
#[cfg(test)]
mod bulk_tests;
mod choice;
mod console;
mod core;
mod curl;
mod curl_args;
mod disk;
mod door;
mod effort;
mod fabric;
mod filter;
#[cfg(test)]
mod fixtures;
mod flows;
mod fuzz;
mod groups;
mod health;
mod http;
mod machine;
mod memory;
mod names;
mod nginx;
mod nginx_process;
#[cfg(all(test, unix))]
mod nginx_tests;
#[expect(clippy::module_inception, reason = "the file is named after the one thing it has")]
mod plane;
mod powershell;
mod program;
mod proxy_protocol;
mod relay;
mod report;
mod shortage;
#[cfg(test)]
mod tests;
mod topology;
mod user_data;
mod web;
mod words;
mod write_out;

pub use boot::INSTALL;
pub use console::Console;
#[doc(hidden)]
pub use fuzz::{fuzz_nginx, fuzz_user_data};
pub use health::REGISTRATION;
pub use plane::{Plane, PlaneOptions};
pub use report::TargetReport;
pub use shortage::Shortage;
pub use topology::{
    Acl, AclRule, Balancer, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Listener, Node, Peer, Rule,
    Service, Subnet, Target, TargetGroup, Topology, Vpc,
};
