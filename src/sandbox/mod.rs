//! The AWS API emulator and its TCP data plane: a server, spoken to over HTTP and TCP only.
//! Must not know: anything of ours but `host`; only `session`, `preflight` and `cli` import it, so checks cannot peek.
//! Next: `server.rs` starts it; `http.rs` reads a request; `ops/` answers it; `plane/` carries the traffic.

mod account;
mod call;
pub mod connection_slots;
mod control;
mod delays;
mod differences;
mod fault_plan;
mod faults;
mod fuzz;
mod http;
pub mod keeper;
mod ops;
mod outgoing;
mod pace;
pub mod plane;
mod server;
mod throttle;
mod wire;
mod world;

pub use account::Account;
pub use delays::delays;
pub use differences::{differences, of_this_machine};
pub use fault_plan::{BadFault, FaultKind, FaultRule};
#[doc(hidden)]
pub use fuzz::{fuzz_request, fuzz_rest};
pub use pace::Pace;
pub use server::{Options, Sandbox, StartError};
pub use throttle::Throttle;
pub use world::Quotas;
