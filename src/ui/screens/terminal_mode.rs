//! Owns the terminal's modes (echo, line editing) and its cursor: the only place that changes them, and the one that
//! restores them.
//!
//! Echo would push live lines up and leave copies of them. Menus need single keys: in line mode, a key pressed
//! between two menus would be echoed into the menu, or held back until Enter.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// The current changes to the terminal.
static HELD: Mutex<Held> = Mutex::new(Held {
    #[cfg(unix)]
    modes: None,
    hidden: false,
    lent: false,
    over: false,
});

/// Locked while a key is read: a read that starts in line mode ends only with a line.
#[cfg(unix)]
static READING: Mutex<()> = Mutex::new(());

/// How often the terminal was taken again after a stop; its content may have scrolled away.
static TAKEN_AGAIN: AtomicUsize = AtomicUsize::new(0);

struct Held {
    /// The terminal as found and as it is now, while something of it is changed.
    #[cfg(unix)]
    modes: Option<(Termios, Termios)>,
    hidden: bool,
    /// Whether the process is about to stop, or stopped, so that the terminal belongs to somebody else.
    lent: bool,
    /// Whether the process is ending, so that nothing is changed any more.
    over: bool,
}

/// Stops the echo of keys, and Ctrl-V, which would take away what the next key means, Ctrl-C's too. If that fails, keys are
/// echoed as before.
pub fn echo_off() {
    #[cfg(unix)]
    held().take(|modes| modes.local_modes.remove(LocalModes::ECHO | LocalModes::IEXTEN));
}

/// Until the guard is dropped, keys arrive singly and unprocessed, including Ctrl-C, and a read without input gives
/// up after a tenth of a second. Hides the cursor if `hidden`.
pub fn raw_keys(hidden: bool) -> RawKeys {
    let mut held = held();
    #[cfg(unix)]
    held.take(|modes| {
        modes.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        modes.input_modes.remove(InputModes::IXON);
        modes.special_codes[SpecialCodeIndex::VMIN] = 0;
        modes.special_codes[SpecialCodeIndex::VTIME] = 1;
    });
    if hidden && !held.over {
        held.hidden = true;
        show_cursor(false);
    }
    RawKeys
}

/// While this exists, keys are read one by one.
#[must_use]
pub struct RawKeys;

impl Drop for RawKeys {
    fn drop(&mut self) {
        give_back();
    }
}

/// Restores the handling of keys from before [`echo_off`] or [`raw_keys`].
pub fn restore() {
    #[cfg(unix)]
    held().release();
}

/// Restores the terminal as it was found: keys and cursor.
pub fn give_back() {
    let mut held = held();
    #[cfg(unix)]
    held.release();
    if std::mem::take(&mut held.hidden) {
        show_cursor(true);
    }
}

/// Restores the terminal for good: the process is ending, and none of its threads may change the terminal any more.
pub fn give_back_for_good() {
    give_back();
    held().over = true;
}

/// Restores the terminal and stops the process, as at Ctrl-Z, until it is continued; then call [`take_again`].
#[cfg(unix)]
pub fn stand_still() {
    // No read starts from here on, and a started one ends within a moment.
    held().lent = true;
    let reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let held = held();
    if let Some((found, _)) = &held.modes {
        // If the terminal is gone, there is nothing to do.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, found);
    }
    if held.hidden {
        show_cursor(true);
    }
    drop((held, reading));
    // Only this process: the rest of the job gets signals of its own.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
}

/// Takes the terminal again after a stop, as it was before; in the background, leaves it to its owner.
#[cfg(unix)]
pub fn take_again() {
    let mut held = held();
    held.lent = false;
    if let Some((_, now)) = &held.modes {
        if in_front() {
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, now);
            if held.hidden {
                show_cursor(false);
            }
        } else {
            held.modes = None;
        }
    }
    drop(held);
    TAKEN_AGAIN.fetch_add(1, Ordering::SeqCst);
}

/// How often the terminal was taken again so far.
pub fn times_taken_again() -> usize {
    TAKEN_AGAIN.load(Ordering::SeqCst)
}

/// Reads keys, unless the terminal belongs to somebody else at the moment.
#[cfg(unix)]
pub fn while_it_is_ours<T>(read: impl FnOnce() -> T) -> Option<T> {
    let _reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let lent = held().lent;
    (!lent).then(read)
}

/// Handles Ctrl-Z in raw mode: stops the whole job, as the terminal itself would have done.
pub fn stop_the_job() {
    #[cfg(unix)]
    {
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    }
}

fn held() -> MutexGuard<'static, Held> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn show_cursor(shown: bool) {
    let term = console::Term::stderr();
    if term.is_term() {
        // If the terminal is gone, there is nothing to do.
        let _ = if shown { term.show_cursor() } else { term.hide_cursor() };
    }
}

#[cfg(unix)]
fn in_front() -> bool {
    rustix::termios::tcgetpgrp(rustix::stdio::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(unix)]
impl Held {
    /// Changes the terminal, and remembers how it was found.
    fn take(&mut self, change: impl FnOnce(&mut Termios)) {
        if self.over {
            return;
        }
        let found = match &self.modes {
            Some((found, _)) => found.clone(),
            None => match tcgetattr(rustix::stdio::stdin()) {
                Ok(now) => now,
                Err(_) => return,
            },
        };
        let mut wanted = found.clone();
        change(&mut wanted);
        // While the terminal is lent, only record the change; it is applied on return.
        if self.lent || tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &wanted).is_ok() {
            self.modes = Some((found, wanted));
        }
    }

    fn release(&mut self) {
        if let Some((found, _)) = self.modes.take()
            && !self.lent
        {
            // If the terminal is gone, there is nothing to do.
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &found);
        }
    }
}
