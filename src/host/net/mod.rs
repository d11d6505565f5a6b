//! Notations of the network that several rooms read: IPv4 blocks, loopback names, heads and chunks of HTTP/1.1.
//! Must not know: AWS, who is on the other side of a connection.
//! Next: `cidr.rs` is a block; `loopback.rs` tells this machine from others; `http1.rs` reads heads and bodies.

pub mod cidr;
pub mod http1;
pub mod loopback;

pub use cidr::Cidr;
