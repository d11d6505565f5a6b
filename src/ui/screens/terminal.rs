//! The pretty form, for a person at a terminal.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use console::Term;

use super::bars::Bars;
use super::menu::{Item, MenuHost, ask, set_apart, step_blocks, taken};
use super::numbered::{ask_number, is_one_of, numbered};
use super::options::UiOptions;
use super::pages::pages;
use super::prompter;
use crate::engine::event::{
    Answer, AskError, Event, Mode, OpeningView, Picture, Progress, ProgressState, Question, Screen, StepView, TurnView,
    Verdict,
};
use crate::i18n::{Lang, Text, m};
use crate::ui::text::line::{Line, Tone, paint, stack};
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::text::wrap::fill;
use crate::ui::views::events::{Context, event};
use crate::ui::views::hands_on::turn;
use crate::ui::views::opening::opening;
use crate::ui::views::part::to_copy;
use crate::ui::views::step::{picture, waiting};

/// The most lines of a menu, so that what is on the screen above it stays readable.
const MENU: usize = 13;

/// A [`Screen`] for people: drawings, live progress, menus by arrow keys.
pub struct Terminal {
    yes: bool,
    interactive: bool,
    color: bool,
    width: Option<u16>,
    glyphs: GlyphSet,
    interrupt: Arc<AtomicBool>,
    on_language_change: Box<dyn Fn(Lang) + Send + Sync>,
    inner: Mutex<Inner>,
}

struct Inner {
    lang: Lang,
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    bars: Bars,
    context: Context,
    last: Last,
    /// Each check's last answer, so that asking again shows only what has changed.
    checks: BTreeMap<String, (Verdict, Text)>,
    /// Whether the reading for waits was shown for this step.
    waited: bool,
    /// The number of the step whose extra reading was shown.
    read: Option<usize>,
    /// Ctrl-C came while no question was open; the next question returns it.
    interrupted: bool,
}

/// What follows the last page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Menu,
    Key,
}

/// What was shown last: lines of the same kind stay together, others are separated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    /// A finished thing, one line each.
    Done,
    /// A check that is met, one line each.
    Met,
    Other,
}

impl Terminal {
    pub fn new(options: UiOptions) -> Self {
        let inner = Inner {
            lang: options.lang,
            out: options.out,
            err: options.err,
            bars: Bars::new(options.color, options.interactive && !options.yes),
            context: Context::default(),
            last: Last::Nothing,
            checks: BTreeMap::new(),
            waited: true,
            read: None,
            interrupted: false,
        };
        Self {
            yes: options.yes,
            interactive: options.interactive,
            color: options.color,
            width: options.width,
            glyphs: options.glyphs,
            interrupt: options.interrupt,
            on_language_change: options.on_language_change,
            inner: Mutex::new(inner),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look_in(&self, lang: Lang) -> Style {
        let width = self.width.unwrap_or_else(|| Term::stderr().size().1);
        Style { lang, layout: Layout::Rich, width: usize::from(width), glyphs: self.glyphs }
    }

    fn print_lines(&self, lines: &[Line], kind: Last) {
        self.write(lines, kind, false);
    }

    fn write(&self, lines: &[Line], kind: Last, to_err: bool) {
        if lines.is_empty() {
            return;
        }
        let inner = &mut *self.inner();
        let apart = inner.last != Last::Nothing && (inner.last != kind || kind == Last::Other);
        let text = if apart { "\n".to_owned() + &paint(lines, self.color) } else { paint(lines, self.color) };
        inner.last = kind;
        let out = if to_err { &mut inner.err } else { &mut inner.out };
        inner.bars.aside(|| {
            // If the screen is gone, nobody could read an error either.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        });
    }

    /// Prints blocks a screenful at a time, so that nothing scrolls away unread. A menu, or a prompt for a key,
    /// follows the last one.
    fn turn_pages(&self, blocks: Vec<Vec<Line>>, way: Mode, below: Below) {
        if self.inner().interrupted {
            return;
        }
        let (rows, columns) = Term::stderr().size();
        let (rows, columns) = (usize::from(rows), usize::from(columns));
        if !self.interactive || self.yes || way == Mode::Explain || rows < MENU + 4 {
            return self.print_lines(&stack(blocks), Last::Other);
        }
        let last = if below == Below::Menu { rows - MENU } else { rows - 2 };
        let pages = pages(&blocks, rows - 2, last, columns);
        let count = pages.len();
        for (number, page) in pages.into_iter().enumerate() {
            self.print_lines(&page, Last::Other);
            let words = match below {
                _ if number + 1 < count => m::menu_continue(),
                Below::Key => m::menu_begin(),
                Below::Menu => return,
            };
            let words = format!(" {}", words.render(self.inner().lang));
            if prompter::pause(&words, self.color, &self.interrupt).is_err() {
                self.inner().interrupted = true;
                return;
            }
        }
    }

    /// For a terminal that is too small for a menu: numbers, and a line to type one on.
    fn choose_by_number(&self, items: &[Item], start: usize) -> Result<usize, AskError> {
        let style = self.style();
        self.print_lines(&style.inside(numbered(items)), Last::Other);
        let show = |words: &str| {
            self.print_lines(&style.inside(fill(&Line::plain(words.trim()), style.measure(), "", "")), Last::Other);
        };
        let read = |words: &str| {
            show(words);
            prompter::line(self.color, &self.interrupt)
        };
        ask_number(items, start, &style, read, show)
    }

    fn follow(&self, event: &Event) -> bool {
        let inner = &mut *self.inner();
        match event {
            Event::StepStarted { .. } => {
                inner.checks.clear();
                inner.waited = false;
            }
            Event::Check { step, check, verdict, seen, .. } => {
                let answer = (*verdict, seen.clone());
                let before = inner.checks.insert(format!("{step}/{check}"), answer.clone());
                return before != Some(answer);
            }
            _ => {}
        }
        true
    }
}

impl Screen for Terminal {
    fn opening(&self, view: &OpeningView) {
        let blocks = opening(view, &self.style()).into_iter().filter(|block| !block.is_empty()).collect();
        self.turn_pages(blocks, view.way, Below::Key);
        if !self.inner().interrupted {
            let rule = Line::of(Tone::Dim, "-".repeat(self.style().measure())).indented(1);
            self.print_lines(&[rule], Last::Other);
        }
    }

    fn step(&self, view: &StepView) {
        self.inner().context = Context { step: Some(view.clone()), turn: None };
        self.show_step(view);
    }

    fn your_turn(&self, view: &TurnView) {
        // If the learner comes back from the menu, this has been shown already.
        let again = self.inner().context.turn.replace(view.clone()).as_ref() == Some(view);
        if !again {
            let words = if prompter::HEARS_ENTER { m::turn_menu } else { m::turn_menu_in_plain };
            let menu = (self.interactive && !self.yes).then(words);
            self.print_lines(&turn(view, menu, &self.style()), Last::Other);
        }
    }

    fn called(&self) -> bool {
        self.interactive && !self.yes && prompter::enter_pressed()
    }

    fn picture(&self, now: &Picture) {
        if let Some(view) = &mut self.inner().context.step {
            view.picture = now.clone();
        }
        self.print_lines(&picture(now, &self.style(), false), Last::Other);
    }

    fn event(&self, what: &Event) {
        if !self.follow(what) {
            return;
        }
        let style = self.style();
        let lines = event(what, &self.inner().context, &style);
        let met = matches!(what, Event::Check { verdict: Verdict::Met, .. });
        let kind = if met { Last::Met } else { Last::Other };
        self.print_lines(&lines, kind);
    }

    fn progress(&self, progress: &Progress) {
        let style = self.style();
        let note = {
            let inner = &mut *self.inner();
            let first = progress.state == ProgressState::Running && !std::mem::replace(&mut inner.waited, true);
            let step = inner.context.step.as_ref().filter(|_| first && !self.yes);
            let step = step.filter(|view| inner.read != Some(view.number));
            step.map(|view| waiting(view, &style)).unwrap_or_default()
        };
        self.print_lines(&note, Last::Other);
        let ended = self.inner().bars.report(progress, &style);
        if let Some(line) = ended {
            self.write(&[line], Last::Done, true);
        }
    }

    fn print(&self, text: &Text) {
        let style = self.style();
        let said = style.render(text);
        let hanging = |line: &str| if line.starts_with("- ") { "  " } else { "" };
        let lines =
            said.lines().flat_map(|line| fill(&Line::plain(line), style.measure(), "", hanging(line))).collect();
        self.print_lines(&style.inside(lines), Last::Other);
    }

    fn print_copyable(&self, value: &str) {
        self.print_lines(&to_copy(value), Last::Other);
    }

    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        let context = {
            let inner = &mut *self.inner();
            inner.bars.clear();
            inner.checks.clear();
            if std::mem::take(&mut inner.interrupted) {
                return Err(AskError::Interrupted);
            }
            inner.context.clone()
        };
        if self.yes {
            let style = self.style();
            self.print_lines(&style.inside(vec![taken(question, &style)]), Last::Other);
            return Ok(question.default);
        }
        if !self.interactive {
            return Err(AskError::NobodyToAsk);
        }
        ask(self, question, &context)
    }

    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError> {
        if !self.interactive {
            return Err(AskError::NobodyToAsk);
        }
        let style = self.style();
        let asked = fill(&Line::of(Tone::Strong, style.render(prompt)), style.measure(), "", "");
        self.print_lines(&style.inside(asked), Last::Other);
        Ok(is_one_of(&prompter::line(self.color, &self.interrupt)?, words))
    }
}

impl MenuHost for Terminal {
    fn style(&self) -> Style {
        let lang = self.inner().lang;
        self.look_in(lang)
    }

    fn speak(&self, lang: Lang) {
        self.inner().lang = lang;
        (self.on_language_change)(lang);
    }

    fn show(&self, lines: &[Line]) {
        let blocks = lines.split(Line::is_blank).filter(|block| !block.is_empty()).map(<[Line]>::to_vec).collect();
        self.turn_pages(blocks, Mode::Guided, Below::Menu);
    }

    fn has_read(&self) {
        let inner = &mut *self.inner();
        inner.read = inner.context.step.as_ref().map(|view| view.number);
    }

    fn show_step(&self, view: &StepView) {
        self.turn_pages(step_blocks(view, &self.style()), view.way, Below::Menu);
    }

    fn choose(&self, prompt: &str, items: &[Item], start: usize) -> Result<usize, AskError> {
        let style = self.style();
        let asked = fill(&Line::of(Tone::Strong, prompt), style.measure(), "", "");
        self.print_lines(&style.inside(asked), Last::Other);
        let labels: Vec<String> = items.iter().map(|item| item.label.clone()).collect();
        let chosen = match prompter::choose(&labels, start, set_apart(items), &style, self.color, &self.interrupt)? {
            Some(chosen) => chosen,
            None => self.choose_by_number(items, start)?,
        };
        let label = labels.get(chosen).map_or("", String::as_str);
        let echo = Line::plain(" ").and(Tone::Good, style.pointer()).and(Tone::Dim, format!(" {label}"));
        let inner = &mut *self.inner();
        let _ = writeln!(inner.out, "{}", echo.paint(self.color)).and_then(|()| inner.out.flush());
        Ok(chosen)
    }
}
