//! nginx's configuration: read as nginx reads it, checked against what is run here, and rewritten for a real nginx.
//! Must not know: processes, sockets, the rest of an instance.
//! Next: `lexer.rs`, `tree.rs`, `grammar.rs` read like nginx; `allowed.rs` lists what is run; `translate.rs` judges and translates it; `write.rs` writes it.

mod allowed;
mod builtin;
mod complaint;
mod directive;
mod forms;
mod glob;
mod grammar;
mod lexer;
mod listen;
mod location;
mod page;
#[cfg(test)]
mod property_tests;
mod reach;
#[cfg(all(test, unix))]
mod real_tests;
mod rule;
mod translate;
mod translation;
mod tree;
#[cfg(test)]
mod trick_tests;
mod values;
mod variables;
mod write;

pub use builtin::{ACCESS_LOG, Config, DEFAULT_PAGE, ROOT, SERVER, Variables, include, not_followed};
pub use complaint::{Complaint, complaint};
pub use directive::Directive;
pub use page::page;
pub use reach::beyond;
pub use translate::{NOBODY, local_text, local_tree, translate};
pub use translation::Unsafe;
pub use tree::{parse, read};
