//! Parses a terminal's bytes into keys. Anything that no key of ours sends is not a key: a terminal's unsolicited
//! replies, half sequences, bytes that are not text.

/// A key that questions distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Enter,
    Up,
    Down,
    Backspace,
    /// Ctrl-U, which erases the line.
    Erase,
    Interrupt,
    Quit,
    Stop,
    Char(char),
    /// Any other key; it shows that somebody is there.
    Other,
}

/// A longer sequence is not a key's but a terminal's message.
const LONGEST: usize = 4096;

/// The parser's state between two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC O.
    Single,
    /// After ESC [, in the parameters.
    Sequence {
        /// Whether no parameter has come yet.
        bare: bool,
    },
    /// In a message between programs and terminals (OSC, DCS, APC, PM, SOS), which ends with BEL or ESC \.
    Talk,
    /// In a message, after an ESC.
    TalkEscape,
}

#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// The bytes of the sequence so far.
    length: usize,
    /// The bytes so far of a multi-byte character.
    character: Vec<u8>,
}

impl Parser {
    /// The keys in `bytes`, which follow the bytes fed before.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes {
            self.byte(*byte, &mut keys);
        }
        keys
    }

    /// Call when nothing has come for a while: an unfinished sequence is dropped. A lone ESC is a key.
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
            // Ctrl-C counts wherever it comes.
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
            // A key with Alt.
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
                // The character is incomplete.
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

/// Whether keys that arrived at once are a paste instead of typing: more than one line end, or anything after one.
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
