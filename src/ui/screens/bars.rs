//! Progress on a terminal: one live line per thing in progress. A finished thing leaves an ordinary line above.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState as BarState, ProgressStyle, TermLike};

use super::terminal_mode::{echo_off, restore};
use crate::engine::event::{Progress, ProgressState};
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::measure::{cut, wide_width};
use crate::ui::text::style::Style;
use crate::ui::text::time::{clock, most, usual};

/// The redraw interval of live lines. The clock needs only one redraw per second; the spinner shows that nothing
/// hangs.
const TICK: Duration = Duration::from_millis(250);

/// Cells for a state's name, such as `pendingAcceptance`.
const SEEN: usize = 18;

pub struct Bars {
    multi: MultiProgress,
    live: BTreeMap<String, (ProgressBar, Arc<Mutex<Words>>)>,
    /// What stays in sight below everything that is printed, until the next question.
    pinned: Vec<ProgressBar>,
    color: bool,
    /// Whether a person may press keys.
    person: bool,
}

/// The text of a live line, besides its clock.
#[derive(Clone, Debug, Default)]
struct Words {
    label: String,
    seen: String,
    usual: String,
    most: String,
}

impl Bars {
    pub fn new(color: bool, person: bool) -> Self {
        let term = Term::stderr();
        let target = if term.is_term() && !console::is_dumb() {
            ProgressDrawTarget::term_like_with_hz(Box::new(DrawArea::new(Box::new(term))), 10)
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            multi: MultiProgress::with_draw_target(target),
            live: BTreeMap::new(),
            pinned: Vec::new(),
            color,
            person,
        }
    }

    /// Takes a progress report. A finished thing loses its live line, and its final line is returned.
    pub fn report(&mut self, progress: &Progress, style: &Style) -> Option<Line> {
        let words = Words {
            label: style.render(&progress.label),
            seen: progress.seen.as_ref().map(|seen| style.render(seen)).unwrap_or_default(),
            usual: progress.wait.map(|wait| style.render(&usual(wait.usual))).unwrap_or_default(),
            most: progress.wait.map(|wait| style.render(&most(wait.most))).unwrap_or_default(),
        };
        if progress.state != ProgressState::Running {
            let elapsed = self.live.remove(&progress.id).map(|(bar, _)| {
                let elapsed = bar.elapsed();
                self.take_off(&bar);
                elapsed
            });
            if self.live.is_empty() {
                restore();
            }
            return (progress.state != ProgressState::Told).then(|| ended(&words, elapsed, progress.state, style));
        }
        if let Some((_, shown)) = self.live.get(&progress.id) {
            *shown.lock().unwrap_or_else(PoisonError::into_inner) = words;
        } else {
            if self.person {
                echo_off();
            }
            let shown = Arc::new(Mutex::new(words));
            let bar = self.multi.add(ProgressBar::new_spinner());
            bar.set_style(bar_style(Arc::clone(&shown), self.color));
            bar.enable_steady_tick(TICK);
            self.live.insert(progress.id.clone(), (bar, shown));
        }
        None
    }

    /// Keeps lines in sight below everything that is printed, above the live lines.
    pub fn pin(&mut self, lines: &[Line]) {
        self.unpin();
        for line in lines {
            let bar = self.multi.add(ProgressBar::new_spinner());
            let plain = ProgressStyle::default_spinner();
            bar.set_style(plain.clone().template("{msg}").unwrap_or(plain));
            bar.set_message(line.paint(self.color));
            bar.tick();
            self.pinned.push(bar);
        }
    }

    pub fn is_pinned(&self) -> bool {
        !self.pinned.is_empty()
    }

    /// Lets go of the lines that stay in sight.
    pub fn unpin(&mut self) {
        for bar in std::mem::take(&mut self.pinned) {
            self.take_off(&bar);
        }
    }

    /// Runs `print` while the live lines are off the screen.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        if self.live.is_empty() && self.pinned.is_empty() { print() } else { self.multi.suspend(print) }
    }

    /// Removing a bar would leave a last line standing, because it is cleared only when the others are redrawn.
    fn take_off(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.multi.remove(bar);
    }

    /// Takes every live line off the screen before a question is asked.
    pub fn clear(&mut self) {
        for (bar, _) in std::mem::take(&mut self.live).into_values() {
            self.take_off(&bar);
        }
        self.unpin();
        // An error here does no harm: a leftover line would scroll away.
        let _ = self.multi.clear();
        restore();
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        restore();
    }
}

/// The terminal as indicatif sees it. indicatif subtracts a character's cells from the terminal's columns and unwraps
/// the result of writing, so it panics where a wide character meets a single column, and where the terminal is gone.
/// And it ends a line by filling it with spaces until it wraps, so that whoever copies two lines gets a single one.
#[derive(Debug)]
struct DrawArea {
    term: Box<dyn TermLike>,
    drawn: Mutex<DrawState>,
}

/// How far a line of indicatif's is drawn. Each is written in two parts, the spaces that fill it being the second.
#[derive(Debug, Default)]
enum DrawState {
    #[default]
    LineBegins,
    WordsWritten,
    /// The spaces that are still to be written.
    Filled(String),
}

impl DrawArea {
    fn new(term: Box<dyn TermLike>) -> Self {
        Self { term, drawn: Mutex::default() }
    }

    /// Ends what was begun in the way that indicatif expects, before it does anything else.
    fn settle(&self) {
        let drawn = std::mem::take(&mut *self.drawn.lock().unwrap_or_else(PoisonError::into_inner));
        if let DrawState::Filled(spaces) = drawn {
            let _ = self.term.write_str(&spaces);
        }
    }
}

impl TermLike for DrawArea {
    fn width(&self) -> u16 {
        self.term.width().max(2)
    }

    fn height(&self) -> u16 {
        self.term.height()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.settle();
        shown(self.term.move_cursor_up(n))
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.settle();
        shown(self.term.move_cursor_down(n))
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.settle();
        shown(self.term.move_cursor_right(n))
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.settle();
        shown(self.term.move_cursor_left(n))
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.settle();
        shown(self.term.write_line(line))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // The older consoles of Windows wrap at once, not before the next character, so a line end would be a second one.
        if cfg!(windows) || text == "\r" {
            return shown(self.term.write_str(text));
        }
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match std::mem::take(&mut *drawn) {
            DrawState::WordsWritten => {
                *drawn = DrawState::Filled(text.to_owned());
                return Ok(());
            }
            DrawState::LineBegins => "",
            // On a full line, erasing to its end would erase its last character.
            DrawState::Filled(spaces) if spaces.is_empty() => "\r\n",
            DrawState::Filled(_) => "\x1b[K\r\n",
        };
        *drawn = DrawState::WordsWritten;
        shown(self.term.write_str(&format!("{before}{text}")))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.settle();
        shown(self.term.clear_line())
    }

    fn flush(&self) -> io::Result<()> {
        self.settle();
        shown(self.term.flush())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "indicatif's trait asks for a result")]
fn shown(_: io::Result<()>) -> io::Result<()> {
    // If the screen is gone, nobody could read an error either.
    Ok(())
}

fn bar_style(words: Arc<Mutex<Words>>, color: bool) -> ProgressStyle {
    let line = move |state: &BarState, out: &mut dyn fmt::Write| {
        let words = words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let room = usize::from(Term::stderr().size().1).saturating_sub(5);
        // The trait cannot report an error; writing to a string cannot fail.
        let _ = out.write_str(&running(&words, state.elapsed(), room).paint(color));
    };
    let style = ProgressStyle::default_spinner().tick_chars("-\\|/ ").with_key("line", line);
    style.clone().template(" {spinner} {line}").unwrap_or(style)
}

/// `label  seen   0:42 / usually 2-4 min / gives up after 15 min`, in `room` cells. Too long a line first loses the
/// end of the state, then the time limit, then the usual time.
fn running(words: &Words, elapsed: Duration, room: usize) -> Line {
    let mut time = format!("  {}", clock(elapsed));
    for (more, beside) in [(&words.usual, 0), (&words.most, wide_width(&words.seen).min(SEEN))] {
        // Leave room for the clock to gain digits.
        if !more.is_empty() && wide_width(&words.label) + wide_width(&time) + wide_width(more) + beside + 6 <= room {
            time = format!("{time} / {more}");
        }
    }
    let left = room.saturating_sub(wide_width(&time));
    let label = cut(&words.label, left);
    let seen = left.saturating_sub(wide_width(&label) + 2);
    let mut line = Line::plain(label);
    if !words.seen.is_empty() && seen > 4 {
        line.push(Tone::Dim, format!("  {}", cut(&words.seen, seen)));
    }
    line.push(Tone::Wait, time);
    line
}

fn ended(words: &Words, elapsed: Option<Duration>, state: ProgressState, style: &Style) -> Line {
    let (ink, mark) =
        if state == ProgressState::Failed { (Tone::Bad, style.cross()) } else { (Tone::Good, style.tick()) };
    let time = elapsed.filter(|elapsed| elapsed.as_secs() > 0).map(|elapsed| format!("  {}", clock(elapsed)));
    let time = time.unwrap_or_default();
    let room = style.width.saturating_sub(wide_width(mark) + 3 + wide_width(&time));
    let label = cut(&words.label, room);
    let seen = room.saturating_sub(wide_width(&label) + 2);
    let mut line = Line::plain(" ").and(ink, mark).and(Tone::Plain, format!(" {label}"));
    if !words.seen.is_empty() && seen > 4 {
        line.push(Tone::Dim, format!("  {}", cut(&words.seen, seen)));
    }
    line.push(Tone::Dim, time);
    line
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

    use super::{DrawArea, Words, running};
    use crate::ui::text::measure::wide_width;

    #[test]
    fn a_live_line_fits_every_terminal() {
        let words = Words {
            label: "NLB を作成中".into(),
            seen: "provisioning".into(),
            usual: "通常 2〜4 分".into(),
            most: "最長 15 分".into(),
        };
        let at = |room| running(&words, Duration::from_secs(42), room).text();
        assert_eq!(at(75), "NLB を作成中  provisioning  0:42 / 通常 2〜4 分 / 最長 15 分");
        assert_eq!(at(40), "NLB を作成中  pr...  0:42 / 通常 2〜4 分");
        for room in 10..80 {
            assert!(wide_width(&at(room)) <= room, "{room}: {}", at(room));
            assert!(at(room).contains("0:42"), "{room}: {}", at(room));
        }
    }

    /// A terminal of one column that is gone.
    #[derive(Debug)]
    struct Gone;

    fn gone() -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    impl TermLike for Gone {
        fn width(&self) -> u16 {
            1
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            gone()
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            gone()
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            gone()
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            gone()
        }
        fn write_line(&self, _: &str) -> io::Result<()> {
            gone()
        }
        fn write_str(&self, _: &str) -> io::Result<()> {
            gone()
        }
        fn clear_line(&self) -> io::Result<()> {
            gone()
        }
        fn flush(&self) -> io::Result<()> {
            gone()
        }
    }

    #[test]
    fn a_terminal_of_one_column_that_is_gone_is_no_bug_of_ours() {
        let target = ProgressDrawTarget::term_like(Box::new(DrawArea::new(Box::new(Gone))));
        let multi = MultiProgress::with_draw_target(target);
        let bar = multi.add(ProgressBar::new_spinner());
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap());
        bar.set_message("作成中");
        bar.tick();
        multi.suspend(|| ());
        multi.println("作成中").unwrap();
        bar.finish_and_clear();
    }
}
