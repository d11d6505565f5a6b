//! What endpoints and load balancers do with a connection: choose a target, probe its health, carry the bytes.
//! Must not know: what an instance runs, the HTTP API.
//! Next: `relay.rs` is both hops; `choice.rs` chooses the target; `health.rs` counts the probes, and `report.rs` words them.

pub mod choice;
pub mod flows;
pub mod health;
pub mod relay;
pub mod report;

pub use health::REGISTRATION;
pub use report::TargetReport;
