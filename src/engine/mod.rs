//! How a run goes: decide what is next (pure), do it (async), and have it on disk before and after.
//! Must not know: the terminal, the sandbox, wording.
//! Next: `event/` is the vocabulary, `decide.rs` the thinking, `drive.rs` the doing, `journal.rs` the memory.

pub mod event;
