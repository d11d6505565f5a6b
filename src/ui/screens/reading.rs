//! A result that is longer than the screen, in pages.

use std::sync::atomic::AtomicBool;

use console::{Term, measure_text_width};

use super::prompter::{self, Legend, Turn};
use crate::engine::event::AskError;
use crate::i18n::{Lang, m};

/// The fewest rows of a terminal on which pages are turned.
const ROWS: usize = 10;

/// Shows `text`, which may hold colours, with `put`: at once if it fits on the screen, else a page at a time with a way
/// back. What is passed over at its end is shown too, and can be scrolled back to.
///
/// # Errors
/// Those of `put`. Whoever presses Ctrl-C has read enough, which is none.
pub fn read<E>(
    text: &str,
    lang: Lang,
    color: bool,
    interrupt: &AtomicBool,
    mut put: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let (rows, columns) = Term::stderr().size();
    let pages = pages(text, usize::from(rows), usize::from(columns));
    let mut at = 0;
    let mut from = 0;
    loop {
        put(&pages[from..=at].concat())?;
        if at + 1 == pages.len() {
            return Ok(());
        }
        let words = |_| {
            let keys = [Some(m::pager_on()), (at > 0).then(m::pager_back), Some(m::pager_end())];
            let position = m::PagerPosition { at: at + 1, of: pages.len() }.text();
            let words = keys.into_iter().flatten().chain([position]).map(|text| text.render(lang));
            format!(" {}", words.collect::<Vec<_>>().join("  "))
        };
        let legend = Legend { words: &words, can_go_back: at > 0, to_copy: None };
        match prompter::turn_page(&legend, color, interrupt) {
            Ok(Turn::On) => (from, at) = (at + 1, at + 1),
            Ok(Turn::Back) => {
                prompter::clear_screen();
                (from, at) = (at - 1, at - 1);
            }
            Ok(Turn::End) => (from, at) = (at + 1, pages.len() - 1),
            Err(AskError::Interrupted) => return Ok(()),
            // Nobody is there to turn pages.
            Err(_) => return put(&pages[at + 1..].concat()),
        }
    }
}

/// `text` in pages that leave the last row free. A page ends at a blank line if one stands in its second half.
fn pages(text: &str, rows: usize, columns: usize) -> Vec<String> {
    let most = rows.saturating_sub(2);
    if rows < ROWS || text.lines().map(|line| rows_of(line, columns)).sum::<usize>() < rows {
        return vec![text.to_owned()];
    }
    let mut pages = vec![String::new()];
    let (mut used, mut blank) = (0, None);
    for line in text.split_inclusive('\n') {
        let height = rows_of(line, columns);
        if used > 0 && used + height > most {
            let page = pages.last_mut().map(std::mem::take).unwrap_or_default();
            let cut = blank.filter(|(row, _)| row * 2 > most).map_or(page.len(), |(_, at)| at);
            let (page, rest) = page.split_at(cut);
            used = rest.lines().map(|line| rows_of(line, columns)).sum();
            pages.pop();
            pages.extend([page.to_owned(), rest.to_owned()]);
            blank = None;
        }
        if let Some(page) = pages.last_mut() {
            page.push_str(line);
            used += height;
            if line.trim().is_empty() {
                blank = Some((used, page.len()));
            }
        }
    }
    pages
}

/// The rows that a line takes.
fn rows_of(line: &str, columns: usize) -> usize {
    measure_text_width(line.trim_end_matches('\n')).div_ceil(columns.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::pages;

    #[test]
    fn a_page_ends_between_paragraphs() {
        let text = format!("{}\n{}", "a\n".repeat(7), "b\n".repeat(7));
        assert_eq!(pages(&text, 12, 80), [format!("{}\n", "a\n".repeat(7)), "b\n".repeat(7)]);
        assert_eq!(pages("a\nb\n", 24, 80), ["a\nb\n"]);
        assert_eq!(pages(&"a\n".repeat(50), 5, 80).len(), 1, "too low for pages");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_page_is_longer_than_the_screen(
            lines in proptest::collection::vec(0_usize..200, 0..80),
            rows in 10_usize..40,
            columns in 20_usize..120,
        ) {
            let text: String = lines.iter().map(|length| "x".repeat(*length) + "\n").collect();
            let pages = pages(&text, rows, columns);
            prop_assert_eq!(pages.concat(), text.clone());
            let height = |page: &String| page.lines().map(|line| line.len().div_ceil(columns).max(1)).sum::<usize>();
            for page in &pages {
                // Only a line that is longer than a screen makes a longer page.
                prop_assert!(height(page) < rows || page.lines().count() == 1, "{}", page);
            }
        }
    }
}
