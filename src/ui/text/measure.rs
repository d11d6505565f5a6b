//! Measures strings in cells.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The width in cells if ambiguous characters take one, for alignment.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The width in cells if ambiguous characters take two, as on terminals with East Asian settings, for fitting text
/// into space.
pub fn wide_width(text: &str) -> usize {
    text.width_cjk()
}

/// `text` cut to at most `cells`, with `...` if something was cut.
pub fn cut(text: &str, cells: usize) -> String {
    if wide_width(text) <= cells {
        return text.to_owned();
    }
    let dots = "...".get(..cells.min(3)).unwrap_or_default();
    let mut kept = head(text, cells - dots.len()).to_owned();
    kept.push_str(dots);
    kept
}

/// The longest prefix of whole characters that takes at most `cells`.
pub fn head(text: &str, cells: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += wide_width(grapheme);
        if taken > cells {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{cut, head};

    #[test]
    fn wide_characters_are_never_halved() {
        assert_eq!(cut("エンドポイント", 8), "エン...");
        assert_eq!(cut("endpoint", 8), "endpoint");
        assert_eq!(head("東京", 3), "東");
        assert_eq!(cut("東京", 2), "..");
    }
}
