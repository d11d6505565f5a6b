//! A screen behind a curtain: while it is down, what happens is written and not shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::event::{Answer, AskError, Event, OpeningView, Picture, Progress, Question, Screen, StepView};
use crate::i18n::Text;

/// A [`Screen`] whose events and progress can be hidden: what is planted must not be seen being planted.
pub(super) struct Curtain {
    screen: Arc<dyn Screen>,
    down: AtomicBool,
}

impl Curtain {
    /// Open at first.
    pub fn new(screen: Arc<dyn Screen>) -> Self {
        Self { screen, down: AtomicBool::new(false) }
    }

    /// Lowers or raises it.
    pub fn lower(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    fn is_up(&self) -> bool {
        !self.down.load(Ordering::SeqCst)
    }
}

impl Screen for Curtain {
    fn opening(&self, view: &OpeningView) {
        self.screen.opening(view);
    }

    fn step(&self, view: &StepView) {
        self.screen.step(view);
    }

    fn picture(&self, picture: &Picture) {
        self.screen.picture(picture);
    }

    fn event(&self, event: &Event) {
        if self.is_up() {
            self.screen.event(event);
        }
    }

    fn progress(&self, progress: &Progress) {
        if self.is_up() {
            self.screen.progress(progress);
        }
    }

    fn say(&self, text: &Text) {
        self.screen.say(text);
    }

    fn hand_over(&self, value: &str) {
        self.screen.hand_over(value);
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        self.screen.ask(question)
    }

    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError> {
        self.screen.type_word(prompt, words)
    }
}
