//! What operations of all services use, and the operations that belong to the account itself.
//! Must not know: HTTP, signatures.
//! Next: `context.rs` is what each operation is given, `describe.rs` what every describe call does, `tags.rs` tags.

pub mod account;
pub mod context;
pub mod describe;
pub mod identity;
pub mod names;
pub mod service_quota;
pub mod tagged;
pub mod tags;
