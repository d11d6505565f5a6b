//! The last screen of a lab: the page that arrived, and the addresses it came through.

use crate::engine::event::EndingView;
use crate::i18n::m;
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// What came of the lab.
pub fn ending(view: &EndingView, style: &Style) -> Vec<Line> {
    let done = style.render(&m::ending_done(view.steps));
    let title = style.sides(&Line::of(Tone::Title, view.lab.get(style.lang)), &done);
    let mut blocks = vec![style.inside(title)];
    if !view.text.is_empty() {
        let text =
            view.text.lines().flat_map(|line| fill(&Line::plain(line), style.measure().saturating_sub(4), "| ", "| "));
        blocks.push(style.inside(style.under(&m::ending_page(), text.collect())));
    }
    if !view.hops.is_empty() {
        let names: Vec<String> =
            view.hops.iter().map(|(label, addresses)| format!("{} {addresses}", style.render(label))).collect();
        let mut body = fill(&Line::plain(names.join(" -> ")), style.measure().saturating_sub(2), "", "   ");
        if !view.source.is_empty() {
            let source = Line::plain(style.render(&m::ending_source(&view.source)));
            body.extend(fill(&source, style.measure().saturating_sub(2), "", ""));
        }
        blocks.push(style.inside(style.under(&m::ending_way(), body)));
    }
    if !view.url.is_empty() {
        let heading = Line::of(Tone::Strong, style.render(&m::ending_url()));
        blocks.push([style.inside(vec![heading]), vec![Line::to_copy(Tone::Link, &view.url)]].concat());
    }
    stack(blocks)
}
