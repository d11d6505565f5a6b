//! `why`: the path from the client to the page as a ladder of read-only rungs; the first that fails is the diagnosis.
//! Must not know: actions, the engine, the screen.
//! Next: `rung.rs` lists the rungs, `ladder.rs` climbs them (`consumer.rs`, `provider.rs`, `targets.rs`); `id_names.rs` puts names beside ids.

mod acl;
mod attempt_result;
mod attempts;
mod consumer;
mod crossing;
mod crossings;
mod dns_name;
pub mod group_rules;
mod host;
mod id_names;
mod ladder;
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
