//! The choices that are on record. A question stands together with the answers it can have; both are written in the journal's words.

use serde::{Deserialize, Serialize};

use super::field::Mode;

/// What the learner decided, as `question` and `answer` of a journal's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", content = "answer", rename_all = "snake_case")]
pub enum Decision {
    /// From here on the run is taken down, not built on.
    CleanUp(CleanUpStage),
    /// What becomes of the things that the learner made.
    Theirs(Theirs),
    /// The learner goes to another step.
    GoTo(GoToStage),
    /// The learner goes another way from here.
    #[serde(rename = "way")]
    Mode(Mode),
    /// Who does a step, or its detour first.
    Step(StepChoice),
    /// The detour of a step.
    Detour(DetourStage),
    /// Written by another version: kept, and without effect.
    #[serde(untagged)]
    Other {
        /// The question's word.
        question: String,
        /// The answer's word.
        answer: String,
    },
}

/// How far the clean-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CleanUpStage {
    /// It begins.
    Begun,
}

/// What becomes of the things that the learner made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theirs {
    /// pllab does not touch them.
    Keep,
    /// They are handed over to the clean-up.
    CleanUp,
}

/// How far the way to another step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoToStage {
    /// The step was named; what it takes is not agreed to yet.
    Asked,
    /// The learner agreed.
    Begun,
    /// The learner stays.
    Dropped,
}

/// Who does a step, or its detour first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChoice {
    /// pllab.
    Go,
    /// The learner.
    HandsOn,
    /// The step's detour comes first.
    Detour,
}

/// How far a detour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetourStage {
    /// It is over.
    Done,
}

impl StepChoice {
    /// Who does the step.
    #[must_use]
    pub fn by(hand: bool) -> Self {
        if hand { Self::HandsOn } else { Self::Go }
    }
}
