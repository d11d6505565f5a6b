//! AWS as we speak to it: SDK clients per side, calls as data, fault classes, waiting, run tags.
//! Must not know: labs, whether it is the sandbox.
//! Next: `call.rs` is a call before it is sent, `send.rs` sends it, `fault.rs` is what may come back.

mod call;
mod fault;

pub use call::{Api, Call};
pub use fault::{Fault, FaultClass};
