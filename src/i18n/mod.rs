//! The words of the program: languages, texts that carry their arguments, and the catalogue that translates them.
//! Must not know: who asks.
//! Next: `locales/` holds the words, `build.rs` checks both languages and makes one function per message in [`m`].

mod catalogue;
mod commands;
mod fuzz;
mod lang;
mod text;

pub use crate::host::{Zone, harmless};
#[cfg(test)]
pub use commands::VERBS;
pub use commands::{Flag, complete, repeat, unbroken};
#[doc(hidden)]
pub use fuzz::fuzz_fluent;
pub use lang::Lang;
pub use text::{Arg, Text};

/// One function per message of `locales/`, or one struct if it takes several arguments, so that a missing message, a
/// missing argument or two swapped arguments do not compile.
pub(crate) mod m {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
