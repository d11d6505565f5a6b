//! Read-only questions to the cloud, one file per question.
//! Must not know: actions, the engine: else the tool grades its own homework.
//! Next: `ask.rs` lists the questions and asks them, `question.rs` is what each of them must say, `finding.rs` its answer.

mod answer;
mod ask;
pub(crate) mod attempts;
mod cause;
pub mod check_context;
pub mod check_outcome;
pub(crate) mod console;
mod console_says;
mod cross_zone_on;
mod cut_off;
mod endpoint_in_zone;
mod endpoint_state;
mod facts;
mod finding;
mod group_admits;
mod http;
mod instance_running;
mod load_balancer_active;
mod load_balancer_addresses;
mod log_shows_load_balancer;
mod no_answer;
mod no_way_back;
mod page;
mod page_marks;
mod principal_allowed;
mod principal_not_allowed;
mod private_name_offered;
mod private_name_verified;
mod question;
mod record_published;
pub(crate) mod reply;
mod request_waiting;
mod route_to_s3;
pub(crate) mod rule;
mod same_cidr;
mod service_available;
mod service_found;
mod service_hidden;
mod spec;
mod subnet_in_zone;
mod targets_healthy;
mod verdict;
mod vpc_available;

pub use ask::{ask, is_lively, look, name, reads, title, usual_seconds};
pub use cause::cause;
pub use check_context::CheckContext;
pub use facts::Facts;
pub use finding::{Finding, Proof};
pub use page::{browser_url, is_here};
pub use verdict::Verdict;
