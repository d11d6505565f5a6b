//! The web servers of an instance: a real nginx if one is installed, and built-in page servers.
//! Must not know: user data, load balancing.
//! Next: `web.rs` has the page servers; `nginx_process.rs` starts a real nginx and watches it.

pub mod nginx_handle;
pub mod nginx_process;
#[cfg(all(test, unix))]
mod nginx_tests;
pub mod service;
pub mod web;
