//! The web servers of an instance: a real nginx where one is installed, and page servers of our own.
//! Must not know: user data, load balancing.
//! Next: `web.rs` are the page servers; `nginx_process.rs` starts a real nginx and minds it.

pub mod nginx_handle;
pub mod nginx_process;
#[cfg(all(test, unix))]
mod nginx_tests;
pub mod service;
pub mod web;
