//! Writes a tree as text that nginx reads as the same tree: every value in double quotes, each directive on a line of
//! its own.

use super::directive::Directive;
use super::lexer::BUFFER;

/// Quotes a word for nginx. `None` if that is not safe: a control character, bytes that were not UTF-8, or more than
/// nginx's buffer takes.
pub fn word(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend(['\\', it]),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            // The lexer's replacement for bytes that are not UTF-8; the original bytes are lost.
            char::REPLACEMENT_CHARACTER => return None,
            _ if it.is_control() => return None,
            _ => out.push(it),
        }
    }
    out.push('"');
    // Leave room for the quotes and for the byte that ends the word.
    (out.len() < BUFFER - 2).then_some(out)
}

/// The whole text. `None` if a word cannot be quoted, or a directive has no words.
pub fn write(tree: &[Directive]) -> Option<String> {
    let mut out = String::new();
    for directive in tree {
        push(&mut out, directive)?;
    }
    Some(out)
}

fn push(out: &mut String, directive: &Directive) -> Option<()> {
    let (name, values) = directive.words.split_first()?;
    // Names of directives are plain; the first words of a map's entries may not be.
    let is_plain = !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    out.push_str(&if is_plain { name.clone() } else { word(name)? });
    for value in values {
        out.push(' ');
        out.push_str(&word(value)?);
    }
    match &directive.block {
        None => out.push_str(";\n"),
        Some(block) => {
            out.push_str(" {\n");
            for inner in block {
                push(out, inner)?;
            }
            out.push_str("}\n");
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_quotes() {
        for (text, wanted) in [
            ("", Some("\"\"")),
            ("a;{} #", Some("\"a;{} #\"")),
            ("\"'\\", Some("\"\\\"'\\\\\"")),
            ("\\\"; x", Some("\"\\\\\\\"; x\"")),
            ("\t\r\n", Some("\"\\t\\r\\n\"")),
            ("${a", Some("\"${a\"")),
            ("あ", Some("\"あ\"")),
            ("\0", None),
            ("\x1b", None),
            ("\u{85}", None),
            ("\u{fffd}", None),
        ] {
            assert_eq!(word(text).as_deref(), wanted, "{text:?}");
        }
        assert!(word(&"a".repeat(BUFFER - 5)).is_some());
        assert_eq!(word(&"a".repeat(BUFFER - 4)), None);
        assert_eq!(word(&"\"".repeat(BUFFER / 2)), None);
    }
}
