//! pllab walks a learner through building AWS `PrivateLink` end to end: explained, done, checked, proved, cleaned up.
//!
//! The rooms and what each may import are in `tests/it/rooms.rs`; each room's `mod.rs` says what it owns.

pub mod actions;
pub mod checks;
pub mod cli;
pub mod cloud;
pub mod engine;
pub mod host;
pub mod i18n;
pub mod lab;
mod policy;
mod preflight;
mod proving;
pub mod report;
pub mod sandbox;
mod session;
pub mod trace;
pub mod ui;

pub use cli::{Code, run, run_process};
