//! The sandbox's data plane: real TCP between instances, load balancers and endpoints.
//! Must not know: the HTTP API, request parsing, how the world is stored.
//! Next: `topology.rs` is all it is told.

mod topology;

pub use topology::{
    Balancer, Endpoint, EndpointInterface, Group, HealthCheck, Instance, Node, Peer, Rule, Service, Subnet, Target,
    TargetGroup, Topology,
};
