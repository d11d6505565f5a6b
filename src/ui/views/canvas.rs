//! A grid of cells to draw on, including wide characters.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::i18n::harmless;
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::measure::width;

#[derive(Clone, Debug, Default)]
struct Cell {
    /// Empty for the second half of a wide character.
    text: String,
    ink: Tone,
}

/// Grows as it is drawn on.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    rows: Vec<Vec<Cell>>,
}

impl Canvas {
    /// Writes `text` from the cell (`x`, `y`) to the right and returns the cell after it.
    pub fn text(&mut self, x: usize, y: usize, ink: Tone, text: &str) -> usize {
        let mut at = x;
        for grapheme in harmless::line(text).graphemes(true) {
            let cells = width(grapheme);
            if cells == 0 {
                continue;
            }
            self.cell(at, y, Cell { text: grapheme.to_owned(), ink });
            for half in 1..cells {
                self.cell(at + half, y, Cell { text: String::new(), ink });
            }
            at += cells;
        }
        at
    }

    fn cell(&mut self, x: usize, y: usize, cell: Cell) {
        if self.rows.len() <= y {
            self.rows.resize_with(y + 1, Vec::new);
        }
        let Some(row) = self.rows.get_mut(y) else { return };
        if row.len() <= x {
            row.resize_with(x + 1, || Cell { text: " ".to_owned(), ink: Tone::Plain });
        }
        if let Some(place) = row.get_mut(x) {
            *place = cell;
        }
    }

    pub fn lines(&self) -> Vec<Line> {
        let line = |row: &Vec<Cell>| {
            let mut line = Line::blank();
            for cell in row {
                line.push(cell.ink, &cell.text);
            }
            line
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Canvas;
    use crate::ui::text::line::{Tone, paint};

    #[test]
    fn wide_characters_take_two_cells() {
        let mut canvas = Canvas::default();
        assert_eq!(canvas.text(1, 0, Tone::Plain, "承諾"), 5);
        canvas.text(5, 0, Tone::Plain, "|");
        canvas.text(5, 1, Tone::Plain, "|");
        assert_eq!(paint(&canvas.lines(), false), " 承諾|\n     |\n");
    }
}
