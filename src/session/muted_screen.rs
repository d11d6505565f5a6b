//! A screen that can be muted. While it is muted, events are written to the journal but not shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::event::{
    Answer, AskError, EndingView, Event, OpeningView, Picture, Progress, Question, Screen, StepView,
};
use crate::i18n::Text;

pub struct MutedScreen {
    screen: Arc<dyn Screen>,
    muted: AtomicBool,
}

impl MutedScreen {
    pub fn new(screen: Arc<dyn Screen>) -> Self {
        Self { screen, muted: AtomicBool::new(false) }
    }

    pub fn set_muted(&self, muted: bool) {
        self.muted.store(muted, Ordering::SeqCst);
    }

    fn is_heard(&self) -> bool {
        !self.muted.load(Ordering::SeqCst)
    }
}

impl Screen for MutedScreen {
    fn opening(&self, view: &OpeningView) {
        self.screen.opening(view);
    }

    fn step(&self, view: &StepView) {
        self.screen.step(view);
    }

    fn step_before(&self, view: &StepView) {
        self.screen.step_before(view);
    }

    fn picture(&self, picture: &Picture) {
        self.screen.picture(picture);
    }

    fn ending(&self, view: &EndingView) {
        self.screen.ending(view);
    }

    fn event(&self, event: &Event) {
        if self.is_heard() {
            self.screen.event(event);
        }
    }

    fn progress(&self, progress: &Progress) {
        if self.is_heard() {
            self.screen.progress(progress);
        }
    }

    fn print(&self, text: &Text) {
        self.screen.print(text);
    }

    fn print_copyable(&self, value: &str) {
        self.screen.print_copyable(value);
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        self.screen.ask(question)
    }

    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError> {
        self.screen.type_word(prompt, words)
    }

    fn finish(&self) {
        self.screen.finish();
    }
}
