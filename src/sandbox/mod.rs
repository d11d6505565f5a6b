//! The AWS API emulator and its TCP data plane: a server, spoken to over HTTP and TCP only.
//! Must not know: anything of ours but `host`; it is imported by `cli` alone, so checks cannot peek.
//! Next: `plane/` carries the traffic; `pace.rs` is how fast time runs.

mod pace;
pub mod plane;

pub use pace::Pace;
