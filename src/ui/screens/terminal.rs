//! The pretty form, for a person at a terminal.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use console::Term;
use tokio::time::Instant;

use super::bars::Bars;
use super::menu::{Item, MenuHost, ask, set_apart, step_blocks, taken};
use super::numbered::{ask_number, is_one_of, numbered};
use super::options::UiOptions;
use super::pages::{Page, Room, rows as rows_of};
use super::prompter::{self, Legend, Offer, Turn};
use super::terminal_notices::{TerminalNotices, link};
use super::unread_output::UnreadOutput;
use crate::engine::event::{
    Answer, AskError, EndingView, Event, Mode, OpeningView, Picture, Progress, ProgressState, Question, QuestionId,
    Screen, StepView, TurnView, Verdict,
};
use crate::i18n::{Lang, Text, harmless, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::text::wrap::fill;
use crate::ui::views::diagram::Drawn;
use crate::ui::views::ending::ending;
use crate::ui::views::events::{Context, event};
use crate::ui::views::hands_on::{plan, scripts, turn};
use crate::ui::views::opening::opening;
use crate::ui::views::part::to_copy;
use crate::ui::views::step::{picture, title as step_title, waiting};

/// The fewest rows of a terminal on which pages are turned.
const ROWS: usize = 10;
/// The rows for what pllab sees, above the lines that stay in sight.
const EVENTS: usize = 8;
/// How long work goes on until its end, or a question after it, calls the person.
const LONG: Duration = Duration::from_secs(30);

/// A [`Screen`] for people: drawings, live progress, menus by arrow keys.
pub struct Terminal {
    yes: bool,
    interactive: bool,
    color: bool,
    width: Option<u16>,
    glyphs: GlyphSet,
    notices: TerminalNotices,
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
    /// What was printed since the last answer.
    unread: UnreadOutput,
    /// Whether what does not fit on the screen waits: from the first screen or question on, there is somebody to turn
    /// pages.
    paged: bool,
    /// When the last question was answered.
    answered: Instant,
    /// Each check's last answer, so that asking again shows only what has changed.
    checks: BTreeMap<String, (Verdict, Text)>,
    /// Whether the reading for waits was shown for this step.
    waited: bool,
    /// The number of the step whose extra reading was shown.
    read: Option<usize>,
    /// Ctrl-C came while no question was open; the next question returns it.
    interrupted: bool,
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
            unread: UnreadOutput::default(),
            paged: false,
            answered: Instant::now(),
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
            notices: options.notices,
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

    /// Rows and columns.
    fn size() -> (usize, usize) {
        let (rows, columns) = Term::stderr().size();
        (usize::from(rows), usize::from(columns))
    }

    fn write(&self, lines: &[Line], kind: Last, begins_page: bool) {
        if lines.is_empty() {
            return;
        }
        let (rows, columns) = Self::size();
        let inner = &mut *self.inner();
        let apart = inner.last != Last::Nothing && (inner.last != kind || kind == Last::Other);
        inner.last = kind;
        let waits = inner.paged && rows >= ROWS && !inner.bars.is_pinned() && !inner.interrupted;
        let now = if kind == Last::Done && !inner.unread.waits() {
            // Nobody reads these again: they may scroll away, and take no room from the result.
            [apart.then(Line::blank).into_iter().collect(), lines.to_vec()].concat()
        } else if waits {
            inner.unread.take(lines, apart, begins_page, rows - 2, columns)
        } else {
            let mut now = inner.unread.release();
            now.extend((apart || !now.is_empty()).then(Line::blank));
            now.extend_from_slice(lines);
            inner.unread.note(&now);
            now
        };
        self.put(inner, &now);
    }

    fn put(&self, inner: &mut Inner, lines: &[Line]) {
        let address = |text: &str| if self.notices.links { link(text, text) } else { text.to_owned() };
        let text: String = lines.iter().map(|line| line.paint_with(self.color, address) + "\n").collect();
        let out = &mut inner.out;
        inner.bars.aside(|| {
            // If the screen is gone, nobody could read an error either.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        });
    }

    /// Shows what waits, a page at a time, so that `below` rows are free under the last one. Says whether a page was
    /// turned.
    fn turn_pages(&self, below: usize, end: &Text) -> Result<bool, AskError> {
        let (rows, columns) = Self::size();
        let pages = {
            let inner = &mut *self.inner();
            let most = rows.saturating_sub(2).max(1);
            let last = rows.saturating_sub(below + 1).clamp(1, most);
            let pages = inner.unread.pages(Room { columns, most, last });
            if rows < ROWS || !inner.paged || inner.interrupted {
                let rest = inner.unread.release();
                self.put(inner, &rest);
                return Ok(false);
            }
            if pages.len() == 1 && inner.unread.leaves(below, rows, columns) {
                return Ok(false);
            }
            // All of it is on record, whatever page is on the screen when the question comes.
            inner.unread.release();
            pages
        };
        let style = self.style();
        let to_copy = self.inner().unread.to_copy().filter(|_| self.notices.clipboard);
        let mut at = 0;
        loop {
            if at + 1 == pages.len() && at > 0 {
                return Ok(true);
            }
            // Whoever passes over an introduction still begins the step at its beginning.
            let chapter = (at + 1..pages.len() - 1).find(|next| pages[*next].begins);
            let end = if chapter.is_some() { m::pager_chapter() } else { end.clone() };
            let words = |copied: bool| {
                let copy = if copied { m::menu_copied() } else { m::menu_copy() };
                let keys = [Some(m::pager_on()), (at > 0).then(m::pager_back), Some(end.clone())];
                let keys = keys.into_iter().chain([to_copy.is_some().then_some(copy)]).flatten();
                let keys = keys.map(|text| style.render(&text)).collect::<Vec<_>>().join("  ");
                let position = m::PagerPosition { at: at + 1, of: pages.len() }.text();
                let position = if pages.len() > 1 { format!("  {}", style.render(&position)) } else { String::new() };
                format!(" {keys}{position}")
            };
            let legend = Legend { words: &words, can_go_back: at > 0, to_copy: to_copy.as_deref() };
            let turn = match prompter::turn_page(&legend, self.color, &self.interrupt) {
                Ok(turn) => turn,
                Err(error) => {
                    let inner = &mut *self.inner();
                    pages.iter().skip(at + 1).for_each(|page| self.put(inner, &page.below()));
                    return Err(error);
                }
            };
            if pages.len() == 1 {
                return Ok(true);
            }
            let from = at;
            match turn {
                Turn::On => at += 1,
                Turn::Back => at -= 1,
                Turn::End => at = chapter.unwrap_or(pages.len() - 1),
            }
            let shown = if turn == Turn::Back {
                prompter::clear_screen();
                pages[at].lines.clone()
            } else {
                // What is passed over scrolls away, and can be scrolled back to.
                pages[from + 1..=at].iter().flat_map(Page::below).collect()
            };
            let inner = &mut *self.inner();
            self.put(inner, &shown);
        }
    }

    /// Calls the person if what they waited for took long.
    fn call(&self, words: &Text) {
        let inner = &mut *self.inner();
        if self.interactive && !self.yes && inner.answered.elapsed() >= LONG {
            inner.answered = Instant::now();
            let words = words.render(inner.lang);
            let call = self.notices.call(&harmless::line(&words));
            // If the screen is gone, nobody could be called either.
            let _ = inner.err.write_all(call.as_bytes()).and_then(|()| inner.err.flush());
        }
    }

    /// For a terminal that is too small for a menu: numbers, and a line to type one on.
    fn choose_by_number(&self, items: &[Item], start: usize) -> Result<usize, AskError> {
        let style = self.style();
        self.print_lines(&style.inside(numbered(items)), Last::Other);
        let show = |words: &str| {
            self.print_lines(&style.inside(fill(&Line::plain(words.trim()), style.measure(), "", "")), Last::Other);
        };
        let read = |words: &str| prompter::line(|| show(words), self.color, &self.interrupt);
        ask_number(items, start, &style, read, show)
    }

    /// Prints a question's words at once, because its choices come right below.
    fn ask_below(&self, words: &[Line]) {
        let inner = &mut *self.inner();
        let apart = inner.last != Last::Nothing;
        inner.last = Last::Other;
        let lines: Vec<Line> = apart.then(Line::blank).into_iter().chain(words.iter().cloned()).collect();
        self.put(inner, &lines);
    }

    fn answered(&self) {
        let inner = &mut *self.inner();
        inner.unread.clear();
        inner.answered = Instant::now();
    }

    fn begin_pages(&self) {
        self.inner().paged = self.interactive && !self.yes;
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
        let blocks: Vec<_> = opening(view, &self.style()).into_iter().filter(|block| !block.is_empty()).collect();
        self.begin_pages();
        self.print_lines(&stack(blocks), Last::Other);
    }

    fn step(&self, view: &StepView) {
        self.step_before(view);
        self.begin_pages();
        self.show_step(view);
    }

    fn step_before(&self, view: &StepView) {
        self.inner().context = Context { step: Some(view.clone()), turn: None };
    }

    fn your_turn(&self, view: &TurnView) -> Result<(), AskError> {
        let style = self.style();
        // If the learner comes back from the menu, the scripts have been shown already.
        let again = self.inner().context.turn.replace(view.clone()).as_ref() == Some(view);
        let words = if prompter::HEARS_ENTER { m::turn_menu } else { m::turn_menu_in_plain };
        let menu = (self.interactive && !self.yes).then(words);
        let (rows, columns) = Self::size();
        let goal = self.inner().context.step.as_ref().map(|step| step_title(step, &style));
        let goal = goal.unwrap_or_default();
        let mut pinned = stack([goal.clone(), turn(view, menu.clone(), &style)]);
        let whole = stack([[goal, plan(view, &style)].concat(), turn(view, menu, &style)]);
        if rows_of(&whole, columns) + EVENTS <= rows {
            pinned = whole;
        }
        let scripts = scripts(view, &style);
        if self.interactive && !self.yes && rows_of(&pinned, columns) + EVENTS <= rows {
            if !again {
                self.print_lines(&scripts, Last::Other);
            }
            self.turn_pages(rows_of(&pinned, columns) + EVENTS, &m::pager_end())?;
            self.inner().bars.pin(&pinned);
        } else if !again {
            self.print_lines(&stack([pinned, scripts]), Last::Other);
            self.turn_pages(EVENTS, &m::pager_end())?;
        }
        self.answered();
        Ok(())
    }

    fn called(&self) -> bool {
        self.interactive && !self.yes && prompter::enter_pressed()
    }

    fn picture(&self, now: &Picture) {
        if let Some(view) = &mut self.inner().context.step {
            view.picture = now.clone();
        }
        self.print_lines(&picture(now, &self.style(), Drawn::default()), Last::Other);
    }

    fn ending(&self, view: &EndingView) {
        self.write(&ending(view, &self.style()), Last::Other, true);
    }

    fn event(&self, what: &Event) {
        if matches!(what, Event::Check { .. } | Event::StepFinished { .. }) {
            // The watch is over.
            self.inner().bars.unpin();
        }
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
            let step = step.filter(|view| inner.read != Some(view.number) && view.mode == Mode::Guided);
            step.map(|view| waiting(view, &style)).unwrap_or_default()
        };
        self.print_lines(&note, Last::Other);
        let ended = self.inner().bars.report(progress, &style);
        if let Some(line) = ended {
            self.print_lines(&[line], Last::Done);
            self.call(&progress.label);
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
            inner.paged |= self.interactive && !self.yes;
            if question.id == QuestionId::Watching && !inner.unread.waits() {
                // What came during the watch was read as it came; what waits came after it, such as a long hint.
                inner.unread.clear();
            }
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
        self.call(&question.prompt);
        let answer = ask(self, question, &context);
        if answer.is_err() {
            // Nobody is there any more to turn pages.
            self.inner().paged = false;
        }
        answer
    }

    fn type_word(&self, prompt: &Text, words: &[&str]) -> Result<bool, AskError> {
        if !self.interactive {
            return Err(AskError::NobodyToAsk);
        }
        let style = self.style();
        let asked = style.inside(fill(&Line::of(Tone::Strong, style.render(prompt)), style.measure(), "", ""));
        self.turn_pages(asked.len() + 2, &m::pager_end())?;
        let typed = prompter::line(|| self.ask_below(&asked), self.color, &self.interrupt)?;
        self.answered();
        Ok(is_one_of(&typed, words))
    }

    fn finish(&self) {
        // At Ctrl-C, the rest has been printed.
        let _ = self.turn_pages(1, &m::pager_end());
        self.inner().paged = false;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let inner = &mut *self.inner();
        let rest = inner.unread.release();
        self.put(inner, &rest);
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
        self.print_lines(lines, Last::Other);
    }

    fn has_read(&self) {
        let inner = &mut *self.inner();
        inner.read = inner.context.step.as_ref().map(|view| view.number);
    }

    fn show_step(&self, view: &StepView) {
        self.write(&stack(step_blocks(view, &self.style())), Last::Other, true);
    }

    fn choose(&self, prompt: &str, items: &[Item], start: usize) -> Result<usize, AskError> {
        let style = self.style();
        let asked = style.inside(fill(&Line::of(Tone::Strong, prompt), style.measure(), "", ""));
        let labels: Vec<String> = items.iter().map(|item| item.label.clone()).collect();
        let apart = set_apart(items);
        let (rows, _) = Term::stderr().size();
        let below = asked.len() + 1 + prompter::menu_rows(labels.len(), apart.is_some(), rows);
        let after_a_page = self.turn_pages(below, &m::pager_menu())?;
        let to_copy = self.inner().unread.to_copy().filter(|_| self.notices.clipboard);
        self.ask_below(&asked);
        let offer = Offer { labels: &labels, start, apart, to_copy, after_a_page };
        let chosen = match prompter::choose(&offer, &style, self.color, &self.interrupt)? {
            Some(chosen) => chosen,
            None => self.choose_by_number(items, start)?,
        };
        self.answered();
        let label = labels.get(chosen).map_or("", String::as_str);
        let echo = Line::plain(" ").and(Tone::Good, style.pointer()).and(Tone::Dim, format!(" {label}"));
        let inner = &mut *self.inner();
        self.put(inner, &[echo]);
        Ok(chosen)
    }
}
