//! What can be wrong with a lab, and where.

use crate::i18n::Text;

/// A fault in a lab's files, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}", .place.as_ref().map_or(0, |place| place.line))]
pub struct LabError {
    /// The file, as the reader would name it.
    pub file: String,
    /// Where in the file, when it is known.
    pub place: Option<Place>,
    /// What is wrong.
    pub what: Text,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// The line itself.
    pub excerpt: String,
}

impl Place {
    /// The place at `line` and `column` of `source`.
    #[must_use]
    pub fn at(source: &str, line: usize, column: usize) -> Self {
        let excerpt = source.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
        Self { line, column, excerpt }
    }

    /// The first place in `source`, from line `from` on, where `word` stands as a value: after a colon, a comma, a bracket or
    /// a dash; failing that, the first where it stands as a whole word.
    #[must_use]
    pub fn of_word(source: &str, from: usize, word: &str) -> Option<Self> {
        Self::of(source, from, word, |before| before.trim_end().ends_with([':', ',', '[', '-']))
            .or_else(|| Self::of(source, from, word, |_| true))
    }

    fn of(source: &str, from: usize, word: &str, fits: impl Fn(&str) -> bool) -> Option<Self> {
        let part_of_a_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        for (index, line) in source.lines().enumerate().skip(from.saturating_sub(1)) {
            for (start, _) in line.match_indices(word) {
                let before = line[..start].chars().next_back();
                let after = line[start + word.len()..].chars().next();
                let whole = !before.is_some_and(part_of_a_name) && !after.is_some_and(part_of_a_name);
                if whole && fits(&line[..start]) {
                    let column = line[..start].chars().count() + 1;
                    return Some(Self { line: index + 1, column, excerpt: line.to_owned() });
                }
            }
        }
        None
    }
}
