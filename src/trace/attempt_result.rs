//! The result of one of the client's attempts, as rungs use it. `attempts.rs` decides which attempt counts.

use super::rung_result::RungResult;
use crate::checks::attempts::Attempt;
use crate::i18n::{Text, m};

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AttemptResult {
    /// 0 if no answer came.
    pub code: u16,
    pub exit: u32,
    pub words: Text,
    /// Whether the page had this run's token.
    pub has_token: bool,
    /// Whether the attempt may be older than the last change: the client has not tried again since the climb began.
    pub is_stale: bool,
}

impl AttemptResult {
    pub fn of(attempt: &Attempt<'_>, token: &str) -> Self {
        Self {
            code: attempt.code,
            exit: attempt.exit,
            words: attempt.in_words(),
            has_token: attempt.shows(token),
            is_stale: false,
        }
    }

    pub fn is_whole(&self) -> bool {
        (self.code, self.exit) == (200, 0)
    }

    /// The result for a rung that an old attempt fails, in the place of a verdict.
    pub fn stale(self, expected: impl Into<Text>) -> RungResult {
        RungResult::not_yet(expected, self.words).because(m::trace_why_not_tried_again())
    }
}
