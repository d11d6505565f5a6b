//! Strings from the cloud and from lab files, before they reach the terminal.

use std::borrow::Cow;

/// `text` without anything that could move the cursor, recolour the screen or turn the reading direction: escape
/// sequences, control characters, direction marks. A tab becomes four spaces; a line break stays out too, since one
/// string is one line here.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unwelcome) {
        return Cow::Borrowed(text);
    }
    let stripped = console::strip_ansi_codes(text);
    let mut clean = String::with_capacity(stripped.len());
    for c in stripped.chars() {
        match c {
            '\t' => clean.push_str("    "),
            '\n' | '\u{2028}' | '\u{2029}' => clean.push(' '),
            c if is_unwelcome(c) => {}
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

fn is_unwelcome(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_gets_through_that_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\u{1b}]0;title\u{7}c\r\u{8}d\u{9b}e"), "abcde");
        assert_eq!(clean("a\tb\nc"), "a    b c");
        assert_eq!(clean("vpce\u{202e}gnp"), "vpcegnp");
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        assert!(matches!(clean("承諾待ち vpce-0c2d"), std::borrow::Cow::Borrowed(_)));
    }
}
