//! How resources change by themselves: a table of transitions, and their timing.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sandbox::Pace;

/// The state after the last one: a resource that reaches it is removed.
pub const GONE: &str = "gone";

/// What has transitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Vpc,
    Subnet,
    Instance,
    Checks,
    Balancer,
    /// A network interface of a deleted load balancer.
    Interface,
    Endpoint,
    GatewayEndpoint,
    Target,
    ConnectEndpoint,
    Verification,
    DnsChange,
}

#[derive(Debug)]
struct Step {
    kind: Kind,
    from: &'static str,
    to: &'static str,
    /// How long it usually takes on AWS. From experience; AWS promises no durations.
    seconds: u64,
    /// Whether a read triggers it in [`Pace::Instant`]. If not, it waits for the clock.
    on_read: bool,
}

const fn step(kind: Kind, from: &'static str, to: &'static str, seconds: u64) -> Step {
    Step { kind, from, to, seconds, on_read: true }
}

/// Every transition that happens without a call.
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
    // The target group's deregistration delay overrides it.
    step(Kind::Target, "draining", GONE, 300),
    // At least ten minutes, as recorded on AWS (moto's `test_register_targets`). Nothing waits for its end.
    Step { on_read: false, ..step(Kind::Target, "leaving", GONE, 600) },
    // The result is decided when the verification starts; the two states look the same to clients until they end.
    step(Kind::Verification, "verifying", "verified", 60),
    step(Kind::Verification, "refuting", "failed", 60),
    // Within 60 seconds, generally [Route53:ChangeResourceRecordSets].
    step(Kind::DnsChange, "PENDING", "INSYNC", 30),
    // AWS does not document how long a change can be asked about. A day is long enough for any client that waits for
    // it.
    Step { on_read: false, ..step(Kind::DnsChange, "INSYNC", GONE, 86_400) },
];

/// A point in time, and the pace of the clock.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    pub at: Timestamp,
    pub pace: Pace,
}

/// The state of a resource, and when it leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// As on the wire.
    pub state: String,
    /// When the next transition is due, in milliseconds since 1970. `None` if no time triggers it.
    pub due: Option<i64>,
}

impl Life {
    /// Enters `state` at `timing.at`.
    pub fn enter(kind: Kind, state: &str, timing: Timing) -> Self {
        let seconds = find(kind, state).map_or(0, |step| step.seconds);
        Self::enter_for(kind, state, timing, seconds)
    }

    /// Like [`Life::enter`], with a duration on AWS that a setting of the resource determines.
    pub fn enter_for(kind: Kind, state: &str, timing: Timing, seconds: u64) -> Self {
        let due = find(kind, state).and_then(|step| {
            let on_aws = Duration::from_secs(seconds);
            match timing.pace {
                Pace::Instant if step.on_read => None,
                // The full duration even at this pace: no client waits for its end.
                Pace::Instant => Some(on_aws),
                pace => Some(pace.scale(on_aws)),
            }
        });
        let due = due.map(|wait| timing.at.as_millisecond() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2));
        Self { state: state.to_owned(), due }
    }

    /// If the clock was set back since the state was entered, a sooner time for the next transition: as if the state
    /// were entered at `timing.at`. `None` if the transition is not due later than that.
    pub fn sooner(&self, kind: Kind, timing: Timing) -> Option<i64> {
        // The longest deregistration delay of a target group.
        let seconds = if kind == Kind::Target { 3600 } else { usual(kind, &self.state).as_secs() };
        let latest = Self::enter_for(kind, &self.state, timing, seconds).due?;
        (self.due? > latest).then_some(latest)
    }

    /// Whether the next transition is due at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now.as_millisecond())
    }

    pub fn next(&self, kind: Kind) -> Option<&'static str> {
        find(kind, &self.state).map(|step| step.to)
    }

    /// The next state, if a read triggers the transition in [`Pace::Instant`].
    pub fn next_by_sight(&self, kind: Kind) -> Option<&'static str> {
        find(kind, &self.state).filter(|step| step.on_read).map(|step| step.to)
    }
}

/// How long a transition usually takes on AWS; zero if there is none.
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
            let ends =
                ["available", "running", "stopped", "active", "ok", "create-complete", "verified", "failed", GONE];
            assert!(ends.contains(&state), "{start:?} ends in {state}");
        }
    }
}
