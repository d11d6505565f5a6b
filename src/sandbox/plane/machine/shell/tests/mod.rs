//! Tests of the shell in a world that is only written down.
//! Must not know: the rest of the sandbox.
//! Next: `commands.rs` says what scripts print, `evidence.rs` what they do not, `attacks.rs` what they cannot do.

mod attacks;
mod commands;
mod evidence;
mod paper;
mod programs;
