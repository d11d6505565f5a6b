//! EC2's operations, one file per resource kind.
//! Must not know: HTTP, signatures, how the world is stored.
//! Next: `endpoint.rs`, `endpoint_service.rs` and `endpoint_connection.rs` are `PrivateLink`; the rest is what it needs.

pub mod endpoint;
pub mod endpoint_connection;
pub mod endpoint_service;
pub mod gateway_endpoint;
pub mod image;
pub mod instance;
pub mod instance_attribute;
pub mod instance_connect_endpoint;
pub mod instance_filter;
pub mod instance_launch;
pub mod instance_state;
pub mod inventory;
pub mod network_acl;
pub mod network_acl_entry;
pub mod network_interface;
pub mod prefix_list;
pub mod private_dns;
pub mod route;
pub mod route_table;
pub mod security_group;
pub mod security_group_rule;
pub mod security_group_rule_change;
pub mod service_permission;
pub mod subnet;
pub mod volume;
pub mod vpc;
pub mod zone;
