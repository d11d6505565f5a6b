//! The architecture as a drawing: consumer left, provider right, and the tie between them; one above the other on a
//! narrow screen.

use super::canvas::Canvas;
use crate::engine::event::{self, Lane, LinkState, Mark, Part, Picture};
use crate::i18n::m;
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::measure::{cut, wide_width, width};
use crate::ui::text::style::{GlyphSet, Style};

/// On a narrower screen, one box is above the other.
const SIDE_BY_SIDE: usize = 70;
/// The widest drawing, however wide the terminal is.
const WIDEST: usize = 100;
/// Cells left of everything.
const MARGIN: usize = 1;
/// Border, space, mark, space: the cells before a node's words.
const BEFORE: usize = 4;
/// Space, border: the cells after them.
const AFTER: usize = 2;

/// Draws `picture`. With `mark_new`, what the step makes is marked with `>`. Empty if nothing exists yet.
pub fn draw(picture: &Picture, style: &Style, mark_new: bool) -> Vec<Line> {
    let consumer = Half { name: style.render(&m::picture_consumer()), lane: &picture.consumer };
    let provider = Half { name: style.render(&m::picture_provider()), lane: &picture.provider };
    let halves = [consumer, provider];
    if halves.iter().all(|half| half.lane.mark == Mark::Absent) {
        return Vec::new();
    }
    let room = style.width.min(WIDEST);
    let label = picture.link.label.as_ref().map(|label| style.render(label)).unwrap_or_default();
    let mut drawing = Drawing {
        canvas: Canvas::default(),
        pens: Pens::of(style.glyphs),
        style,
        mark_new,
        picture,
        state: picture.link.state,
    };
    let (wanted, least) = ((wide_width(&label) + 6).clamp(14, 28), (wide_width(&label) + 2).max(8));
    let layout = [(true, wanted), (true, least), (false, wanted), (false, least)].into_iter().find(|(beside, gap)| {
        let boxes: usize = halves.iter().map(|half| drawing.box_width(half, *beside)).sum();
        room >= SIDE_BY_SIDE && MARGIN + boxes + gap <= room
    });
    match layout {
        Some((beside, gap)) => drawing.side_by_side(&halves, &label, beside, gap),
        None => drawing.one_above_the_other(&halves, &label, room),
    }
    let mut lines = drawing.canvas.lines();
    let new = |lane: &Lane| lane.mark == Mark::New || lane.nodes.iter().any(|node| node.mark == Mark::New);
    if mark_new && halves.iter().any(|half| new(half.lane)) {
        lines.push(Line::of(Tone::Dim, format!("> {}", style.render(&m::picture_new()))).indented(MARGIN));
    }
    let broken = |half: &Half<'_>| half.lane.nodes.iter().any(|node| node.mark == Mark::Broken);
    if halves.iter().any(broken) {
        lines.push(Line::of(Tone::Bad, format!("x {}", style.render(&m::picture_broken()))).indented(MARGIN));
    }
    lines
}

/// The characters for lines.
struct Pens {
    across: &'static str,
    down: &'static str,
    corners: [&'static str; 4],
    branch: &'static str,
    /// An open tie: across, over a border, down.
    up: [&'static str; 3],
    /// A tie that carries nothing, down.
    dashed_down: &'static str,
}

impl Pens {
    fn of(glyphs: GlyphSet) -> Self {
        match glyphs {
            GlyphSet::Unicode => Self {
                across: "─",
                down: "│",
                corners: ["┌", "┐", "└", "┘"],
                branch: "└─ ",
                up: ["━", "┿", "┃"],
                dashed_down: "┆",
            },
            GlyphSet::Ascii => {
                Self { across: "-", down: "|", corners: ["+"; 4], branch: "+- ", up: ["=", "|", "|"], dashed_down: ":" }
            }
        }
    }
}

/// One VPC and its name.
struct Half<'a> {
    name: String,
    lane: &'a Lane,
}

impl Half<'_> {
    fn title(&self) -> String {
        format!("{} {}", self.name, self.lane.cidr).trim_end().to_owned()
    }

    fn exists(&self) -> bool {
        self.lane.mark != Mark::Absent
    }
}

/// A line in a box.
struct Row {
    words: Vec<(Tone, String)>,
    /// The sign before it: `>` if it is new, `x` where the path ends.
    sign: Option<(Tone, &'static str)>,
    tied: bool,
}

impl Row {
    fn cells(&self) -> usize {
        self.words.iter().map(|(_, words)| wide_width(words)).sum()
    }
}

struct Drawing<'a> {
    canvas: Canvas,
    pens: Pens,
    style: &'a Style,
    mark_new: bool,
    picture: &'a Picture,
    state: LinkState,
}

impl Drawing<'_> {
    /// The words of a lane's lines.
    fn rows(&self, rows: &[event::Row<'_>]) -> Vec<Row> {
        rows.iter()
            .map(|row| {
                let branch = if row.depth == 0 { "" } else { self.pens.branch };
                let branch = "   ".repeat(row.depth.saturating_sub(1)) + branch;
                let state = row.node.state.as_ref().map(|state| self.style.render(state)).unwrap_or_default();
                if row.part == Part::State {
                    let under = " ".repeat(width(&branch) + 2);
                    return Row { words: vec![(Tone::Dim, under + &state)], sign: None, tied: false };
                }
                let sign = match row.node.mark {
                    Mark::New if self.mark_new => Some((Tone::Strong, ">")),
                    Mark::Broken => Some((Tone::Bad, "x")),
                    _ => None,
                };
                let ink = sign.map_or(Tone::Plain, |(ink, _)| ink);
                let mut words = vec![(Tone::Dim, branch), (ink, self.style.render(&row.node.label))];
                if row.part == Part::Whole && !state.is_empty() {
                    words.push((Tone::Dim, format!("  {state}")));
                }
                Row { words, sign, tied: row.node.tied }
            })
            .collect()
    }

    /// The width that a box needs. Nodes that do not exist yet count, so that the boxes stay in place while they
    /// fill.
    fn box_width(&self, half: &Half<'_>, beside: bool) -> usize {
        let widest = self.rows(&half.lane.all_rows(beside)).iter().map(Row::cells).max().unwrap_or(0);
        (BEFORE + widest + AFTER).max(wide_width(&half.title()) + 2)
    }

    fn side_by_side(&mut self, halves: &[Half<'_>; 2], label: &str, beside: bool, gap: usize) {
        let [consumer, provider] = halves;
        let widths = [self.box_width(consumer, beside), self.box_width(provider, beside)];
        let lefts = [MARGIN, MARGIN + widths[0] + gap];
        let layout = self.picture.layout(beside);
        let height = layout.height.max(1);
        let mut ends = [0; 2];
        for side in [0, 1] {
            if halves[side].exists() {
                self.frame(lefts[side], 0, widths[side], height, &halves[side]);
                let column = &layout.columns[side];
                for (number, row) in self.rows(&column.rows).iter().enumerate() {
                    let end = self.row(lefts[side], 2 + column.skip + number, row, usize::MAX);
                    if row.tied {
                        ends[side] = end;
                    }
                }
            }
        }
        if let Some(level) = layout.tie.filter(|_| self.state != LinkState::Absent) {
            let y = 2 + level;
            self.tie(y, ends[0] + 1, [lefts[0] + widths[0] - 1, lefts[1]]);
            let middle = lefts[0] + widths[0] + gap.saturating_sub(wide_width(label)) / 2;
            self.canvas.text(middle, y - 1, self.ink(), label);
        }
    }

    /// Draws the tie from `from` over both `borders` to the mark before the service.
    fn tie(&mut self, y: usize, from: usize, borders: [usize; 2]) {
        let ink = self.ink();
        let to = borders[1] + 2;
        let middle = usize::midpoint(borders[0], borders[1]);
        for x in from..to {
            let pen = match self.state {
                _ if borders.contains(&x) && self.state != LinkState::Up => continue,
                LinkState::Up if borders.contains(&x) => self.pens.up[1],
                LinkState::Up => self.pens.up[0],
                LinkState::Rejected if x == middle => "x",
                LinkState::Rejected if x.abs_diff(middle) == 1 => " ",
                // The last dash always reaches into the box.
                _ if x.abs_diff(middle) % 2 == 0 || x == borders[1] + 1 => self.pens.across,
                _ => " ",
            };
            self.canvas.text(x, y, ink, pen);
        }
        if self.state == LinkState::Up {
            self.canvas.text(to, y, ink, ">");
        }
    }

    fn ink(&self) -> Tone {
        match self.state {
            LinkState::Up => Tone::Good,
            LinkState::Rejected => Tone::Bad,
            LinkState::Pending | LinkState::Absent => Tone::Wait,
        }
    }

    fn one_above_the_other(&mut self, halves: &[Half<'_>; 2], label: &str, room: usize) {
        let most = room.saturating_sub(MARGIN);
        let beside = halves.iter().all(|half| self.box_width(half, true) <= most);
        let widest = halves.iter().map(|half| self.box_width(half, beside)).max().unwrap_or(0).min(most);
        let mut y = 0;
        for (side, half) in halves.iter().enumerate().filter(|(_, half)| half.exists()) {
            if side == 1 && y > 0 {
                y = self.tie_down(y, label, room);
            }
            let rows = self.rows(&half.lane.rows(beside));
            let height = rows.len().max(1);
            self.frame(MARGIN, y, widest, height, half);
            for (number, row) in rows.iter().enumerate() {
                self.row(MARGIN, y + 2 + number, row, widest.saturating_sub(BEFORE + AFTER));
            }
            y += height + 3;
        }
    }

    /// Draws the tie between the boxes and returns the line below it.
    fn tie_down(&mut self, y: usize, label: &str, room: usize) -> usize {
        let x = MARGIN + BEFORE;
        let pens = match self.state {
            LinkState::Absent => return y + 1,
            LinkState::Pending => [self.pens.dashed_down; 2],
            LinkState::Up => [self.pens.up[2], "v"],
            LinkState::Rejected => [self.pens.dashed_down, "x"],
        };
        let ink = self.ink();
        self.canvas.text(x, y, ink, pens[0]);
        self.canvas.text(x + 3, y, ink, &cut(label, room.saturating_sub(x + 3)));
        self.canvas.text(x, y + 1, ink, pens[1]);
        y + 2
    }

    /// Draws a title and, below it, a box with room for `height` lines.
    fn frame(&mut self, x: usize, y: usize, cells: usize, height: usize, half: &Half<'_>) {
        let mark = if self.mark_new && half.lane.mark == Mark::New { ">" } else { " " };
        let after = self.canvas.text(x, y, Tone::Strong, mark);
        self.canvas.text(after + 1, y, Tone::Strong, &cut(&half.title(), cells.saturating_sub(2)));
        let [top_left, top_right, low_left, low_right] = self.pens.corners;
        let across = self.pens.across.repeat(cells.saturating_sub(2));
        self.canvas.text(x, y + 1, Tone::Dim, &format!("{top_left}{across}{top_right}"));
        for row in 0..height {
            self.canvas.text(x, y + 2 + row, Tone::Dim, self.pens.down);
            self.canvas.text(x + cells - 1, y + 2 + row, Tone::Dim, self.pens.down);
        }
        self.canvas.text(x, y + 2 + height, Tone::Dim, &format!("{low_left}{across}{low_right}"));
    }

    /// Writes a line into a box that begins at `x`, in at most `room` cells; returns the cell after it.
    fn row(&mut self, x: usize, y: usize, row: &Row, room: usize) -> usize {
        if let Some((ink, sign)) = row.sign {
            self.canvas.text(x + 2, y, ink, sign);
        }
        let mut at = x + BEFORE;
        let end = at.saturating_add(room);
        for (ink, words) in &row.words {
            at = self.canvas.text(at, y, *ink, &cut(words, end.saturating_sub(at)));
        }
        at
    }
}

#[cfg(test)]
#[path = "diagram_tests.rs"]
mod tests;
