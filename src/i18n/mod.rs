//! The words of the program: languages, texts that carry their arguments, the catalogue they are looked up in.
//! Must not know: who asks.
//! Next: `locales/` holds the words, `build.rs` checks both languages and makes one function per message in [`m`].

mod catalogue;
mod fuzz;
mod lang;
mod text;

pub use crate::host::harmless;
#[doc(hidden)]
pub use fuzz::fuzz_fluent;
pub use lang::Lang;
pub use text::{Arg, Text};

/// One function per message of `locales/`, or one struct where it takes several arguments: a missing word or argument does not
/// compile, nor do two that change places.
pub(crate) mod m {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
