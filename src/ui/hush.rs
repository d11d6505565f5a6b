//! What the terminal does with keys by itself. Its echo would push live lines up and leave them standing, and a menu is
//! read one key at a time: a key pressed between two of them would be written into the menu, or held back for a line.

use std::sync::{Mutex, PoisonError};

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The terminal as it was found, while something of it is turned off here.
#[cfg(unix)]
static FOUND: Mutex<Option<Termios>> = Mutex::new(None);
#[cfg(not(unix))]
static FOUND: Mutex<Option<()>> = Mutex::new(None);

/// Keys are no longer written to the terminal. Where that cannot be done they are, as before.
pub(super) fn hush() {
    #[cfg(unix)]
    turn_off(LocalModes::ECHO);
}

/// Keys are neither written to the terminal nor gathered into lines, until the guard goes.
pub(super) fn by_key() -> ByKey {
    #[cfg(unix)]
    turn_off(LocalModes::ECHO | LocalModes::ICANON);
    ByKey
}

/// While it lives, keys are read one by one. It gives the cursor back too: dialoguer leaves it hidden when it is
/// interrupted.
#[must_use]
pub(super) struct ByKey;

impl Drop for ByKey {
    fn drop(&mut self) {
        give_back();
    }
}

/// Keys are treated as they were before [`hush`] or [`by_key`].
pub(super) fn unhush() {
    let found = FOUND.lock().unwrap_or_else(PoisonError::into_inner).take();
    #[cfg(unix)]
    if let Some(modes) = found {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &modes);
    }
    #[cfg(not(unix))]
    drop(found);
}

/// Gives the terminal back as it was found, for who ends the process at once: keys and cursor.
pub fn give_back() {
    unhush();
    let term = console::Term::stderr();
    if term.is_term() {
        // A terminal that is gone needs nothing.
        let _ = term.show_cursor();
    }
}

#[cfg(unix)]
fn turn_off(modes: LocalModes) {
    let stdin = rustix::stdio::stdin();
    let Ok(now) = tcgetattr(stdin) else { return };
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let mut wanted = now.clone();
    wanted.local_modes.remove(modes);
    if tcsetattr(stdin, OptionalActions::Now, &wanted).is_ok() {
        found.get_or_insert(now);
    }
}
