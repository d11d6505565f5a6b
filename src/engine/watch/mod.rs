//! The learner's turn: looks at the accounts until everything that a step makes is there, and says what it sees.
//! Must not know: how it was made.
//! Next: `turn.rs` is one watch, `world.rs` looks, `matching.rs` makes sense of it, `hint.rs` helps.

mod hint;
mod matching;
mod turn;
mod world;

pub use hint::{commands, hint};
pub use turn::{Watched, watch};
pub use world::baseline;
