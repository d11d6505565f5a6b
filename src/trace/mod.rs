//! `why`: the path from the client to the page as a ladder of read-only rungs; the first that fails is the diagnosis.
//! Must not know: actions, the engine, the screen.
//! Next: `rung.rs` lists the rungs in order, `ladder.rs` climbs them: `consumer.rs`, `provider.rs`, `targets.rs`.

mod acl;
mod consumer;
mod crossing;
mod crossings;
pub mod group_rules;
mod host;
mod ladder;
mod name;
mod path;
mod provider;
mod route;
mod rung;
pub mod rung_result;
mod targets;
mod walk;

pub use ladder::{Diagnosis, READS, Trace, trace};
pub use rung::{Hop, Rung, RungId, RungState};
