//! Words of a POSIX shell, for commands that a person will paste.

use super::harmless;

/// Quotes `text` as one word that a shell reads as `text` again. Characters that no screen shows are removed *before*
/// quoting: removing them afterwards could remove a quote, or turn another line into the end of a here-document.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let text = harmless::lines(text);
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._:/@%+=,-".contains(c);
    // zsh looks for a program if a word begins with an equals sign.
    if !text.is_empty() && text.chars().all(is_safe) && !text.starts_with('=') {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        for plain in ["privatelink", "a=b", "./x-1", "apne1-az4"] {
            assert_eq!(shell_word(plain), plain);
        }
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("it's $(id)"), r"'it'\''s $(id)'");
        for (hidden, shown) in [("a\u{1b}[", "'a['"), ("a\u{200e}\0b\r", "ab"), ("a\u{1b}[2Jb", "ab")] {
            assert_eq!(shell_word(hidden), shown);
        }
        for odd in ["~", "a b", "a;b", "a\nb", "*", "=ls", "日本", "a!b", "#x", "{a,b}"] {
            assert!(shell_word(odd).starts_with('\''), "{odd}");
        }
    }
}
