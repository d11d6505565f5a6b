//! The machine we run on: clock, randomness, paths, atomic files, locks, is-this-a-terminal.
//! Must not know: AWS, labs, language.
//! Next: `machine.rs` is what a run is given of it; `files.rs` is how anything reaches the disk.

mod capacity;
mod clock;
mod files;
pub mod harmless;
mod local_time;
mod lock;
mod machine;
pub mod net;
mod output;
mod paths;
mod random;
mod scratch;
mod shell;
mod streams;

pub use capacity::check_capacity;
pub use clock::Clock;
pub use files::{
    Links, ReadError, append_line, create_private_dir, is_same_file, open_append, open_regular, read_regular,
    read_text, sync_dir, write_atomic,
};
pub use local_time::Zone;
pub use lock::{DirLock, LockError};
pub use machine::{Host, LineHook, machine_name, own_program};
pub use output::Output;
pub use paths::{environment, home_dir, state_dir};
pub use random::Random;
pub use scratch::Scratch;
pub use shell::shell_word;
pub use streams::{standard_error, standard_input, standard_lines};
