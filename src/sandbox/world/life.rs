//! How resources change by themselves: one table of transitions, and a clock that paces them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sandbox::Pace;

/// The state of what no longer exists: whoever reaches it is removed.
pub const GONE: &str = "gone";

/// What a transition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A VPC.
    Vpc,
    /// A subnet.
    Subnet,
    /// An instance's state.
    Instance,
    /// An instance's status checks.
    Checks,
    /// A load balancer.
    Balancer,
    /// A network interface that its load balancer has left behind.
    Interface,
    /// An interface endpoint.
    Endpoint,
    /// A gateway endpoint.
    GatewayEndpoint,
    /// A target being deregistered.
    Target,
    /// An EC2 Instance Connect Endpoint.
    ConnectEndpoint,
    /// The verification of a service's private DNS name.
    Verification,
    /// A change of Route 53's zones.
    DnsChange,
}

/// One transition.
#[derive(Debug)]
struct Step {
    kind: Kind,
    from: &'static str,
    to: &'static str,
    /// How long it usually takes on AWS (experience, not a promise; see the facts on typical durations).
    seconds: u64,
    /// Whether looking at the resource is enough in [`Pace::Instant`]. What is not, waits for the clock.
    on_read: bool,
}

const fn step(kind: Kind, from: &'static str, to: &'static str, seconds: u64) -> Step {
    Step { kind, from, to, seconds, on_read: true }
}

/// Every transition that nobody has to ask for.
const STEPS: &[Step] = &[
    step(Kind::Vpc, "pending", "available", 1),
    step(Kind::Subnet, "pending", "available", 1),
    step(Kind::Instance, "pending", "running", 20),
    step(Kind::Instance, "stopping", "stopped", 30),
    step(Kind::Instance, "shutting-down", "terminated", 40),
    // A terminated instance stays visible for about an hour [API:TerminateInstances].
    Step { on_read: false, ..step(Kind::Instance, "terminated", GONE, 3600) },
    step(Kind::Checks, "initializing", "ok", 120),
    step(Kind::Balancer, "provisioning", "active", 150),
    step(Kind::Interface, "leaving", GONE, 60),
    step(Kind::Endpoint, "pending", "available", 90),
    step(Kind::Endpoint, "deleting", GONE, 120),
    step(Kind::GatewayEndpoint, "deleting", GONE, 5),
    // "A few minutes" [ec2 userguide: create-ec2-instance-connect-endpoints].
    step(Kind::ConnectEndpoint, "create-in-progress", "create-complete", 180),
    step(Kind::ConnectEndpoint, "delete-in-progress", GONE, 60),
    // Overridden by the target group's deregistration delay.
    step(Kind::Target, "draining", GONE, 300),
    // Whether the record is there is decided when the verification is asked for; both look the same until they end.
    step(Kind::Verification, "verifying", "verified", 60),
    step(Kind::Verification, "refuting", "failed", 60),
    // Within 60 seconds, generally [Route53:ChangeResourceRecordSets].
    step(Kind::DnsChange, "PENDING", "INSYNC", 30),
];

/// A point in time and the speed at which it passes.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The time at which something happens.
    pub at: Timestamp,
    /// The speed.
    pub pace: Pace,
}

/// The state of one resource, and when it will leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// The state, as on the wire.
    pub state: String,
    /// When the next transition is due, in milliseconds since 1970. `None`: not by time.
    pub due: Option<i64>,
}

impl Life {
    /// A resource of `kind` that enters `state` now.
    pub fn enter(kind: Kind, state: &str, timing: Timing) -> Self {
        let seconds = find(kind, state).map_or(0, |step| step.seconds);
        Self::enter_for(kind, state, timing, seconds)
    }

    /// [`Life::enter`] with a duration on AWS that is a setting of the resource.
    pub fn enter_for(kind: Kind, state: &str, timing: Timing, seconds: u64) -> Self {
        let due = find(kind, state).and_then(|step| {
            let on_aws = Duration::from_secs(seconds);
            match timing.pace {
                Pace::Instant if step.on_read => None,
                // One hour of visibility is one hour: nothing waits for its end.
                Pace::Instant => Some(on_aws),
                pace => Some(pace.scale(on_aws)),
            }
        });
        let due = due.map(|wait| timing.at.as_millisecond() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2));
        Self { state: state.to_owned(), due }
    }

    /// Whether the next transition is due at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now.as_millisecond())
    }

    /// The state that follows, if one does.
    pub fn next(&self, kind: Kind) -> Option<&'static str> {
        find(kind, &self.state).map(|step| step.to)
    }

    /// The state that follows when being looked at is enough, as in [`Pace::Instant`].
    pub fn next_by_sight(&self, kind: Kind) -> Option<&'static str> {
        find(kind, &self.state).filter(|step| step.on_read).map(|step| step.to)
    }
}

/// How long a transition usually takes on AWS; zero where there is none.
pub fn usual(kind: Kind, from: &str) -> Duration {
    find(kind, from).map_or(Duration::ZERO, |step| Duration::from_secs(step.seconds))
}

fn find(kind: Kind, state: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.kind == kind && step.from == state)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{GONE, Kind, Life, STEPS, Timing};
    use crate::sandbox::Pace;

    fn timing(pace: Pace) -> Timing {
        Timing { at: Timestamp::UNIX_EPOCH, pace }
    }

    #[test]
    fn time_is_scaled_and_instant_does_not_wait() {
        let due = |pace| Life::enter(Kind::Balancer, "provisioning", timing(pace)).due;
        assert_eq!((due(Pace::Real), due(Pace::Quick), due(Pace::Instant)), (Some(150_000), Some(5_000), None));
        let terminated = Life::enter(Kind::Instance, "terminated", timing(Pace::Instant));
        assert_eq!((terminated.due, terminated.next_by_sight(Kind::Instance)), (Some(3_600_000), None));
    }

    #[test]
    fn every_transition_ends() {
        for start in STEPS {
            let mut state = start.from;
            for _ in 0..4 {
                let Some(step) = STEPS.iter().find(|step| step.kind == start.kind && step.from == state) else { break };
                state = step.to;
            }
            let ends = [
                "available",
                "running",
                "stopped",
                "active",
                "ok",
                "create-complete",
                "verified",
                "failed",
                "INSYNC",
                GONE,
            ];
            assert!(ends.contains(&state), "{start:?} ends in {state}");
        }
    }
}
