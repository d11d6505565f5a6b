//! What the terminal does with keys by itself, and its cursor: the one place that changes either, and gives them back.
//!
//! Its echo would push live lines up and leave them standing, and a menu is read one key at a time: a key pressed between two
//! of them would be written into the menu, or held back for a line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// What is held of the terminal.
static HELD: Mutex<Held> = Mutex::new(Held {
    #[cfg(unix)]
    modes: None,
    hidden: false,
    lent: false,
    over: false,
});

/// Held while a key is read: a read that begins as lines are gathered ends with a line only.
#[cfg(unix)]
static READING: Mutex<()> = Mutex::new(());

/// How often the terminal was taken again after a stop: what stood on it may have scrolled away.
static TAKEN_AGAIN: AtomicUsize = AtomicUsize::new(0);

struct Held {
    /// The terminal as it was found and as it is now, while something of it is turned off here.
    #[cfg(unix)]
    modes: Option<(Termios, Termios)>,
    /// Whether the cursor is hidden.
    hidden: bool,
    /// Whether the terminal is somebody else's for as long as this process stands still.
    lent: bool,
    /// Whether the process ends: nothing is taken any more.
    over: bool,
}

/// Keys are no longer written to the terminal. Where that cannot be done they are, as before.
pub fn echo_off() {
    #[cfg(unix)]
    held().take(|modes| modes.local_modes.remove(LocalModes::ECHO));
}

/// Keys come one by one and as they are, Ctrl-C among them, and a read that finds none gives up after a tenth of a second;
/// until the guard goes. The cursor is hidden where `hidden` says so.
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

/// While it lives, keys are read one by one.
#[must_use]
pub struct RawKeys;

impl Drop for RawKeys {
    fn drop(&mut self) {
        give_back();
    }
}

/// Keys are treated as they were before [`echo_off`] or [`raw_keys`].
pub fn restore() {
    #[cfg(unix)]
    held().release();
}

/// Gives the terminal back as it was found: keys and cursor.
pub fn give_back() {
    let mut held = held();
    #[cfg(unix)]
    held.release();
    if std::mem::take(&mut held.hidden) {
        show_cursor(true);
    }
}

/// Gives the terminal back for good: this process ends, and no thread of it takes the terminal any more.
pub fn give_back_for_good() {
    give_back();
    held().over = true;
}

/// Gives the terminal back and stands still, as at Ctrl-Z, until the process is told to go on; [`take_again`] comes then.
#[cfg(unix)]
pub fn stand_still() {
    // From now on no read begins; one that has begun is over within a moment.
    held().lent = true;
    let reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let held = held();
    if let Some((found, _)) = &held.modes {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, found);
    }
    if held.hidden {
        show_cursor(true);
    }
    drop((held, reading));
    // Only this process: the others of the job have been told like it.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
}

/// Takes the terminal again after a stop, as it was held; in the background it is left to who has it.
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

/// Reads keys, unless the terminal is somebody else's just now.
#[cfg(unix)]
pub fn while_it_is_ours<T>(read: impl FnOnce() -> T) -> Option<T> {
    let _reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let lent = held().lent;
    (!lent).then(read)
}

/// Ctrl-Z where keys come as they are: the whole job stops, as the terminal itself would have had it.
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
        // A terminal that is gone needs nothing.
        let _ = if shown { term.show_cursor() } else { term.hide_cursor() };
    }
}

#[cfg(unix)]
fn in_front() -> bool {
    rustix::termios::tcgetpgrp(rustix::stdio::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(unix)]
impl Held {
    /// Changes the terminal, and keeps how it was found.
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
        // What is lent is changed once it is back.
        if self.lent || tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &wanted).is_ok() {
            self.modes = Some((found, wanted));
        }
    }

    fn release(&mut self) {
        if let Some((found, _)) = self.modes.take()
            && !self.lent
        {
            // A terminal that is gone needs nothing.
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &found);
        }
    }
}
