//! Faults on demand: which call of which operation goes wrong, and how. Calls are counted, so a plan is repeatable.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::ops;

/// One line of a fault plan, written `OPERATION:CALLS:FAULT`, such as `CreateVpcEndpoint:2:lost-reply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// The operation's name; with a `*` at its end, all that begin so.
    operation: String,
    /// The first call it strikes, counted from 1 among the calls that fit `operation`.
    first: u32,
    /// The last one; `None` for all that follow.
    last: Option<u32>,
    /// What happens.
    pub(super) fault: FaultKind,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Turned away at the door: too many calls.
    Throttle,
    /// Answered with a server error; the call had no effect.
    InternalError,
    /// Answered as unavailable; the call had no effect.
    Unavailable,
    /// No effect, and no answer: the connection is held this long and then closed.
    TimeOut(Duration),
    /// Took effect, and the connection is closed without an answer.
    LostReply,
    /// Took effect, and is answered this much later.
    Slow(Duration),
    /// Took effect, and what was made is not found for a while after.
    NotFound(VisibilityDelay),
    /// The credentials have expired.
    Expired,
}

/// How long what was made is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibilityDelay {
    /// For this many calls that look for it.
    Calls(u32),
    /// For this long.
    For(Duration),
}

impl FaultKind {
    /// The words for the kinds, as a plan spells them, with the values they take.
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

/// What is wrong with a line of a fault plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadFault {
    /// It has not three parts.
    Form,
    /// The sandbox has no such operation.
    Operation(String),
    /// Not a call number, a range or `*`.
    Calls(String),
    /// No such kind of fault.
    Kind(String),
    /// The kind needs a value, has none, or another form of it.
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
    /// Whether `operation` is one that this rule is about.
    pub(super) fn is_about(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => operation == self.operation,
        }
    }

    /// Whether call number `call` is struck.
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

/// `2`, `2-4`, `2-` and `*`.
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

/// How long a call is held that times out, where the plan does not say it. Shorter than a client's own patience.
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

/// `300ms` or `2s`, up to an hour.
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
