//! The operations of Elastic Load Balancing, version 2.
//! Must not know: HTTP, signatures, how the world is stored.
//! Next: `load_balancer.rs`, `listener.rs`, `target_group.rs`; `common.rs` is what they share.

pub mod balancer_quota;
pub mod common;
pub mod listener;
pub mod listener_rule;
pub mod load_balancer;
pub mod load_balancer_subnets;
pub mod target;
pub mod target_group;
pub mod target_health;
