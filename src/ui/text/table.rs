//! Lays out tables: columns of cells, or records if columns do not fit.

use super::line::{Line, Tone};
use super::measure::{wide_width, width};
use super::wrap::fill;

/// Cells between two columns.
const GAP: usize = 2;
/// The narrowest column, in cells; rows that would need a narrower one become records.
const NARROWEST: usize = 8;

/// Lays out `rows` under `head` in `room` cells.
pub fn columns(head: &[Line], rows: &[Vec<Line>], room: usize) -> Vec<Line> {
    let count = head.len();
    let mut widths: Vec<usize> = (0..count)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).chain(head.get(column));
            cells.map(|cell| wide_width(&cell.text())).max().unwrap_or(0)
        })
        .collect();
    let gaps = GAP * count.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROWEST) else {
            return records(head, rows, room);
        };
        *widest -= 1;
    }
    let mut lines = row(head, &widths);
    lines.push(Line::of(Tone::Dim, "-".repeat(widths.iter().sum::<usize>() + gaps)));
    lines.extend(rows.iter().flat_map(|cells| row(cells, &widths)));
    lines
}

fn row(cells: &[Line], widths: &[usize]) -> Vec<Line> {
    let columns: Vec<Vec<Line>> = cells.iter().zip(widths).map(|(cell, cells)| fill(cell, *cells, "", "")).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|at| {
            let mut line = Line::blank();
            for (column, cells) in columns.iter().zip(widths) {
                let part = column.get(at).cloned().unwrap_or_default();
                let rest = (cells + GAP).saturating_sub(part.width());
                line.append(part);
                line.push(Tone::Plain, " ".repeat(rest));
            }
            line
        })
        .collect()
}

/// One row a line, each cell after its head: for screen readers, and for programs that work by lines.
pub fn told(head: &[Line], rows: &[Vec<Line>], room: usize) -> Vec<Line> {
    let one = |cells: &Vec<Line>| {
        let mut line = Line::blank();
        let mut apart = "";
        for (name, cell) in head.iter().zip(cells).filter(|(_, cell)| !cell.is_blank()) {
            line.push(Tone::Plain, std::mem::replace(&mut apart, " / "));
            if name.text() == "#" {
                apart = ". ";
            } else if !name.is_blank() {
                line.append(name.clone());
                line.push(Tone::Plain, ": ");
            }
            line.append(cell.clone());
        }
        fill(&line, room, "", "  ")
    };
    rows.iter().flat_map(one).collect()
}

/// One `head: cell` a line, a blank line between rows.
pub fn records(head: &[Line], rows: &[Vec<Line>], room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for cells in rows {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        for (name, cell) in head.iter().zip(cells).filter(|(_, cell)| !cell.is_blank()) {
            let mut line = name.clone();
            if !name.is_blank() {
                line.push(Tone::Plain, ": ");
            }
            line.append(cell.clone());
            lines.extend(fill(&line, room, "", "  "));
        }
    }
    lines
}

/// Two columns without a head: names on the left, their meaning on the right.
pub fn pairs(rows: &[(Line, Line)], room: usize) -> Vec<Line> {
    let left = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0).min(room / 3);
    let mut lines = Vec::new();
    for (name, value) in rows {
        let mut first = name.clone();
        first.push(Tone::Plain, " ".repeat((left + GAP).saturating_sub(width(&name.text()))));
        let indent = " ".repeat(left + GAP);
        for (number, line) in fill(value, room.saturating_sub(left + GAP), "", "").into_iter().enumerate() {
            let mut whole = if number == 0 { first.clone() } else { Line::plain(&indent) };
            whole.append(line);
            lines.push(whole);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{columns, told};
    use crate::ui::text::line::{Line, paint};
    use crate::ui::text::measure::wide_width;

    fn cells(words: &[&str]) -> Vec<Line> {
        words.iter().map(Line::plain).collect()
    }

    #[test]
    fn columns_line_up_by_cells() {
        let table = columns(
            &cells(&["作ったもの", "いま"]),
            &[cells(&["VPC", "削除済み"]), cells(&["エンドポイント", "なし"])],
            40,
        );
        let expected = "\
作ったもの      いま
------------------------
VPC             削除済み
エンドポイント  なし
";
        assert_eq!(paint(&table, false), expected);
    }

    #[test]
    fn a_row_is_told_in_one_line() {
        let head = cells(&["#", "state", "step"]);
        let lines = told(&head, &[cells(&["1", "done", "nlb"]), cells(&["2", "", "client"])], usize::MAX);
        assert_eq!(paint(&lines, false), "1. state: done / step: nlb\n2. step: client\n");
    }

    #[test]
    fn every_width_is_kept() {
        let rows = [cells(&["vpce-0c2d11111111", "エンドポイントはもうありません", "x"])];
        for room in 12..80 {
            for line in columns(&cells(&["id", "state", "note"]), &rows, room) {
                assert!(wide_width(line.text().trim_end()) <= room, "{room}: {}", line.text());
            }
        }
    }
}
