use super::*;
use crate::sandbox::plane::fixtures::{GROUP, NLB, ip, lab, nlb, vpce};

type Change = fn(&mut Topology);
type Chosen<'a> = Result<&'a [&'a str], Reason>;

#[test]
fn an_endpoint_leads_to_the_node_of_its_zone() {
    let rows: &[(&str, Change, Result<&str, Reason>)] = &[
        ("same zone", |_| {}, Ok("10.0.1.10")),
        ("an AWS service", |it| vpce(it).service = "com.amazonaws.s3".into(), Err(Reason::ServiceGone)),
        ("other zone", |it| vpce(it).interfaces[0].zone_id = "apne1-az1".into(), Err(Reason::NoNodeInZone)),
        ("not active", |it| nlb(it).active = false, Err(Reason::BalancerNotActive)),
        ("pending", |it| vpce(it).state = "pending".into(), Err(Reason::EndpointNotAvailable)),
    ];
    for (name, change, wanted) in rows {
        let mut topology = lab();
        change(&mut topology);
        let seen = behind_endpoint(&topology, "vpce-1", ip("10.0.2.20"), 80).map(|it| it.address);
        assert_eq!(seen, wanted.map(ip), "{name}");
    }
}

/// `h`ealthy, `u`nhealthy, `i`nitial; capitals are targets of the other zone.
#[test]
fn a_node_chooses_by_zone_and_health_and_fails_open() {
    let rows: &[(&str, bool, Chosen<'_>)] = &[
        ("h", false, Ok(&["t0"])),
        ("hh", false, Ok(&["t0", "t1"])),
        ("hu", false, Ok(&["t0"])),
        ("uu", false, Ok(&["t0", "t1"])),
        ("hi", false, Ok(&["t0"])),
        ("i", false, Err(Reason::NoHealthyTargetInZone)),
        ("ui", false, Ok(&["t0"])),
        ("", false, Err(Reason::NoTargetInZone)),
        ("", true, Err(Reason::NoTargetInZone)),
        ("H", false, Err(Reason::NoTargetInZone)),
        ("H", true, Ok(&["t0"])),
        ("uH", false, Ok(&["t0"])),
        ("uH", true, Ok(&["t1"])),
        ("uU", false, Ok(&["t0"])),
        ("hH", true, Ok(&["t0", "t1"])),
        ("dh", true, Ok(&["t1"])),
        ("d", true, Err(Reason::NoTargetInZone)),
    ];
    for (targets, cross_zone, wanted) in rows {
        let mut topology = lab();
        nlb(&mut topology).cross_zone = *cross_zone;
        let mut other = topology.subnets["subnet-p"].clone();
        other.zone_id = "apne1-az1".into();
        topology.subnets.insert("subnet-q".into(), other);
        let mut group = topology.target_groups[GROUP].clone();
        group.targets.clear();
        for (at, kind) in targets.chars().enumerate() {
            let mut instance = topology.instances["i-web"].clone();
            instance.subnet = if kind.is_ascii_uppercase() { "subnet-q" } else { "subnet-p" }.into();
            topology.instances.insert(format!("t{at}"), instance);
            let zone_id = Some(topology.subnets[&topology.instances[&format!("t{at}")].subnet].zone_id.clone());
            group.targets.push(Target { id: format!("t{at}"), port: 80, draining: kind == 'd', zone_id });
        }
        let fitness = |target: &Target| {
            let at: usize = target.id[1..].parse().unwrap_or(0);
            match targets.chars().nth(at).map(|kind| kind.to_ascii_lowercase()) {
                Some('h') => Fitness::Healthy,
                Some('u') => Fitness::Unhealthy,
                _ => Fitness::Initial,
            }
        };
        let balancer = &topology.balancers[NLB];
        let seen: Result<Vec<&str>, Reason> = (0..2)
            .map(|flow| choose_target(balancer, &balancer.nodes[0], &group, &fitness, flow))
            .map(|chosen| chosen.map(|target| target.id.as_str()))
            .collect();
        let seen = seen.map(|mut ids| {
            ids.dedup();
            ids
        });
        assert_eq!(seen, wanted.map(<[&str]>::to_vec), "{targets} {cross_zone}");
    }
}
