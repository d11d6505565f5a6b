//! What exists: accounts, regions, resources, how they change by themselves, and how they are kept.
//! Must not know: parameters, XML, HTTP.
//! Next: `model.rs` is what exists; `life.rs` the table of transitions; `store.rs` how it survives.

mod address;
mod catalogue;
mod changes;
mod life;
mod model;
mod region;
mod rows;
mod store;
mod table;
mod unseen;
mod view;
mod zone;

pub use address::{Block, free_address};
pub use catalogue::{IMAGES, Image, PREFIX_LIST_OWNER, instance_types, s3_blocks, s3_name, s3_prefix_list};
pub use life::{Kind, Life, Timing};
pub use model::{
    Account, AclEntry, Balancer, Endpoint, EndpointKind, Group, Instance, Interface, InterfaceKind, Listener,
    NetworkAcl, Peer, Permission, Region, RouteTable, Rule, Service, Subnet, Tags, Target, TargetGroup, TokenUse, Vpc,
    World,
};
pub use store::{Store, StoreError};
pub use table::{Row, Table};
pub use unseen::{Unseen, Without};
pub use view::{concerns_plane, topology};
pub use zone::{REGIONS, Zone, zones};
