//! A real web server on this machine, behind walls, kept by a process of ours that ends it when the sandbox ends.
//! Must not know: AWS, instances, what the configuration says; it is told a program, a folder and ports.
//! Next: `order.rs` is the command line of both processes; `keep.rs` is the keeper and `confine.rs` what becomes the web server.

#[cfg(unix)]
mod confine;
#[cfg(unix)]
mod keep;
mod order;
#[cfg(target_os = "linux")]
mod pulse;
mod report;
mod role;
#[cfg(unix)]
mod strays;
mod wall;

pub use order::Order;
pub use report::Report;
pub use role::run;
#[cfg(unix)]
pub use strays::end_strays;
pub use wall::{Lack, lacks};
