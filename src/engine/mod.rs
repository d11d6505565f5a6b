//! How a run goes: decide what is next (pure), do it (async), and have it on disk before and after.
//! Must not know: the terminal, the sandbox, wording.
//! Next: `event/` is the vocabulary, `decide.rs` the thinking, `drive.rs` the doing, `journal.rs` and `fold.rs` the memory.

mod acls;
mod ahead;
mod ask;
mod clean_up;
mod core;
mod decide;
mod detour;
mod door;
mod drill;
mod drill_act;
mod drive;
pub mod event;
mod examine;
mod fold;
mod go_to;
mod journal;
mod ledger;
mod leftovers;
mod make;
mod money;
mod perform;
mod plan;
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
pub use decide::decide;
pub use door::{Threshold, open_door};
pub use drill::{Drilling, Standing};
pub use drive::{Drive, Ended, ShowPath, Stuck};
pub use examine::examine;
pub use journal::{FORMAT, Journal, JournalError, Read, parse as parse_journal, read};
pub use ledger::{Made, Pending, ResourceState};
pub use leftovers::{Leftover, Leftovers, Remnant, leftovers};
pub use money::{Spending, per_hour, spending};
pub use perform::{Failure, Patience};
pub use plan::{Effect, End, Input, Plan};
pub use prove::{At, Flaw, List, Proof};
pub use receipt::READS;
pub use state::{Consent, Detouring, Graded, Planted, State, StepState};
pub use view::Views;
