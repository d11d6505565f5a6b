//! What endpoints and load balancers do with a connection: choose a target, probe its health, carry the bytes.
//! Must not know: what an instance runs, the HTTP API.
//! Next: `relay.rs` is both hops; `choice.rs` chooses the target; `balancers.rs` probes, `health.rs` counts the results, and `report.rs` puts them into words.

pub mod balancers;
pub mod choice;
pub mod flows;
pub mod health;
#[cfg(test)]
mod probe_tests;
pub mod relay;
pub mod report;

pub use balancers::REGISTRATION;
pub use report::TargetReport;
