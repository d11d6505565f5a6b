//! One file per resource kind: the calls that make it, look at it and delete it. Calls are data; nothing is sent here.
//! Must not know: the engine, checks, the screen.
//! Next: `part.rs` and `sighting.rs` are the vocabulary, `kind.rs` finds the file for a resource, `endpoint.rs` is a good one to read first.

mod acceptance;
pub mod api_step;
mod connect_endpoint;
mod cost;
mod cross_zone;
mod endpoint;
mod endpoint_service;
mod gateway_endpoint;
mod grant;
mod hosted_zone;
mod instance;
mod kind;
mod listener;
mod load_balancer;
pub mod match_report;
mod price;
mod principal;
mod private_name;
mod route_table;
mod security_group;
mod service_lookup;
mod subnet;
mod target_group;
mod vpc;

pub use api_step::{ApiStep, Find, Naming, Presence, facts_of, presence};
pub use connect_endpoint::{Door, browse_grants, door};
pub use cost::{Charge, cost, cost_of_seen};
pub use grant::{Condition, Grant, Scope};
pub use hosted_zone::published;
pub use kind::{
    delete, grants, label, look, make, observe, other_image, plan, reads, reject, reject_grants, survey, takes_minutes,
    usual_deletion, watch_reads, with_image,
};
pub use match_report::{Comparison, Known, Match, MatchReport, Object, Survey};
pub use price::{Micros, PRICES_AS_OF};
