//! Turns answers from a screen into decisions, and decisions into journal lines.

use super::answered::{Decision, Theirs};
use super::journal_line::Event;
use super::screen::Answer;

impl Theirs {
    /// The default is `Keep`: only an explicit clean-up answer hands the learner's things over.
    #[must_use]
    pub fn of(answer: Answer) -> Self {
        if answer == Answer::CleanUp { Self::CleanUp } else { Self::Keep }
    }
}

impl Decision {
    /// As a journal line of the whole run (an empty `step`).
    #[must_use]
    pub fn of_run(self) -> Event {
        self.of_step("")
    }

    #[must_use]
    pub fn of_step(self, step: &str) -> Event {
        Event::Answered { step: step.to_owned(), decision: self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AnewChoice, CleanUpStage, DetourStage, GoToStage, Mode, NextStage, StepChoice};
    use super::*;

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
            (Decision::Detour(DetourStage::Dropped), "detour", "dropped"),
            (Decision::Anew(AnewChoice::Go), "anew", "go"),
            (Decision::Anew(AnewChoice::HandsOn), "anew", "hands_on"),
            (Decision::Next(NextStage::Opened), "next", "opened"),
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
