//! The choices that are on record, in the words of `Event::Answered`.

use super::field::Mode;
use super::record::Event;
use super::screen::Answer;

impl Event {
    /// A clean-up begins: from then on the run is taken down, not built on.
    #[must_use]
    pub fn clean_up_begun() -> Self {
        Self::Answered { step: String::new(), question: "clean_up".to_owned(), answer: "begun".to_owned() }
    }

    /// What is to become of what the learner made.
    #[must_use]
    pub fn theirs(answer: Answer) -> Self {
        Self::Answered { step: String::new(), question: "theirs".to_owned(), answer: answer.name().to_owned() }
    }

    /// The learner goes to another step: `asked`, then `begun` or `dropped`.
    #[must_use]
    pub fn go_to(step: &str, answer: &str) -> Self {
        Self::Answered { step: step.to_owned(), question: "go_to".to_owned(), answer: answer.to_owned() }
    }

    /// The learner goes another way from here.
    #[must_use]
    pub fn way(way: Mode) -> Self {
        Self::Answered { step: String::new(), question: "way".to_owned(), answer: way.name().to_owned() }
    }

    /// What the learner chose to do with a step: who does it, or its detour first.
    #[must_use]
    pub fn step(step: &str, answer: Answer) -> Self {
        Self::Answered { step: step.to_owned(), question: "step".to_owned(), answer: answer.name().to_owned() }
    }

    /// The detour of a step is over.
    #[must_use]
    pub fn detour_done(step: &str) -> Self {
        Self::Answered { step: step.to_owned(), question: "detour".to_owned(), answer: "done".to_owned() }
    }
}
