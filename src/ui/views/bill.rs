//! What a run has cost, as it is shown below the receipt.

use super::receipt::kind;
use crate::engine::event::{Money, Spent, minute};
use crate::i18n::{Text, m};
use crate::ui::text::line::{Ink, Line, stack};
use crate::ui::text::style::Look;
use crate::ui::text::table::columns;
use crate::ui::text::wrap::fill;

/// Narrower than this, a line of the bill is a sentence.
const COLUMNS: usize = 72;

/// The bill as lines.
pub fn bill(lines: &[Spent], total: Money, prices_as_of: &str, look: &Look) -> Vec<Line> {
    let until = |line: &Spent| line.until.map_or_else(m::bill_goes_on, |at| Text::literal(minute(at)));
    let name = |line: &Spent| format!("{} {}", look.say(&kind(&line.kind)), line.resource);
    let body = if look.told() || look.measure() < COLUMNS {
        let sentence = |line: &Spent| {
            let words = m::bill_line(line.cost.fine(), minute(line.from), until(line), name(line));
            fill(&Line::plain(look.say(&words)), look.measure().saturating_sub(2), "", "  ")
        };
        lines.iter().flat_map(sentence).collect()
    } else {
        let head = [m::money_column_what(), m::bill_column_from(), m::bill_column_until(), m::bill_column_cost()]
            .map(|text| Line::of(Ink::Strong, look.say(&text)));
        let row = |line: &Spent| {
            [Text::literal(name(line)), Text::literal(minute(line.from)), until(line), line.cost.fine()]
                .map(|text| Line::plain(look.say(&text)))
                .to_vec()
        };
        columns(&head, &lines.iter().map(row).collect::<Vec<_>>(), look.measure().saturating_sub(2))
    };
    let mut sums = look.words(Ink::Plain, &m::bill_total(total.cents()));
    sums.extend(look.words(Ink::Dim, &m::bill_rule(prices_as_of)));
    stack([look.inside(look.under(&m::bill_title(), body)), look.inside(sums)])
}
