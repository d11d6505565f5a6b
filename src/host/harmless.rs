//! The one filter for text that others wrote. A lab, a journal, a cloud or a script may hold escape sequences, control
//! characters of both ranges and marks that change the reading direction. None of them reaches a terminal, a document
//! or a line of JSON unchanged.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Which control characters a filter keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// None: the text becomes one line.
    Line,
    /// Line breaks and tabs.
    Lines,
    /// Line breaks, tabs, and the colours that the program itself has set.
    Painted,
}

/// `text` as one line: a tab becomes four spaces, a line break one.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unwelcome) { Cow::Owned(filter(text, Keep::Line)) } else { Cow::Borrowed(text) }
}

/// `text` for a document: line breaks and tabs stay, everything else that is not visible goes.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    let welcome = |c: char| c == '\n' || c == '\t' || !is_unwelcome(c);
    if text.chars().all(welcome) { Cow::Borrowed(text) } else { Cow::Owned(filter(text, Keep::Lines)) }
}

/// `text` for a terminal. If it is `painted`, colours stay; those that others wrote were removed before it was painted.
#[must_use]
pub fn screen(text: &str, painted: bool) -> Cow<'_, str> {
    if painted && text.contains('\u{1b}') { Cow::Owned(filter(text, Keep::Painted)) } else { lines(text) }
}

/// `text` is JSON, on one line or several. Characters on which a terminal would act are escaped, so the value is the
/// same. They only occur inside strings.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !is_unwelcome(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c != '\n' && is_unwelcome(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Control characters of both ranges, line separators, marks of the reading direction, and characters that nobody
/// sees: two names that look the same must be the same. The joiners and variation selectors stay, because emoji and
/// Japanese names are spelled with them.
#[must_use]
pub fn is_unwelcome(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        )
        || matches!(c, '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn filter(text: &str, keep: Keep) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\u{1b}' || ('\u{80}'..='\u{9f}').contains(&c) {
            let length = sequence(rest);
            if keep == Keep::Painted && is_colour(&rest[..length]) {
                out.push_str(&rest[..length]);
            }
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' | '\t' if keep != Keep::Line => out.push(c),
            '\t' => out.push_str("    "),
            '\n' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if is_unwelcome(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The length of the escape sequence at the beginning of `text`. If it only looks like one, the length of its first
/// character, so that the words after it stay.
fn sequence(text: &str) -> usize {
    let mut chars = text.char_indices();
    let (_, first) = chars.next().unwrap_or_default();
    let (kind, body) = match first {
        '\u{1b}' => match chars.next() {
            Some((at, kind)) => (kind, at + kind.len_utf8()),
            None => return first.len_utf8(),
        },
        // The second control range has the same commands in one character.
        c => (char::from_u32(u32::from(c) - 0x40).unwrap_or('\0'), first.len_utf8()),
    };
    match kind {
        // Parameters, then one letter.
        '[' => {
            let end = text[body..].find(|c: char| !(' '..='?').contains(&c));
            match end.map(|end| body + end).and_then(|end| Some((end, text[end..].chars().next()?))) {
                Some((end, last)) if ('@'..='~').contains(&last) => end + 1,
                _ => first.len_utf8(),
            }
        }
        // A string for the terminal, up to its end mark. Without an end mark on the same line it is not one.
        ']' | 'P' | 'X' | '^' | '_' => {
            let line = text[body..].find('\n').map_or(text.len(), |at| body + at);
            let inner = &text[body..line];
            [("\u{7}", 1), ("\u{1b}\\", 2), ("\u{9c}", 2)]
                .iter()
                .filter_map(|(mark, length)| inner.find(mark).map(|at| body + at + length))
                .min()
                .unwrap_or(first.len_utf8())
        }
        // One letter, perhaps after others that choose a character set.
        ' '..='/' => match text[body..].chars().next() {
            Some(last) if ('0'..='~').contains(&last) => body + 1,
            _ => first.len_utf8(),
        },
        '0'..='~' if first == '\u{1b}' => body,
        _ => first.len_utf8(),
    }
}

fn is_colour(sequence: &str) -> bool {
    let inner = sequence.strip_prefix("\u{1b}[").and_then(|rest| rest.strip_suffix('m'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{is_unwelcome, json, line, lines, screen};

    #[test]
    fn nothing_gets_through_that_moves_the_cursor() {
        assert_eq!(line("a\u{1b}[2Jb\u{1b}]0;title\u{7}c\r\u{8}d\u{9b}31me"), "abcde");
        assert_eq!(line("a\u{1b}]8;;http://x\u{1b}\\b\u{1b}(0c\u{1b}P1;2\u{9c}d\u{1b}"), "abcd");
        assert_eq!(line("a\tb\nc\u{2028}d"), "a    b c d");
        assert_eq!(line("vpce\u{202e}gnp\u{61c}"), "vpcegnp");
        assert_eq!(line("a\u{200b}b\u{ad}c\u{2060}d\u{3164}e"), "abcde");
        assert_eq!(line("\u{1b}]words that stay"), "]words that stay");
        assert_eq!(lines("a\u{1b}[31m\tb\r\nc\u{85}"), "a\tb\nc");
    }

    #[test]
    fn only_painted_text_keeps_colours_and_only_colours() {
        let text = "\u{1b}[1;31mbad\u{1b}[0m\u{1b}[2J\u{1b}[?25l\n";
        assert_eq!(screen(text, true), "\u{1b}[1;31mbad\u{1b}[0m\n");
        assert_eq!(screen(text, false), "bad\n");
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for text in ["承諾待ち vpce-0c2d", "é 🚀 👩‍💻", "葛\u{e0100}城 ✔\u{fe0f}"] {
            assert!(matches!(line(text), Cow::Borrowed(_)) && matches!(json(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "a\u{9b}": "b\u{7f}\u{202e}\u{1b}\u{e0001}\n東" });
        let text = value.to_string();
        let shown = json(&text);
        assert!(!shown.chars().any(is_unwelcome), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_nothing_unwelcome_goes_out(
            text in "[\\x00-\\x1f\\x7f-\\x{9f}\\[\\]();?0-9mJHa\\\\P_\u{202a}-\u{202e}\u{2028}\u{feff}東]{0,60}"
        ) {
            prop_assert!(!line(&text).chars().any(is_unwelcome));
            prop_assert!(lines(&text).chars().all(|c| c == '\n' || c == '\t' || !is_unwelcome(c)));
            let mut painted = screen(&text, true).into_owned();
            while let Some(at) = painted.find("\u{1b}[") {
                let end = painted[at..].find('m').expect("only colours are left");
                prop_assert!(painted[at + 2..at + end].bytes().all(|byte| byte.is_ascii_digit() || byte == b';'));
                painted.replace_range(at..=at + end, "");
            }
            prop_assert!(painted.chars().all(|c| c == '\n' || c == '\t' || !is_unwelcome(c)));
            // The words after a control character are not swallowed.
            let kept = |text: &str| text.matches('東').count();
            if !text.contains(['\u{1b}', '\u{9b}', '\u{9d}', '\u{90}', '\u{98}', '\u{9e}', '\u{9f}']) {
                prop_assert_eq!(kept(&line(&text)), kept(&text));
            }
            let value = serde_json::Value::String(text);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json(&value.to_string())).unwrap(), value);
        }
    }
}
