//! How a run goes: decide what is next (pure), do it (async), and have it on disk before and after.
//! Must not know: the terminal, the sandbox, wording.
//! Next: `event/` is the vocabulary, `decide.rs` the thinking, `drive.rs` the doing, `journal.rs` the memory.

mod acls;
mod ahead;
mod core;
mod decide;
mod door;
mod drill;
mod drill_act;
mod drive;
pub mod event;
mod examine;
mod go_to;
mod journal;
mod leftovers;
mod make;
mod money;
mod perform;
mod predict;
mod prove;
mod receipt;
mod recover;
mod rules;
mod snapshot;
mod state;
mod strangers;
mod teardown;
mod turn;
mod view;
mod watch;

pub use ahead::Ahead;
pub use core::Core;
pub use decide::{Effect, End, Input, Plan, decide};
pub use door::{Threshold, open_door};
pub use drill::{Drilling, Standing};
pub use drive::{Drive, Ended, ShowPath, Stuck};
pub use examine::examine;
pub use journal::{FORMAT, Journal, JournalError, Read, parse as parse_journal, read};
pub use leftovers::{Leftover, Leftovers, Remnant, leftovers};
pub use money::{Spending, per_hour, spending};
pub use perform::{Failure, Patience};
pub use prove::{At, Flaw, List, Proof};
pub use receipt::READS;
pub use state::{Consent, Detouring, Graded, Made, Pending, Planted, ResourceState, State, StepState};
pub use view::Views;
