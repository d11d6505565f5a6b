//! One call from intent to outcome, and what is built of calls: making, looking, recovering.
//! Must not know: what is next; `flow` says that.
//! Next: `run_log.rs` is what a run's tasks share, `perform.rs` sends one call, `make.rs` makes a step, `recover.rs` asks what became of a crash.

pub mod browse_route;
pub mod make;
pub mod perform;
pub mod prefetch;
pub mod recover;
pub mod run_log;
pub mod shared_wait;
