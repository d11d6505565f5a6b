//! Packs paragraphs into pages of a terminal.

use crate::ui::text::line::{Line, stack};

/// Lines that are shown together, and whether they begin a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub lines: Vec<Line>,
    pub begins_page: bool,
    /// Whether it belongs to the part before it, so that no blank line comes between them.
    pub continues: bool,
}

/// What is shown at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub lines: Vec<Line>,
    /// Whether a part that begins a page stands at its top.
    pub begins: bool,
    /// Whether it begins in the middle of a paragraph.
    pub continues: bool,
}

impl Page {
    /// Its lines, as they are written below the page before.
    pub fn below(&self) -> Vec<Line> {
        let gap = (!self.continues).then(Line::blank);
        gap.into_iter().chain(self.lines.iter().cloned()).collect()
    }
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
        let (mut chunk, mut continues) = (Vec::<Line>::new(), false);
        for line in paragraph {
            if !chunk.is_empty() && rows(&chunk, columns) + rows(std::slice::from_ref(line), columns) > most {
                all.push(Part { lines: std::mem::take(&mut chunk), begins_page: false, continues });
                continues = true;
            }
            chunk.push(line.clone());
        }
        all.push(Part { lines: chunk, begins_page: false, continues });
    }
    if let Some(first) = all.first_mut() {
        (first.begins_page, first.continues) = (part.begins_page, part.continues);
    }
    all
}

/// Packs parts into pages. Only a single line that is longer than a page makes a page too long.
pub fn pages(parts: &[Part], room: Room) -> Vec<Page> {
    let Room { columns, most, last } = room;
    let height = |page: &[Part]| page.iter().map(|part| rows(&part.lines, columns) + 1).sum::<usize>();
    let mut pages: Vec<Vec<Part>> = Vec::new();
    for part in parts.iter().flat_map(|part| paragraphs(part, most, columns)) {
        match pages.last_mut() {
            Some(page) if !part.begins_page && height(page) + rows(&part.lines, columns) <= most => page.push(part),
            _ => pages.push(vec![part]),
        }
    }
    if let Some(mut tail) = pages.pop() {
        let mut end = Vec::new();
        while let Some(part) = tail.pop() {
            if height(&end) + rows(&part.lines, columns) <= last {
                end.insert(0, part);
                continue;
            }
            if end.is_empty() {
                // Its last rows stay with the menu, one line at least.
                let fits = |from: &usize| rows(&part.lines[*from..], columns) <= last;
                let from = (0..part.lines.len()).find(fits).unwrap_or(part.lines.len().saturating_sub(1));
                let lines = part.lines[from..].to_vec();
                let (begins_page, continues) = (from == 0 && part.begins_page, from > 0 || part.continues);
                end.push(Part { lines, begins_page, continues });
                tail.extend((from > 0).then(|| Part { lines: part.lines[..from].to_vec(), ..part }));
            } else {
                tail.push(part);
            }
            break;
        }
        pages.extend([tail, end]);
    }
    let page = |parts: Vec<Part>| Page {
        begins: parts.first().is_some_and(|part| part.begins_page),
        continues: parts.first().is_some_and(|part| part.continues),
        lines: stack(parts.into_iter().map(|part| part.lines)),
    };
    pages.into_iter().filter(|page| !page.is_empty()).map(page).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Page, Part, Room, pages};
    use crate::ui::text::line::{Line, Tone};

    fn part(lines: Vec<Line>) -> Part {
        Part { lines, ..Part::default() }
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
        let line = |begins_page| Part { lines: vec![Line::plain("x")], begins_page, continues: false };
        let room = Room { columns: 80, most: 20, last: 20 };
        let pages = pages(&[line(false), line(false), line(true)], room);
        let shape = |page: &Page| (page.lines.len(), page.begins);
        assert_eq!(pages.iter().map(shape).collect::<Vec<_>>(), [(3, false), (1, true)]);
    }

    /// A table that is longer than a page has no hole where the pages meet.
    #[test]
    fn a_paragraph_that_is_cut_goes_on() {
        let table = part((0..9).map(|row| Line::plain(row.to_string())).collect());
        let pages = pages(&[table, part(vec![Line::plain("x")])], Room { columns: 80, most: 6, last: 3 });
        let shape = |page: &Page| (page.lines.len(), page.continues);
        assert_eq!(pages.iter().map(shape).collect::<Vec<_>>(), [(6, false), (3, true), (1, false)]);
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
                prop_assert!(page.lines.len() <= limit, "page {number}: {} > {limit}", page.lines.len());
            }
            let words = |lines: Vec<Line>| lines.into_iter().filter(|line| !line.is_blank()).collect::<Vec<_>>();
            prop_assert_eq!(words(pages.into_iter().flat_map(|page| page.lines).collect()), parts.into_iter().flat_map(|part| part.lines).collect::<Vec<_>>());
        }
    }
}
