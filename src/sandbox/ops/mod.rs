//! The operations: one file per resource. `actions/kind/` has the callers' side; `table.rs` says which file an operation is in.
//! Must not know: HTTP, signatures, how the world is stored.
//! Next: `table.rs` lists every operation; `shared/context.rs` is what each of them is given.

mod ec2;
mod elb;
mod route53;
mod shared;
mod table;

#[cfg(test)]
mod scan_tests;
#[cfg(test)]
mod tests;

pub use shared::context::Ctx;
pub use table::{Answer, Protocol, operations, run};
