//! Matching by kind, block, place and references.

use serde_json::json;

use super::*;
use crate::lab::{Ingress, SecurityGroup, Vpc};

fn vpc(name: &str) -> Resource {
    Resource::Vpc(Vpc { name: name.to_owned(), cidr: "10.0.0.0/16".to_owned(), dns_hostnames: false })
}

fn group(name: &str, source: Option<&str>) -> Resource {
    let ingress = source.map(|from| Ingress { port: 80, cidr: None, group: Some(from.to_owned()) });
    Resource::SecurityGroup(SecurityGroup {
        name: name.to_owned(),
        vpc: "net".to_owned(),
        description: String::new(),
        ingress: ingress.into_iter().collect(),
    })
}

fn object(id: &str, item: serde_json::Value) -> Object {
    Object { id: id.to_owned(), item, more: Vec::new() }
}

fn a_vpc(id: &str, cidr: &str) -> Object {
    object(id, json!({ "VpcId": id, "CidrBlock": cidr }))
}

fn a_group(id: &str, vpc: &str, from: Option<&str>) -> Object {
    let rule = |from| json!([{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": from }] }]);
    object(id, json!({ "GroupId": id, "VpcId": vpc, "IpPermissions": from.map_or_else(|| json!([]), rule) }))
}

/// Matches `wanted` among VPCs and groups.
fn reading(wanted: &[Resource], vpcs: &[Object], groups: &[Object], before: &[(&str, &str)]) -> Reading {
    let wanted: Vec<&Resource> = wanted.iter().collect();
    let objects = |it: &&Resource| if matches!(it, Resource::Vpc(_)) { vpcs.to_vec() } else { groups.to_vec() };
    let seen = wanted.iter().map(|it| (it.name().to_owned(), objects(it))).collect();
    let before = before.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect();
    read(&wanted, &seen, &|_, _| None, &before)
}

fn ids(reading: &Reading) -> Vec<(&str, &str, bool)> {
    reading.found.iter().map(|(name, one)| (name.as_str(), one.id.as_str(), one.fits())).collect()
}

#[test]
fn what_hangs_together_is_taken_together() {
    let wanted = [vpc("net"), group("web", None), group("front", Some("web"))];
    let vpcs = [a_vpc("vpc-1", "10.0.0.0/16"), a_vpc("vpc-2", "10.0.0.0/16")];
    // The first VPC came first, but everything else is in the second. The groups differ in which one refers to the
    // other.
    let groups = [a_group("sg-1", "vpc-2", Some("sg-2")), a_group("sg-2", "vpc-2", None)];
    let reading = reading(&wanted, &vpcs, &groups, &[("net", "vpc-1")]);
    assert_eq!(ids(&reading), [("front", "sg-1", true), ("net", "vpc-2", true), ("web", "sg-2", true)]);
    assert_eq!(reading.twins, None);
}

#[test]
fn the_nearest_is_named_with_what_is_wrong() {
    let reading = reading(&[vpc("net")], &[a_vpc("vpc-1", "10.1.0.0/16")], &[], &[]);
    let one = &reading.found["net"];
    assert!(!one.fits());
    let wrong: Vec<_> = one.differs().map(|point| (point.expected.clone(), point.seen.clone())).collect();
    assert_eq!(wrong, [("10.0.0.0/16".into(), "10.1.0.0/16".into())]);
}

#[test]
fn of_two_that_fit_the_one_taken_before_stays() {
    let vpcs = [a_vpc("vpc-1", "10.0.0.0/16"), a_vpc("vpc-2", "10.0.0.0/16")];
    let kept = reading(&[vpc("net")], &vpcs, &[], &[("net", "vpc-2")]);
    assert_eq!((ids(&kept), &kept.twins), (vec![("net", "vpc-2", true)], &None));
    let open = reading(&[vpc("net")], &vpcs, &[], &[]);
    assert_eq!(open.twins, Some(("net".to_owned(), ["vpc-1".to_owned(), "vpc-2".to_owned()].into())));
}

/// A group with this name and these sources of port 80.
fn named_group(id: &str, name: &str, cidrs: &[&str], groups: &[&str]) -> Object {
    let mut rules = Vec::new();
    let ports = |list: &str, source| json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, (list): [source] });
    rules.extend(cidrs.iter().map(|it| ports("IpRanges", json!({ "CidrIp": it }))));
    rules.extend(groups.iter().map(|it| ports("UserIdGroupPairs", json!({ "GroupId": it }))));
    object(id, json!({ "GroupId": id, "GroupName": name, "VpcId": "vpc-1", "IpPermissions": rules }))
}

/// One group refers to the other; a name says which is which until their rules do.
#[test]
fn names_tell_apart_what_the_rules_do_not_tell_apart_yet() {
    let mut front = group("nlb-sg", None);
    let Resource::SecurityGroup(it) = &mut front else { unreachable!() };
    it.ingress = vec![Ingress { port: 80, cidr: Some("10.0.0.0/16".to_owned()), group: None }];
    let wanted = [vpc("net"), front, group("web-sg", Some("nlb-sg"))];
    let vpcs = [a_vpc("vpc-1", "10.0.0.0/16")];
    let taken = |groups: &[Object], before: &[(&str, &str)]| -> BTreeMap<String, String> {
        let reading = reading(&wanted, &vpcs, groups, before);
        reading.found.into_iter().filter(|(name, _)| name != "net").map(|(name, one)| (name, one.id)).collect()
    };
    let pairs = |all: &[(&str, &str)]| -> BTreeMap<String, String> {
        all.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect()
    };
    // Only one exists: without a rule, with one that is too wide, and under a name of another style.
    for (name, cidrs) in [("nlb-sg", &[][..]), ("nlb-sg", &["0.0.0.0/0"]), ("pllab-k3x9bc-NLB-sg", &["0.0.0.0/0"])] {
        let one = named_group("sg-1", name, cidrs, &[]);
        assert_eq!(taken(&[one], &[]), pairs(&[("nlb-sg", "sg-1")]), "{name} {cidrs:?}");
    }
    let one = named_group("sg-1", "web-sg", &["0.0.0.0/0"], &[]);
    assert_eq!(taken(&[one], &[("nlb-sg", "sg-1")]), pairs(&[("web-sg", "sg-1")]), "decided again");
    // Once the rules are there, they decide, whatever the names say.
    let swapped = [named_group("sg-1", "web-sg", &["10.0.0.0/16"], &[]), named_group("sg-2", "nlb-sg", &[], &["sg-1"])];
    assert_eq!(taken(&swapped, &[]), pairs(&[("nlb-sg", "sg-1"), ("web-sg", "sg-2")]));
    // Of two that are alike, the one with the name is meant, and nobody need be asked.
    let alike =
        ["sg-1", "sg-2"].map(|id| named_group(id, if id == "sg-2" { "nlb-sg" } else { "mine" }, &["10.0.0.0/16"], &[]));
    let reading = reading(&wanted[..2], &vpcs, &alike, &[("nlb-sg", "sg-1")]);
    assert_eq!((reading.found["nlb-sg"].id.as_str(), &reading.twins), ("sg-2", &None));
}

#[test]
fn one_thing_is_not_taken_twice_and_what_is_missing_stays_missing() {
    let wanted = [vpc("net"), group("web", None), group("front", None)];
    let reading = reading(&wanted, &[a_vpc("vpc-1", "10.0.0.0/16")], &[a_group("sg-1", "vpc-1", None)], &[]);
    assert_eq!(ids(&reading), [("net", "vpc-1", true), ("web", "sg-1", true)]);
}

#[test]
fn an_account_full_of_others_is_still_read() {
    let wanted: Vec<Resource> = std::iter::once(vpc("net"))
        .chain(["a", "b", "c", "d", "e"].iter().map(|name| group(name, Some("web"))))
        .collect();
    let vpcs: Vec<Object> = (0..40).map(|number| a_vpc(&format!("vpc-{number}"), "10.0.0.0/16")).collect();
    let groups: Vec<Object> = (0..40).map(|number| a_group(&format!("sg-{number}"), "vpc-7", None)).collect();
    assert_eq!(reading(&wanted, &vpcs, &groups, &[]).found["net"].id, "vpc-7");
}
