//! One file per resource kind: the calls that make it, look at it and delete it. Calls are data; nothing is sent here.
//! Must not know: the engine, checks, the screen.
//! Next: `resource_kind.rs` is what a kind must answer, `kind.rs` finds the file for a resource; prices: `price_list.rs`.

pub mod api_step;
mod browse_route;
mod connection;
mod cost;
mod grant;
mod kind;
pub mod match_report;
pub mod price_list;
mod principals;
mod resource_kind;
mod service_configuration;

pub use api_step::{ApiStep, Naming, Presence, facts_of, presence};
pub use browse_route::{browse_grants, browse_resources};
pub use cost::Charge;
pub use grant::{Condition, Grant, Scope};
pub use kind::{
    cost, cost_of_seen, delete, facts_of_seen, grants, is_over, kind_seen, kind_tagged, label, look, made_by, make,
    observe, other_image, picture, plan, published, reads, survey, takes_minutes, usual_deletion, watch_reads,
    with_image, without_rules,
};
pub use match_report::{Comparison, Known, Match, MatchReport, Object, Survey};
pub use price_list::{Micros, PRICES_AS_OF};
pub use resource_kind::Symbol;
