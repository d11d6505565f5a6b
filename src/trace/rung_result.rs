//! The result of a rung, before the ladder adds the rung's id and command.

use super::rung::RungState;
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};

#[derive(Debug)]
pub(super) struct RungResult {
    pub state: RungState,
    pub expected: Text,
    pub seen: Text,
    pub look: Option<Call>,
    /// Why the path ends here, in a sentence.
    pub why: Option<Text>,
    /// What to change.
    pub repair: Option<Text>,
    /// The calls that change it.
    pub calls: Vec<Call>,
    /// The resource that has not been made, by its name in the lab.
    pub missing: Option<String>,
}

impl RungResult {
    fn new(state: RungState, expected: impl Into<Text>, seen: impl Into<Text>) -> Self {
        Self {
            state,
            expected: expected.into(),
            seen: seen.into(),
            look: None,
            why: None,
            repair: None,
            calls: Vec::new(),
            missing: None,
        }
    }

    pub fn holds(expected: impl Into<Text>, seen: impl Into<Text>) -> Self {
        Self::new(RungState::Holds, expected, seen)
    }

    pub fn broken(expected: impl Into<Text>, seen: impl Into<Text>, why: Text) -> Self {
        Self { why: Some(why), ..Self::new(RungState::Broken, expected, seen) }
    }

    /// Only time is missing.
    pub fn not_yet(expected: impl Into<Text>, seen: impl Into<Text>) -> Self {
        Self {
            why: Some(m::trace_why_not_yet()),
            repair: Some(m::trace_repair_wait()),
            ..Self::new(RungState::NotYet, expected, seen)
        }
    }

    /// The run has not made the resource `name` yet.
    pub fn not_made(name: &str) -> Self {
        let found = Self::new(RungState::NotMade, Text::literal(name), m::check_not_made(name));
        Self { missing: Some(name.to_owned()), ..found }
    }

    /// The question could not be asked, or its answer not be understood.
    pub fn cannot_tell(seen: impl Into<Text>) -> Self {
        Self::new(RungState::CannotTell, Text::literal(""), seen)
    }

    /// Something that the rung depends on could not be seen.
    pub fn unseen() -> Self {
        Self::cannot_tell(m::trace_unseen())
    }

    /// Whether it is [`Self::unseen`].
    pub fn is_unseen(&self) -> bool {
        self.state == RungState::CannotTell && self.seen == m::trace_unseen()
    }

    /// Another reason than the usual one of such a result.
    pub fn because(self, why: Text) -> Self {
        Self { why: Some(why), ..self }
    }

    pub fn by(self, look: &Call) -> Self {
        Self { look: Some(look.clone()), ..self }
    }

    pub fn repaired(self, repair: Text, calls: Vec<Call>) -> Self {
        Self { repair: Some(repair), calls, ..self }
    }
}

impl From<&Fault> for RungResult {
    fn from(fault: &Fault) -> Self {
        Self::cannot_tell(fault.to_string())
    }
}
