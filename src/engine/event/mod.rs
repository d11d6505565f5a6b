//! What the engine says and asks: records for the journal, views and questions for the screen.
//! Must not know: how anything is drawn.
//! Next: `journal_line.rs` has the journal lines, `view.rs` what a screen shows, `layout.rs` picture positions, `screen.rs` the trait.

mod answered;
mod decision_line;
mod field;
mod journal_line;
mod layout;
mod money;
mod screen;
mod view;

pub use crate::checks::{Hop, Verdict, cause};
pub use crate::cloud::{Fault, FaultClass};
pub use answered::{AnewChoice, CleanUpStage, Decision, DetourStage, GoToStage, NextStage, StepChoice, Theirs};
pub use field::{Difference, DrillPurpose, Item, ItemState, LostThing, Mode, PredictionWords, Purpose, RungState};
pub use journal_line::{Entry, Event, Facts};
pub use layout::{Fullness, Part, Row};
pub use money::{Money, Spent, cents, minute};
pub use screen::{Answer, AskError, Choice, Progress, ProgressState, Question, QuestionId, Screen, Wait};
pub use view::{EndingView, Lane, Link, LinkState, Mark, Node, OpeningView, Picture, StepView, TurnView};
