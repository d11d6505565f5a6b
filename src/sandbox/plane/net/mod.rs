//! The virtual network: who may reach whom, and the real sockets that stand for virtual addresses.
//! Must not know: load balancing, instances' programs, health.
//! Next: `topology.rs` is all that it is told; `filter.rs` judges a connection, `fabric.rs` makes it; `network.rs` joins the two.

pub mod acl;
pub mod carry;
pub mod console;
pub mod crossing;
pub mod fabric;
pub mod filter;
pub mod gate;
pub mod groups;
pub mod names;
pub mod network;
pub mod proxy_protocol;
pub mod shortage;
pub mod topology;

pub use console::Console;
pub use shortage::Shortage;
pub use topology::{
    Acl, AclRule, Balancer, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Listener, Node, Peer, Rule,
    Service, Subnet, Target, TargetGroup, Topology, Vpc,
};
