//! The learner's turn: looks at the accounts until everything that a step makes exists, and says what it sees.
//! Must not know: how it was made.
//! Next: `watching.rs` is one watch, `glance.rs` one look, `matching.rs` makes sense of it, `hints.rs` helps.

mod glance;
pub mod hints;
pub mod matching;
mod near_miss;
pub mod other_steps;
pub mod watching;
pub mod world;

pub use glance::glance;
pub use hints::{hint, step_commands};
pub use watching::{Watched, watch};
pub use world::baseline;
