//! Renders lessons: Markdown to lines.

use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, parse_document};

use super::line::{Line, Tone, stack};
use super::table::columns;
use super::wrap::fill;
use crate::i18n::complete;
use crate::lab::{markdown_options, nests_too_deep};

/// Renders Markdown to lines of at most `width` cells. Lines of code blocks stay whole, so that they can be copied.
pub fn render(source: &str, width: usize) -> Vec<Line> {
    let arena = Arena::new();
    // A lab's own words name commands too.
    let source = complete(source);
    let source = source.as_ref();
    let root = parse_document(&arena, source, &markdown_options());
    if nests_too_deep(root).is_some() {
        // Not a lesson, because loading a lab refuses this. An endpoint's message may contain anything.
        return source.lines().flat_map(|line| fill(&Line::plain(line), width, "", "")).collect();
    }
    blocks(root, width)
}

fn blocks<'a>(parent: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    stack(parent.children().map(|node| block(node, width)))
}

fn block<'a>(node: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    match &node.data().value {
        NodeValue::Paragraph => fill_all(&inlines(node, Tone::Plain), width),
        NodeValue::Heading(_) => fill_all(&inlines(node, Tone::Title), width),
        NodeValue::List(list) => {
            let (tight, ordered, mut number) = (list.tight, list.list_type == ListType::Ordered, list.start);
            let mut items = Vec::new();
            for item in node.children() {
                let marker = if ordered { format!("{number}. ") } else { "- ".to_owned() };
                number += 1;
                items.push(behind(&marker, &item_lines(item, width, marker.len(), tight)));
            }
            if tight { items.concat() } else { stack(items) }
        }
        NodeValue::CodeBlock(code) => {
            code.literal.trim_end().lines().map(|line| Line::of(Tone::Code, line).indented(4)).collect()
        }
        NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => {
            let inner = blocks(node, width.saturating_sub(2));
            inner.into_iter().map(|line| prefixed("| ", line)).collect()
        }
        NodeValue::ThematicBreak => vec![Line::of(Tone::Dim, "-".repeat(width.min(40)))],
        NodeValue::Table(_) => table(node, width),
        // Comments and raw HTML have nothing to show in a terminal.
        NodeValue::HtmlBlock(_) => Vec::new(),
        _ => blocks(node, width),
    }
}

fn item_lines<'a>(item: &'a AstNode<'a>, width: usize, indent: usize, tight: bool) -> Vec<Line> {
    let inner = item.children().map(|node| block(node, width.saturating_sub(indent)));
    if tight { inner.flatten().collect() } else { stack(inner) }
}

/// Puts `marker` before the first line, and as much space before the others.
fn behind(marker: &str, lines: &[Line]) -> Vec<Line> {
    let mut item = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if number == 0 {
            let mut first = Line::plain(marker);
            first.append(line.clone());
            item.push(first);
        } else {
            item.push(line.clone().indented(marker.len()));
        }
    }
    item
}

fn prefixed(prefix: &str, line: Line) -> Line {
    let mut whole = Line::of(Tone::Dim, prefix);
    whole.append(line);
    whole
}

/// Wraps each part on its own; parts end at hard line breaks.
fn fill_all(parts: &[Line], width: usize) -> Vec<Line> {
    parts
        .iter()
        .flat_map(|part| if part.is(Tone::Link) { vec![part.clone()] } else { fill(part, width, "", "") })
        .collect()
}

/// A node's words, with a new line for each hard break.
fn inlines<'a>(node: &'a AstNode<'a>, ink: Tone) -> Vec<Line> {
    let mut pieces = Pieces { lines: vec![Line::blank()], soft_break: false };
    for child in node.children() {
        inline(child, ink, &mut pieces);
    }
    pieces.lines
}

struct Pieces {
    lines: Vec<Line>,
    /// The source broke the line here; the next word decides whether that means a space.
    soft_break: bool,
}

impl Pieces {
    fn push(&mut self, ink: Tone, text: &str) {
        let Some(line) = self.lines.last_mut() else { return };
        if std::mem::take(&mut self.soft_break) {
            let before = line.text().chars().next_back();
            // Japanese is written without spaces, so a line break in the source is not a space there.
            let joins = |c: Option<char>| c.is_none_or(is_japanese);
            if !(joins(before) && joins(text.chars().next())) {
                line.push(ink, " ");
            }
        }
        // Markdown needs a space after emphasis that ends in such a mark; the sentence does not.
        let closed = line.text().ends_with(['。', '、', '」', '）']);
        line.push(ink, if closed { text.trim_start_matches(' ') } else { text });
    }
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

fn inline<'a>(node: &'a AstNode<'a>, ink: Tone, pieces: &mut Pieces) {
    let inner = |ink: Tone, pieces: &mut Pieces| {
        for child in node.children() {
            inline(child, ink, pieces);
        }
    };
    match &node.data().value {
        NodeValue::Text(text) => pieces.push(ink, text),
        NodeValue::Code(code) => pieces.push(Tone::Code, &code.literal),
        NodeValue::SoftBreak => pieces.soft_break = true,
        NodeValue::LineBreak => pieces.lines.push(Line::blank()),
        NodeValue::Strong | NodeValue::Emph => inner(if ink == Tone::Title { ink } else { Tone::Strong }, pieces),
        NodeValue::Link(target) => {
            let label = node.collect_text();
            inner(ink, pieces);
            let tells = label != target.url && !target.url.is_empty();
            if tells && node.next_sibling().is_none() {
                // A URL on a line of its own can be opened and copied, however long it is.
                pieces.lines.push(Line::of(Tone::Link, &target.url));
            } else if tells {
                pieces.push(ink, " (");
                pieces.push(Tone::Link, &target.url);
                pieces.push(ink, ")");
            }
        }
        NodeValue::HtmlInline(_) => {}
        _ => inner(ink, pieces),
    }
}

fn table<'a>(node: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    let mut rows: Vec<Vec<Line>> = Vec::new();
    let mut head = Vec::new();
    for row in node.children() {
        let is_head = matches!(row.data().value, NodeValue::TableRow(true));
        let ink = if is_head { Tone::Strong } else { Tone::Plain };
        let cells = row.children().map(|cell| inlines(cell, ink).into_iter().next().unwrap_or_default()).collect();
        if is_head { head = cells } else { rows.push(cells) }
    }
    columns(&head, &rows, width)
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::ui::text::line::paint;
    use crate::ui::text::measure::wide_width;

    fn text(source: &str, width: usize) -> String {
        paint(&render(source, width), false)
    }

    #[test]
    fn emphasis_beside_japanese_punctuation_is_emphasis() {
        assert_eq!(
            text("**「承認が必要」**を選びます。**これは重要です。**次に", 80),
            "「承認が必要」を選びます。これは重要です。次に\n"
        );
        assert_eq!(text("**2 つあります。** 2 つめは", 80), "2 つあります。2 つめは\n");
    }

    #[test]
    fn a_soft_break_is_a_space_only_between_words_that_need_one() {
        assert_eq!(text("道の\n入口です。\n次へ", 80), "道の入口です。次へ\n");
        assert_eq!(text("the road\nand the door", 80), "the road and the door\n");
        assert_eq!(text("これは\nNLB です", 80), "これは NLB です\n");
    }

    #[test]
    fn code_is_never_wrapped() {
        let source =
            "見るには:\n\n```sh\naws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0\n```\n";
        let expected = "見るには:\n\n    aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0\n";
        assert_eq!(text(source, 30), expected);
    }

    #[test]
    fn what_nests_without_end_is_shown_as_it_stands() {
        for source in ["> ".repeat(20_000) + "x", "*".repeat(20_001) + "a" + &"*".repeat(20_001)] {
            assert_eq!(text(&source, usize::MAX), source + "\n");
        }
    }

    #[test]
    fn lists_hang_under_their_markers() {
        let source = "1. one two three\n2. four\n   - inner\n\n> quoted";
        assert_eq!(text(source, 12), "1. one two\n   three\n2. four\n   - inner\n\n| quoted\n");
    }

    #[test]
    fn headings_links_and_breaks() {
        let source = "## 題\n\n[手引き](https://example.com/a) を読む  \n次の行";
        assert_eq!(text(source, 80), "題\n\n手引き (https://example.com/a) を読む\n次の行\n");
        assert_eq!(text("- [手引き](https://example.com/a)", 12), "- 手引き\n  https://example.com/a\n");
    }

    #[test]
    fn tables_have_columns() {
        let source = "| 層 | 意味 |\n| --- | --- |\n| NLB | 入口 |\n";
        assert_eq!(text(source, 40), "層   意味\n---------\nNLB  入口\n");
    }

    #[test]
    fn lines_keep_to_the_width() {
        let source = "エンドポイントは**「道の入口」**です。`com.amazonaws.vpce` という名前で、provider に接続リクエストが届きます。\n\n- 一つ目は、かなり長い文章です。\n";
        for width in 20..80 {
            for line in render(source, width) {
                assert!(wide_width(line.text().trim_end()) <= width, "{width}: {}", line.text());
            }
        }
    }
}
