//! One row of the preflight's table.

use serde::Serialize;

use crate::i18n::{Text, m};
use crate::lab::Side;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    Problem,
    /// It could not be found out.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Row {
    /// Its name for programs.
    pub id: &'static str,
    /// `None` if the row concerns neither side.
    pub side: Option<Side>,
    pub what: Text,
    pub state: State,
    pub seen: Text,
    /// What to do about it.
    pub todo: Option<Text>,
    pub command: Option<String>,
    /// Whether the lab needs it. Rows about what only `browse` needs, or about costs, are shown but stop nothing.
    pub needed: bool,
}

impl Row {
    pub fn ok(id: &'static str, what: Text, seen: impl Into<Text>) -> Self {
        Self { id, side: None, what, state: State::Ok, seen: seen.into(), todo: None, command: None, needed: true }
    }

    pub fn problem(id: &'static str, what: Text, seen: impl Into<Text>, todo: Text) -> Self {
        Self { state: State::Problem, todo: Some(todo), ..Self::ok(id, what, seen) }
    }

    pub fn unknown(id: &'static str, what: Text, seen: impl Into<Text>) -> Self {
        Self { state: State::Unknown, ..Self::ok(id, what, seen) }
    }

    pub fn of(self, side: Option<Side>) -> Self {
        Self { side, ..self }
    }

    /// Adds the command for the thing to do.
    pub fn by(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }

    /// Marks a row that the lab can do without.
    pub fn optional(self) -> Self {
        Self { needed: false, ..self }
    }

    pub fn title(&self) -> Text {
        match self.side {
            None => self.what.clone(),
            Some(Side::Provider) => m::doctor_of_provider(&self.what),
            Some(Side::Consumer) => m::doctor_of_consumer(&self.what),
        }
    }
}

impl State {
    pub fn words(self, needed: bool) -> Text {
        match self {
            Self::Ok => m::doctor_ok(),
            Self::Problem if needed => m::doctor_problem(),
            Self::Problem => m::doctor_note(),
            Self::Unknown => m::doctor_unknown(),
        }
    }
}
