//! Runs a real web server on this machine behind walls; another process of ours watches it and ends it with the sandbox.
//! Must not know: AWS, instances, what the configuration says. It is told a program, a folder and ports.
//! Next: `process_args.rs` is the command line of both processes; `keep.rs` is the keeper; `confine.rs` becomes the web server.

#[cfg(unix)]
mod confine;
#[cfg(unix)]
mod keep;
mod process_args;
#[cfg(target_os = "linux")]
mod pulse;
mod report;
mod role;
#[cfg(unix)]
mod strays;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod system_calls;
mod wall;

pub use process_args::Order;
pub use report::Report;
pub use role::run;
#[cfg(unix)]
pub use strays::end_strays;
pub use wall::{Lack, lacks};
