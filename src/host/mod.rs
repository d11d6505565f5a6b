//! The machine we run on: clock, randomness, paths, atomic files, locks, is-this-a-terminal.
//! Must not know: AWS, labs, language.
//! Next: `machine.rs` is what a run is given of it; `files.rs` is how anything reaches the disk.

mod clock;
mod files;
mod lock;
mod machine;
mod paths;
mod random;

pub use clock::Clock;
pub use files::{append_line, create_private_dir, is_same_file, open_append, sync_dir, write_atomic};
pub use lock::{DirLock, LockError};
pub use machine::{Host, LineHook, machine_name};
pub use paths::state_dir;
pub use random::Random;
