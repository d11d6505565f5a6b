//! A verdict on a reply, before the expectation and the call are added to make a finding.

use super::{Proof, Verdict, cause};
use crate::cloud::{Fault, FaultClass};
use crate::i18n::{Text, m};

/// A verdict and its reasons.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CheckOutcome {
    pub verdict: Verdict,
    pub seen: Text,
    pub why: Option<Text>,
    /// Overrides the question's own expectation, if only the replies tell what to expect.
    pub expected: Option<Text>,
    pub proof: Option<Proof>,
    /// See [`Finding::unsettled`](super::Finding).
    pub unsettled: bool,
}

impl CheckOutcome {
    fn new(verdict: Verdict, seen: impl Into<Text>) -> Self {
        Self { verdict, seen: seen.into(), why: None, expected: None, proof: None, unsettled: false }
    }

    pub fn met(seen: impl Into<Text>) -> Self {
        Self::new(Verdict::Met, seen)
    }

    pub fn not_yet(seen: impl Into<Text>) -> Self {
        Self::new(Verdict::NotYet, seen)
    }

    pub fn broken(seen: impl Into<Text>) -> Self {
        Self::new(Verdict::Broken, seen)
    }

    pub fn cannot_tell(seen: impl Into<Text>) -> Self {
        Self::new(Verdict::CannotTell, seen)
    }

    /// The run made it, but the cloud does not have it.
    pub fn gone() -> Self {
        Self::broken(m::check_not_found()).because(m::check_why_not_found()).unsettled()
    }

    /// Marks an outcome that may only mean that AWS does not know yet of what was just made.
    pub fn unsettled(self) -> Self {
        Self { unsettled: true, ..self }
    }

    pub fn because(self, why: Text) -> Self {
        Self { why: Some(why), ..self }
    }

    pub fn expecting(self, expected: impl Into<Text>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    pub fn proven_by(self, proof: Proof) -> Self {
        Self { proof: Some(proof), ..self }
    }
}

impl From<&Fault> for CheckOutcome {
    fn from(fault: &Fault) -> Self {
        let why = match fault.class {
            _ if fault.cause().is_some() => cause(fault),
            FaultClass::NotFound => return Self::gone(),
            FaultClass::NoAnswer | FaultClass::Unreachable => Some(m::check_why_unreachable()),
            FaultClass::Busy => Some(m::check_why_busy()),
            FaultClass::SignIn => Some(m::check_why_sign_in()),
            FaultClass::Denied => Some(m::check_why_denied()),
            FaultClass::Unsupported => Some(m::check_why_unsupported()),
            FaultClass::Exists | FaultClass::InUse | FaultClass::Refused => None,
        };
        Self { why, ..Self::cannot_tell(fault.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_no_answer_unless_it_says_that_nothing_is_there() {
        let judge = |class| {
            let fault = Fault { code: "Code".into(), message: "words".into(), request_id: None, class };
            CheckOutcome::from(&fault)
        };
        assert_eq!(
            (judge(FaultClass::NotFound).verdict, judge(FaultClass::NotFound).unsettled),
            (Verdict::Broken, true)
        );
        for class in [FaultClass::NoAnswer, FaultClass::Unreachable, FaultClass::Busy, FaultClass::SignIn] {
            assert_eq!(judge(class).verdict, Verdict::CannotTell, "{class:?}");
            assert_eq!(judge(class).seen, Text::literal("Code: words"));
            assert!(judge(class).why.is_some());
        }
        for class in [FaultClass::Denied, FaultClass::Unsupported, FaultClass::Refused] {
            assert_eq!(judge(class).verdict, Verdict::CannotTell, "{class:?}");
        }
    }
}
