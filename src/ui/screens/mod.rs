//! The three forms of a screen, and how questions are asked in each.
//! Must not know: actions, the cloud.
//! Next: `open.rs` chooses the form; `terminal.rs`, `plain.rs` and `json.rs` are the forms; `terminal_mode.rs` is the one guard of the terminal.

pub mod bars;
pub mod heartbeat;
pub mod json;
pub mod keyboard;
pub mod keys;
pub mod menu;
pub mod numbered;
pub mod open;
pub mod options;
pub mod pages;
pub mod plain;
pub mod prompter;
pub mod terminal;
pub mod terminal_mode;
