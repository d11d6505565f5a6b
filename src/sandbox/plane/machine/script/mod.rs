//! User data as a list of steps: a subset of a shell's and of PowerShell's commands, which is read and never run.
//! Must not know: sockets, time, the instance that runs it.
//! Next: `user_data.rs` reads a script; `words.rs` splits its lines; `program.rs` is the result.

pub mod curl_args;
pub mod powershell;
pub mod program;
pub mod user_data;
pub mod words;
