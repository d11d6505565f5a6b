//! Labs as data: the model, where they come from, their variables, their prose in both languages.
//! Must not know: the engine, SDK types, the screen.
//! Next: `model.rs` is what a lab file may say, `load.rs` reads it, `prose.rs` is the words beside it.

mod model;
mod prose;

pub use model::*;
pub use prose::{Pair, Prose, StepProse};
