//! The architecture as a drawing: consumers left, providers right, and the ties between them; one above the other on a
//! narrow screen.

use std::collections::BTreeMap;

use super::canvas::Canvas;
use crate::engine::event::{self, Fullness, Lane, Link, LinkState, Mark, Part, Picture};
use crate::i18n::m;
use crate::lab::Side;
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::measure::{cut, wide_width, width};
use crate::ui::text::style::{GlyphSet, Style};

/// On a narrower screen, one box is above the other.
const SIDE_BY_SIDE: usize = 70;
/// The widest drawing without details, however wide the terminal is.
const WIDEST: usize = 100;
/// Cells left of everything.
const MARGIN: usize = 1;
/// Border, space, mark, space: the cells before a node's words.
const BEFORE: usize = 4;
/// Space, border: the cells after them.
const AFTER: usize = 2;

/// How a picture is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawn {
    /// Whether what the step makes is marked with `>`.
    pub mark_new: bool,
    /// Whether addresses, zones, groups and names are shown, on all of the screen.
    pub details: bool,
}

/// Draws `picture`. Empty if nothing exists yet.
pub fn draw(picture: &Picture, style: &Style, drawn: Drawn) -> Vec<Line> {
    if picture.vpcs.iter().all(|lane| lane.mark == Mark::Absent) {
        return Vec::new();
    }
    let room = if drawn.details { style.width } else { style.width.min(WIDEST) };
    let labels = picture.links.iter().filter_map(|link| link.label.as_ref());
    let label = labels.map(|label| wide_width(&style.render(label))).max().unwrap_or(0);
    let mut drawing = Drawing {
        canvas: Canvas::default(),
        pens: Pens::of(style.glyphs),
        style,
        drawn,
        picture,
        ends: BTreeMap::new(),
    };
    // Each tie that is not straight needs a way down of its own.
    let bends = if picture.links.len() > 1 { picture.links.len() * 2 } else { 0 };
    let (wanted, least) = ((label + 6).clamp(14, 28) + bends, (label + 2).max(8) + bends);
    let layout = [(true, wanted), (true, least), (false, wanted), (false, least)].into_iter().find(|(beside, gap)| {
        let boxes: usize = [Side::Consumer, Side::Provider].map(|side| drawing.side_width(side, *beside)).iter().sum();
        room >= SIDE_BY_SIDE && MARGIN + boxes + gap <= room
    });
    match layout {
        Some((beside, gap)) => drawing.side_by_side(beside, gap),
        None => drawing.one_above_the_other(room),
    }
    let mut lines = drawing.canvas.lines();
    let nodes = || picture.vpcs.iter().flat_map(|lane| &lane.nodes);
    let new = nodes().map(|node| node.mark).chain(picture.vpcs.iter().map(|lane| lane.mark)).any(|it| it == Mark::New);
    if drawn.mark_new && new {
        lines.push(Line::of(Tone::Dim, format!("> {}", style.render(&m::picture_new()))).indented(MARGIN));
    }
    if nodes().any(|node| node.mark == Mark::Broken) {
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
    /// A line that turns: from the left down and up, and from above and below to the right.
    turns: [&'static str; 4],
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
                turns: ["┐", "┘", "└", "┌"],
                up: ["━", "┿", "┃"],
                dashed_down: "┆",
            },
            GlyphSet::Ascii => Self {
                across: "-",
                down: "|",
                corners: ["+"; 4],
                branch: "+- ",
                turns: ["+"; 4],
                up: ["=", "|", "|"],
                dashed_down: ":",
            },
        }
    }
}

/// A line in a box.
struct Row<'a> {
    /// The node's name in the lab, on the line of its label.
    name: Option<&'a str>,
    words: Vec<(Tone, String)>,
    /// The sign before it: `>` if it is new, `x` where the path ends.
    sign: Option<(Tone, &'static str)>,
}

impl Row<'_> {
    fn cells(&self) -> usize {
        self.words.iter().map(|(_, words)| wide_width(words)).sum()
    }
}

/// A place for an end of a tie: the cell after the node's words, its line, and the border of its box.
#[derive(Clone, Copy, Debug)]
struct End {
    after: usize,
    y: usize,
    border: usize,
}

struct Drawing<'a> {
    canvas: Canvas,
    pens: Pens,
    style: &'a Style,
    drawn: Drawn,
    picture: &'a Picture,
    /// By the node's name.
    ends: BTreeMap<&'a str, End>,
}

impl<'a> Drawing<'a> {
    fn fullness(&self, states_beside: bool) -> Fullness {
        Fullness { states_beside, details: self.drawn.details }
    }

    /// The words of a lane's lines.
    fn rows(&self, lane: &Lane, rows: &[event::Row<'a>]) -> Vec<Row<'a>> {
        rows.iter()
            .map(|row| {
                let branch = if row.depth == 0 { "" } else { self.pens.branch };
                let branch = "   ".repeat(row.depth.saturating_sub(1)) + branch;
                let state = row.node.state.as_ref().map(|state| self.style.render(state)).unwrap_or_default();
                let under = match row.part {
                    Part::State => Some(state.clone()),
                    Part::Detail(index) => row.node.details.get(index).map(|detail| self.style.render(detail)),
                    Part::ZoneNames | Part::Zones => Some(lane.zone_cells(row).join("  ").trim_end().to_owned()),
                    Part::Whole | Part::Name => None,
                };
                if let Some(under) = under {
                    let words = vec![(Tone::Dim, " ".repeat(width(&branch) + 2) + &under)];
                    return Row { name: None, words, sign: None };
                }
                let sign = match row.node.mark {
                    Mark::New if self.drawn.mark_new => Some((Tone::Strong, ">")),
                    Mark::Broken => Some((Tone::Bad, "x")),
                    _ => None,
                };
                let ink = sign.map_or(Tone::Plain, |(ink, _)| ink);
                let mut words = vec![(Tone::Dim, branch), (ink, self.style.render(&row.node.label))];
                if row.part == Part::Whole && !state.is_empty() {
                    words.push((Tone::Dim, format!("  {state}")));
                }
                Row { name: Some(&row.node.name), words, sign }
            })
            .collect()
    }

    fn title(&self, lane: &Lane) -> String {
        let side = match lane.side {
            Side::Consumer => m::picture_consumer(),
            Side::Provider => m::picture_provider(),
        };
        let name = if self.picture.has_several(lane.side) { lane.name.clone() } else { self.style.render(&side) };
        format!("{name} {}", lane.cidr).trim_end().to_owned()
    }

    /// The width that a box needs. Nodes that do not exist yet count, so that the boxes stay in place while they
    /// fill.
    fn box_width(&self, lane: &'a Lane, beside: bool) -> usize {
        let widest = self.rows(lane, &lane.all_rows(self.fullness(beside))).iter().map(Row::cells).max().unwrap_or(0);
        (BEFORE + widest + AFTER).max(wide_width(&self.title(lane)) + 2)
    }

    fn side_width(&self, side: Side, beside: bool) -> usize {
        self.picture.side(side).map(|lane| self.box_width(lane, beside)).max().unwrap_or(0)
    }

    fn side_by_side(&mut self, beside: bool, gap: usize) {
        let picture = self.picture;
        let widths = [Side::Consumer, Side::Provider].map(|side| self.side_width(side, beside));
        let lefts = [MARGIN, MARGIN + widths[0] + gap];
        let level = picture.level(self.fullness(beside));
        let skips = level.unwrap_or([0; 2]);
        let heights = |lane: &Lane, skip: usize| skip + lane.rows(self.fullness(beside)).len();
        // Two boxes with a tie are of one height.
        let one = level.map(|_| {
            let all = picture.vpcs.iter().map(|lane| heights(lane, skips[usize::from(lane.side == Side::Provider)]));
            all.max().unwrap_or(1)
        });
        for (at, side) in [Side::Consumer, Side::Provider].into_iter().enumerate() {
            let mut y = 0;
            for lane in picture.side(side) {
                let height = one.unwrap_or_else(|| lane.rows(self.fullness(beside)).len()).max(1);
                if lane.mark != Mark::Absent {
                    self.lane(lane, (lefts[at], y), (widths[at], height), skips[at], beside);
                }
                y += height + 4;
            }
        }
        // An open tie is drawn over the others where they meet.
        let mut links: Vec<_> = picture.links.iter().enumerate().collect();
        links.retain(|(_, link)| link.state != LinkState::Absent);
        links.sort_by_key(|(_, link)| link.state == LinkState::Up);
        for (number, link) in links {
            let ends = [&link.endpoint, &link.service].map(|name| self.ends.get(name.as_str()).copied());
            if let [Some(from), Some(to)] = ends {
                let border = lefts[1];
                if from.y == to.y {
                    self.tie(from.y, from.after + 1, [from.border, border], link.state);
                } else {
                    self.bent(from, to.y, border, number, link.state);
                }
                let label = link.label.as_ref().map(|label| self.style.render(label)).unwrap_or_default();
                let room = gap - if picture.links.len() > 1 { picture.links.len() * 2 } else { 0 };
                let middle = from.border + 1 + room.saturating_sub(wide_width(&label)) / 2;
                self.canvas.text(middle, from.y - 1, ink(link.state), &label);
            }
        }
    }

    fn lane(
        &mut self,
        lane: &'a Lane,
        (x, y): (usize, usize),
        (cells, height): (usize, usize),
        skip: usize,
        beside: bool,
    ) {
        self.frame((x, y), (cells, height), lane);
        for (number, row) in self.rows(lane, &lane.rows(self.fullness(beside))).iter().enumerate() {
            let at = y + 2 + skip + number;
            let after = self.row(x, at, row, cells.saturating_sub(BEFORE + AFTER));
            if let Some(name) = row.name {
                self.ends.insert(name, End { after, y: at, border: x + cells - 1 });
            }
        }
    }

    /// Draws a tie from `from` over both `borders` to the mark before the service.
    fn tie(&mut self, y: usize, from: usize, borders: [usize; 2], state: LinkState) {
        let to = borders[1] + 2;
        let middle = usize::midpoint(borders[0], borders[1]);
        let solid = matches!(state, LinkState::Up | LinkState::Planned);
        for x in from..to {
            let pen = match state {
                _ if borders.contains(&x) && !solid => continue,
                LinkState::Up | LinkState::Planned if borders.contains(&x) => self.pens.up[1],
                LinkState::Up => self.pens.up[0],
                LinkState::Planned => self.pens.across,
                LinkState::Rejected if x == middle => "x",
                LinkState::Rejected if x.abs_diff(middle) == 1 => " ",
                // The last dash always reaches into the box.
                _ if x.abs_diff(middle) % 2 == 0 || x == borders[1] + 1 => self.pens.across,
                _ => " ",
            };
            self.canvas.text(x, y, ink(state), pen);
        }
        if state == LinkState::Up {
            self.canvas.text(to, y, ink(state), ">");
        }
    }

    /// Draws a tie that turns: across to a way down of its own, along it, and across to the service.
    fn bent(&mut self, from: End, to: usize, border: usize, number: usize, state: LinkState) {
        let tone = ink(state);
        let turn = border - 2 - (self.picture.links.len() - 1 - number) * 2;
        let dashed = !matches!(state, LinkState::Up | LinkState::Planned);
        let [across, over, down] =
            if state == LinkState::Up { self.pens.up } else { [self.pens.across, self.pens.up[1], self.pens.down] };
        let down = if dashed { self.pens.dashed_down } else { down };
        for x in from.after + 1..turn {
            let pen = match x {
                _ if x == from.border && dashed => continue,
                _ if x == from.border => over,
                _ if dashed && x % 2 == 1 => " ",
                _ => across,
            };
            self.canvas.text(x, from.y, tone, pen);
        }
        let below = to > from.y;
        self.canvas.text(turn, from.y, tone, if below { self.pens.turns[0] } else { self.pens.turns[1] });
        for y in from.y.min(to) + 1..from.y.max(to) {
            self.canvas.text(turn, y, tone, down);
        }
        self.canvas.text(turn, to, tone, if below { self.pens.turns[2] } else { self.pens.turns[3] });
        let middle = usize::midpoint(from.y, to);
        if state == LinkState::Rejected && middle != from.y {
            self.canvas.text(turn, middle, tone, "x");
        }
        for x in turn + 1..border + 2 {
            let pen = if x == border && !dashed { over } else { across };
            if !(x == border && dashed) {
                self.canvas.text(x, to, tone, pen);
            }
        }
        if state == LinkState::Up {
            self.canvas.text(border + 2, to, tone, ">");
        }
    }

    fn one_above_the_other(&mut self, room: usize) {
        let picture = self.picture;
        let most = room.saturating_sub(MARGIN);
        let beside = picture.vpcs.iter().all(|lane| self.box_width(lane, true) <= most);
        let widest = picture.vpcs.iter().map(|lane| self.box_width(lane, beside)).max().unwrap_or(0).min(most);
        let lanes = [Side::Consumer, Side::Provider].into_iter().flat_map(|side| picture.side(side));
        let mut y = 0;
        for lane in lanes.filter(|lane| lane.mark != Mark::Absent) {
            if lane.side == Side::Provider && y > 0 {
                match picture.links.as_slice() {
                    [link] => y = self.tie_down(y, link, room),
                    links => y = self.ties_in_words(y, links, room),
                }
            }
            let height = lane.rows(self.fullness(beside)).len().max(1);
            self.lane(lane, (MARGIN, y), (widest, height), 0, beside);
            y += height + 3;
        }
    }

    /// Draws the tie between the boxes and returns the line below it.
    fn tie_down(&mut self, y: usize, link: &Link, room: usize) -> usize {
        let x = MARGIN + BEFORE;
        let pens = match link.state {
            LinkState::Absent => return y + 1,
            LinkState::Pending => [self.pens.dashed_down; 2],
            LinkState::Planned => [self.pens.down; 2],
            LinkState::Up => [self.pens.up[2], "v"],
            LinkState::Rejected => [self.pens.dashed_down, "x"],
        };
        let tone = ink(link.state);
        let label = link.label.as_ref().map(|label| self.style.render(label)).unwrap_or_default();
        self.canvas.text(x, y, tone, pens[0]);
        self.canvas.text(x + 3, y, tone, &cut(&label, room.saturating_sub(x + 3)));
        self.canvas.text(x, y + 1, tone, pens[1]);
        y + 2
    }

    /// Writes a line for each of several ties and returns the line below them.
    fn ties_in_words(&mut self, y: usize, links: &[Link], room: usize) -> usize {
        let x = MARGIN + BEFORE;
        let mut at = y;
        for link in links.iter().filter(|link| link.state != LinkState::Absent) {
            let label = link.label.as_ref().map(|label| self.style.render(label)).unwrap_or_default();
            let words = format!("{} -> {}  {label}", link.endpoint, link.service);
            self.canvas.text(x, at, ink(link.state), &cut(words.trim_end(), room.saturating_sub(x)));
            at += 1;
        }
        at + 1
    }

    /// Draws a title and, below it, a box with room for `height` lines.
    fn frame(&mut self, (x, y): (usize, usize), (cells, height): (usize, usize), lane: &Lane) {
        let mark = if self.drawn.mark_new && lane.mark == Mark::New { ">" } else { " " };
        let after = self.canvas.text(x, y, Tone::Strong, mark);
        self.canvas.text(after + 1, y, Tone::Strong, &cut(&self.title(lane), cells.saturating_sub(2)));
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
    fn row(&mut self, x: usize, y: usize, row: &Row<'_>, room: usize) -> usize {
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

fn ink(state: LinkState) -> Tone {
    match state {
        LinkState::Up => Tone::Good,
        LinkState::Rejected => Tone::Bad,
        LinkState::Pending | LinkState::Absent => Tone::Wait,
        LinkState::Planned => Tone::Dim,
    }
}

#[cfg(test)]
#[path = "diagram_tests.rs"]
mod tests;
