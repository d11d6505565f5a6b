//! Faults in a lab's files, and their places.

use crate::i18n::Text;

/// The most characters of a line to show with a fault.
const EXCERPT: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}", .place.as_ref().map_or(0, |place| place.line))]
pub struct LabError {
    /// The file, as shown to the reader.
    pub file: String,
    /// `None` if it is not known.
    pub place: Option<Place>,
    pub what: Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line; of a long one, the part around the column.
    pub excerpt: String,
}

impl Place {
    #[must_use]
    pub fn at(source: &str, line: usize, column: usize) -> Self {
        let excerpt = excerpt(source.lines().nth(line.saturating_sub(1)).unwrap_or_default(), column);
        Self { line, column, excerpt }
    }

    /// The place of the byte `at` of `source`.
    #[must_use]
    pub fn of_offset(source: &str, at: usize) -> Self {
        let before = &source[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self::at(source, line, column)
    }

    /// The first place in `source`, from line `from` on, where `word` stands as a value: after a colon, a comma, a
    /// bracket or a dash. If there is none, the first place where it stands as a whole word.
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
                    return Some(Self { line: index + 1, column, excerpt: excerpt(line, column) });
                }
            }
        }
        None
    }
}

/// The line, or the part around the column if the line is too long to show.
fn excerpt(line: &str, column: usize) -> String {
    if line.len() <= EXCERPT {
        return line.to_owned();
    }
    let skipped = column.saturating_sub(EXCERPT / 2);
    let before = if skipped > 0 { "..." } else { "" };
    let mut rest = line.chars().skip(skipped);
    let shown: String = rest.by_ref().take(EXCERPT).collect();
    let after = if rest.next().is_some() { "..." } else { "" };
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT, Place};

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let line = format!("{}here{}", "a".repeat(1000), "b".repeat(1000));
        let place = Place::of_word(&format!("x\n{} here {}", "a".repeat(1000), "b".repeat(1000)), 1, "here").unwrap();
        assert!(place.excerpt.contains(" here ") && place.excerpt.len() <= EXCERPT + 6, "{}", place.excerpt);
        assert_eq!((place.line, place.column), (2, 1002));
        assert!(Place::at(&line, 1, 1).excerpt.starts_with("aaa"));
        let offset = Place::of_offset("東京\n大阪 x", "東京\n大阪 ".len());
        assert_eq!((offset.line, offset.column, offset.excerpt.as_str()), (2, 4, "大阪 x"));
    }
}
