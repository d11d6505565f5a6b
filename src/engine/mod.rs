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

pub use calls::browse_route::{ClientLocation, open_browse_route};
pub use calls::perform::{Failure, Polling};
pub use calls::prefetch::Prefetch;
pub use calls::run_log::RunLog;
pub use cleanup::leftovers::{Leftover, LeftoverItem, Leftovers, leftovers};
pub use cleanup::receipt::READS;
pub use drill::drilling::{Drilling, Standing};
pub use flow::drive::{Ended, RunError, Runner, ShowPath};
pub use flow::examine::examine;
pub use flow::plan::{End, Wish};
pub use flow::prove::{At, LabFailure, List, Proof};
pub use flow::view::Views;
pub use hands_on::glance;
pub use record::journal::{FORMAT, Journal, JournalError, parse as parse_journal, read};
pub use record::money::{per_hour, spending};
pub use record::state::{Graded, Planted, State};
