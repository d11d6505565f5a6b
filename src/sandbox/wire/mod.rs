//! The query protocols as bytes: parameters in, XML out, signatures, errors, filters, pages.
//! Must not know: what a VPC is, how the world is stored.
//! Next: `params.rs` and `xml.rs` are what every operation uses; `sigv4.rs` verifies the sender.

mod error;
mod filter;
mod page;
mod params;
mod rest;
mod sigv4;
mod tree;
mod xml;

pub use error::ApiError;
pub use filter::Filters;
pub use page::{Marker, Page};
pub use params::Params;
pub use rest::{is_rest, read_rest};
pub use sigv4::{Presented, Signed, too_far, verify};
pub use xml::Xml;
