//! Quoting for a POSIX shell.

use std::fmt::Write as _;

use crate::cloud::resolve::{Piece, pieces};
use crate::host::{harmless, shell_word};

/// The variable for a resource's fact: `provider-vpc`, `id` becomes `PROVIDER_VPC_ID`.
pub(super) fn variable(resource: &str, fact: &str) -> String {
    let name: String = format!("{resource}_{fact}")
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' })
        .collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Quotes a text as one shell word, with its references as variables.
pub(super) fn quote(text: &str) -> String {
    // Filter before quoting, as in `shell_word`.
    let text = &*harmless::lines(text);
    let pieces = pieces(text);
    if !pieces.iter().any(|piece| matches!(piece, Piece::Reference { .. })) {
        return shell_word(text);
    }
    // One pair of double quotes is the most readable form, but only without characters that are special inside them.
    let is_calm = |piece: &Piece<'_>| match piece {
        Piece::Literal(words) => !words.contains(['"', '$', '`', '\\', '!']),
        Piece::Reference { .. } => true,
    };
    let mut word = String::new();
    if pieces.iter().all(is_calm) {
        word.push('"');
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Literal(words) => word.push_str(words),
                Piece::Reference { resource, fact } => {
                    let name = variable(resource, fact);
                    let goes_on = matches!(pieces.get(index + 1), Some(Piece::Literal(next))
                        if next.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '['));
                    // Writing to a String cannot fail.
                    let _ = if goes_on { write!(word, "${{{name}}}") } else { write!(word, "${name}") };
                }
            }
        }
        word.push('"');
    } else {
        for piece in pieces {
            match piece {
                Piece::Literal(words) => word.push_str(&shell_word(words)),
                Piece::Reference { resource, fact } => {
                    let _ = write!(word, "\"${}\"", variable(resource, fact));
                }
            }
        }
    }
    word
}

/// A multi-line script as one word: a here-document, in which the script's own `$` has no meaning. `sed` replaces the
/// references, so that they stay visible in the script.
pub(super) fn script(text: &str) -> String {
    let text = &*harmless::lines(text);
    let mut command = String::new();
    let mut seen = Vec::new();
    for piece in pieces(text) {
        if let Piece::Reference { resource, fact } = piece
            && !seen.contains(&(resource, fact))
        {
            seen.push((resource, fact));
            // In sed's basic expressions only the dot of `${name.fact}` is special, and values are ids and names: no
            // `|`, no `&`.
            let _ = write!(command, " -e 's|${{{resource}\\.{fact}}}|'\"${}\"'|g'", variable(resource, fact));
        }
    }
    let program = if command.is_empty() { "cat".to_owned() } else { format!("sed{command}") };
    // A screen, a page or an editor may drop blanks and what cannot be seen on the way to the shell. So the end mark is
    // in no line, whatever is dropped from it.
    let letters: String = text.chars().filter(|c| *c == '\n' || c.is_ascii_graphic()).collect();
    let mut end = "EOF".to_owned();
    while letters.contains(&end) {
        end.push('_');
    }
    format!("\"$({program} <<'{end}'\n{}\n{end}\n)\"", text.trim_end_matches('\n'))
}
