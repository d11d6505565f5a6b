//! The three forms of a screen, and how each asks questions.
//! Must not know: actions, the cloud.
//! Next: `open.rs` chooses the form (`terminal.rs`, `plain.rs`, `json.rs`); only `terminal_mode.rs` changes the terminal's modes.

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
pub mod reading;
pub mod terminal;
pub mod terminal_mode;
pub mod terminal_notices;
pub mod unread_output;
