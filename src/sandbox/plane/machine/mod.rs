//! A running instance: its boot script, its disk, its servers, and the local ports that lead into it.
//! Must not know: load balancing, health, the HTTP API.
//! Next: `machine.rs` is one instance; `boot.rs` runs its user data, which `shell/` imitates; `server/` answers on its ports.

pub mod boot;
pub mod boot_state;
#[cfg(test)]
mod boot_tests;
pub mod context;
pub mod curl;
pub mod curl_args;
pub mod disk;
pub mod effort;
pub mod gate;
pub mod instance_world;
pub mod local_forward;
#[expect(clippy::module_inception, reason = "the file is named after the one thing it has")]
pub mod machine;
pub mod machines;
pub mod nginx;
pub mod resting;
pub mod saved_state;
pub mod server;
pub mod shell;
pub mod sink;
pub mod switch_on;
pub mod write_out;

pub use instance_world::INSTALL;
