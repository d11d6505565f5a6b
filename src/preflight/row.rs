//! One thing that was looked at.

use serde::Serialize;

use crate::i18n::{Text, m};
use crate::lab::Side;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Not as it should be.
    Problem,
    /// It could not be learnt.
    Unknown,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name for programs.
    pub id: &'static str,
    /// Whose account; `None` where it is not a matter of sides.
    pub side: Option<Side>,
    /// What it is.
    pub what: Text,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub seen: Text,
    /// What to do about it.
    pub todo: Option<Text>,
    /// The command that does it, or helps.
    pub command: Option<String>,
    /// Whether the lab needs it; what only `browse` needs, or only costs, is told and stops nothing.
    pub needed: bool,
}

impl Row {
    /// As it should be.
    pub fn ok(id: &'static str, what: Text, seen: impl Into<Text>) -> Self {
        Self { id, side: None, what, state: State::Ok, seen: seen.into(), todo: None, command: None, needed: true }
    }

    /// Not as it should be.
    pub fn problem(id: &'static str, what: Text, seen: impl Into<Text>, todo: Text) -> Self {
        Self { state: State::Problem, todo: Some(todo), ..Self::ok(id, what, seen) }
    }

    /// Not to be learnt.
    pub fn unknown(id: &'static str, what: Text, seen: impl Into<Text>) -> Self {
        Self { state: State::Unknown, ..Self::ok(id, what, seen) }
    }

    /// Of one side.
    pub fn of(self, side: Option<Side>) -> Self {
        Self { side, ..self }
    }

    /// With the command that does what is to be done.
    pub fn by(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }

    /// The lab runs without.
    pub fn optional(self) -> Self {
        Self { needed: false, ..self }
    }

    /// What it is, and whose.
    pub fn title(&self) -> Text {
        match self.side {
            None => self.what.clone(),
            Some(Side::Provider) => m::doctor_of_provider(&self.what),
            Some(Side::Consumer) => m::doctor_of_consumer(&self.what),
        }
    }
}

impl State {
    /// In words.
    pub fn words(self, needed: bool) -> Text {
        match self {
            Self::Ok => m::doctor_ok(),
            Self::Problem if needed => m::doctor_problem(),
            Self::Problem => m::doctor_note(),
            Self::Unknown => m::doctor_unknown(),
        }
    }
}
