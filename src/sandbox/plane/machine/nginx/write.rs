//! A tree as a text that nginx reads as that tree: every word in double quotes, each directive on a line of its own.

use super::directive::Directive;
use super::lexer::BUFFER;

/// A word in nginx's quotes. None where it cannot be told safely: a control character, bytes that were no UTF-8, or more than
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
            // What the lexer makes of bytes that are no UTF-8; they would not come out as they went in.
            char::REPLACEMENT_CHARACTER => return None,
            _ if it.is_control() => return None,
            _ => out.push(it),
        }
    }
    out.push('"');
    // The quotes, and the byte that ends the word.
    (out.len() < BUFFER - 2).then_some(out)
}

/// The whole text. None where a word of it cannot be told, or a directive has no words.
pub fn write(tree: &[Directive]) -> Option<String> {
    let mut out = String::new();
    for directive in tree {
        push(&mut out, directive)?;
    }
    Some(out)
}

fn push(out: &mut String, directive: &Directive) -> Option<()> {
    let (name, values) = directive.words.split_first()?;
    // Those of directives are ours and plain; those of a map's entries are not.
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
