//! Menus, pauses and typed words on a terminal. A theme of dialoguer's draws the choices. The keys are read here, so
//! that neither the terminal's size nor unexpected input can break a menu.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use console::Term;
use dialoguer::theme::Theme;
use tokio::time::Instant;

use super::keyboard::Keyboard;
use super::keys::Key;
use super::terminal_mode::times_taken_again;
use super::terminal_notices;
use crate::engine::event::AskError;
use crate::i18n::m;
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::measure::cut;
use crate::ui::text::style::Style;

/// The longest word to type, in bytes.
const LONGEST: usize = 60;
/// The rows that a menu needs: the words above it, three choices, the cursor's line and a spare one. In width it
/// needs room for a word or two.
const ROWS: u16 = 6;
const COLUMNS: u16 = 20;

/// Whether a terminal of this size has room for menus and live lines.
#[must_use]
pub fn is_roomy(rows: u16, columns: u16) -> bool {
    rows >= ROWS && columns >= COLUMNS
}

/// Whether this terminal has room; true if there is no terminal.
#[must_use]
pub fn has_room() -> bool {
    Term::stderr().size_checked().is_none_or(|(rows, columns)| is_roomy(rows, columns))
}

/// A menu to offer.
pub struct Offer<'a> {
    pub labels: &'a [String],
    /// The preselected label.
    pub start: usize,
    /// The first label that has an empty line above it.
    pub apart: Option<usize>,
    /// What `y` copies.
    pub to_copy: Option<String>,
    /// Whether a page was turned just before, so that an Enter may still be meant for the pages.
    pub after_a_page: bool,
}

/// Enter counts in a menu once this long has passed without one, if pages were turned before it. A held key repeats
/// sooner, and so does an impatient finger.
const CALM: Duration = Duration::from_millis(400);

/// Lets the learner choose one label; `None` if the terminal has become too small. If it is too low for all labels,
/// they are spread over several menus, each with a way to the next.
pub fn choose(
    offer: &Offer<'_>,
    style: &Style,
    color: bool,
    interrupt: &AtomicBool,
) -> Result<Option<usize>, AskError> {
    let Offer { labels, apart, start, .. } = *offer;
    let mut menu = Menu {
        labels,
        apart,
        at: start.min(labels.len().saturating_sub(1)),
        others: false,
        legend: legend(offer, style),
        style,
        color,
    };
    let mut keyboard = Keyboard::open(interrupt, true);
    // Draw in one write: a half-drawn menu would flicker.
    let term = Term::buffered_stderr();
    let (mut drawn, mut size, mut stops) = (Vec::new(), (0, 0), times_taken_again());
    let mut calm_at = offer.after_a_page.then(|| Instant::now() + CALM);
    loop {
        let now = term.size();
        if !is_roomy(now.0, now.1) {
            erase(&term, &drawn, now);
            return Ok(None);
        }
        let stopped = times_taken_again() != stops;
        if now != size || stopped || drawn.is_empty() {
            if stopped {
                // Other programs have written below the menu meanwhile.
                drawn.clear();
            }
            (size, stops) = (now, times_taken_again());
            drawn = menu.draw(&term, &drawn, size);
        }
        let keys = keyboard.hear()?;
        let mut moved = false;
        for key in &keys {
            if *key == Key::Enter && calm_at.is_some_and(|calm_at| Instant::now() < calm_at) {
                calm_at = Some(Instant::now() + CALM);
                continue;
            }
            calm_at = None;
            match key {
                Key::Down => menu.step(1, size.0),
                Key::Up => menu.step(-1, size.0),
                // Only if typed alone, not as part of a burst of keys.
                Key::Char('j') if keys.len() == 1 => menu.step(1, size.0),
                Key::Char('k') if keys.len() == 1 => menu.step(-1, size.0),
                Key::Char('y') if keys.len() == 1 => {
                    let Some(text) = &offer.to_copy else { continue };
                    // If the terminal is gone, reading from it reports the error.
                    let _ = term.write_str(&terminal_notices::copy(text));
                    menu.legend = style.render(&m::menu_copied());
                }
                Key::Enter if menu.others => menu.turn(size.0),
                Key::Enter => {
                    erase(&term, &drawn, term.size());
                    return Ok(Some(menu.at));
                }
                _ => continue,
            }
            moved = true;
        }
        if moved {
            drawn = menu.draw(&term, &drawn, size);
        }
    }
}

/// The keys of a menu, for its last line.
fn legend(offer: &Offer<'_>, style: &Style) -> String {
    let keys = [Some(m::menu_keys()), offer.to_copy.as_ref().map(|_| m::menu_copy())];
    keys.iter().flatten().map(|text| style.render(text)).collect::<Vec<_>>().join("  ")
}

struct Menu<'a> {
    labels: &'a [String],
    /// The first label that has an empty line above it.
    apart: Option<usize>,
    /// The selected label, also while the way to the others is selected.
    at: usize,
    /// Whether the way to the others is selected.
    others: bool,
    /// The last line: what the keys do.
    legend: String,
    style: &'a Style,
    color: bool,
}

impl Menu<'_> {
    /// The first label shown, the number of labels shown, and whether the way to the others follows.
    fn page(&self, rows: u16) -> (usize, usize, bool) {
        let above = 4 + usize::from(self.apart.is_some()) + usize::from(has_legend(rows));
        let room = usize::from(rows).saturating_sub(above).max(3);
        if self.labels.len() <= room {
            return (0, self.labels.len(), false);
        }
        let each = room - 1;
        let from = self.at / each * each;
        (from, each.min(self.labels.len() - from), true)
    }

    /// Moves one line up or down, and stops at the ends.
    fn step(&mut self, by: isize, rows: u16) {
        let (from, count, more) = self.page(rows);
        let lines = count + usize::from(more);
        let now = if self.others { count } else { self.at - from };
        let next = now.saturating_add_signed(by).min(lines - 1);
        self.others = next == count;
        if !self.others {
            self.at = from + next;
        }
    }

    /// Shows the next labels.
    fn turn(&mut self, rows: u16) {
        let (from, count, _) = self.page(rows);
        self.others = false;
        self.at = if from + count < self.labels.len() { from + count } else { 0 };
    }

    /// Draws the menu over the lines that were `drawn`; returns the width of each line in cells.
    fn draw(&mut self, term: &Term, drawn: &[usize], size: (u16, u16)) -> Vec<usize> {
        let (from, count, more) = self.page(size.0);
        self.others &= more;
        let theme =
            Choices { pointer: self.style.pointer(), room: usize::from(size.1).saturating_sub(5), color: self.color };
        let others = self.style.render(&m::menu_others());
        let shown = self.labels.iter().skip(from).take(count).map(String::as_str);
        let mut text = String::new();
        let mut cells = Vec::new();
        for (index, label) in shown.chain(more.then_some(others.as_str())).enumerate() {
            if self.apart == Some(from + index) && index > 0 && index < count {
                cells.push(0);
                text.push('\n');
            }
            let active = if self.others { index == count } else { from + index == self.at && index < count };
            cells.push(theme.line(label, active).width());
            // Writing to a String cannot fail.
            let _ = theme.format_select_prompt_item(&mut text, label, active);
            text.push('\n');
        }
        if has_legend(size.0) {
            let line = Line::plain(" ").and(Tone::Dim, cut(&self.legend, usize::from(size.1).saturating_sub(3)));
            cells.push(line.width());
            text.push_str(&line.paint(self.color));
            text.push('\n');
        }
        // If the terminal cannot be written to, reading from it fails too and reports the error.
        let _ = back_over(term, drawn, size).and_then(|()| term.write_str(&text)).and_then(|()| term.flush());
        cells
    }
}

/// Whether a terminal of so many rows has room for the line that names the keys.
fn has_legend(rows: u16) -> bool {
    rows >= 10
}

/// The rows of a menu with so many labels, its last line and the cursor's included.
#[must_use]
pub fn menu_rows(labels: usize, apart: bool, rows: u16) -> usize {
    labels + usize::from(apart) + usize::from(has_legend(rows)) + 1
}

/// The appearance of a choice.
struct Choices {
    pointer: &'static str,
    /// Cells for a label.
    room: usize,
    color: bool,
}

impl Choices {
    fn line(&self, label: &str, active: bool) -> Line {
        let (mark, ink) = if active { (self.pointer, Tone::Strong) } else { (" ", Tone::Plain) };
        Line::plain(" ").and(Tone::Good, mark).and(Tone::Plain, " ").and(ink, cut(label, self.room))
    }
}

impl Theme for Choices {
    fn format_select_prompt_item(&self, f: &mut dyn fmt::Write, label: &str, active: bool) -> fmt::Result {
        f.write_str(&self.line(label, active).paint(self.color))
    }
}

fn erase(term: &Term, drawn: &[usize], size: (u16, u16)) {
    // If the terminal is gone, there is nothing to do.
    let _ = back_over(term, drawn, size).and_then(|()| term.flush());
}

/// Goes back to the first of these lines and clears from there. If the terminal may have broken one of them, they
/// stay, so that nothing above them is lost.
fn back_over(term: &Term, drawn: &[usize], size: (u16, u16)) -> std::io::Result<()> {
    if drawn.is_empty() {
        return Ok(());
    }
    if !are_whole(drawn, size) {
        return term.write_line("");
    }
    term.move_cursor_up(drawn.len())?;
    term.clear_to_end_of_screen()
}

/// Whether lines of these widths are still on the screen as they were written.
fn are_whole(drawn: &[usize], (rows, columns): (u16, u16)) -> bool {
    drawn.len() < usize::from(rows) && drawn.iter().all(|cells| *cells < usize::from(columns))
}

/// Whether [`enter_pressed`] works here. Windows would need access to the console's input that no crate in use offers
/// safely.
pub const HEARS_ENTER: bool = cfg!(unix);

/// Whether Enter was pressed while no question was open; the key is consumed. A terminal delivers whole lines, so
/// other keys alone do not count.
pub fn enter_pressed() -> bool {
    #[cfg(unix)]
    {
        let pressed = rustix::io::ioctl_fionread(rustix::stdio::stdin()).is_ok_and(|bytes| bytes > 0);
        if pressed {
            super::keyboard::forget_keys();
        }
        pressed
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Where to go from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    On,
    Back,
    /// Past what belongs together with this page.
    End,
}

/// The line below a page.
pub struct Legend<'a> {
    /// Its words, before and after something was copied.
    pub words: &'a dyn Fn(bool) -> String,
    pub can_go_back: bool,
    /// What `y` copies.
    pub to_copy: Option<&'a str>,
}

/// Shows a line of words below a page, waits for a key that turns it, then removes the line.
pub fn turn_page(legend: &Legend<'_>, color: bool, interrupt: &AtomicBool) -> Result<Turn, AskError> {
    let term = Term::stderr();
    let mut keyboard = Keyboard::open(interrupt, false);
    let (mut shown, mut copied) = (None, false);
    let heard = loop {
        let state = (term.size(), times_taken_again(), copied);
        if shown.replace(state) != Some(state) {
            let words = (legend.words)(copied);
            let line = Line::of(Tone::Dim, cut(&words, usize::from(state.0.1).saturating_sub(2)));
            // If the terminal cannot be written to, reading from it fails too and reports the error.
            let _ = term.clear_line().and_then(|()| term.write_str(&line.paint(color)));
        }
        match keyboard.hear() {
            // A key that is held down, or heard twice on a busy machine, turns one page. Other bursts are no keys of a
            // person.
            Ok(mut keys) => {
                keys.dedup();
                match keys.as_slice() {
                    [Key::Enter | Key::Down | Key::Char(' ' | 'f' | 'j')] => break Ok(Turn::On),
                    [Key::Up | Key::Backspace | Key::Char('b' | 'k')] if legend.can_go_back => break Ok(Turn::Back),
                    [Key::Char('q')] => break Ok(Turn::End),
                    [Key::Char('y')] if legend.to_copy.is_some() => {
                        // If the terminal is gone, reading from it reports the error.
                        let _ = term.write_str(&terminal_notices::copy(legend.to_copy.unwrap_or_default()));
                        copied = true;
                    }
                    _ => {}
                }
            }
            Err(error) => break Err(error),
        }
    };
    let _ = term.clear_line();
    heard
}

/// Removes everything from the screen. What was above it can be scrolled to, or not, as the terminal does.
pub fn clear_screen() {
    let _ = Term::stderr().clear_screen();
}

/// Asks with `ask`, and reads a line key by key, so that Ctrl-C ends it as it ends a menu. Keys that came before the
/// question do not count, keys that follow it are not lost.
pub fn line(ask: impl FnOnce(), color: bool, interrupt: &AtomicBool) -> Result<String, AskError> {
    let term = Term::stderr();
    let mut typed = String::new();
    let mut keyboard = Keyboard::open(interrupt, false);
    ask();
    let mut shown = None;
    loop {
        let state = (term.size(), times_taken_again(), typed.clone());
        if shown.as_ref() != Some(&state) {
            let room = usize::from(state.0.1).saturating_sub(5);
            let line = Line::plain(" ").and(Tone::Good, ">").and(Tone::Plain, format!(" {}", cut(&typed, room)));
            // If the terminal cannot be written to, reading from it fails too and reports the error.
            let _ = term.clear_line().and_then(|()| term.write_str(&line.paint(color)));
            shown = Some(state);
        }
        for key in keyboard.hear()? {
            match key {
                Key::Enter => {
                    let room = usize::from(term.size().1).saturating_sub(5);
                    let line =
                        Line::plain(" ").and(Tone::Good, ">").and(Tone::Plain, format!(" {}", cut(&typed, room)));
                    let _ = term.clear_line().and_then(|()| term.write_line(&line.paint(color)));
                    return Ok(typed);
                }
                Key::Backspace => {
                    typed.pop();
                }
                Key::Erase => typed.clear(),
                Key::Char(key) if typed.len() < LONGEST => typed.push(key),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Menu, are_whole, is_roomy};
    use crate::i18n::Lang;
    use crate::ui::text::style::{GlyphSet, Layout, Style};

    #[test]
    fn every_choice_is_reached_whatever_the_height() {
        let style = Style { lang: Lang::En, layout: Layout::Rich, width: 80, glyphs: GlyphSet::Ascii };
        let labels: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        for rows in 1..20 {
            let mut menu = Menu {
                labels: &labels,
                apart: Some(8),
                at: 0,
                others: false,
                legend: String::new(),
                style: &style,
                color: false,
            };
            for _ in 0..60 {
                menu.step(-1, rows);
            }
            let mut seen = std::collections::BTreeSet::from([menu.at]);
            for _ in 0..60 {
                menu.step(1, rows);
                if menu.others {
                    menu.turn(rows);
                }
                seen.insert(menu.at);
            }
            assert_eq!(seen.len(), labels.len(), "{rows} rows: {seen:?}");
            for _ in 0..60 {
                menu.step(-1, rows);
                let (from, count, more) = menu.page(rows);
                assert!((from..from + count).contains(&menu.at) && (more || !menu.others), "{rows} rows");
            }
        }
    }

    #[test]
    fn no_key_leads_around_an_end() {
        let style = Style { lang: Lang::En, layout: Layout::Rich, width: 80, glyphs: GlyphSet::Ascii };
        let labels: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        let mut menu = Menu {
            labels: &labels,
            apart: Some(8),
            at: 0,
            others: false,
            legend: String::new(),
            style: &style,
            color: false,
        };
        menu.step(-1, 24);
        assert_eq!(menu.at, 0);
        for _ in 0..20 {
            menu.step(1, 24);
        }
        assert_eq!(menu.at, 8);
    }

    #[test]
    fn lines_that_may_have_been_broken_are_left_standing() {
        assert!(are_whole(&[10, 12], (24, 80)));
        assert!(!are_whole(&[10, 90], (24, 80)) && !are_whole(&[10, 12, 9], (3, 80)));
    }

    #[test]
    fn what_a_menu_needs() {
        assert!(is_roomy(8, 30) && is_roomy(6, 20) && !is_roomy(2, 80) && !is_roomy(1, 1) && !is_roomy(24, 10));
    }
}
