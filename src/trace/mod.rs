//! `why`: the path from the client to the page as a ladder of read-only rungs; the first that fails is the diagnosis.
//! Must not know: actions, the engine, the screen.
//! Next: `rung.rs` lists the rungs in order, `ladder.rs` climbs them: `consumer.rs`, `provider.rs`, `targets.rs`.

mod acl;
mod attempts;
mod consumer;
mod crossing;
mod crossings;
pub mod group_rules;
mod heard;
mod host;
mod ladder;
mod name;
mod names;
mod path;
mod provider;
mod route;
mod rung;
pub mod rung_result;
mod states;
mod target_hosts;
mod targets;
mod walk;

pub use ladder::{Diagnosis, READS, Trace, trace};
pub use path::Path;
pub use rung::{Hop, Rung, RungId, RungState};
