//! The learner's recorded choices. Each question is a variant that holds its possible answers; serde writes both as the
//! journal's words.

use serde::{Deserialize, Serialize};

use super::field::Mode;

/// A choice of the learner, written as `question` and `answer` in a journal line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", content = "answer", rename_all = "snake_case")]
pub enum Decision {
    /// From here on the run is taken down and not built on.
    CleanUp(CleanUpStage),
    /// Whether the clean-up may delete what the learner made.
    Theirs(Theirs),
    GoTo(GoToStage),
    /// The learner changes the mode from here on.
    #[serde(rename = "way")]
    Mode(Mode),
    /// Who does the step, or whether its detour comes first.
    Step(StepChoice),
    Detour(DetourStage),
    /// Who makes again what can never be used again.
    Anew(AnewChoice),
    Next(NextStage),
    /// A decision of another version of pllab. It stays in the journal and has no effect.
    #[serde(untagged)]
    Other {
        question: String,
        answer: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CleanUpStage {
    Begun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theirs {
    Keep,
    CleanUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoToStage {
    /// The learner named the step and has not yet agreed to what it takes.
    Asked,
    /// The learner agreed.
    Begun,
    Dropped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChoice {
    Go,
    HandsOn,
    Detour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetourStage {
    Done,
    /// The learner chose something else before anything was done.
    Dropped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnewChoice {
    Go,
    HandsOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStage {
    /// The learner went on to the step: it was shown.
    Opened,
}

impl StepChoice {
    #[must_use]
    pub fn by(hand: bool) -> Self {
        if hand { Self::HandsOn } else { Self::Go }
    }
}
