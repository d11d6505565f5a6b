//! Faults on demand: which call of which operation fails, and how. Calls are counted, so a plan is repeatable.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::ops;

/// One line of a fault plan, written `OPERATION:CALLS:FAULT`, such as `CreateVpcEndpoint:2:lost-reply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// The operation's name. With a `*` at its end, every operation that begins like this.
    operation: String,
    /// The first call that fails, counted from 1 among the calls that match `operation`.
    first: u32,
    /// The last call that fails; `None` for all that follow.
    last: Option<u32>,
    pub(super) fault: FaultKind,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Refused before it has any effect: too many calls.
    Throttle,
    /// Answered with a server error. The call had no effect.
    InternalError,
    /// Answered as unavailable. The call had no effect.
    Unavailable,
    /// No effect and no answer: the connection is held this long and then closed.
    TimeOut(Duration),
    /// The call took effect, but the connection is closed without an answer.
    LostReply,
    /// The call took effect, and is answered this much later.
    Slow(Duration),
    /// The call took effect, but what it made cannot be found for a while.
    NotFound(VisibilityDelay),
    /// The credentials have expired.
    Expired,
}

/// How long a new resource cannot be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibilityDelay {
    /// For this many calls that look for it.
    Calls(u32),
    For(Duration),
}

impl FaultKind {
    /// The kinds as a plan spells them, with the values they take.
    pub const WORDS: [&str; 8] = [
        "throttle",
        "internal-error",
        "unavailable",
        "timeout[=DURATION]",
        "lost-reply",
        "slow=DURATION",
        "not-found=CALLS|DURATION",
        "expired",
    ];
}

/// What is wrong with a rule of a fault plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadFault {
    /// It does not have three parts.
    Form,
    /// The sandbox has no such operation.
    Operation(String),
    /// Not a call number, a range or `*`.
    Calls(String),
    /// No such kind of fault.
    Kind(String),
    /// The kind needs a value, takes none, or takes another form of value.
    Value(String),
}

impl fmt::Display for BadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("not OPERATION:CALLS:FAULT"),
            Self::Operation(text) | Self::Calls(text) | Self::Kind(text) | Self::Value(text) => f.write_str(text),
        }
    }
}

impl FaultRule {
    pub(super) fn is_about(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => operation == self.operation,
        }
    }

    /// Whether call number `call`, counted from 1, fails.
    pub(super) fn strikes(&self, call: u32) -> bool {
        call >= self.first && self.last.is_none_or(|last| call <= last)
    }
}

impl FromStr for FaultRule {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let mut parts = text.trim().splitn(3, ':');
        let (Some(operation), Some(calls), Some(fault)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadFault::Form);
        };
        let known = match operation.strip_suffix('*') {
            Some(start) => ops::operations().any(|name| name.starts_with(start)),
            None => ops::operations().any(|name| name == operation),
        };
        if !known {
            return Err(BadFault::Operation(operation.to_owned()));
        }
        let (first, last) = read_calls(calls).ok_or_else(|| BadFault::Calls(calls.to_owned()))?;
        Ok(Self { operation: operation.to_owned(), first, last, fault: read_kind(fault)? })
    }
}

/// Reads `2`, `2-4`, `2-` or `*`.
fn read_calls(text: &str) -> Option<(u32, Option<u32>)> {
    if text == "*" {
        return Some((1, None));
    }
    let (first, last) = match text.split_once('-') {
        None => (text.parse().ok()?, Some(text.parse().ok()?)),
        Some((first, "")) => (first.parse().ok()?, None),
        Some((first, last)) => (first.parse().ok()?, Some(last.parse().ok()?)),
    };
    (first >= 1 && last.is_none_or(|last| last >= first)).then_some((first, last))
}

/// How long a call is held that times out, if the plan does not say. Shorter than a client's own timeout.
const HELD: Duration = Duration::from_secs(5);

fn read_kind(text: &str) -> Result<FaultKind, BadFault> {
    let (word, value) = match text.split_once('=') {
        Some((word, value)) => (word, Some(value)),
        None => (text, None),
    };
    let bad = || BadFault::Value(text.to_owned());
    match (word, value) {
        ("throttle", None) => Ok(FaultKind::Throttle),
        ("internal-error", None) => Ok(FaultKind::InternalError),
        ("unavailable", None) => Ok(FaultKind::Unavailable),
        ("lost-reply", None) => Ok(FaultKind::LostReply),
        ("expired", None) => Ok(FaultKind::Expired),
        ("timeout", None) => Ok(FaultKind::TimeOut(HELD)),
        ("timeout", Some(value)) => read_duration(value).map(FaultKind::TimeOut).ok_or_else(bad),
        ("slow", Some(value)) => read_duration(value).map(FaultKind::Slow).ok_or_else(bad),
        ("not-found", Some(value)) => match value.parse() {
            Ok(calls) => Ok(FaultKind::NotFound(VisibilityDelay::Calls(calls))),
            Err(_) => read_duration(value).map(|time| FaultKind::NotFound(VisibilityDelay::For(time))).ok_or_else(bad),
        },
        ("throttle" | "internal-error" | "unavailable" | "lost-reply" | "expired" | "slow" | "not-found", _) => {
            Err(bad())
        }
        _ => Err(BadFault::Kind(word.to_owned())),
    }
}

/// Reads `300ms` or `2s`, up to an hour.
fn read_duration(text: &str) -> Option<Duration> {
    let duration = match text.strip_suffix("ms") {
        Some(number) => Duration::from_millis(number.parse().ok()?),
        None => Duration::from_secs(text.strip_suffix('s')?.parse().ok()?),
    };
    (duration <= Duration::from_hours(1)).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read() {
        let rule: FaultRule = "CreateVpcEndpoint:2:lost-reply".parse().unwrap();
        assert!(rule.is_about("CreateVpcEndpoint") && !rule.is_about("CreateVpc"));
        assert_eq!([1, 2, 3].map(|call| rule.strikes(call)), [false, true, false]);
        assert_eq!(rule.fault, FaultKind::LostReply);
        let rule: FaultRule = "Describe*:3-:slow=20ms".parse().unwrap();
        assert!(rule.is_about("DescribeVpcs") && !rule.is_about("DeleteVpc"));
        assert_eq!([2, 3, 900].map(|call| rule.strikes(call)), [false, true, true]);
        assert_eq!(rule.fault, FaultKind::Slow(Duration::from_millis(20)));
        let kind = |text: &str| text.parse::<FaultRule>().unwrap().fault;
        assert_eq!(kind("*:*:expired"), FaultKind::Expired);
        assert_eq!(kind("CreateVpc:1-2:not-found=3"), FaultKind::NotFound(VisibilityDelay::Calls(3)));
        assert_eq!(kind("CreateVpc:1:not-found=2s"), FaultKind::NotFound(VisibilityDelay::For(Duration::from_secs(2))));
        assert_eq!(kind("CreateVpc:1:timeout"), FaultKind::TimeOut(HELD));
    }

    #[test]
    fn every_word_is_a_kind() {
        for word in FaultKind::WORDS {
            let word = word.replace("[=DURATION]", "").replace("CALLS|DURATION", "2").replace("DURATION", "1s");
            assert!(format!("CreateVpc:1:{word}").parse::<FaultRule>().is_ok(), "{word}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let bad = |text: &str| text.parse::<FaultRule>().unwrap_err();
        assert_eq!(bad("CreateVpc:1"), BadFault::Form);
        assert_eq!(bad("CreateVcp:1:throttle"), BadFault::Operation("CreateVcp".to_owned()));
        for calls in ["0", "3-2", "x", "", "-"] {
            assert_eq!(bad(&format!("CreateVpc:{calls}:throttle")), BadFault::Calls(calls.to_owned()));
        }
        assert_eq!(bad("CreateVpc:1:explode"), BadFault::Kind("explode".to_owned()));
        for fault in ["slow", "slow=fast", "throttle=1", "not-found", "timeout=2h", "slow=3601s"] {
            assert_eq!(bad(&format!("CreateVpc:1:{fault}")), BadFault::Value(fault.to_owned()));
        }
    }
}
