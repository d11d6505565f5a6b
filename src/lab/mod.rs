//! Labs as data: the model, their sources, their variables, their prose in both languages.
//! Must not know: the engine, SDK types, the screen.
//! Next: `model.rs`, `resource.rs` and `check.rs` define a lab file, `load.rs` reads it, `prose.rs` reads the words beside it.

mod check;
mod drill;
mod error;
mod fill;
mod graph;
mod kind;
mod limits;
mod load;
mod locate;
mod model;
mod page;
mod prose;
mod reference;
mod resource;
mod schema;
mod side;
mod skeleton;
mod source;
mod variables;

pub(crate) use check::each_check;
pub use check::*;
pub use drill::{Act, Drill, DrillCall, Goal, Level, Recipe, Symptom, Vocabulary};
pub use error::{LabError, Place};
pub use graph::{in_order, waves};
pub use kind::Leaves;
pub use load::{LoadError, Loaded, load, minutes};
pub use model::*;
pub use page::ServedPage;
pub use prose::{Pair, PredictProse, Prose, StepProse, markdown_options, nests_too_deep};
pub(crate) use resource::each_kind;
pub use resource::*;
pub use schema::schema;
pub use side::Side;
pub use skeleton::{SkeletonError, skeleton};
pub use source::{DrillSource, Source};
use variables::subnet_of;
