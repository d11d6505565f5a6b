//! The architecture as SVG, from the same layout as the terminal's drawing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use crate::engine::event::{Fullness, Lane, LinkState, Mark, Part, Picture, Row};
use crate::i18n::{Lang, harmless, m};
use crate::lab::Side;

/// One em of the labels, in pixels.
const EM: f64 = 14.0;
/// The height of a line, in pixels.
const ROW: f64 = 30.0;
/// The indent of a thing below the one that leads to it, in pixels.
const INDENT: f64 = 26.0;
/// The space between a lane's border and its content, in pixels.
const PAD: f64 = 14.0;
/// The height of a lane's title, in pixels.
const TITLE: f64 = 40.0;
/// The space between a thing's border and its words, in pixels.
const INSET: f64 = 12.0;
/// The space between the columns of zones, in pixels.
const COLUMN: f64 = 16.0;
/// The space around everything, in pixels.
const EDGE: f64 = 4.0;

const INK: &str = "#1b2733";
const DIM: &str = "#5b6875";
const LINE: &str = "#8a97a5";
const NEW: &str = "#1f5fbf";
const GOOD: &str = "#1a7f4b";
const WAIT: &str = "#9a6700";
const BAD: &str = "#b42318";

/// Addresses, zones, groups and names are told under each thing.
const FULL: Fullness = Fullness { states_beside: false, details: true };

/// Draws `picture`; `words` describe it for those who cannot see it. Empty if nothing exists yet. With `mark_new`,
/// what the step makes stands out.
#[must_use]
pub fn svg(picture: &Picture, words: &[String], lang: Lang, mark_new: bool) -> String {
    if picture.vpcs.iter().all(|lane| lane.mark == Mark::Absent) {
        return String::new();
    }
    let sides = [Side::Consumer, Side::Provider];
    let level = picture.level(FULL);
    let skips = level.unwrap_or([0; 2]);
    let widths = sides.map(|side| {
        picture.side(side).map(|lane| lane_width(lane, &title(picture, lane, lang), lang)).fold(0.0, f64::max)
    });
    let labels = picture.links.iter().filter_map(|link| link.label.as_ref()).map(|label| wide(&label.render(lang)));
    let gap = (labels.fold(0.0, f64::max) + 36.0).max(120.0) + INDENT * count_of(picture.links.len().saturating_sub(1));
    let lefts = [EDGE, EDGE + widths[0] + gap];
    let lines = |lane: &Lane, skip: usize| (skip + lane.rows(FULL).len()).max(1);
    // Two boxes with a tie are of one height.
    let one = level.map(|_| {
        picture.vpcs.iter().map(|lane| lines(lane, skips[usize::from(lane.side == Side::Provider)])).max().unwrap_or(1)
    });
    let mut drawing = Drawing { out: String::new(), lang, mark_new, ends: BTreeMap::new() };
    let mut bottom: f64 = 0.0;
    for (column, side) in sides.into_iter().enumerate() {
        let mut top = EDGE;
        for lane in picture.side(side) {
            let height = TITLE + rows(one.unwrap_or_else(|| lines(lane, 0))) + PAD;
            if lane.mark == Mark::Absent {
                drawing.place(lefts[column], top, widths[column], height);
            } else {
                drawing.frame((lefts[column], top), (widths[column], height), lane, &title(picture, lane, lang));
                drawing.column(lefts[column] + PAD, top + TITLE + rows(skips[column]), lane);
            }
            top += height + PAD;
            bottom = bottom.max(top - PAD);
        }
    }
    for (number, link) in picture.links.iter().enumerate() {
        let end = |name: &str| drawing.ends.get(name).copied();
        if let (Some(from), Some(to)) = (end(&link.endpoint), end(&link.service)) {
            let label = link.label.as_ref().map(|label| label.render(lang)).unwrap_or_default();
            let border = lefts[0] + widths[0];
            let turn = lefts[1] - INDENT * (0.8 + count_of(picture.links.len() - 1 - number));
            drawing.tie((from.right, from.middle), (to.left, to.middle), (border, turn), link.state, &label);
        }
    }
    let new =
        picture.vpcs.iter().any(|lane| lane.mark == Mark::New || lane.nodes.iter().any(|node| node.mark == Mark::New));
    let legend = mark_new && new;
    if legend {
        let text = format!("+ {}", m::picture_new().render(lang));
        drawing.text(EDGE, bottom + 20.0, NEW, "", &text);
    }
    let (total, tall) = (lefts[1] + widths[1] + EDGE, bottom + EDGE + if legend { 24.0 } else { 0.0 });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {total:.0} {tall:.0}\" width=\"{total:.0}\" \
         height=\"{tall:.0}\" role=\"img\" lang=\"{lang}\" font-size=\"{EM}\" font-family=\"{FONTS}\"><desc>{desc}</desc>{out}</svg>",
        lang = lang.tag(),
        desc = escape(&words.join(" ")),
        out = drawing.out,
    )
}

fn title(picture: &Picture, vpc: &Lane, lang: Lang) -> String {
    match vpc.side {
        side if picture.has_several(side) => vpc.name.clone(),
        Side::Consumer => m::picture_consumer().render(lang),
        Side::Provider => m::picture_provider().render(lang),
    }
}

/// Japanese fonts first, because the labels are those of the console.
const FONTS: &str = "'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI','Meiryo',system-ui,sans-serif";

struct Drawing {
    out: String,
    lang: Lang,
    mark_new: bool,
    /// By the node's name.
    ends: BTreeMap<String, Thing>,
}

/// The place of a drawn thing.
#[derive(Clone, Copy, Debug)]
struct Thing {
    left: f64,
    right: f64,
    middle: f64,
}

impl Drawing {
    fn text(&mut self, x: f64, y: f64, fill: &str, style: &str, words: &str) {
        let words = escape(words);
        let _ = write!(self.out, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{fill}\"{style}>{words}</text>");
    }

    /// Marks the place of a lane that does not exist yet; without it the other lane looks misplaced.
    fn place(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\" fill=\"none\" \
             stroke=\"#d3dae1\" stroke-dasharray=\"3 5\"/>"
        );
    }

    fn frame(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), lane: &Lane, title: &str) {
        let new = self.mark_new && lane.mark == Mark::New;
        let (stroke, thick) = if new { (NEW, 2.0) } else { (LINE, 1.2) };
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\" fill=\"#f6f8fa\" \
             stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
        );
        let mark = if new { "+ " } else { "" };
        let name = format!("{mark}{title}");
        self.text(x + PAD, y + 25.0, if new { NEW } else { INK }, " font-weight=\"600\"", &name);
        self.text(x + PAD + wide(&name) * 1.06 + 10.0, y + 25.0, DIM, "", &lane.cidr);
    }

    /// Draws the content of a lane.
    fn column(&mut self, left: f64, top: f64, lane: &Lane) {
        let lines = lane.rows(FULL);
        let mut above: Vec<(usize, f64, f64)> = Vec::new();
        for (number, row) in lines.iter().enumerate().filter(|(_, row)| row.part == Part::ZoneNames) {
            self.cells(left, top + rows(number) + 20.0, lane, row);
        }
        for (number, row) in lines.iter().enumerate().filter(|(_, row)| row.part.is_name()) {
            let own: Vec<&Row<'_>> = lines[number + 1..].iter().take_while(|row| !row.part.is_name()).collect();
            let x = left + indent(row.depth);
            let y = top + rows(number) + 3.0;
            let tall = rows(1 + own.len()) - 6.0;
            let new = self.mark_new && row.node.mark == Mark::New;
            let name = format!("{}{}", if new { "+ " } else { "" }, row.node.label.render(self.lang));
            let room_of = |it: &&Row<'_>| match under(it, self.lang) {
                Some(words) => wide(&words),
                None => indent(it.depth) - indent(row.depth) + wide_cells(lane, it),
            };
            let width = INSET * 2.0 + own.iter().map(room_of).fold(wide(&name), f64::max);
            let middle = y + (ROW - 6.0) / 2.0;
            // The nearest thing further out leads here.
            above.retain(|(depth, ..)| *depth < row.depth);
            if let Some((_, x_above, y_above)) = above.last() {
                let _ = write!(
                    self.out,
                    "<path d=\"M{:.1} {y_above:.1}V{middle:.1}H{x:.1}\" fill=\"none\" stroke=\"{LINE}\" stroke-width=\"1.5\"/>",
                    x_above + INDENT / 2.0
                );
            }
            let (fill, stroke, thick) = match row.node.mark {
                _ if new => ("#e8f0fc", NEW, 2.0),
                Mark::Broken => ("#fdecea", BAD, 2.0),
                _ => ("#ffffff", LINE, 1.2),
            };
            let _ = write!(
                self.out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\" rx=\"5\" fill=\"{fill}\" \
                 stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
            );
            self.text(x + INSET, middle + 5.0, if new { NEW } else { INK }, "", &name);
            for (index, it) in own.iter().enumerate() {
                let y = middle + 5.0 + rows(index + 1) - 7.0;
                match under(it, self.lang) {
                    Some(words) => self.text(x + INSET, y, DIM, "", &words),
                    None => self.cells(left, y, lane, it),
                }
            }
            self.ends.insert(row.node.name.clone(), Thing { left: x, right: x + width, middle });
            above.push((row.depth, x, y + tall));
        }
    }

    /// Writes a line with a cell for each zone, each in its column.
    fn cells(&mut self, left: f64, y: f64, lane: &Lane, row: &Row<'_>) {
        let mut x = left + indent(row.depth) + INSET;
        for cell in lane.zone_cells(row) {
            self.text(x, y, DIM, "", cell.trim_end());
            x += wide(&cell) + COLUMN;
        }
    }

    /// Draws a tie; one that is not straight turns at `turn`.
    fn tie(
        &mut self,
        (from, y): (f64, f64),
        (to, y_to): (f64, f64),
        (border, turn): (f64, f64),
        state: LinkState,
        label: &str,
    ) {
        let (ink, thick, dash) = match state {
            LinkState::Absent => return,
            LinkState::Planned => (LINE, 1.5, ""),
            LinkState::Pending => (WAIT, 2.0, " stroke-dasharray=\"6 5\""),
            LinkState::Up => (GOOD, 3.0, ""),
            LinkState::Rejected => (BAD, 2.0, " stroke-dasharray=\"6 5\""),
        };
        let head = if state == LinkState::Up { 8.0 } else { 0.0 };
        let straight = (y - y_to).abs() < 0.5;
        let way = if straight { String::new() } else { format!("H{turn:.1}V{y_to:.1}") };
        let _ = write!(
            self.out,
            "<path d=\"M{from:.1} {y:.1}{way}H{:.1}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thick}\"{dash}/>",
            to - head
        );
        if state == LinkState::Up {
            let _ = write!(
                self.out,
                "<path d=\"M{:.1} {:.1}L{to:.1} {y_to:.1}L{:.1} {:.1}Z\" fill=\"{ink}\"/>",
                to - 10.0,
                y_to - 6.0,
                to - 10.0,
                y_to + 6.0
            );
        }
        let middle = f64::midpoint(border, if straight { to } else { turn });
        if state == LinkState::Rejected {
            let _ = write!(
                self.out,
                "<path d=\"M{:.1} {:.1}l14 14m-14 0l14 -14\" stroke=\"{ink}\" stroke-width=\"3\"/>",
                middle - 7.0,
                y - 7.0
            );
        }
        self.text(middle, y - 12.0, ink, " text-anchor=\"middle\" font-weight=\"600\"", label);
    }
}

/// The words of a row below a node's name.
fn under(row: &Row<'_>, lang: Lang) -> Option<String> {
    let text = match row.part {
        Part::State => row.node.state.as_ref(),
        Part::Detail(index) => row.node.details.get(index),
        Part::Whole | Part::Name | Part::ZoneNames | Part::Zones => None,
    };
    text.map(|text| text.render(lang))
}

/// The width that a lane needs. Things that do not exist yet count, so that the lanes stay in place while they fill.
fn lane_width(vpc: &Lane, title: &str, lang: Lang) -> f64 {
    let room_of = |row: &Row<'_>| match under(row, lang) {
        Some(words) => wide(&words),
        None if !row.part.is_name() => wide_cells(vpc, row),
        // Two more characters for the mark of new things.
        None => wide(&row.node.label.render(lang)) + EM,
    };
    let widest = vpc.all_rows(FULL).iter().map(|row| indent(row.depth) + room_of(row)).fold(0.0, f64::max);
    // Reserve room for the block, whether or not it is known.
    let head = wide(title) * 1.06 + EM + 10.0 + wide("255.255.255.255/28");
    (INSET * 2.0 + widest).max(head) + PAD * 2.0
}

/// The width of a line with a cell for each zone; 0 for every other line.
fn wide_cells(lane: &Lane, row: &Row<'_>) -> f64 {
    let cells = lane.zone_cells(row);
    cells.iter().map(|cell| wide(cell)).sum::<f64>() + COLUMN * count_of(cells.len().saturating_sub(1))
}

fn rows(count: usize) -> f64 {
    ROW * count_of(count)
}

fn indent(depth: usize) -> f64 {
    INDENT * count_of(depth)
}

fn count_of(count: usize) -> f64 {
    f64::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// The approximate width of a text in pixels, because the reader's fonts are unknown.
fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.width_cjk().unwrap_or(0) > 1 { EM } else { EM * 0.6 }).sum()
}

/// Escapes text for XML and HTML; drops characters that are unwelcome in any text.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !harmless::is_unwelcome(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escape, svg, wide};
    use crate::engine::event::{Lane, Link, LinkState, Mark, Node, Picture};
    use crate::i18n::{Lang, Text};
    use crate::lab::Side;

    fn picture(state: LinkState) -> Picture {
        let node = |name: &str, label: &str, place, tied: bool| Node {
            name: name.to_owned(),
            label: Text::literal(label),
            state: tied.then(|| Text::literal("a state")),
            details: vec![Text::literal("10.0.1.5")],
            zones: std::collections::BTreeMap::new(),
            mark: Mark::There,
            place,
            tied,
        };
        let lane = |side, name: &str, nodes| Lane {
            side,
            name: name.to_owned(),
            cidr: "10.0.0.0/16".to_owned(),
            mark: Mark::There,
            zones: Vec::new(),
            nodes,
        };
        Picture {
            vpcs: vec![
                lane(
                    Side::Consumer,
                    "consumer-vpc",
                    vec![node("client", "client", 0, false), node("endpoint", "エンドポイント", 1, true)],
                ),
                lane(
                    Side::Provider,
                    "provider-vpc",
                    vec![node("service", "<service>", 1, true), node("nlb", "NLB", 2, false)],
                ),
            ],
            links: vec![Link {
                endpoint: "endpoint".to_owned(),
                service: "service".to_owned(),
                state,
                label: Some(Text::literal("word")),
            }],
        }
    }

    #[test]
    fn two_consumers_are_drawn_as_two() {
        let mut both = picture(LinkState::Up);
        let mut second = both.vpcs[0].clone();
        second.name = "second-vpc".to_owned();
        second.nodes[1].name = "second".to_owned();
        both.vpcs.push(second);
        both.links.push(Link { endpoint: "second".to_owned(), state: LinkState::Pending, ..both.links[0].clone() });
        let drawn = svg(&both, &[], Lang::En, false);
        assert!(drawn.contains("consumer-vpc") && drawn.contains("second-vpc"), "{drawn}");
        assert!(drawn.matches("word").count() == 2 && drawn.matches("dasharray").count() == 1, "{drawn}");
        assert!(!drawn.contains("NaN"));
    }

    #[test]
    fn everything_that_exists_is_drawn_and_nothing_breaks_the_markup() {
        let drawn = svg(&picture(LinkState::Up), &["a & b".to_owned()], Lang::Ja, false);
        for words in
            ["client", "エンドポイント", "&lt;service&gt;", "NLB", "10.0.0.0/16", "word", "a state", "a &amp; b"]
        {
            assert!(drawn.contains(words), "{words}: {drawn}");
        }
        assert!(!drawn.contains("<service>") && drawn.ends_with("</svg>"));
    }

    #[test]
    fn both_ends_of_the_tie_stand_on_one_line() {
        let drawn = svg(&picture(LinkState::Up), &[], Lang::En, false);
        let line = |words: &str| {
            let before = &drawn[..drawn.find(words).expect("it is drawn")];
            let y = &before[before.rfind(" y=\"").expect("it has a place") + 4..];
            y[..y.find('"').expect("it ends")].to_owned()
        };
        assert_eq!(line("エンドポイント"), line("&lt;service&gt;"));
    }

    #[test]
    fn the_state_of_the_tie_is_seen_without_colour() {
        let [up, pending, rejected] = [LinkState::Up, LinkState::Pending, LinkState::Rejected]
            .map(|state| svg(&picture(state), &[], Lang::En, false));
        assert!(!up.contains("dasharray") && pending.contains("dasharray"));
        assert!(rejected.matches("stroke-width=\"3\"").count() > pending.matches("stroke-width=\"3\"").count());
    }

    #[test]
    fn nothing_made_is_no_picture() {
        assert_eq!(svg(&Picture::default(), &[], Lang::Ja, true), "");
    }

    #[test]
    fn wide_characters_are_wider_and_controls_are_left_out() {
        assert!(wide("あ") > wide("a"));
        assert_eq!(escape("a\u{1b}[1m<"), "a[1m&lt;");
    }
}
