//! How a run goes: decide what is next (pure), do it (async), and have it on disk before and after.
//! Must not know: the terminal, the sandbox, wording.
//! Next: `event/` is the vocabulary, `flow/` decides and drives, `calls/` speaks to the cloud, `record/` is the memory.

mod calls;
mod cleanup;
mod drill;
pub mod event;
mod flow;
mod hands_on;
mod record;

pub use calls::browse_route::{Threshold, open_door};
pub use calls::perform::{Failure, Patience};
pub use calls::prefetch::Ahead;
pub use calls::run_log::Core;
pub use cleanup::leftovers::{Leftover, Leftovers, Remnant, leftovers};
pub use cleanup::receipt::READS;
pub use drill::drilling::{Drilling, Standing};
pub use flow::decide::decide;
pub use flow::drive::{Drive, Ended, ShowPath, Stuck};
pub use flow::examine::examine;
pub use flow::plan::{Effect, End, Input, Plan};
pub use flow::prove::{At, Flaw, List, Proof};
pub use flow::view::Views;
pub use record::journal::{FORMAT, Journal, JournalError, Read, parse as parse_journal, read};
pub use record::ledger::{Made, Pending, ResourceState};
pub use record::money::{Spending, per_hour, spending};
pub use record::state::{Consent, Detouring, Graded, Planted, State, StepState};
