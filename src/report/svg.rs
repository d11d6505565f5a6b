//! The architecture as SVG, from the same layout as the terminal's drawing.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use crate::engine::event::{Lane, LinkState, Mark, Part, Picture, Row};
use crate::i18n::{Lang, harmless, m};

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
/// The space around everything, in pixels.
const EDGE: f64 = 4.0;

const INK: &str = "#1b2733";
const DIM: &str = "#5b6875";
const LINE: &str = "#8a97a5";
const NEW: &str = "#1f5fbf";
const GOOD: &str = "#1a7f4b";
const WAIT: &str = "#9a6700";
const BAD: &str = "#b42318";

/// Draws `picture`; `words` describe it for those who cannot see it. Empty if nothing exists yet. With `mark_new`,
/// what the step makes stands out.
#[must_use]
pub fn svg(picture: &Picture, words: &[String], lang: Lang, mark_new: bool) -> String {
    let lanes = [&picture.consumer, &picture.provider];
    if lanes.iter().all(|lane| lane.mark == Mark::Absent) {
        return String::new();
    }
    let layout = picture.layout(false);
    let titles = [m::picture_consumer(), m::picture_provider()].map(|name| name.render(lang));
    let widths = [0, 1].map(|side| lane_width(lanes[side], &titles[side], lang));
    let label = picture.link.label.as_ref().map(|label| label.render(lang)).unwrap_or_default();
    let gap = (wide(&label) + 36.0).max(120.0);
    let lefts = [EDGE, EDGE + widths[0] + gap];
    let height = TITLE + rows(layout.height.max(1)) + PAD;
    let new = |lane: &Lane| lane.mark == Mark::New || lane.nodes.iter().any(|node| node.mark == Mark::New);
    let legend = mark_new && lanes.iter().any(|lane| new(lane));
    let (total, tall) = (lefts[1] + widths[1] + EDGE, height + EDGE * 2.0 + if legend { 24.0 } else { 0.0 });
    let mut drawing = Drawing { out: String::new(), lang, mark_new };
    let _ = write!(
        drawing.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {total:.0} {tall:.0}\" width=\"{total:.0}\" \
         height=\"{tall:.0}\" role=\"img\" lang=\"{lang}\" font-size=\"{EM}\" font-family=\"{FONTS}\"><desc>{desc}</desc>",
        lang = lang.tag(),
        desc = escape(&words.join(" ")),
    );
    let mut ends = [None, None];
    for side in [0, 1] {
        if lanes[side].mark == Mark::Absent {
            drawing.place(lefts[side], widths[side], height);
            continue;
        }
        drawing.frame(lefts[side], widths[side], height, lanes[side], &titles[side]);
        let column = &layout.columns[side];
        let top = EDGE + TITLE + rows(column.skip);
        ends[side] = drawing.column(lefts[side] + PAD, top, &column.rows);
    }
    if let (Some(consumer), Some(provider), Some(_)) = (ends[0], ends[1], layout.tie) {
        let middle = lefts[0] + widths[0] + gap / 2.0;
        drawing.tie((consumer.1, provider.0), consumer.2, middle, picture.link.state, &label);
    }
    if legend {
        let text = format!("+ {}", m::picture_new().render(lang));
        drawing.text(EDGE, height + EDGE + 20.0, NEW, "", &text);
    }
    drawing.out.push_str("</svg>");
    drawing.out
}

/// Japanese fonts first, because the labels are those of the console.
const FONTS: &str = "'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI','Meiryo',system-ui,sans-serif";

struct Drawing {
    out: String,
    lang: Lang,
    mark_new: bool,
}

impl Drawing {
    fn text(&mut self, x: f64, y: f64, fill: &str, style: &str, words: &str) {
        let words = escape(words);
        let _ = write!(self.out, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{fill}\"{style}>{words}</text>");
    }

    /// Marks the place of a lane that does not exist yet; without it the other lane looks misplaced.
    fn place(&mut self, x: f64, width: f64, height: f64) {
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{EDGE:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\" fill=\"none\" \
             stroke=\"#d3dae1\" stroke-dasharray=\"3 5\"/>"
        );
    }

    fn frame(&mut self, x: f64, width: f64, height: f64, lane: &Lane, title: &str) {
        let new = self.mark_new && lane.mark == Mark::New;
        let (stroke, thick) = if new { (NEW, 2.0) } else { (LINE, 1.2) };
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{EDGE:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\" fill=\"#f6f8fa\" \
             stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
        );
        let mark = if new { "+ " } else { "" };
        let name = format!("{mark}{title}");
        self.text(x + PAD, EDGE + 25.0, if new { NEW } else { INK }, " font-weight=\"600\"", &name);
        self.text(x + PAD + wide(&name) * 1.06 + 10.0, EDGE + 25.0, DIM, "", &lane.cidr);
    }

    /// Draws the content of a lane; returns left edge, right edge and middle line of the tie's end.
    fn column(&mut self, left: f64, top: f64, lines: &[Row<'_>]) -> Option<(f64, f64, f64)> {
        let mut end = None;
        let mut above: Option<(f64, f64)> = None;
        for (number, row) in lines.iter().enumerate().filter(|(_, row)| row.part != Part::State) {
            let state = lines.get(number + 1).filter(|next| next.part == Part::State);
            let state = state.and_then(|row| row.node.state.as_ref()).map(|state| state.render(self.lang));
            let x = left + indent(row.depth);
            let y = top + rows(number) + 3.0;
            let tall = rows(if state.is_some() { 2 } else { 1 }) - 6.0;
            let new = self.mark_new && row.node.mark == Mark::New;
            let name = format!("{}{}", if new { "+ " } else { "" }, row.node.label.render(self.lang));
            let width = INSET * 2.0 + wide(&name).max(state.as_deref().map_or(0.0, wide));
            let middle = y + (ROW - 6.0) / 2.0;
            if let Some((x_above, y_above)) = above {
                let _ = write!(
                    self.out,
                    "<path d=\"M{:.1} {y_above:.1}V{middle:.1}H{x:.1}\" fill=\"none\" stroke=\"{LINE}\" stroke-width=\"1.5\"/>",
                    x_above + INDENT / 2.0
                );
            }
            let (fill, stroke, thick) = if new { ("#e8f0fc", NEW, 2.0) } else { ("#ffffff", LINE, 1.2) };
            let _ = write!(
                self.out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\" rx=\"5\" fill=\"{fill}\" \
                 stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
            );
            self.text(x + INSET, middle + 5.0, if new { NEW } else { INK }, "", &name);
            if let Some(state) = state {
                self.text(x + INSET, middle + ROW - 2.0, DIM, "", &state);
            }
            if row.node.tied {
                end = Some((x, x + width, middle));
            }
            above = Some((x, y + tall));
        }
        end
    }

    fn tie(&mut self, (from, to): (f64, f64), y: f64, middle: f64, state: LinkState, label: &str) {
        let (ink, thick, dash) = match state {
            LinkState::Absent => return,
            LinkState::Pending => (WAIT, 2.0, " stroke-dasharray=\"6 5\""),
            LinkState::Up => (GOOD, 3.0, ""),
            LinkState::Rejected => (BAD, 2.0, " stroke-dasharray=\"6 5\""),
        };
        let head = if state == LinkState::Up { 8.0 } else { 0.0 };
        let _ = write!(
            self.out,
            "<path d=\"M{from:.1} {y:.1}H{:.1}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thick}\"{dash}/>",
            to - head
        );
        if state == LinkState::Up {
            let _ = write!(
                self.out,
                "<path d=\"M{:.1} {:.1}L{to:.1} {y:.1}L{:.1} {:.1}Z\" fill=\"{ink}\"/>",
                to - 10.0,
                y - 6.0,
                to - 10.0,
                y + 6.0
            );
        }
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

/// The width that a lane needs. Things that do not exist yet count, so that the lanes stay in place while they fill.
fn lane_width(vpc: &Lane, title: &str, lang: Lang) -> f64 {
    let room_of = |row: &Row<'_>| match row.part {
        Part::State => row.node.state.as_ref().map(|state| wide(&state.render(lang))).unwrap_or_default(),
        // Two more characters for the mark of new things.
        _ => wide(&row.node.label.render(lang)) + EM,
    };
    let widest = vpc.all_rows(false).iter().map(|row| indent(row.depth) + room_of(row)).fold(0.0, f64::max);
    // Reserve room for the block, whether or not it is known.
    let head = wide(title) * 1.06 + EM + 10.0 + wide("255.255.255.255/28");
    (INSET * 2.0 + widest).max(head) + PAD * 2.0
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

    fn picture(state: LinkState) -> Picture {
        let node = |label: &str, tied: bool| Node {
            label: Text::literal(label),
            state: tied.then(|| Text::literal("a state")),
            mark: Mark::There,
            tied,
        };
        Picture {
            consumer: Lane {
                cidr: "10.0.0.0/16".to_owned(),
                mark: Mark::There,
                nodes: vec![node("client", false), node("エンドポイント", true)],
            },
            provider: Lane {
                cidr: "10.0.0.0/16".to_owned(),
                mark: Mark::There,
                nodes: vec![node("<service>", true), node("NLB", false)],
            },
            link: Link { state, label: Some(Text::literal("word")) },
        }
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
        let absent = || Lane { cidr: String::new(), mark: Mark::Absent, nodes: Vec::new() };
        let empty =
            Picture { consumer: absent(), provider: absent(), link: Link { state: LinkState::Absent, label: None } };
        assert_eq!(svg(&empty, &[], Lang::Ja, true), "");
    }

    #[test]
    fn wide_characters_are_wider_and_controls_are_left_out() {
        assert!(wide("あ") > wide("a"));
        assert_eq!(escape("a\u{1b}[1m<"), "a[1m&lt;");
    }
}
