//! Packs paragraphs into pages of a terminal.

use crate::ui::text::line::{Line, stack};

/// Lines that are shown together, and whether they begin a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub lines: Vec<Line>,
    pub begins_page: bool,
}

/// Room on the terminal, in cells.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub columns: usize,
    /// The most rows of a page.
    pub most: usize,
    /// The most rows of the last page, because a menu comes below it.
    pub last: usize,
}

/// The rows that lines take on the terminal; a line to copy is written whole and may take several.
pub fn rows(lines: &[Line], columns: usize) -> usize {
    lines.iter().map(|line| line.width().div_ceil(columns.max(1)).max(1)).sum()
}

/// Cuts a part at its blank lines, and what is longer than `most` rows between any two lines.
pub fn paragraphs(part: &Part, most: usize, columns: usize) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    for paragraph in part.lines.split(Line::is_blank).filter(|lines| !lines.is_empty()) {
        let mut chunk: Vec<Line> = Vec::new();
        for line in paragraph {
            if !chunk.is_empty() && rows(&chunk, columns) + rows(std::slice::from_ref(line), columns) > most {
                all.push(Part { lines: std::mem::take(&mut chunk), begins_page: false });
            }
            chunk.push(line.clone());
        }
        all.push(Part { lines: chunk, begins_page: false });
    }
    if let Some(first) = all.first_mut() {
        first.begins_page = part.begins_page;
    }
    all
}

/// Packs parts into pages. Only a single line that is longer than a page makes a page too long.
pub fn pages(parts: &[Part], room: Room) -> Vec<Vec<Line>> {
    let Room { columns, most, last } = room;
    let height = |page: &[Vec<Line>]| page.iter().map(|block| rows(block, columns) + 1).sum::<usize>();
    let mut pages: Vec<Vec<Vec<Line>>> = Vec::new();
    for part in parts.iter().flat_map(|part| paragraphs(part, most, columns)) {
        match pages.last_mut() {
            Some(page) if !part.begins_page && height(page) + rows(&part.lines, columns) <= most => {
                page.push(part.lines);
            }
            _ => pages.push(vec![part.lines]),
        }
    }
    if let Some(mut tail) = pages.pop() {
        let mut end = Vec::new();
        while let Some(block) = tail.pop() {
            if height(&end) + rows(&block, columns) <= last {
                end.insert(0, block);
                continue;
            }
            if end.is_empty() {
                // Its last rows stay with the menu, one line at least.
                let fits = |from: &usize| rows(&block[*from..], columns) <= last;
                let from = (0..block.len()).find(fits).unwrap_or(block.len().saturating_sub(1));
                end.push(block[from..].to_vec());
                tail.extend((from > 0).then(|| block[..from].to_vec()));
            } else {
                tail.push(block);
            }
            break;
        }
        pages.extend([tail, end]);
    }
    pages.into_iter().filter(|page| !page.is_empty()).map(stack).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Part, Room, pages};
    use crate::ui::text::line::{Line, Tone};

    fn part(lines: Vec<Line>) -> Part {
        Part { lines, begins_page: false }
    }

    #[test]
    fn a_command_takes_the_rows_it_fills() {
        let command = |cells: usize| part(vec![Line::to_copy(Tone::Code, "x".repeat(cells))]);
        let room = Room { columns: 80, most: 5, last: 5 };
        assert_eq!(pages(&[command(80), command(80)], room).len(), 1);
        assert_eq!(pages(&[command(240), command(240)], room).len(), 2);
    }

    #[test]
    fn a_part_that_begins_a_page_does() {
        let line = |begins_page| Part { lines: vec![Line::plain("x")], begins_page };
        let room = Room { columns: 80, most: 20, last: 20 };
        assert_eq!(
            pages(&[line(true), line(false), line(true)], room).iter().map(Vec::len).collect::<Vec<_>>(),
            [3, 1]
        );
    }

    proptest! {
        #[test]
        fn pages_fit_and_lose_nothing(heights in proptest::collection::vec(1_usize..60, 1..20), most in 4_usize..40, below in 0_usize..20) {
            let last = most.saturating_sub(below).max(2);
            let block = |(number, height): (usize, &usize)| {
                part((0..*height).map(|line| Line::plain(format!("{number} {line}"))).collect())
            };
            let parts: Vec<Part> = heights.iter().enumerate().map(block).collect();
            let pages = pages(&parts, Room { columns: 80, most, last });
            for (number, page) in pages.iter().enumerate() {
                let limit = if number + 1 == pages.len() { last } else { most };
                prop_assert!(page.len() <= limit, "page {number}: {} > {limit}", page.len());
            }
            let words = |lines: Vec<Line>| lines.into_iter().filter(|line| !line.is_blank()).collect::<Vec<_>>();
            prop_assert_eq!(words(pages.concat()), parts.into_iter().flat_map(|part| part.lines).collect::<Vec<_>>());
        }
    }
}
