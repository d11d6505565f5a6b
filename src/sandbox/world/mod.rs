//! What exists: accounts, regions and resources, how they change by themselves, and how they are kept on disk.
//! Must not know: parameters, XML, HTTP.
//! Next: `model.rs` is what exists; `life.rs` the table of transitions; `store.rs` the files.

mod address;
mod catalogue;
mod changes;
mod instance_type;
mod life;
mod model;
pub mod quota;
mod region;
mod rows;
mod store;
mod table;
mod view;
pub mod visibility_delay;
mod zone;

pub use crate::host::net::Cidr;
pub use address::{free_address, is_reserved};
pub use catalogue::{IMAGES, Image, PREFIX_LIST_OWNER, s3_blocks, s3_name, s3_prefix_list};
pub use instance_type::{InstanceType, instance_type, instance_types};
pub use life::{Kind, Life, Timing, usual};
pub use model::{
    Account, AclEntry, Balancer, ConnectEndpoint, Disk, DnsChange, DnsRecord, Endpoint, EndpointKind, Group,
    HostedZone, Instance, Interface, InterfaceKind, Listener, NetworkAcl, Peer, Permission, PrivateName, PrivateZone,
    Region, Route, RouteTable, Rule, Service, Subnet, Tags, Target, TargetGroup, TokenUse, Vpc, World, idle_seconds,
};
pub use quota::{QUOTAS, Quota, Quotas};
pub use store::{Store, StoreError};
#[cfg(test)]
pub use table::looks;
pub use table::{By, Row, Table};
pub use view::{concerns_plane, topology};
pub use visibility_delay::{HiddenRows, VisibilityDelay};
pub use zone::{REGIONS, Zone, canonical_hosted_zone, host_name, zones};
