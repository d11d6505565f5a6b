//! Reads a person's keys while a question is open.

use std::sync::atomic::{AtomicBool, Ordering};

use super::keys::Key;
use super::terminal_mode::{RawKeys, raw_keys};
use crate::engine::event::AskError;

/// The keyboard while a question is open. Keys pressed before are discarded, because they were not meant as its
/// answer; only Ctrl-C counts whenever it was pressed.
pub struct Keyboard<'a> {
    interrupt: &'a AtomicBool,
    #[cfg(unix)]
    parser: super::keys::Parser,
    /// Whether a paste is arriving: nothing in it is an answer.
    #[cfg(unix)]
    pasting: bool,
    /// Whether Ctrl-C was among the keys pressed before.
    left: bool,
    _by_key: RawKeys,
}

impl<'a> Keyboard<'a> {
    /// Takes the keyboard, and hides the cursor if `hidden`. `interrupt` ends the waiting.
    pub fn open(interrupt: &'a AtomicBool, hidden: bool) -> Self {
        let raw_keys = raw_keys(hidden);
        let left = forget_keys();
        Self {
            interrupt,
            #[cfg(unix)]
            parser: super::keys::Parser::default(),
            #[cfg(unix)]
            pasting: false,
            left,
            _by_key: raw_keys,
        }
    }

    /// The keys that arrived at once; none after a moment without keys.
    ///
    /// # Errors
    /// At Ctrl-C, and if the terminal is gone.
    pub fn hear(&mut self) -> Result<Vec<Key>, AskError> {
        if self.left || self.interrupt.load(Ordering::SeqCst) {
            return Err(AskError::Interrupted);
        }
        self.listen()
    }
}

#[cfg(unix)]
mod unix {
    use std::thread::sleep;
    use std::time::Duration;
    use tokio::time::Instant;

    use rustix::io::{Errno, ioctl_fionread, read};
    use rustix::stdio::stdin;

    use super::{AskError, Key, Keyboard};
    use crate::ui::screens::keys::is_paste;
    use crate::ui::screens::terminal_mode::{stop_the_job, while_it_is_ours};

    /// Keys that arrive this soon after Enter were not typed.
    const AFTER: Duration = Duration::from_millis(30);
    /// A terminal holds some 4,096 bytes back; more reads than these are a flood.
    const MOST_READS: usize = 16;
    /// A pause where no read can block.
    const MOMENT: Duration = Duration::from_millis(50);

    impl Keyboard<'_> {
        pub(super) fn listen(&mut self) -> Result<Vec<Key>, AskError> {
            let began = Instant::now();
            let mut buffer = [0; 4096];
            let Some(heard) = while_it_is_ours(|| read(stdin(), &mut buffer)) else {
                sleep(MOMENT);
                return Ok(Vec::new());
            };
            match heard {
                Ok(0) => {
                    if rustix::termios::tcgetattr(stdin()).is_err() {
                        return Err(AskError::NobodyToAsk);
                    }
                    if began.elapsed() < MOMENT {
                        sleep(MOMENT);
                    }
                    self.pasting = false;
                    Ok(self.parser.quiet().into_iter().collect())
                }
                Ok(count) => {
                    let keys = self.parser.feed(&buffer[..count]);
                    self.weigh(keys)
                }
                Err(Errno::INTR) => Ok(Vec::new()),
                // Another program has left the terminal in non-blocking mode.
                Err(Errno::AGAIN) => {
                    sleep(MOMENT);
                    Ok(Vec::new())
                }
                Err(_) => Err(AskError::NobodyToAsk),
            }
        }

        /// Picks the keys that are meant as an answer.
        fn weigh(&mut self, keys: Vec<Key>) -> Result<Vec<Key>, AskError> {
            if keys.contains(&Key::Interrupt) || (keys == [Key::Quit] && !self.pasting) {
                return Err(AskError::Interrupted);
            }
            if self.pasting {
                return Ok(Vec::new());
            }
            if keys == [Key::Stop] {
                stop_the_job();
                return Ok(Vec::new());
            }
            let goes_on = || {
                sleep(AFTER);
                ioctl_fionread(stdin()).is_ok_and(|bytes| bytes > 0)
            };
            if is_paste(&keys) || (keys.last() == Some(&Key::Enter) && goes_on()) {
                self.pasting = true;
                return Ok(Vec::new());
            }
            Ok(keys)
        }
    }

    /// Drops keys that were pressed while no question was open, because they were not meant as its answer. Returns whether
    /// Ctrl-C was among them: between two questions the terminal sends it as a key, and nobody presses it by mistake.
    pub fn forget_keys() -> bool {
        let mut buffer = [0; 4096];
        let mut interrupt = false;
        for _ in 0..MOST_READS {
            if !ioctl_fionread(stdin()).is_ok_and(|bytes| bytes > 0) {
                return interrupt;
            }
            match while_it_is_ours(|| read(stdin(), &mut buffer)) {
                Some(Ok(count)) if count > 0 => interrupt |= buffer[..count].contains(&3),
                // The terminal is lent or gone, which the next read reports.
                _ => return interrupt,
            }
        }
        // Somebody pours faster than this reads. If the call fails, the keys count as an answer.
        let _ = rustix::termios::tcflush(stdin(), rustix::termios::QueueSelector::IFlush);
        interrupt
    }
}

#[cfg(unix)]
pub use unix::forget_keys;

#[cfg(not(unix))]
pub fn forget_keys() -> bool {
    false
}

#[cfg(not(unix))]
impl Keyboard<'_> {
    fn listen(&mut self) -> Result<Vec<Key>, AskError> {
        let key = match console::Term::stderr().read_key() {
            Ok(console::Key::Enter) => Key::Enter,
            Ok(console::Key::ArrowUp | console::Key::BackTab) => Key::Up,
            Ok(console::Key::ArrowDown | console::Key::Tab) => Key::Down,
            Ok(console::Key::Backspace) => Key::Backspace,
            Ok(console::Key::Char(key)) if !key.is_control() => Key::Char(key),
            Ok(_) => Key::Other,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Err(AskError::Interrupted),
            Err(_) => return Err(AskError::NobodyToAsk),
        };
        Ok(vec![key])
    }
}
