//! The form for programs: one event per line on standard output, and nothing else there.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::clean::clean;
use super::open::UiOptions;
use crate::engine::event::{Answer, AskError, Event, OpeningView, Progress, Question, Screen, StepView};
use crate::i18n::{Lang, Text};

/// A [`Screen`] for programs. It never asks.
pub(super) struct Json {
    yes: bool,
    lang: Lang,
    writers: Mutex<Writers>,
}

struct Writers {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
}

impl Json {
    pub(super) fn new(options: UiOptions) -> Self {
        let writers = Mutex::new(Writers { out: options.out, err: options.err });
        Self { yes: options.yes, lang: options.lang, writers }
    }
}

impl Screen for Json {
    fn opening(&self, _: &OpeningView) {}

    fn step(&self, _: &StepView) {}

    fn event(&self, event: &Event) {
        // An event is plain data with string keys: it has a JSON form.
        let Ok(line) = serde_json::to_string(event) else { return };
        let out = &mut self.writers.lock().unwrap_or_else(PoisonError::into_inner).out;
        // A reader that is gone has nobody to be told so.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }

    fn progress(&self, _: &Progress) {}

    fn say(&self, text: &Text) {
        let err = &mut self.writers.lock().unwrap_or_else(PoisonError::into_inner).err;
        for line in text.say(self.lang).lines() {
            let _ = writeln!(err, "{}", clean(line));
        }
        let _ = err.flush();
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        if self.yes { Ok(question.default) } else { Err(AskError::NobodyToAsk) }
    }
}
