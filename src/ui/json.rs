//! The form for programs: one event per line on standard output, and nothing else there.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::options::UiOptions;
use crate::engine::event::{
    Answer, AskError, Event, OpeningView, Picture, Progress, Question, Screen, StepView, TurnView,
};
use crate::i18n::{Lang, Text, harmless};

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

    fn your_turn(&self, view: &TurnView) {
        // What to speak to the target with is for whoever reads along, not one of the run's events.
        let err = &mut self.writers.lock().unwrap_or_else(PoisonError::into_inner).err;
        for line in &view.access {
            let _ = writeln!(err, "{}", harmless::line(line));
        }
        let _ = err.flush();
    }

    fn picture(&self, _: &Picture) {}

    fn event(&self, event: &Event) {
        // An event is plain data with string keys: it has a JSON form.
        let Ok(line) = serde_json::to_string(event) else { return };
        let out = &mut self.writers.lock().unwrap_or_else(PoisonError::into_inner).out;
        // A reader that is gone has nobody to be told so.
        let _ = writeln!(out, "{}", harmless::json(&line)).and_then(|()| out.flush());
    }

    fn progress(&self, _: &Progress) {}

    fn say(&self, text: &Text) {
        let err = &mut self.writers.lock().unwrap_or_else(PoisonError::into_inner).err;
        for line in text.say(self.lang).lines() {
            let _ = writeln!(err, "{}", harmless::line(line));
        }
        let _ = err.flush();
    }

    fn hand_over(&self, value: &str) {
        self.say(&Text::literal(value));
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        if self.yes { Ok(question.default) } else { Err(AskError::NobodyToAsk) }
    }

    fn type_word(&self, _: &Text, _: &[&str]) -> Result<bool, AskError> {
        Err(AskError::NobodyToAsk)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{Json, Writers};
    use crate::engine::event::{Answer, AskError, Event, Question, QuestionId, Screen as _, Verdict};
    use crate::i18n::Lang;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn events_and_nothing_else_on_standard_output() {
        let (out, err) = (Sink::default(), Sink::default());
        let writers = Mutex::new(Writers { out: Box::new(out.clone()), err: Box::new(err.clone()) });
        let screen = Json { yes: false, lang: Lang::En, writers };
        screen.event(&Event::StepFinished { step: "endpoint".into(), verdict: Verdict::NotYet });
        screen.say(&"for people".into());
        let question = Question { id: QuestionId::Step, prompt: "?".into(), choices: Vec::new(), default: Answer::Go };
        assert_eq!(screen.ask(&question), Err(AskError::NobodyToAsk));
        let text = |sink: &Sink| String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text(&out), "{\"event\":\"step_finished\",\"step\":\"endpoint\",\"verdict\":\"not_yet\"}\n");
        assert_eq!(text(&err), "for people\n");
    }
}
