//! The terminal's echo. Keys that are pressed while live lines are drawn would push them up and leave them standing.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the echo was turned off here.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// Keys are no longer written to the terminal. Where that cannot be done they are, as before.
pub(super) fn hush() {
    if !HUSHED.swap(true, Ordering::SeqCst) && !echo(false) {
        HUSHED.store(false, Ordering::SeqCst);
    }
}

/// Keys are written to the terminal again, if they were hushed.
pub(super) fn unhush() {
    if HUSHED.swap(false, Ordering::SeqCst) {
        echo(true);
    }
}

/// Gives the terminal back as it was found, for who ends the process at once: echo and cursor.
pub fn give_back() {
    unhush();
    let term = console::Term::stderr();
    if term.is_term() {
        // A terminal that is gone needs nothing.
        let _ = term.show_cursor();
    }
}

#[cfg(unix)]
fn echo(on: bool) -> bool {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = rustix::stdio::stdin();
    let Ok(mut modes) = tcgetattr(stdin) else { return false };
    modes.local_modes.set(LocalModes::ECHO, on);
    tcsetattr(stdin, OptionalActions::Now, &modes).is_ok()
}

#[cfg(not(unix))]
fn echo(_: bool) -> bool {
    false
}
