//! Everything that can have tags, by its id and by its tags.

use crate::sandbox::wire::Filters;
use crate::sandbox::world::{Region, Row, Table, Tags};

use super::context::Ctx;

/// A resource's id, its type in EC2's words, and its tags.
pub type Tagged<'a> = (&'a str, &'static str, &'a Tags);

/// The caller's service that has this connection.
pub fn service_of_connection(ctx: &Ctx<'_>, id: &str) -> Option<String> {
    let regions = ctx.world().regions().filter(|_| id.starts_with("vpce-con-"));
    let mut endpoints = regions.flat_map(|(_, _, region)| region.endpoints.linked(id));
    let service = endpoints.find(|endpoint| endpoint.connection == id)?.service.clone()?;
    ctx.here().services.contains_key(&service).then_some(service)
}

/// The tags of the resource with this id or ARN.
pub fn tags_mut<'a>(region: &'a mut Region, id: &str) -> Option<&'a mut Tags> {
    let (kind, _) = id.rsplit_once('-').unwrap_or_default();
    match kind {
        "vpc" => region.vpcs.get_mut(id).map(|vpc| &mut vpc.tags),
        "subnet" => region.subnets.get_mut(id).map(|subnet| &mut subnet.tags),
        "rtb" => region.route_tables.get_mut(id).map(|table| &mut table.tags),
        "acl" => region.network_acls.get_mut(id).map(|acl| &mut acl.tags),
        "sg" => region.groups.get_mut(id).map(|group| &mut group.tags),
        "sgr" => {
            let group = region.groups.linked_mut(id)?;
            group.rules.iter_mut().find(|rule| rule.id == id).map(|rule| &mut rule.tags)
        }
        "eni" => region.interfaces.get_mut(id).map(|interface| &mut interface.tags),
        "i" => region.instances.get_mut(id).map(|instance| &mut instance.tags),
        "vol" => {
            let instance = region.instances.linked_mut(id).filter(|instance| instance.has_volume())?;
            Some(&mut instance.disk.tags)
        }
        "vpce" => region.endpoints.get_mut(id).map(|endpoint| &mut endpoint.tags),
        "vpce-con" => region.services.linked_mut(id)?.connection_tags.get_mut(id),
        "vpce-svc" => region.services.get_mut(id).map(|service| &mut service.tags),
        "vpce-svc-perm" => {
            let service = region.services.linked_mut(id)?;
            service.permissions.iter_mut().find(|permission| permission.id == id).map(|found| &mut found.tags)
        }
        "eice" => region.connect_endpoints.get_mut(id).map(|endpoint| &mut endpoint.tags),
        _ => balancing_tags_mut(region, id),
    }
}

/// [`tags_mut`] for resources of `ELBv2`, by ARN.
fn balancing_tags_mut<'a>(region: &'a mut Region, arn: &str) -> Option<&'a mut Tags> {
    let resource = arn.split(':').nth(5)?;
    match resource.split('/').next()? {
        "targetgroup" => region.target_groups.get_mut(arn).map(|group| &mut group.tags),
        "loadbalancer" => region.balancers.get_mut(arn).map(|balancer| &mut balancer.tags),
        "listener" => region.listeners.get_mut(arn).map(|listener| &mut listener.tags),
        _ => None,
    }
}

/// Which resources are looked at.
enum Pick<'a> {
    Ids(&'a [String]),
    Tags(Vec<(&'a str, Option<&'a str>)>),
    All,
}

impl Pick<'_> {
    fn of<'a, T: Row>(&self, table: &'a Table<T>) -> Vec<&'a T> {
        match self {
            Self::Ids(ids) => table.with_ids(ids).into_iter().map(|(_, row)| row).collect(),
            Self::Tags(tags) => table.tagged(tags).into_iter().map(|(_, row)| row).collect(),
            Self::All => table.values().collect(),
        }
    }

    /// [`Pick::of`] for tables in which a row contains other tagged things, whose ids also lead to the row. All these
    /// ids begin with `prefix`.
    fn around<'a, T: Row>(&self, table: &'a Table<T>, prefix: &str) -> Vec<&'a T> {
        match self {
            Self::Ids(ids) => {
                let ids: Vec<String> = ids.iter().filter(|id| id.starts_with(prefix)).cloned().collect();
                table.found_by(&ids).into_iter().map(|(_, row)| row).collect()
            }
            Self::Tags(_) | Self::All => self.of(table),
        }
    }
}

/// The region's EC2 resources that may pass the `filters` of `DescribeTags`, and perhaps others. Without a filter by id
/// or by key, all of them.
pub fn candidates<'a>(region: &'a Region, filters: &Filters) -> Vec<Tagged<'a>> {
    let by_key = || filters.exact(&["key"]).next().map(|keys| keys.iter().map(|key| (key.as_str(), None)).collect());
    let pick = match filters.exact(&["resource-id"]).next() {
        Some(ids) => Pick::Ids(ids),
        None => filters.exact_tags().next().or_else(by_key).map_or(Pick::All, Pick::Tags),
    };
    let mut all: Vec<Tagged<'a>> = Vec::new();
    all.extend(pick.of(&region.vpcs).into_iter().map(|vpc| (vpc.id.as_str(), "vpc", &vpc.tags)));
    all.extend(pick.of(&region.subnets).into_iter().map(|subnet| (subnet.id.as_str(), "subnet", &subnet.tags)));
    let tables = pick.of(&region.route_tables).into_iter();
    all.extend(tables.map(|table| (table.id.as_str(), "route-table", &table.tags)));
    all.extend(pick.of(&region.network_acls).into_iter().map(|acl| (acl.id.as_str(), "network-acl", &acl.tags)));
    let interfaces = pick.of(&region.interfaces).into_iter();
    all.extend(interfaces.map(|found| (found.id.as_str(), "network-interface", &found.tags)));
    all.extend(pick.of(&region.instances).into_iter().map(|found| (found.id.as_str(), "instance", &found.tags)));
    let volumes = pick.around(&region.instances, "vol-").into_iter().filter(|instance| instance.has_volume());
    all.extend(volumes.map(|instance| (instance.volume.as_str(), "volume", &instance.disk.tags)));
    all.extend(pick.of(&region.endpoints).into_iter().map(|found| (found.id.as_str(), "vpc-endpoint", &found.tags)));
    let connect_endpoints = pick.of(&region.connect_endpoints).into_iter();
    all.extend(connect_endpoints.map(|found| (found.id.as_str(), "instance-connect-endpoint", &found.tags)));
    for group in pick.around(&region.groups, "sg") {
        all.push((group.id.as_str(), "security-group", &group.tags));
        all.extend(group.rules.iter().map(|rule| (rule.id.as_str(), "security-group-rule", &rule.tags)));
    }
    for service in pick.around(&region.services, "vpce-") {
        all.push((service.id.as_str(), "vpc-endpoint-service", &service.tags));
        let connections = service.connection_tags.iter();
        all.extend(connections.map(|(id, tags)| (id.as_str(), "vpc-endpoint-connection", tags)));
        let permissions = service.permissions.iter();
        all.extend(permissions.map(|found| (found.id.as_str(), "vpc-endpoint-service-permission", &found.tags)));
    }
    all
}
