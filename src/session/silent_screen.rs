//! A screen for work that nobody watches.

use crate::engine::event::{Answer, AskError, Event, OpeningView, Picture, Progress, Question, Screen, StepView};
use crate::i18n::Text;

pub struct Silent {
    /// Whether it gives every question its harmless answer.
    pub yes: bool,
}

impl Screen for Silent {
    fn opening(&self, _: &OpeningView) {}
    fn step(&self, _: &StepView) {}
    fn picture(&self, _: &Picture) {}
    fn event(&self, _: &Event) {}
    fn progress(&self, _: &Progress) {}
    fn print(&self, _: &Text) {}
    fn print_copyable(&self, _: &str) {}
    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        if self.yes { Ok(question.default) } else { Err(AskError::NobodyToAsk) }
    }
    fn type_word(&self, _: &Text, _: &[&str]) -> Result<bool, AskError> {
        Err(AskError::NobodyToAsk)
    }
}
