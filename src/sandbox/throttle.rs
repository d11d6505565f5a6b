//! EC2's request throttling: token buckets per account, region and operation [ec2 devguide: ec2-api-throttling].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::call::Call;
use super::ops::Protocol;
use super::pace::Pace;
use super::wire::{ApiError, Params};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttle {
    #[default]
    Off,
    /// Throttled with the capacities that AWS documents for EC2. Those of `ELBv2` and Service Quotas are not
    /// documented, so those calls are not throttled.
    Aws,
}

/// A bucket's capacity, and the tokens it gains per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    capacity: f64,
    refill: f64,
}

const fn size(capacity: f64, refill: f64) -> Size {
    Size { capacity, refill }
}

/// Operations with limits of their own.
const OWN: &[(&[&str], Size)] = &[
    (&["CreateVpcEndpoint", "DeleteVpcEndpoints", "ModifyVpcEndpoint"], size(4.0, 0.3)),
    (
        &[
            "AcceptVpcEndpointConnections",
            "CreateVpcEndpointServiceConfiguration",
            "DeleteVpcEndpointServiceConfigurations",
            "ModifyVpcEndpointServiceConfiguration",
            "RejectVpcEndpointConnections",
        ],
        size(10.0, 1.0),
    ),
    (&["RunInstances"], size(5.0, 2.0)),
    (&["StartInstances"], size(5.0, 2.0)),
    (&["TerminateInstances"], size(100.0, 5.0)),
    (&["CreateTags", "DeleteTags"], size(100.0, 10.0)),
];
/// Operations that change something, and those that AWS calls resource-intensive.
const MUTATING: Size = size(50.0, 5.0);
/// Operations that only read.
const READING: Size = size(100.0, 20.0);
/// Calls of these that name no ids, filters or pages.
const UNFILTERED: (&[&str], Size) = (
    &["DescribeInstances", "DescribeInstanceStatus", "DescribeNetworkInterfaces", "DescribeSecurityGroups"],
    size(50.0, 10.0),
);
/// Limits on launched and terminated instances, in addition to those on requests.
const LAUNCHED: Size = size(1000.0, 2.0);
const TERMINATED: Size = size(1000.0, 20.0);

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

/// The buckets of all accounts, full at the start.
#[derive(Debug)]
pub struct Buckets {
    throttle: Throttle,
    levels: Mutex<BTreeMap<(usize, String, String), Level>>,
}

impl Buckets {
    pub fn new(throttle: Throttle) -> Self {
        Self { throttle, levels: Mutex::default() }
    }

    /// Takes the tokens that `call` costs, or refuses it. The buckets fill at the sandbox's pace. At the instant
    /// pace, where time does not pass by itself, each refusal counts as one second.
    ///
    /// # Errors
    /// `RequestLimitExceeded` with HTTP 503.
    pub fn admit(&self, call: &Call<'_>, at: Timestamp, pace: Pace) -> Result<(), ApiError> {
        if self.throttle == Throttle::Off || call.protocol != Protocol::Ec2 {
            return Ok(());
        }
        let costs = costs(call.action, &call.params);
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let keys: Vec<_> = costs
            .into_iter()
            .map(|(bucket, size, cost)| ((call.account, call.region.to_owned(), bucket), size, cost))
            .collect();
        for (key, size, _) in &keys {
            let level = levels.entry(key.clone()).or_insert(Level { tokens: size.capacity, at });
            level.tokens = size.capacity.min(level.tokens + size.refill * seconds(level.at, at, pace));
            level.at = at;
        }
        let enough = keys.iter().all(|(key, _, cost)| levels[key].tokens >= *cost);
        for (key, size, cost) in &keys {
            let Some(level) = levels.get_mut(key) else { continue };
            if enough {
                level.tokens -= cost;
            } else if pace == Pace::Instant {
                level.tokens = size.capacity.min(level.tokens + size.refill);
            }
        }
        if enough {
            return Ok(());
        }
        Err(ApiError::new("RequestLimitExceeded", "Request limit exceeded.").with_status(503))
    }
}

/// Seconds on AWS's clock between two moments of the sandbox.
fn seconds(from: Timestamp, to: Timestamp, pace: Pace) -> f64 {
    let here = (to.as_duration() - from.as_duration()).as_secs_f64().max(0.0);
    match pace {
        Pace::Instant => 0.0,
        _ => here / pace.scale(std::time::Duration::from_secs(1)).as_secs_f64(),
    }
}

/// The buckets that a call takes tokens from, and how many from each.
fn costs(action: &str, params: &Params) -> Vec<(String, Size, f64)> {
    let reads = ["Describe", "Get"].iter().any(|verb| action.starts_with(verb));
    let own = OWN.iter().find(|(names, _)| names.contains(&action)).map(|(_, size)| *size);
    let (unfiltered, low) = UNFILTERED;
    let mut costs = if unfiltered.contains(&action) && params.is_bare() {
        vec![(format!("{action}, unfiltered"), low, 1.0)]
    } else {
        vec![(action.to_owned(), own.unwrap_or(if reads { READING } else { MUTATING }), 1.0)]
    };
    match action {
        "RunInstances" => {
            let count = params.peek("MaxCount").and_then(|text| text.parse::<u16>().ok()).unwrap_or(1);
            costs.push(("instances launched".to_owned(), LAUNCHED, f64::from(count)));
        }
        "TerminateInstances" => {
            let count = u16::try_from(params.groups("InstanceId").len()).unwrap_or(u16::MAX);
            costs.push(("instances terminated".to_owned(), TERMINATED, f64::from(count)));
        }
        _ => {}
    }
    costs
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Buckets, Call, Pace, Params, Protocol, Throttle};

    fn call(action: &'static str, form: &str) -> Call<'static> {
        let params = Params::parse(form.as_bytes()).unwrap();
        Call { account: 0, region: "ap-northeast-1", protocol: Protocol::Ec2, action, params, unseen: None }
    }

    /// How many calls in a row are admitted.
    fn row(buckets: &Buckets, call: &Call<'_>, at: Timestamp, pace: Pace) -> usize {
        (0..2000).take_while(|_| buckets.admit(call, at, pace).is_ok()).count()
    }

    #[test]
    fn capacities_are_those_of_aws() {
        for (action, form, capacity) in [
            ("CreateVpcEndpoint", "", 4),
            ("DeleteVpcEndpoints", "", 4),
            ("AcceptVpcEndpointConnections", "", 10),
            ("RunInstances", "MaxCount=1", 5),
            ("TerminateInstances", "InstanceId.1=i", 100),
            ("CreateTags", "", 100),
            ("CreateVpc", "", 50),
            ("AuthorizeSecurityGroupIngress", "", 50),
            ("DescribeVpcEndpoints", "", 100),
            ("DescribeInstances", "Action=x&Version=1", 50),
            ("DescribeInstances", "InstanceId.1=i", 100),
            ("DescribeNetworkInterfaces", "MaxResults=5", 100),
        ] {
            let buckets = Buckets::new(Throttle::Aws);
            let call = call(action, form);
            assert_eq!(row(&buckets, &call, Timestamp::UNIX_EPOCH, Pace::Real), capacity, "{action} {form}");
        }
        // The limit counts instances, however few requests launch them.
        let buckets = Buckets::new(Throttle::Aws);
        assert_eq!(row(&buckets, &call("RunInstances", "MaxCount=400"), Timestamp::UNIX_EPOCH, Pace::Real), 2);
    }

    #[test]
    fn buckets_fill_with_time_at_their_own_pace() {
        let refused = |pace, wait| {
            let buckets = Buckets::new(Throttle::Aws);
            let call = call("CreateVpcEndpoint", "");
            row(&buckets, &call, Timestamp::UNIX_EPOCH, pace);
            row(&buckets, &call, Timestamp::UNIX_EPOCH + SignedDuration::from_millis(wait), pace)
        };
        assert_eq!((refused(Pace::Real, 3000), refused(Pace::Real, 3400), refused(Pace::Real, 60_000)), (0, 1, 4));
        // At the quick pace a thirtieth of the time is enough.
        assert_eq!((refused(Pace::Quick, 100), refused(Pace::Quick, 120)), (0, 1));
        // At the instant pace each refusal counts as a second.
        let buckets = Buckets::new(Throttle::Aws);
        let call = call("CreateVpcEndpoint", "");
        row(&buckets, &call, Timestamp::UNIX_EPOCH, Pace::Instant);
        let after: Vec<bool> =
            (0..4).map(|_| buckets.admit(&call, Timestamp::UNIX_EPOCH, Pace::Instant).is_ok()).collect();
        assert_eq!(after, [false, false, false, true]);
    }

    #[test]
    fn accounts_and_other_services_have_their_own() {
        let buckets = Buckets::new(Throttle::Aws);
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(row(&buckets, &call("CreateVpcEndpoint", ""), at, Pace::Real), 4);
        let other = Call { account: 1, ..call("CreateVpcEndpoint", "") };
        assert_eq!(row(&buckets, &other, at, Pace::Real), 4);
        let elb = Call { protocol: Protocol::Elb, ..call("CreateLoadBalancer", "") };
        assert_eq!(row(&buckets, &elb, at, Pace::Real), 2000);
        assert_eq!(row(&Buckets::new(Throttle::Off), &call("CreateVpcEndpoint", ""), at, Pace::Real), 2000);
    }
}
