//! Target health as `DescribeTargetHealth` reports it [API elbv2:TargetHealthDescription].

use super::choice::Fitness;
use super::health::{Condition, is_own_node, probers};
use crate::sandbox::plane::net::topology::{Target, Topology};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetReport {
    pub target: Target,
    /// `initial`, `healthy`, `unhealthy`, `draining` or `unused`.
    pub state: String,
    /// The reason code; `None` for a healthy target.
    pub reason: Option<String>,
    pub description: Option<String>,
}

/// The report on a target, given the results of its probes.
pub fn report(topology: &Topology, arn: &str, target: &Target, seen: Condition) -> TargetReport {
    let (state, reason, description) = say(topology, arn, target, seen);
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    TargetReport {
        target: target.clone(),
        state: state.to_owned(),
        reason: some(reason),
        description: some(description),
    }
}

fn say(topology: &Topology, arn: &str, target: &Target, seen: Condition) -> (&'static str, &'static str, &'static str) {
    const REGISTERING: (&str, &str, &str) =
        ("initial", "Elb.RegistrationInProgress", "Target registration is in progress");
    if target.draining {
        return ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress");
    }
    let mut users = topology.balancers.values().filter(|it| it.listeners.iter().any(|it| it.group == arn)).peekable();
    if users.peek().is_none() {
        let words = "Target group is not configured to receive traffic from the load balancer";
        return ("unused", "Target.NotInUse", words);
    }
    match topology.instances.get(&target.id) {
        Some(instance) if instance.terminated => {
            return ("unused", "Target.InvalidState", "Target is in the terminated state");
        }
        Some(instance) if !instance.running => {
            return ("unused", "Target.InvalidState", "Target is in the stopped state");
        }
        _ => {}
    }
    let zone = target.zone_id.as_ref();
    if zone.is_some_and(|zone| !users.any(|it| it.nodes.iter().any(|node| node.zone_id == *zone))) {
        let words = "Target is in an Availability Zone that is not enabled for the load balancer";
        return ("unused", "Target.NotInUse", words);
    }
    // Documented for any load balancer's address; another one's is a target that people use (UNCONFIRMED).
    if target.id.parse().is_ok_and(|address| is_own_node(topology, arn, address)) {
        return ("unused", "Target.IpUnusable", "The target IP address is reserved for use by a load balancer");
    }
    if probers(topology, arn).next().is_none() {
        return REGISTERING;
    }
    match seen.fitness {
        Fitness::Healthy => ("healthy", "", ""),
        Fitness::Unhealthy => ("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
        Fitness::Initial if seen.probed => {
            ("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
        }
        Fitness::Initial => REGISTERING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::fixtures::{GROUP, NLB, lab};

    #[test]
    fn states_come_with_the_reason_that_aws_gives() {
        type Change = fn(&mut Topology);
        let cases: [(Change, Fitness, &str, &str); 10] = [
            (|_| {}, Fitness::Healthy, "healthy", ""),
            (|_| {}, Fitness::Unhealthy, "unhealthy", "Target.FailedHealthChecks"),
            (|_| {}, Fitness::Initial, "initial", "Elb.RegistrationInProgress"),
            (
                |it| it.balancers.values_mut().for_each(|it| it.active = false),
                Fitness::Initial,
                "initial",
                "Elb.RegistrationInProgress",
            ),
            (
                |it| it.balancers.values_mut().for_each(|it| it.listeners.clear()),
                Fitness::Healthy,
                "unused",
                "Target.NotInUse",
            ),
            (
                |it| it.instances.values_mut().for_each(|it| it.running = false),
                Fitness::Healthy,
                "unused",
                "Target.InvalidState",
            ),
            (
                |it| it.instances.values_mut().for_each(|it| it.terminated = true),
                Fitness::Healthy,
                "unused",
                "Target.InvalidState",
            ),
            (
                |it| it.target_groups.values_mut().for_each(|it| it.targets[0].zone_id = Some("apne1-az1".to_owned())),
                Fitness::Healthy,
                "unused",
                "Target.NotInUse",
            ),
            (
                |it| it.target_groups.values_mut().for_each(|it| it.targets[0].draining = true),
                Fitness::Healthy,
                "draining",
                "Target.DeregistrationInProgress",
            ),
            (
                |it| it.target_groups.values_mut().for_each(|it| it.targets[0].id = "10.0.1.10".to_owned()),
                Fitness::Initial,
                "unused",
                "Target.IpUnusable",
            ),
        ];
        assert!(lab().balancers.contains_key(NLB));
        for (change, fitness, state, reason) in cases {
            let mut topology = lab();
            change(&mut topology);
            let group = &topology.target_groups[GROUP];
            let mut seen = Condition::default();
            seen.fitness = fitness;
            let report = report(&topology, GROUP, &group.targets[0], seen);
            assert_eq!((report.state.as_str(), report.reason.as_deref().unwrap_or("")), (state, reason));
            assert_eq!(report.description.is_none(), reason.is_empty());
        }
    }
}
