//! The operations: one file per resource kind, named like the files of `actions`, so both sides of one API read together.
//! Must not know: HTTP, signatures, how the world is stored.
//! Next: `table.rs` lists every operation; `context.rs` is what each of them is given.

mod acceptance;
mod account;
mod balancer_quota;
mod context;
mod describe;
mod elb;
mod endpoint;
mod endpoint_service;
mod gateway_endpoint;
mod hosted_zone;
mod identity;
mod image;
mod instance;
mod instance_attribute;
mod instance_connect_endpoint;
mod instance_filter;
mod instance_launch;
mod instance_state;
mod listener;
mod load_balancer;
mod load_balancer_subnets;
mod names;
mod network_acl;
mod network_acl_entry;
mod network_interface;
mod prefix_list;
mod private_dns;
mod record_set;
mod route;
mod route_table;
mod security_group;
mod security_group_rule;
mod security_group_rule_change;
mod service_permission;
mod service_quota;
mod subnet;
mod tagged;
mod tags;
mod target;
mod target_group;
mod target_health;
mod volume;
mod vpc;
mod zone;

#[cfg(test)]
mod scan_tests;
mod table;
#[cfg(test)]
mod tests;

pub use context::Ctx;
pub use table::{Answer, Protocol, operations, run};
