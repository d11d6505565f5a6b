//! The choices that are on record. A question stands together with the answers it can have; both are written in the journal's words.

use serde::{Deserialize, Serialize};

use super::field::Mode;
use super::record::Event;
use super::screen::Answer;

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

impl Theirs {
    /// The decision behind an answer: whatever does not hand them over keeps them.
    #[must_use]
    pub fn of(answer: Answer) -> Self {
        if answer == Answer::CleanUp { Self::CleanUp } else { Self::Keep }
    }
}

impl StepChoice {
    /// Who does the step.
    #[must_use]
    pub fn by(hand: bool) -> Self {
        if hand { Self::HandsOn } else { Self::Go }
    }
}

impl Decision {
    /// As a line of the journal that belongs to the whole run.
    #[must_use]
    pub fn of_run(self) -> Event {
        self.of_step("")
    }

    /// As a line of the journal that belongs to a step.
    #[must_use]
    pub fn of_step(self, step: &str) -> Event {
        Event::Answered { step: step.to_owned(), decision: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The journal's words of every decision there is.
    #[test]
    fn decisions_are_written_in_the_journals_words() {
        let all = [
            (Decision::CleanUp(CleanUpStage::Begun), "clean_up", "begun"),
            (Decision::Theirs(Theirs::Keep), "theirs", "keep"),
            (Decision::Theirs(Theirs::CleanUp), "theirs", "clean_up"),
            (Decision::GoTo(GoToStage::Asked), "go_to", "asked"),
            (Decision::GoTo(GoToStage::Begun), "go_to", "begun"),
            (Decision::GoTo(GoToStage::Dropped), "go_to", "dropped"),
            (Decision::Mode(Mode::Guided), "way", "guided"),
            (Decision::Mode(Mode::HandsOn), "way", "hands_on"),
            (Decision::Mode(Mode::Explain), "way", "explain"),
            (Decision::Step(StepChoice::Go), "step", "go"),
            (Decision::Step(StepChoice::HandsOn), "step", "hands_on"),
            (Decision::Step(StepChoice::Detour), "step", "detour"),
            (Decision::Detour(DetourStage::Done), "detour", "done"),
            (Decision::Other { question: "step".into(), answer: "dance".into() }, "step", "dance"),
            (Decision::Other { question: "weather".into(), answer: "fair".into() }, "weather", "fair"),
        ];
        for (decision, question, answer) in all {
            let event = decision.of_step("one");
            let line =
                serde_json::json!({ "event": "answered", "step": "one", "question": question, "answer": answer });
            assert_eq!(serde_json::to_value(&event).expect("an event is JSON"), line);
            assert_eq!(serde_json::from_value::<Event>(line).expect("it is read back"), event);
        }
    }
}
