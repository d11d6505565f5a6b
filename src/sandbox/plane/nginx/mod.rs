//! nginx's configuration: read as nginx reads it, held against what is run here, and written anew for a real nginx.
//! Must not know: processes, sockets, the rest of an instance.
//! Next: `lexer.rs` and `tree.rs` read; `local.rs` decides and writes; `builtin.rs` is what the built-in server learns.

mod builtin;
mod local;
mod tree;

pub use builtin::{ACCESS_LOG, Config, DEFAULT_PAGE, ROOT, SERVER, Variables, include};
pub use local::{Unsafe, page, translate};
pub use tree::{Directive, parse, plain, read};
