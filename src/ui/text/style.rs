//! How a screen is to look: language, room, glyphs.

use crate::i18n::{Lang, Text};

/// Which characters frames and marks are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Box drawing. On terminals that draw ambiguous characters two cells wide, frames do not line up.
    Unicode,
    /// `+ - |` only.
    Ascii,
    /// ASCII where box drawing is known to fail (the Linux console, the classic Windows console), else Unicode.
    Auto,
}

/// The characters that were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlyphSet {
    /// Box drawing.
    Unicode,
    /// `+ - |` only.
    Ascii,
}

impl Glyphs {
    /// The characters for the terminal that `env` tells of.
    #[must_use]
    pub fn choose(self, env: impl Fn(&str) -> Option<String>, windows: bool) -> GlyphSet {
        match self {
            Self::Unicode => GlyphSet::Unicode,
            Self::Ascii => GlyphSet::Ascii,
            Self::Auto if windows => {
                // Windows Terminal and the terminals that imitate it name themselves; the classic console does not.
                let modern = ["WT_SESSION", "TERM_PROGRAM", "ConEmuANSI"].iter().any(|name| env(name).is_some());
                if modern { GlyphSet::Unicode } else { GlyphSet::Ascii }
            }
            Self::Auto => match env("TERM").as_deref() {
                None | Some("" | "linux" | "dumb") => GlyphSet::Ascii,
                Some(_) => GlyphSet::Unicode,
            },
        }
    }
}

/// Pretty, or as sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Rich,
    Plain,
}

/// How a screen is to look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub lang: Lang,
    pub layout: Layout,
    /// Cells in a line; `usize::MAX` where lines are not broken.
    pub width: usize,
    pub glyphs: GlyphSet,
}

impl Style {
    pub fn render(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    pub fn is_plain(&self) -> bool {
        self.layout == Layout::Plain
    }

    /// A mark before something that is as it should be.
    pub fn tick(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "✔" } else { "[ok]" }
    }

    /// A mark before something that is not.
    pub fn cross(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "✘" } else { "[!!]" }
    }

    /// A mark before something that is on its way, or unknown.
    pub fn open(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "-" } else { "[--]" }
    }

    /// A mark before the chosen line of a menu.
    pub fn pointer(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "❯" } else { ">" }
    }
}

#[cfg(test)]
mod tests {
    use super::{GlyphSet, Glyphs};

    #[test]
    fn box_drawing_only_where_it_works() {
        let env = |term: &'static str| move |name: &str| (name == "TERM").then(|| term.to_owned());
        assert_eq!(Glyphs::Auto.choose(env("xterm-256color"), false), GlyphSet::Unicode);
        assert_eq!(Glyphs::Auto.choose(env("linux"), false), GlyphSet::Ascii);
        assert_eq!(Glyphs::Auto.choose(|_| None, true), GlyphSet::Ascii);
        assert_eq!(Glyphs::Ascii.choose(env("xterm"), false), GlyphSet::Ascii);
    }
}
