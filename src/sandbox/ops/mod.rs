//! The operations: one file per resource kind, named like the files of `actions`, so both sides of one API read together.
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
