//! The learner's turn: looks at the accounts until everything that a step makes is there, and says what it sees.
//! Must not know: how it was made.
//! Next: `watch.rs` is one watch, `world.rs` looks, `matching.rs` makes sense of it, `hint.rs` helps.

mod hint;
mod matching;
mod watch;
mod world;

pub use hint::{commands, hint};
pub use watch::{Watched, watch};
pub use world::baseline;
