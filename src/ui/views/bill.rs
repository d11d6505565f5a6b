//! The cost of a run, shown below the receipt.

use crate::engine::event::{Money, Spent, minute};
use crate::i18n::{Text, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::table::columns;
use crate::ui::text::wrap::fill;

/// On a narrower screen, a line of the bill is a sentence.
const COLUMNS: usize = 72;

pub fn bill(lines: &[Spent], total: Money, prices_as_of: &str, style: &Style) -> Vec<Line> {
    let until = |line: &Spent| line.until.map_or_else(m::bill_goes_on, |at| Text::literal(minute(at)));
    let name = |line: &Spent| format!("{} {}", style.render(&line.kind.word()), line.resource);
    let body = if style.is_plain() || style.measure() < COLUMNS {
        let sentence = |line: &Spent| {
            let words =
                m::BillLine { cost: line.cost.fine(), from: minute(line.from), until: until(line), what: name(line) }
                    .text();
            fill(&Line::plain(style.render(&words)), style.measure().saturating_sub(2), "", "  ")
        };
        lines.iter().flat_map(sentence).collect()
    } else {
        let head = [m::money_column_what(), m::bill_column_from(), m::bill_column_until(), m::bill_column_cost()]
            .map(|text| Line::of(Tone::Strong, style.render(&text)));
        let row = |line: &Spent| {
            [Text::literal(name(line)), Text::literal(minute(line.from)), until(line), line.cost.fine()]
                .map(|text| Line::plain(style.render(&text)))
                .to_vec()
        };
        columns(&head, &lines.iter().map(row).collect::<Vec<_>>(), style.measure().saturating_sub(2))
    };
    let mut sums = style.words(Tone::Plain, &m::bill_total(total.cents()));
    sums.extend(style.words(Tone::Dim, &m::bill_rule(prices_as_of)));
    stack([style.inside(style.under(&m::bill_title(), body)), style.inside(sums)])
}
