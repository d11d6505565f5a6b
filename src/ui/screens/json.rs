//! The form for programs: one event per line on standard output, and nothing else there.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::heartbeat::Heartbeat;
use super::options::UiOptions;
use crate::engine::event::{
    Answer, AskError, Event, OpeningView, Picture, Progress, Question, Screen, StepView, TurnView,
};
use crate::i18n::{Lang, Text, harmless};

/// A [`Screen`] for programs. It never asks questions.
pub struct Json {
    yes: bool,
    lang: Lang,
    out: Mutex<Box<dyn Write + Send>>,
    /// Standard error, for a person reading along: it says what a long wait waits for.
    err: Heartbeat,
}

impl Json {
    pub fn new(options: UiOptions) -> Self {
        let err = Heartbeat::of_long_waits(options.err, options.lang);
        Self { yes: options.yes, lang: options.lang, out: Mutex::new(options.out), err }
    }
}

impl Screen for Json {
    fn opening(&self, _: &OpeningView) {}

    fn step(&self, _: &StepView) {}

    fn your_turn(&self, view: &TurnView) -> Result<(), AskError> {
        // The settings for talking to the target are for a person reading along; they are not an event of the run.
        for line in &view.access {
            self.err.write(&format!("{}\n", harmless::line(line)));
        }
        Ok(())
    }

    fn picture(&self, _: &Picture) {}

    fn event(&self, event: &Event) {
        // Cannot fail: an event is plain data with string keys.
        let Ok(line) = serde_json::to_string(event) else { return };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // If the reader is gone, nobody could read an error either.
        let _ = writeln!(out, "{}", harmless::json(&line)).and_then(|()| out.flush());
    }

    fn progress(&self, progress: &Progress) {
        self.err.report(progress);
    }

    fn print(&self, text: &Text) {
        for line in text.render(self.lang).lines() {
            self.err.write(&format!("{}\n", harmless::line(line)));
        }
    }

    fn print_copyable(&self, value: &str) {
        self.print(&Text::literal(value));
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

    use super::{Heartbeat, Json};
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
        let heart = Heartbeat::of_long_waits(Box::new(err.clone()), Lang::En);
        let screen = Json { yes: false, lang: Lang::En, out: Mutex::new(Box::new(out.clone())), err: heart };
        screen.event(&Event::StepFinished { step: "endpoint".into(), verdict: Verdict::NotYet });
        screen.print(&"for people".into());
        let question = Question { id: QuestionId::Step, prompt: "?".into(), choices: Vec::new(), default: Answer::Go };
        assert_eq!(screen.ask(&question), Err(AskError::NobodyToAsk));
        let text = |sink: &Sink| String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text(&out), "{\"event\":\"step_finished\",\"step\":\"endpoint\",\"verdict\":\"not_yet\"}\n");
        assert_eq!(text(&err), "for people\n");
    }
}
