//! Menus on a terminal: dialoguer inside, with its traps kept shut.
//!
//! dialoguer counts an item's bytes to know how many lines it must erase, and Japanese has three bytes for two cells: it
//! would eat the lines above the menu. So the items are short ASCII ids, and the theme looks up the label and cuts it to
//! the terminal.

use std::fmt;
use std::io::ErrorKind;

use console::{Key, Term};
use dialoguer::Select;
use dialoguer::theme::Theme;

use super::hush::by_key;
use super::line::{Ink, Line};
use super::look::Look;
use super::measure::cut;
use crate::engine::event::AskError;
use crate::i18n::m;

/// No word that is asked for is longer, in bytes.
const LONGEST: usize = 60;

/// Lets the learner choose one of `labels`. Where the terminal is too low for all of them, they are spread over several
/// menus, each with a way to the next, so that dialoguer never turns pages.
pub(super) fn choose(labels: &[String], start: usize, look: &Look, color: bool) -> Result<usize, AskError> {
    let (rows, _) = Term::stderr().size();
    let room = usize::from(rows).saturating_sub(4).max(3);
    if labels.len() <= room {
        return select(labels.to_vec(), start, look, color);
    }
    let each = room - 1;
    let mut from = start / each * each;
    loop {
        let mut shown: Vec<String> = labels.iter().skip(from).take(each).cloned().collect();
        let others = shown.len();
        shown.push(look.say(&m::menu_others()));
        let chosen = select(shown, start.saturating_sub(from).min(others), look, color)?;
        if chosen < others {
            return Ok(from + chosen);
        }
        from = if from + each < labels.len() { from + each } else { 0 };
    }
}

/// Drops keys that were pressed while no question was open: they were not meant as its answer.
pub(super) fn forget_keys() {
    #[cfg(unix)]
    {
        // Where it cannot be done the keys answer, as they would have.
        let _ = rustix::termios::tcflush(rustix::stdio::stdin(), rustix::termios::QueueSelector::IFlush);
    }
}

/// Whether [`enter_pressed`] can tell. Windows would need a look into the console's input that no crate here offers safely.
pub(super) const HEARS_ENTER: bool = cfg!(unix);

/// Whether Enter was pressed while no question was open; the key is taken away. A terminal hands over whole lines, so
/// other keys alone do not count.
pub(super) fn enter_pressed() -> bool {
    #[cfg(unix)]
    {
        // The console library reads one key at a time in raw mode and gives the terminal back after it.
        let pressed = rustix::io::ioctl_fionread(rustix::stdio::stdin()).is_ok_and(|bytes| bytes > 0);
        if pressed {
            forget_keys();
        }
        pressed
    }
    #[cfg(not(unix))]
    {
        false
    }
}

fn select(labels: Vec<String>, start: usize, look: &Look, color: bool) -> Result<usize, AskError> {
    let ids: Vec<String> = (0..labels.len()).map(|index| index.to_string()).collect();
    let theme = Labels { by_id: labels, pointer: look.pointer(), color };
    let _by_key = by_key();
    // `interact`, not `interact_opt`: Esc stays in the menu, leaving is a choice like the others.
    Select::with_theme(&theme).items(&ids).default(start).interact_on(&Term::stderr()).map_err(
        |dialoguer::Error::IO(error)| {
            if error.kind() == ErrorKind::Interrupted { AskError::Interrupted } else { AskError::NobodyToAsk }
        },
    )
}

/// Waits for a key under a line of words, then takes the line away.
pub(super) fn pause(words: &str, color: bool) -> Result<(), AskError> {
    let term = Term::stderr();
    let _by_key = by_key();
    let line = Line::of(Ink::Dim, cut(words, usize::from(term.size().1).saturating_sub(2)));
    forget_keys();
    // A terminal that cannot be written to cannot be read from either, and that is what is reported.
    let _ = term.write_str(&line.paint(color));
    let key = term.read_key();
    let _ = term.clear_line();
    match key {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(AskError::Interrupted),
        Err(_) => Err(AskError::NobodyToAsk),
    }
}

/// Reads a line, key by key: only so does Ctrl-C end it like a menu.
pub(super) fn line(color: bool) -> Result<String, AskError> {
    let term = Term::stderr();
    let mut typed = String::new();
    let _by_key = by_key();
    forget_keys();
    loop {
        let shown = cut(&typed, usize::from(term.size().1).saturating_sub(5));
        let line = Line::plain(" ").and(Ink::Good, ">").and(Ink::Plain, format!(" {shown}"));
        // A terminal that cannot be written to cannot be read from either, and that is what is reported.
        let _ = term.clear_line().and_then(|()| term.write_str(&line.paint(color)));
        match term.read_key() {
            Ok(Key::Enter) => {
                let _ = term.write_line("");
                return Ok(typed);
            }
            Ok(Key::Backspace) => {
                typed.pop();
            }
            Ok(Key::Char(key)) if !key.is_control() && typed.len() < LONGEST => typed.push(key),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(AskError::Interrupted),
            Err(_) => return Err(AskError::NobodyToAsk),
        }
    }
}

struct Labels {
    by_id: Vec<String>,
    pointer: &'static str,
    color: bool,
}

impl Theme for Labels {
    fn format_select_prompt_item(&self, f: &mut dyn fmt::Write, id: &str, active: bool) -> fmt::Result {
        let label = id.parse::<usize>().ok().and_then(|index| self.by_id.get(index)).map_or(id, String::as_str);
        // Measured now: the window may have been resized since the menu was opened.
        let room = usize::from(Term::stderr().size().1).saturating_sub(5);
        let (mark, ink) = if active { (self.pointer, Ink::Strong) } else { (" ", Ink::Plain) };
        let line = Line::plain(" ").and(Ink::Good, mark).and(Ink::Plain, " ").and(ink, cut(label, room));
        f.write_str(&line.paint(self.color))
    }
}
