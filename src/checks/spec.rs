//! Reads what the lab says about a resource.

use crate::lab::{Lab, Resource, RouteTable, Subnet, TargetGroup, Vpc};

/// The first resource for which `pick` has an answer.
fn find<'a, T: 'a>(lab: &'a Lab, pick: impl Fn(&'a Resource) -> Option<T>) -> Option<T> {
    lab.steps.iter().flat_map(|step| &step.makes).find_map(pick)
}

macro_rules! by_name {
    ($($function:ident: $kind:ident),+) => { $(
        pub(super) fn $function<'a>(lab: &'a Lab, name: &str) -> Option<&'a $kind> {
            find(lab, |resource| match resource {
                Resource::$kind(it) if it.name == name => Some(it),
                _ => None,
            })
        }
    )+ };
}

by_name!(vpc: Vpc, subnet: Subnet, route_table: RouteTable, target_group: TargetGroup);
