//! Keys as a terminal sends them: bytes in, keys out. What no key of ours sends, such as a terminal's answers to questions
//! that nobody asked, halves of sequences and bytes that are no text, is no key.

/// A key, as far as a question knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Enter,
    Up,
    Down,
    Backspace,
    /// What takes a line back to its beginning: Ctrl-U.
    Erase,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\.
    Quit,
    /// Ctrl-Z.
    Stop,
    Char(char),
    /// Any other; it says that somebody is there.
    Other,
}

/// No sequence of a key is longer; what is, is a terminal's talk.
const LONGEST: usize = 4096;

/// Between two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC O.
    Single,
    /// After ESC [, with parameters to come.
    Sequence {
        /// Whether anything stood between `[` and here.
        bare: bool,
    },
    /// In words between programs and terminals (OSC, DCS, APC, PM, SOS), which end with BEL or ESC \.
    Talk,
    /// The same after an ESC.
    TalkEscape,
}

/// Reads keys out of bytes.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// The bytes of the sequence so far.
    length: usize,
    /// A character of several bytes, as far as it has come.
    character: Vec<u8>,
}

impl Parser {
    /// The keys in `bytes`, after all that came before.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes {
            self.byte(*byte, &mut keys);
        }
        keys
    }

    /// Nothing came for a while: what was begun is not finished any more. An ESC that stands alone is a key.
    pub fn quiet(&mut self) -> Option<Key> {
        let key = (self.state == State::Escape).then_some(Key::Other);
        *self = Self::default();
        key
    }

    fn byte(&mut self, byte: u8, keys: &mut Vec<Key>) {
        self.length += 1;
        if self.length > LONGEST {
            self.state = State::Ground;
        }
        self.state = match (self.state, byte) {
            // Ctrl-C is one wherever it comes.
            (_, 3) => {
                self.character.clear();
                keys.push(Key::Interrupt);
                State::Ground
            }
            (State::Talk | State::TalkEscape, 0x1b) => State::TalkEscape,
            (State::Talk, 0x07) | (State::TalkEscape, b'\\') => State::Ground,
            (State::Talk | State::TalkEscape, _) | (State::Escape, b']' | b'P' | b'X' | b'^' | b'_') => State::Talk,
            (State::Escape, b'[') => State::Sequence { bare: true },
            (State::Escape, b'O') => State::Single,
            (State::Escape, 0x1b) => {
                keys.push(Key::Other);
                State::Escape
            }
            // With Alt.
            (State::Escape, _) => {
                keys.push(Key::Other);
                State::Ground
            }
            (State::Single, _) => {
                keys.push(arrow(byte));
                State::Ground
            }
            (State::Sequence { .. }, 0x20..=0x3f) => State::Sequence { bare: false },
            (State::Sequence { bare }, 0x40..=0x7e) => {
                keys.push(if bare { arrow(byte) } else { Key::Other });
                State::Ground
            }
            (State::Sequence { .. } | State::Ground, 0x1b) => {
                self.character.clear();
                self.length = 0;
                State::Escape
            }
            (State::Sequence { .. }, _) => State::Ground,
            (State::Ground, _) => {
                self.length = 0;
                self.plain(byte, keys);
                State::Ground
            }
        };
    }

    fn plain(&mut self, byte: u8, keys: &mut Vec<Key>) {
        if byte >= 0x80 {
            self.character.push(byte);
            match std::str::from_utf8(&self.character) {
                Ok(text) => {
                    keys.extend(text.chars().next().filter(|c| !c.is_control()).map(Key::Char));
                    self.character.clear();
                }
                // More is to come.
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    self.character.clear();
                    keys.push(Key::Other);
                }
            }
            return;
        }
        self.character.clear();
        keys.push(match byte {
            b'\r' | b'\n' => Key::Enter,
            0x08 | 0x7f => Key::Backspace,
            0x15 => Key::Erase,
            0x1a => Key::Stop,
            0x1c => Key::Quit,
            b'\t' => Key::Down,
            0x20..=0x7e => Key::Char(char::from(byte)),
            _ => Key::Other,
        });
    }
}

fn arrow(last: u8) -> Key {
    match last {
        b'A' | b'Z' => Key::Up,
        b'B' => Key::Down,
        _ => Key::Other,
    }
}

/// Whether keys that came at once are no typing but a paste: it has more than one line's end, or anything after one.
pub fn is_paste(keys: &[Key]) -> bool {
    let ends = keys.iter().filter(|key| **key == Key::Enter).count();
    let last = keys.last() == Some(&Key::Enter);
    ends > 1 || (ends == 1 && !last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Key, Parser, is_paste};

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut parser = Parser::default();
        let mut keys = parser.feed(bytes);
        keys.extend(parser.quiet());
        keys
    }

    #[test]
    fn keys_are_told_from_a_terminals_talk() {
        for (bytes, expected) in [
            (&b"\r"[..], &[Key::Enter][..]),
            (b"\x1b[A\x1b[B\x1bOA\x1bOB\t\x1b[Z", &[Key::Up, Key::Down, Key::Up, Key::Down, Key::Down, Key::Up]),
            (b"\x1b[1;5A", &[Key::Other]),
            (b"\x1b", &[Key::Other]),
            (b"\x1b[24;80R\x1b[?62;c\x1b[<0;10;10M\x1b[I\x1b[O", &[Key::Other; 5]),
            (b"\x1b]11;rgb:0000/0000/0000\x07\x1bP>|xterm\x1b\\", &[]),
            (b"\x1b]never ended, \r and all", &[]),
            ("はy".as_bytes(), &[Key::Char('は'), Key::Char('y')]),
            (b"\xe3\x81", &[]),
            (b"\xff\xc3(", &[Key::Other, Key::Char('(')]),
            (b"\x1b[\x03", &[Key::Interrupt]),
            (b"\x1b]0;\x03", &[Key::Interrupt]),
            (b"\x1a\x1c\x15\x7f", &[Key::Stop, Key::Quit, Key::Erase, Key::Backspace]),
        ] {
            assert_eq!(keys(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_paste_is_told_from_typing() {
        assert!(!is_paste(&keys(b"\x1b[B\x1b[B\r")) && !is_paste(&keys("はい\r".as_bytes())) && !is_paste(&keys(b"x")));
        assert!(is_paste(&keys(b"\r\r")) && is_paste(&keys(b"a\rb")));
    }

    proptest! {
        #[test]
        fn however_bytes_come_the_keys_are_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..300) {
            let whole = keys(&bytes);
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let mut parser = Parser::default();
            let mut parts = parser.feed(first);
            parts.extend(parser.feed(second));
            parts.extend(parser.quiet());
            prop_assert_eq!(parts, whole);
            prop_assert!(parser.character.is_empty() && parser.length == 0);
        }
    }
}
