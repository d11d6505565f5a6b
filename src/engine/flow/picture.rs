//! The picture of a run, from the lab's structure and from what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::actions::{self, Symbol};
use crate::engine::event::{Lane, Link, LinkState, Mark, Node, Picture, Verdict};
use crate::engine::record::state::State;
use crate::host::net::Cidr;
use crate::i18n::{Lang, Text, m};
use crate::lab::{Lab, Resource, Side};

/// What the picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What the lab will build, before anything is told about it: no blocks, no states.
    Planned,
    /// What exists, and what step `n` adds.
    Doing(usize),
    /// What the steps before `n` would have made, and what step `n` adds.
    Reading(usize),
}

/// A resource of the lab, with the index of its step and its side.
#[derive(Clone, Copy)]
struct Made<'a> {
    step: usize,
    side: Side,
    resource: &'a Resource,
}

pub fn picture(lab: &Lab, run: &State, stage: Stage) -> Picture {
    let mut all: Vec<Made<'_>> = Vec::new();
    for (index, step) in lab.steps.iter().enumerate() {
        all.extend(step.makes.iter().map(|resource| Made { step: index, side: step.side, resource }));
    }
    let mut vpcs: Vec<Lane> = all.iter().filter_map(|it| lane(it, run, stage)).collect();
    let mut found: Vec<(usize, Made<'_>, Symbol)> = all
        .iter()
        .filter_map(|it| actions::picture(&it.resource.kind(), it.side).map(|symbol| (symbol.place, *it, symbol)))
        .collect();
    found.sort_by_key(|(place, ..)| *place);
    let several = |one: &Made<'_>| {
        all.iter().filter(|it| it.side == one.side && it.resource.kind() == one.resource.kind()).count() > 1
    };
    // The provider's instances serve pages, unless no target group knows them.
    let serves = |one: &Made<'_>| {
        let is_target = |it: &Made<'_>| matches!(it.resource, Resource::TargetGroup(group) if group.targets.iter().any(|name| name == one.resource.name()));
        !matches!(one.resource, Resource::Instance(_)) || one.side == Side::Consumer || all.iter().any(is_target)
    };
    for (_, made, symbol) in &found {
        let name = made.resource.name();
        let home = home(&all, made.resource);
        let lane = match vpcs.iter_mut().position(|lane| lane.side == made.side && Some(lane.name.as_str()) == home) {
            Some(at) => &mut vpcs[at],
            None => match vpcs.iter_mut().position(|lane| lane.side == made.side) {
                Some(at) => &mut vpcs[at],
                None => continue,
            },
        };
        let mark = mark(run, stage, made.step, name);
        let kind = if serves(made) { symbol.label.clone() } else { m::picture_instance() };
        // A client that is called "client" or "client-late" needs no second word.
        let label = match several(made) {
            true if name.starts_with(&kind.render(Lang::En)) => Text::literal(name),
            true => m::PictureNamed { label: kind, name }.text(),
            false => kind,
        };
        lane.nodes.push(Node {
            name: name.to_owned(),
            label,
            state: seen(run, stage, mark, name, symbol.works),
            details: if stage == Stage::Planned { Vec::new() } else { details(&all, made.resource) },
            zones: if stage == Stage::Planned { BTreeMap::new() } else { zones(&all, run, made.resource) },
            mark,
            place: symbol.place,
            tied: symbol.tied,
        });
    }
    for lane in vpcs.iter_mut().filter(|_| stage != Stage::Planned) {
        let stood: BTreeSet<String> = lane.nodes.iter().flat_map(|node| node.zones.keys().cloned()).collect();
        if stood.len() > 1 {
            let mut columns: Vec<String> = all.iter().filter_map(|it| subnet_zone(run, it.resource)).collect();
            let mut left = stood;
            columns.retain(|zone| left.remove(zone));
            lane.zones = columns;
        }
        for node in lane.nodes.iter_mut().filter(|node| lane.zones.is_empty() || node.zones.is_empty()) {
            let zones: Vec<String> = std::mem::take(&mut node.zones).into_keys().collect();
            let told = [addresses(run, &node.name), zones].map(|all| all.join(", "));
            node.details.splice(..0, told.into_iter().filter(|told| !told.is_empty()).map(Text::literal));
        }
    }
    let links = all.iter().filter_map(|it| link(lab, run, stage, &all, it)).collect();
    Picture { vpcs, links }
}

fn mark(run: &State, stage: Stage, step: usize, name: &str) -> Mark {
    let exists = run.resources.get(name).is_some_and(|line| line.id().is_some());
    match stage {
        Stage::Planned => Mark::There,
        Stage::Doing(now) if step == now => Mark::New,
        Stage::Doing(_) if exists => Mark::There,
        Stage::Reading(now) if step == now => Mark::New,
        Stage::Reading(now) if step < now => Mark::There,
        Stage::Doing(_) | Stage::Reading(_) => Mark::Absent,
    }
}

fn lane(made: &Made<'_>, run: &State, stage: Stage) -> Option<Lane> {
    let Resource::Vpc(vpc) = made.resource else { return None };
    let mark = mark(run, stage, made.step, &vpc.name);
    let tells = mark != Mark::Absent && stage != Stage::Planned;
    let cidr = if tells { vpc.cidr.clone() } else { String::new() };
    Some(Lane { side: made.side, name: vpc.name.clone(), cidr, mark, zones: Vec::new(), nodes: Vec::new() })
}

/// The VPC that a resource stands in, by name.
fn home<'a>(all: &[Made<'a>], resource: &'a Resource) -> Option<&'a str> {
    let find = |name: &str| all.iter().map(|it| it.resource).find(|it| it.name() == name);
    let of_subnet = |name: &str| match find(name)? {
        Resource::Subnet(subnet) => Some(subnet.vpc.as_str()),
        _ => None,
    };
    match resource {
        Resource::Instance(it) => of_subnet(&it.subnet),
        Resource::Endpoint(it) => Some(&it.vpc),
        Resource::LoadBalancer(it) => of_subnet(it.subnets.first()?),
        Resource::EndpointService(it) => home(all, find(&it.load_balancer)?),
        _ => None,
    }
}

/// The state as it was last seen: the one in which it works, unless a check saw another.
fn seen(run: &State, stage: Stage, mark: Mark, name: &str, works: &str) -> Option<Text> {
    if mark != Mark::There || stage == Stage::Planned || works.is_empty() {
        return None;
    }
    let about = |check: &str| check.split(':').nth(1) == Some(name);
    let other = run.checked.iter().find(|((_, check), (verdict, _))| about(check) && *verdict == Verdict::Broken);
    Some(other.map_or_else(|| Text::literal(works), |(_, (_, seen))| seen.clone()))
}

/// The id of a subnet's zone: the one it got, or else the one that is planned. `None` for all that is no subnet.
fn subnet_zone(run: &State, resource: &Resource) -> Option<String> {
    let Resource::Subnet(subnet) = resource else { return None };
    let got = run.resources.get(&subnet.name).and_then(|line| line.facts.get("zone_id").cloned());
    Some(got.unwrap_or_else(|| subnet.zone.clone())).filter(|zone| !zone.is_empty())
}

/// The subnets that a resource stands in, by name.
fn subnets(resource: &Resource) -> Vec<&String> {
    match resource {
        Resource::Instance(it) => vec![&it.subnet],
        Resource::Endpoint(it) => it.subnets.iter().collect(),
        Resource::LoadBalancer(it) => it.subnets.iter().collect(),
        _ => Vec::new(),
    }
}

/// The addresses of a resource that are known.
fn addresses(run: &State, name: &str) -> Vec<String> {
    let hop = run.page.iter().flat_map(|page| &page.hops).find(|hop| hop.resource == name);
    let fact = || run.resources.get(name).and_then(|line| line.facts.get("address").cloned());
    hop.map_or_else(|| fact().into_iter().collect(), |hop| hop.addresses.clone())
}

/// What of a resource stands in which zone: its addresses there, or the subnet's block while they are not known.
fn zones(all: &[Made<'_>], run: &State, resource: &Resource) -> BTreeMap<String, String> {
    let known = addresses(run, resource.name());
    let mut zones = BTreeMap::new();
    for name in subnets(resource) {
        let Some(made) = all.iter().find(|it| it.resource.name() == name) else { continue };
        let (Resource::Subnet(subnet), Some(zone)) = (made.resource, subnet_zone(run, made.resource)) else { continue };
        let is_here = |address: &&String| {
            let address = address.parse::<Ipv4Addr>().ok();
            address.zip(Cidr::exact(&subnet.cidr)).is_some_and(|(address, block)| block.has(address))
        };
        let here: Vec<&str> = known.iter().filter(is_here).map(String::as_str).collect();
        zones.insert(zone, if here.is_empty() { subnet.cidr.clone() } else { here.join(", ") });
    }
    zones
}

/// Groups and private names.
fn details(all: &[Made<'_>], resource: &Resource) -> Vec<Text> {
    let name = resource.name();
    let group = match resource {
        Resource::Instance(it) => &it.group,
        Resource::Endpoint(it) => &it.group,
        Resource::LoadBalancer(it) => &it.group,
        _ => "",
    };
    let mut details: Vec<Text> = (!group.is_empty()).then(|| Text::literal(group)).into_iter().collect();
    let private = all.iter().find_map(|it| match it.resource {
        Resource::PrivateName(it) if it.service == name => Some(it.domain.clone()),
        _ => None,
    });
    details.extend(private.map(Text::literal));
    details
}

/// The tie of an endpoint, from the lab's steps and from what was done.
fn link(lab: &Lab, run: &State, stage: Stage, all: &[Made<'_>], made: &Made<'_>) -> Option<Link> {
    let Resource::Endpoint(endpoint) = made.resource else { return None };
    let service = all.iter().find_map(|it| match it.resource {
        Resource::ServiceLookup(it) if it.name == endpoint.lookup => Some(it.service.clone()),
        _ => None,
    })?;
    // A service that does not ask accepts every endpoint by itself.
    let asks = all.iter().any(|it| match it.resource {
        Resource::EndpointService(it) => it.name == service && it.acceptance_required,
        _ => false,
    });
    let accepts = |it: &Resource| matches!(it, Resource::Acceptance(it) if it.endpoint == endpoint.name);
    let rejects = |it: &Resource| matches!(it, Resource::Rejection(it) if it.endpoint == endpoint.name);
    // "Made" means here that the call took effect.
    let took = |wanted: &dyn Fn(&Resource) -> bool| {
        let effect = |it: &Resource| run.resources.get(it.name()).is_some_and(|line| line.made.contains("word"));
        all.iter().any(|it| wanted(it.resource) && effect(it.resource))
    };
    let told = |wanted: &dyn Fn(&Resource) -> bool, before: usize| {
        lab.steps[..before.min(lab.steps.len())].iter().any(|step| step.makes.iter().any(wanted))
    };
    let (asked, up, cut) = match stage {
        Stage::Planned => (false, false, false),
        Stage::Doing(_) => {
            let asked = mark(run, stage, made.step, &endpoint.name) != Mark::Absent;
            (asked, took(&accepts) || (asked && !asks), took(&rejects))
        }
        Stage::Reading(now) => {
            let asked = made.step <= now;
            (asked, if asks { told(&accepts, now) } else { asked }, told(&rejects, now))
        }
    };
    let (tie, label) = match (asked, up, cut) {
        (_, _, true) => (LinkState::Rejected, Some(m::picture_link_rejected())),
        (_, true, _) => (LinkState::Up, Some(m::picture_link_up())),
        (true, false, _) => (LinkState::Pending, Some(m::picture_link_pending())),
        (false, false, _) if stage == Stage::Planned => (LinkState::Planned, None),
        (false, false, _) => (LinkState::Absent, None),
    };
    Some(Link { endpoint: endpoint.name.clone(), service, state: tie, label })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lab::{Source, load};

    fn drawn(stage: Stage) -> Picture {
        let source = Source::find("two-zones", None).expect("it is read").expect("it is there");
        let known = BTreeMap::from([("token", "t".to_owned()), ("region", "ap-northeast-1".to_owned())]);
        let loaded = load(&source, &BTreeMap::new(), &known).expect("it is good");
        picture(&loaded.lab, &State::default(), stage)
    }

    #[test]
    fn the_plan_tells_neither_blocks_nor_states() {
        let planned = drawn(Stage::Planned);
        assert!(planned.vpcs.iter().all(|lane| lane.cidr.is_empty()));
        assert!(
            planned
                .vpcs
                .iter()
                .flat_map(|lane| &lane.nodes)
                .all(|node| node.details.is_empty() && node.state.is_none())
        );
        assert!(planned.links.iter().all(|link| link.state == LinkState::Planned && link.label.is_none()));
    }

    #[test]
    fn zones_and_groups_are_told_by_name() {
        let read = drawn(Stage::Reading(9));
        let nlb = read.node("nlb").expect("it is there");
        assert!(nlb.details.contains(&Text::literal("nlb-sg")) && nlb.details.len() == 2, "{:?}", nlb.details);
    }
}
