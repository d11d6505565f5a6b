//! Breaks text into lines: Unicode's rules for Japanese, first fit, ASCII words whole.

use std::ops::Range;

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_segmentation::UnicodeSegmentation as _;

use super::line::{Line, Span};
use super::measure::wide_width;
use crate::i18n::unbroken;

/// A last line of fewer cells than this looks lost.
const SHORT: usize = 6;

/// Wraps plain text to `width` cells and keeps its line breaks. For text that other code prints, such as the command
/// line's help in Japanese, which has no spaces to break at.
#[must_use]
pub fn wrap(text: &str, width: usize) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .flat_map(|paragraph| {
            let indent = paragraph.len() - paragraph.trim_start_matches(' ').len();
            let (indent, words) = paragraph.split_at(indent);
            fill(&Line::plain(words), width, indent, indent)
        })
        .map(|line| line.paint(false))
        .collect();
    lines.join("\n")
}

/// Wraps one paragraph. `first` goes before the first line, `rest` before the others; both count towards the width.
/// Never empty.
pub fn fill(paragraph: &Line, width: usize, first: &str, rest: &str) -> Vec<Line> {
    let text = paragraph.text();
    let room = |indent: &str| width.saturating_sub(wide_width(indent)).max(2);
    let pieces = pieces(&text, room(first).min(room(rest)));
    #[expect(clippy::cast_precision_loss, reason = "widths of a terminal")]
    let widths = [room(first) as f64, room(rest) as f64];
    let mut rows = wrap_first_fit(&pieces, &widths);
    fill_last(&pieces, &mut rows, room(rest));
    let mut lines: Vec<Line> = rows
        .into_iter()
        .enumerate()
        .map(|(number, pieces)| {
            let mut line = Line::plain(if number == 0 { first } else { rest });
            if let (Some(from), Some(to)) = (pieces.first(), pieces.last()) {
                slice(paragraph.spans(), from.start, to.end, &mut line);
            }
            line
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::plain(first));
    }
    lines
}

/// Fills a very short last line from the line before it.
fn fill_last<'a>(pieces: &'a [Piece], rows: &mut [&'a [Piece]], room: usize) {
    let [.., before, last] = rows else { return };
    let cells = |row: &[Piece]| row.iter().map(|piece| piece.cells + piece.space).sum::<usize>();
    let (end, whole) = (pieces.len() - last.len(), cells(before));
    let start = end - before.len();
    let mut cut = end;
    while cells(&pieces[cut..]) < SHORT && cut > start + 1 && cells(&pieces[cut - 1..]) <= room {
        cut -= 1;
    }
    // A long name stays if moving it would leave a gap above.
    if cells(&pieces[start..cut]) * 4 > whole * 3 {
        (*before, *last) = (&pieces[start..cut], &pieces[cut..]);
    }
}

/// Appends the text between two byte positions of the spans' joined text.
fn slice(spans: &[Span], from: usize, to: usize, line: &mut Line) {
    let mut at = 0;
    for span in spans {
        let (start, end) = (from.max(at), to.min(at + span.text.len()));
        if start < end
            && let Some(part) = span.text.get(start - at..end - at)
        {
            line.push(span.ink, part);
        }
        at += span.text.len();
    }
}

/// Text that stays together on a line, as byte positions, and the space that may follow it.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    end: usize,
    cells: usize,
    space: usize,
}

impl Fragment for Piece {
    #[expect(clippy::cast_precision_loss, reason = "widths of a terminal")]
    fn width(&self) -> f64 {
        self.cells as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "widths of a terminal")]
    fn whitespace_width(&self) -> f64 {
        self.space as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

fn pieces(text: &str, room: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    for word in textwrap::WordSeparator::UnicodeBreakProperties.find_words(text) {
        let (start, end) = (at, at + word.word.len());
        at = end + word.whitespace.len();
        let piece = Piece { start, end, cells: wide_width(word.word), space: word.whitespace.len() };
        // Keep ids and names such as `ap-northeast-1` whole; the rules would break them at each hyphen.
        match pieces.last_mut() {
            Some(last)
                if last.space == 0
                    && text[..start].ends_with(|c: char| c.is_ascii())
                    && text[start..].starts_with(|c: char| c.is_ascii()) =>
            {
                last.end = piece.end;
                last.cells += piece.cells;
                last.space = piece.space;
            }
            _ => pieces.push(piece),
        }
    }
    let mut whole = unbroken(text);
    whole.retain(|range| is_command(&text[range.clone()]) || wide_width(&text[range.clone()]) <= room);
    let pieces = joined(pieces, &whole);
    let cut = |piece: Piece| {
        if is_command(&text[piece.start..piece.end]) { vec![piece] } else { cut_to_room(text, piece, room) }
    };
    pieces.into_iter().flat_map(cut).collect()
}

/// Joins the pieces of each range.
fn joined(pieces: Vec<Piece>, ranges: &[Range<usize>]) -> Vec<Piece> {
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces {
        let range = ranges.iter().find(|range| range.contains(&piece.start));
        match (kept.last_mut(), range) {
            (Some(last), Some(range)) if range.contains(&last.start) => {
                last.cells += last.space + piece.cells;
                (last.end, last.space) = (piece.end, piece.space);
            }
            _ => kept.push(piece),
        }
    }
    kept
}

/// Whether this is a command with flags, which must stay whole to work as pasted, however long it is.
fn is_command(words: &str) -> bool {
    words.starts_with("pllab --")
}

/// Cuts a piece that no line can hold after a slash, as ids have them, or between characters.
fn cut_to_room(text: &str, piece: Piece, room: usize) -> Vec<Piece> {
    if piece.cells <= room {
        return vec![piece];
    }
    let mut parts: Vec<Piece> = Vec::new();
    let mut open = false;
    for (offset, grapheme) in text[piece.start..piece.end].grapheme_indices(true) {
        let (start, cells) = (piece.start + offset, wide_width(grapheme));
        let end = start + grapheme.len();
        match parts.last_mut() {
            Some(part) if open && part.cells + cells <= room => (part.end, part.cells) = (end, part.cells + cells),
            _ => parts.push(Piece { start, end, cells, space: 0 }),
        }
        open = grapheme != "/";
    }
    if let Some(last) = parts.last_mut() {
        last.space = piece.space;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{fill, wrap};
    use crate::ui::text::line::Line;
    use crate::ui::text::measure::wide_width;

    #[test]
    fn what_no_line_holds_is_cut_after_slashes() {
        let id = "loadbalancer/net/pllab-xghsh6-nlb/ecc1d231d7710ce1";
        assert_eq!(wrap(id, 34), "loadbalancer/net/pllab-xghsh6-nlb/\necc1d231d7710ce1");
        assert_eq!(wrap(id, 20), "loadbalancer/net/\npllab-xghsh6-nlb/\necc1d231d7710ce1");
        assert_eq!(wrap("aaaaaaaaaa/b", 4), "aaaa\naaaa\naa/b");
    }

    #[test]
    fn punctuation_stays_off_line_heads() {
        let text = "エンドポイントは「道の入口」です。サービス名を指定すると、provider に接続リクエストが届きます。";
        for width in 4..60 {
            for line in wrap(text, width).lines() {
                assert!(!line.starts_with(['。', '、', '」']), "{width}: {line}");
                assert!(!line.ends_with('「'), "{width}: {line}");
            }
        }
    }

    #[test]
    fn ascii_names_stay_whole() {
        let name = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0a1b2c3d";
        let wrapped = wrap(&format!("サービス名は {name} です。"), 60);
        assert!(wrapped.lines().any(|line| line.contains(name)), "{wrapped}");
    }

    #[test]
    fn a_short_last_line_is_filled_only_as_far_as_it_holds() {
        assert_eq!(wrap("東ーa—ン,", 5).lines().map(wide_width).max(), Some(5));
    }

    #[test]
    fn a_command_is_not_broken() {
        let text = "Open the page: pllab browse k3x9bd";
        assert_eq!(wrap(text, 30), "Open the page:\npllab browse k3x9bd");
        let text = "Again: pllab --state-dir /a/long/folder resume k3x9bd (or not)";
        assert_eq!(wrap(text, 30), "Again:\npllab --state-dir /a/long/folder resume k3x9bd\n(or not)");
        assert_eq!(wrap("Run pllab why again.", 10), "Run\npllab why\nagain.");
    }

    #[test]
    fn indents_count() {
        let lines = fill(&Line::plain("one two three"), 10, "- ", "  ");
        let lines: Vec<_> = lines.iter().map(Line::text).collect();
        assert_eq!(lines, ["- one two", "  three"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost(
            text in "[a-z0-9.,/ \\-。、「」ーっ東京のエンドポイント…—]{0,120}",
            width in 4_usize..90,
        ) {
            let wrapped = wrap(&text, width);
            for line in wrapped.lines() {
                prop_assert!(wide_width(line) <= width, "{} > {width}: {line}", wide_width(line));
            }
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&wrapped), bare(&text));
        }
    }
}
