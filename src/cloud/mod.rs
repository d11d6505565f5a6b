//! The connection to AWS: SDK clients per side, calls as data, fault classes, waiting, run tags.
//! Must not know: labs, whether the target is the sandbox.
//! Next: `call.rs` is a call before it is sent, `send.rs` sends it, `fault.rs` is what may come back.

mod call;
mod clock;
mod command;
mod connect;
mod credentials;
mod endpoints;
mod fault;
mod http;
pub mod json_path;
mod limits;
mod measure;
mod operation;
mod poll;
mod profiles;
mod resolve;
mod sdk_fault;
mod send;
pub mod tags;

pub use crate::host::net::loopback::is_url as is_loopback;
pub use call::{Api, Call, ec2, elbv2, route53};
pub use clock::clock_skew;
pub use connect::{Clients, Clouds, ConnectOptions, Identity, connect, identity, usual_region};
pub use endpoints::{Endpoint, endpoints};
pub use fault::{Cause, Fault, FaultClass};
pub use http::BAD_CA_BUNDLE;
pub use json_path::text_at;
pub use poll::Backoff;
pub use profiles::{files as profile_files, profiles};
pub use resolve::Unresolved;
pub use sdk_fault::NO_CREDENTIALS;
