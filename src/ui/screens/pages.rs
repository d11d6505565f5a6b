//! Packs paragraphs into pages of a terminal.

use crate::ui::text::line::{Line, stack};

/// Cuts a block at its blank lines.
fn paragraphs(block: &[Line]) -> Vec<Vec<Line>> {
    block.split(Line::is_blank).filter(|part| !part.is_empty()).map(<[Line]>::to_vec).collect()
}

/// The rows that lines take on the terminal; a line to copy is written whole and may take several.
fn rows(lines: &[Line], columns: usize) -> usize {
    lines.iter().map(|line| line.width().div_ceil(columns.max(1)).max(1)).sum()
}

/// Packs paragraphs into pages of at most `most` rows. The last page has at most `last` rows, because the menu comes
/// below it. A paragraph that is too long for any page gets a page of its own.
pub fn pages(blocks: &[Vec<Line>], most: usize, last: usize, columns: usize) -> Vec<Vec<Line>> {
    let mut pages: Vec<Vec<Vec<Line>>> = Vec::new();
    let height = |page: &[Vec<Line>]| page.iter().map(|block| rows(block, columns) + 1).sum::<usize>();
    for block in blocks.iter().flat_map(|block| paragraphs(block)) {
        match pages.last_mut() {
            Some(page) if height(page) + rows(&block, columns) < most => page.push(block),
            _ => pages.push(vec![block]),
        }
    }
    if let Some(mut tail) = pages.pop() {
        let mut end = Vec::new();
        while let Some(block) = tail.pop() {
            if !end.is_empty() && height(&end) + rows(&block, columns) >= last {
                tail.push(block);
                break;
            }
            end.insert(0, block);
        }
        pages.extend([tail, end]);
    }
    pages.into_iter().filter(|page| !page.is_empty()).map(stack).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::pages;
    use crate::ui::text::line::{Line, Tone};

    #[test]
    fn a_command_takes_the_rows_it_fills() {
        let command = |cells: usize| vec![Line::to_copy(Tone::Code, "x".repeat(cells))];
        assert_eq!(pages(&[command(80), command(80)], 6, 5, 80).len(), 1);
        assert_eq!(pages(&[command(240), command(240)], 6, 5, 80).len(), 2);
    }

    proptest! {
        #[test]
        fn pages_fit_and_lose_nothing(heights in proptest::collection::vec(1_usize..8, 1..20), most in 12_usize..40) {
            let last = most - 4;
            let block = |(number, height): (usize, &usize)| vec![Line::plain(format!("{number}")); *height];
            let blocks: Vec<Vec<Line>> = heights.iter().enumerate().map(block).collect();
            let pages = pages(&blocks, most, last, 80);
            for (number, page) in pages.iter().enumerate() {
                let limit = if number + 1 == pages.len() { last } else { most };
                prop_assert!(page.len() <= limit, "page {number}: {} > {limit}", page.len());
            }
            let words = |lines: Vec<Line>| lines.into_iter().filter(|line| !line.is_blank()).collect::<Vec<_>>();
            prop_assert_eq!(words(pages.concat()), blocks.concat());
        }
    }
}
