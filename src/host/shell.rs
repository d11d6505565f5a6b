//! Words of a POSIX shell, for commands that a person will paste.

/// `text` as one word: what a shell makes of it is `text` again, whatever stands in it. A NUL cannot be in a word and is left out.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._:/@%+=,-".contains(c);
    // An equals sign in front makes zsh look for a program.
    if !text.is_empty() && text.chars().all(is_safe) && !text.starts_with('=') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
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
        for odd in ["~", "a b", "a;b", "a\nb", "*", "=ls", "日本", "a!b", "#x", "{a,b}"] {
            assert!(shell_word(odd).starts_with('\''), "{odd}");
        }
    }
}
