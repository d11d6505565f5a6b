//! One call from intent to outcome, and what is built of calls: making, looking, recovering.
//! Must not know: what comes next; `flow` decides that.
//! Next: `run_log.rs` is what tasks share, `perform.rs` sends a call, `make.rs` makes a step, `recover.rs` looks after a crash.

pub mod browse_route;
pub mod lost;
pub mod make;
pub mod perform;
pub mod prefetch;
pub mod recover;
pub mod run_log;
pub mod shared_wait;
