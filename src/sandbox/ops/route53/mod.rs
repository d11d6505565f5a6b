//! Route 53's operations.
//! Must not know: HTTP, signatures, how the world is stored.
//! Next: `hosted_zone.rs` and the records in `record_set.rs`.

pub mod hosted_zone;
pub mod hosted_zone_tags;
pub mod record_set;
