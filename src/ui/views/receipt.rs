//! The receipt: what was made, what a second look found, and what that means.

use std::collections::BTreeSet;

use crate::engine::event::{Item, ItemState};
use crate::i18n::{Lang, Text, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::Style;
use crate::ui::text::table::columns;
use crate::ui::text::wrap::fill;

/// On a narrower screen, an item is a sentence.
const COLUMNS: usize = 66;

pub fn receipt(counts: [usize; 3], items: &[Item], free: bool, style: &Style) -> Vec<Line> {
    let [gone, left, unknown] = counts;
    let mut blocks = Vec::new();
    let body = if items.is_empty() {
        style.words(Tone::Plain, &m::receipt_empty())
    } else if style.is_plain() || style.measure() < COLUMNS {
        items.iter().flat_map(|item| told(item, style)).collect()
    } else {
        table(items, style)
    };
    blocks.push(style.inside(style.under(&m::receipt_title(), body)));
    let mut sums = style.words(Tone::Plain, &m::ReceiptCounts { gone, left, unknown }.text());
    let named: Vec<&str> = items.iter().map(|item| item.resource.as_str()).filter(|name| !name.is_empty()).collect();
    let remade = named.len() - named.iter().collect::<BTreeSet<_>>().len();
    if remade > 0 {
        sums.extend(style.words(Tone::Plain, &m::receipt_remade(remade)));
    }
    let (ink, cost) = match (left, unknown) {
        (0, 0) => (Tone::Plain, m::receipt_cost_none()),
        _ if free => (Tone::Plain, m::receipt_cost_free()),
        (0, _) => (Tone::Bad, m::receipt_cost_unknown()),
        _ => (Tone::Bad, m::receipt_cost_left()),
    };
    sums.extend(style.words(ink, &cost));
    if items.iter().any(|item| item.foreign) {
        sums.extend(style.words(Tone::Plain, &m::shared_receipt_foreign_why()));
    }
    blocks.push(style.inside(sums));
    stack(blocks)
}

fn table(items: &[Item], style: &Style) -> Vec<Line> {
    let head = [m::receipt_made(), Text::literal("ID"), m::receipt_now()]
        .map(|text| Line::of(Tone::Strong, style.render(&text)));
    let rows: Vec<Vec<Line>> = items
        .iter()
        .map(|item| {
            let (ink, now) = now(item);
            vec![
                Line::plain(name(item, style)),
                Line::plain(short(&item.id)),
                Line::of(ink, mark(item, style)).and(Tone::Plain, " ").and(ink, style.render(&now)),
            ]
        })
        .collect();
    columns(&head, &rows, style.measure().saturating_sub(2))
}

fn told(item: &Item, style: &Style) -> Vec<Line> {
    let (ink, now) = now(item);
    let words = format!("{} {}: ", name(item, style), short(&item.id));
    let line = Line::plain(words).and(if style.is_plain() { Tone::Plain } else { ink }, style.render(&now));
    fill(&line, style.measure().saturating_sub(2), "", "  ")
}

/// An id unchanged; an ARN without account and region, which are the same for every item here.
fn short(id: &str) -> &str {
    if id.starts_with("arn:") { id.rsplit(':').next().unwrap_or(id) } else { id }
}

fn name(item: &Item, style: &Style) -> String {
    let kind = style.render(&item.kind.word());
    // "endpoint endpoint" says no more than "endpoint".
    let told = item.kind.word().render(Lang::En).to_lowercase();
    let (resource, earlier) = earlier(&item.resource);
    let tells = !resource.is_empty() && told.split(' ').all(|word| word != resource);
    let name = if tells { format!("{kind} {resource}") } else { kind };
    if earlier { style.render(&m::receipt_earlier(name)) } else { name }
}

/// The name in the lab. What the learner made and what was made again later goes by `NAME-old1` in the ledger.
fn earlier(resource: &str) -> (&str, bool) {
    match resource.rsplit_once("-old") {
        Some((name, number)) if number.parse::<u32>().is_ok() => (name, true),
        _ => (resource, false),
    }
}

fn now(item: &Item) -> (Tone, Text) {
    match (item.state, &item.why) {
        (ItemState::Left, Some(why)) => (Tone::Wait, m::receipt_left_because(why)),
        _ => state(item),
    }
}

fn state(item: &Item) -> (Tone, Text) {
    match item.state {
        ItemState::Left if item.yours => (Tone::Wait, m::receipt_yours()),
        ItemState::Left if item.foreign => (Tone::Bad, m::shared_receipt_foreign()),
        ItemState::Gone => (Tone::Good, m::receipt_gone()),
        ItemState::Left => (Tone::Bad, m::receipt_left()),
        ItemState::Unknown => (Tone::Wait, m::receipt_unknown()),
    }
}

fn mark(item: &Item, style: &Style) -> &'static str {
    match item.state {
        ItemState::Gone => style.tick(),
        // It stays because the learner wants it to.
        ItemState::Left if item.yours => style.open(),
        ItemState::Left => style.cross(),
        ItemState::Unknown => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::receipt;
    use crate::engine::event::{Item, ItemState};
    use crate::i18n::{Lang, m};
    use crate::lab::Kind;
    use crate::ui::text::line::paint;
    use crate::ui::text::style::{GlyphSet, Layout, Style};

    fn items() -> Vec<Item> {
        let item = |resource: &str, kind: Kind, id: &str, state| Item {
            resource: resource.into(),
            kind,
            id: id.into(),
            state,
            yours: false,
            foreign: false,
            why: None,
        };
        let nlb = "arn:aws:elasticloadbalancing:ap-northeast-1:1234:loadbalancer/net/nlb/50dc";
        vec![item("nlb", Kind::LoadBalancer, nlb, ItemState::Gone), item("", Kind::Vpc, "vpc-1", ItemState::Left)]
    }

    fn shown(lang: Lang, layout: Layout, counts: [usize; 3], items: &[Item]) -> String {
        let style = Style { lang, layout, width: 80, glyphs: GlyphSet::Ascii };
        paint(&receipt(counts, items, false, &style), false)
    }

    #[test]
    fn what_is_left_is_named() {
        let expected = "
 後片付けの確認
   作ったもの  ID                         再確認の結果
   ----------------------------------------------------------
   NLB         loadbalancer/net/nlb/50dc  [ok] もうありません
   VPC         vpc-1                      [!!] 残っています

 なくなったもの 1、残っているもの 1、確認できないもの 0
 続いてかかる費用: 残っているものに、削除するまでかかることがあります。
";
        assert_eq!(shown(Lang::Ja, Layout::Rich, [1, 1, 0], &items()), expected[1..]);
    }

    #[test]
    fn nothing_left_costs_nothing() {
        let expected = "
Receipt
  NLB loadbalancer/net/nlb/50dc: gone

1 gone, 0 still there, 0 cannot tell
What still costs: nothing.
";
        assert_eq!(shown(Lang::En, Layout::Plain, [1, 0, 0], &items()[..1]), expected[1..]);
    }

    #[test]
    fn what_stays_has_its_cause_and_costs_nothing_where_nothing_costs() {
        let mut items = items();
        items[1].why = Some(m::receipt_used_by("service"));
        let style = Style { lang: Lang::En, layout: Layout::Plain, width: 80, glyphs: GlyphSet::Ascii };
        let shown = paint(&receipt([1, 1, 0], &items[1..], true, &style), false);
        let expected = "
Receipt
  VPC vpc-1: still there (service uses it)

1 gone, 1 still there, 0 cannot tell
What still costs: nothing (it is all on this machine).
";
        assert_eq!(shown, expected[1..]);
    }
}
