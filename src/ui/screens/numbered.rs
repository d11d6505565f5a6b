//! Numbered choices, answered by typing a line.

use super::menu::{Item, set_apart};
use crate::engine::event::AskError;
use crate::i18n::m;
use crate::ui::text::line::Line;
use crate::ui::text::style::Style;

/// The number of meaningless answers in a row after which asking ends, because whatever types them does not read.
const TRIES: usize = 3;

/// The choices as lines, each with its number.
pub fn numbered(items: &[Item]) -> Vec<Line> {
    let line = |(number, item): (usize, &Item)| Line::plain(format!("  {}. {}", number + 1, item.label));
    let mut lines: Vec<Line> = items.iter().enumerate().map(line).collect();
    if let Some(index) = set_apart(items) {
        lines.insert(index, Line::blank());
    }
    lines
}

/// Asks until an answer means one of `items`. `read` shows its words and reads a line, `tell` only shows.
///
/// # Errors
/// The error of `read`, and [`AskError::Unclear`] if no answer means anything.
pub fn ask_number(
    items: &[Item],
    start: usize,
    style: &Style,
    read: impl Fn(&str) -> Result<String, AskError>,
    tell: impl Fn(&str),
) -> Result<usize, AskError> {
    for _ in 0..TRIES {
        let typed = read(&style.render(&m::menu_number(start + 1)))?;
        if let Some(chosen) = understand(&typed, items, start) {
            return Ok(chosen);
        }
        tell(&style.render(&m::menu_unclear(items.len())));
    }
    Err(AskError::Unclear)
}

/// The item that `typed` means: by its number (full-width digits included), its label or its name; `start` for an
/// empty line.
fn understand(typed: &str, items: &[Item], start: usize) -> Option<usize> {
    let word: String = typed.trim().chars().map(half_width).collect();
    if word.is_empty() {
        return (start < items.len()).then_some(start);
    }
    if let Ok(number) = word.trim_end_matches(['.', ')']).parse::<usize>() {
        return number.checked_sub(1).filter(|index| *index < items.len());
    }
    let word = word.to_lowercase();
    items.iter().position(|item| {
        let label: String = item.label.chars().map(half_width).collect();
        label.to_lowercase() == word || item.name == word
    })
}

/// Whether `typed` is one of `words`, in either width and case.
pub fn is_one_of(typed: &str, words: &[&str]) -> bool {
    let typed: String = typed.trim().chars().map(half_width).collect();
    let typed = typed.trim().to_lowercase();
    words.iter().any(|word| *word == typed)
}

/// Converts full-width ASCII, as an input method writes it, to ASCII.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '！'..='～' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_one_of, understand};
    use crate::ui::screens::menu::Item;

    fn items() -> Vec<Item> {
        let item = |label: &str, name| Item { label: label.into(), name, deletes: false };
        vec![item("実行する", "go"), item("中断して後で続ける", "leave"), item("言語 / Language", "language")]
    }

    #[test]
    fn numbers_in_either_width() {
        for typed in ["2", " 2 ", "２", "　２　", "2.", "２）"] {
            assert_eq!(understand(typed, &items(), 0), Some(1), "{typed}");
        }
    }

    #[test]
    fn the_words_themselves() {
        assert_eq!(understand("実行する\n", &items(), 1), Some(0));
        assert_eq!(understand("LEAVE", &items(), 0), Some(1));
        assert_eq!(understand("言語　/　Language", &items(), 0), Some(2));
    }

    #[test]
    fn an_empty_line_is_the_usual_choice() {
        assert_eq!(understand("\n", &items(), 1), Some(1));
    }

    #[test]
    fn a_word_is_typed_whole_or_not_at_all() {
        let words = ["yes", "はい"];
        for typed in ["yes", " YES \n", "ｙｅｓ", "はい\n", "　はい　"] {
            assert!(is_one_of(typed, &words), "{typed}");
        }
        for typed in ["", "\n", "y", "no", "いいえ", "yes please"] {
            assert!(!is_one_of(typed, &words), "{typed}");
        }
    }

    #[test]
    fn anything_else_is_not_guessed_at() {
        for typed in ["0", "4", "-1", "99999999999999999999", "実行", "yes"] {
            assert_eq!(understand(typed, &items(), 0), None, "{typed}");
        }
    }
}
