//! The plain form: sentences, numbered choices, one event a line. For pipes, CI, simple terminals and screen readers.

use std::io::{BufRead, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::heartbeat::Heartbeat;
use super::menu::{Item, MenuHost, ask, step_blocks, taken};
use super::numbered::{ask_number, is_one_of, numbered};
use super::options::UiOptions;
use crate::engine::event::{
    Answer, AskError, EndingView, Event, Mode, OpeningView, Picture, Progress, ProgressState, Question, Screen,
    StepView, TurnView,
};
use crate::i18n::{Lang, Text, m};
use crate::ui::text::line::{Line, paint, stack};
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::views::diagram::Drawn;
use crate::ui::views::ending::ending;
use crate::ui::views::events::{Context, event};
use crate::ui::views::hands_on::{scripts, turn};
use crate::ui::views::opening::opening;
use crate::ui::views::part::to_copy;
use crate::ui::views::step::{picture, waiting};

/// How often a waiting question checks for an interrupt.
const LOOK_UP: Duration = Duration::from_millis(100);
/// The bytes of a line to look at; no answer is longer.
const LONGEST: usize = 1024;
/// The bytes after which a line counts as endless.
const ENDLESS: usize = 1 << 20;

pub struct Plain {
    yes: bool,
    interactive: bool,
    width: usize,
    interrupt: Arc<AtomicBool>,
    on_language_change: Box<dyn Fn(Lang) + Send + Sync>,
    progress: Heartbeat,
    inner: Mutex<Inner>,
    answers: Mutex<Answers>,
}

struct Inner {
    lang: Lang,
    out: Box<dyn Write + Send>,
    context: Context,
    waited: bool,
    /// The number of the step whose extra reading was shown.
    read: Option<usize>,
    begun: bool,
}

/// Typed input: a line, or input that goes on without a line end.
enum Typed {
    Line(String),
    Endless,
}

/// The source of answers.
enum Answers {
    /// Nothing answers.
    None,
    /// Not read until the first question is asked.
    Unread(Box<dyn BufRead + Send>),
    /// A thread reads, because a blocked read cannot be interrupted.
    Lines(Receiver<Typed>),
}

impl Plain {
    /// Without `options.input`, nobody can be asked.
    pub fn new(options: UiOptions) -> Self {
        let inner = Inner {
            lang: options.lang,
            out: options.out,
            context: Context::default(),
            waited: true,
            read: None,
            begun: false,
        };
        Self {
            yes: options.yes,
            interactive: options.interactive,
            width: options.width.map_or(usize::MAX, usize::from),
            interrupt: options.interrupt,
            on_language_change: options.on_language_change,
            progress: Heartbeat::new(options.err, options.lang),
            inner: Mutex::new(inner),
            answers: Mutex::new(options.input.map_or(Answers::None, Answers::Unread)),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print_lines(&self, lines: &[Line], apart: bool) {
        if lines.is_empty() {
            return;
        }
        let inner = &mut *self.inner();
        let gap = if apart && inner.begun { "\n" } else { "" };
        inner.begun = true;
        // If the screen is gone, nobody could read an error either.
        let _ = write!(inner.out, "{gap}{}", paint(lines, false)).and_then(|()| inner.out.flush());
    }

    /// Whether a line was typed while no question was open; the line is consumed.
    fn line_waits(&self) -> bool {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = match std::mem::replace(&mut *answers, Answers::None) {
            Answers::None => return false,
            Answers::Unread(source) => read_in_thread(source),
            Answers::Lines(lines) => lines,
        };
        let typed = lines.try_recv().is_ok();
        *answers = Answers::Lines(lines);
        typed
    }

    /// The next typed line.
    fn line(&self) -> Result<String, AskError> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = match std::mem::replace(&mut *answers, Answers::None) {
            Answers::None => return Err(AskError::NobodyToAsk),
            Answers::Unread(source) => read_in_thread(source),
            Answers::Lines(lines) => lines,
        };
        let line = loop {
            match lines.recv_timeout(LOOK_UP) {
                Ok(Typed::Line(line)) => break Ok(line),
                Ok(Typed::Endless) => break Err(AskError::Unclear),
                Err(RecvTimeoutError::Disconnected) => break Err(AskError::NobodyToAsk),
                Err(RecvTimeoutError::Timeout) if self.interrupt.load(Ordering::SeqCst) => {
                    break Err(AskError::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        *answers = Answers::Lines(lines);
        line
    }
}

/// Reads line by line until the end. The thread is abandoned at exit, because it may be blocked in a read. It reads
/// at most two lines ahead: one in the channel, one waiting to be sent.
fn read_in_thread(mut source: Box<dyn BufRead + Send>) -> Receiver<Typed> {
    let (sender, lines) = sync_channel(1);
    // If no thread can be started, nobody can be asked: the receiver finds the channel closed.
    let _ = thread::Builder::new().spawn(move || {
        while let Some(typed) = read_line(&mut source) {
            let ends = matches!(typed, Typed::Endless);
            if sender.send(typed).is_err() || ends {
                return;
            }
        }
    });
    lines
}

/// The next line, up to the length of an answer; `None` at the end of input.
fn read_line(source: &mut dyn BufRead) -> Option<Typed> {
    let (mut line, mut length) = (Vec::new(), 0);
    loop {
        let bytes = match source.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(bytes.len(), |at| at + 1);
        let kept = count.min(LONGEST.saturating_sub(line.len()));
        line.extend_from_slice(&bytes[..kept]);
        length += count;
        source.consume(count);
        let text = || Typed::Line(String::from_utf8_lossy(&line).into_owned());
        match (end, count) {
            (None, 0) => return (length > 0).then(text),
            (None, _) if length > ENDLESS => return Some(Typed::Endless),
            (None, _) => {}
            (Some(_), _) => return Some(text()),
        }
    }
}

impl Screen for Plain {
    fn opening(&self, view: &OpeningView) {
        self.print_lines(&stack(opening(view, &self.style())), true);
    }

    fn step(&self, view: &StepView) {
        self.step_before(view);
        self.show_step(view);
    }

    fn step_before(&self, view: &StepView) {
        self.inner().context = Context { step: Some(view.clone()), turn: None };
    }

    fn your_turn(&self, view: &TurnView) -> Result<(), AskError> {
        let again = self.inner().context.turn.replace(view.clone()).as_ref() == Some(view);
        if !again {
            let menu = (self.interactive && !self.yes).then(m::turn_menu);
            let style = self.style();
            self.print_lines(&stack([turn(view, menu, &style), scripts(view, &style)]), true);
        }
        Ok(())
    }

    fn called(&self) -> bool {
        // Piped lines are answers to questions, not a person's call.
        self.interactive && !self.yes && self.line_waits()
    }

    fn picture(&self, now: &Picture) {
        if let Some(view) = &mut self.inner().context.step {
            view.picture = now.clone();
        }
        let style = self.style();
        self.print_lines(&style.inside(picture(now, &style, Drawn::default())), true);
    }

    fn ending(&self, view: &EndingView) {
        self.print_lines(&ending(view, &self.style()), true);
    }

    fn event(&self, what: &Event) {
        let style = self.style();
        let lines = {
            let inner = &mut *self.inner();
            if matches!(what, Event::StepStarted { .. }) {
                inner.waited = false;
            }
            event(what, &inner.context, &style)
        };
        self.print_lines(&lines, matches!(what, Event::Receipt { .. } | Event::Bill { .. } | Event::Proof { .. }));
    }

    fn progress(&self, progress: &Progress) {
        let style = self.style();
        let note = {
            let inner = &mut *self.inner();
            let first = progress.state == ProgressState::Running && !std::mem::replace(&mut inner.waited, true);
            let step = inner.context.step.as_ref().filter(|view| first && !self.yes && view.mode == Mode::Guided);
            let step = step.filter(|view| inner.read != Some(view.number));
            step.map(|view| waiting(view, &style)).unwrap_or_default()
        };
        self.progress.report(progress);
        self.print_lines(&note, true);
    }

    fn print(&self, text: &Text) {
        let style = self.style();
        let lines: Vec<Line> = style.render(text).lines().map(Line::plain).collect();
        self.print_lines(&lines, false);
    }

    fn print_copyable(&self, value: &str) {
        self.print_lines(&to_copy(value), false);
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        self.progress.clear();
        if self.yes {
            self.print_lines(&[taken(question, &self.style())], false);
            return Ok(question.default);
        }
        let context = self.inner().context.clone();
        ask(self, question, &context)
    }

    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError> {
        self.progress.clear();
        self.progress.write(&format!("\n{}\n> ", self.style().render(prompt)));
        let typed = self.line().inspect_err(|_| self.progress.write("\n"))?;
        Ok(is_one_of(&typed, words))
    }
}

impl MenuHost for Plain {
    fn style(&self) -> Style {
        Style { lang: self.inner().lang, layout: Layout::Plain, width: self.width, glyphs: GlyphSet::Ascii }
    }

    fn speak(&self, lang: Lang) {
        self.inner().lang = lang;
        self.progress.speak(lang);
        (self.on_language_change)(lang);
    }

    fn show(&self, lines: &[Line]) {
        self.print_lines(lines, true);
    }

    fn has_read(&self) {
        let inner = &mut *self.inner();
        inner.read = inner.context.step.as_ref().map(|view| view.number);
    }

    fn show_step(&self, view: &StepView) {
        self.print_lines(&stack(step_blocks(view, &self.style())), true);
    }

    fn choose(&self, prompt: &str, items: &[Item], start: usize) -> Result<usize, AskError> {
        let style = self.style();
        let mut lines = vec![Line::plain(prompt)];
        lines.extend(numbered(items));
        self.progress.write(&format!("\n{}", paint(&lines, false)));
        let read = |words: &str| {
            self.progress.write(&format!("{words} "));
            self.line().inspect_err(|_| self.progress.write("\n"))
        };
        let chosen = ask_number(items, start, &style, read, |words| self.progress.write(&format!("{words}\n")))?;
        let label = items.get(chosen).map_or("", |item| item.label.as_str());
        self.print_lines(&[Line::plain(format!("{prompt} > {label}"))], true);
        Ok(chosen)
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
