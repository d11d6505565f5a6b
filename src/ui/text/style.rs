//! How a screen should look: language, room, glyphs.

use crate::i18n::{Lang, Text};

/// The setting for the characters of frames and marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Box drawing. Frames do not line up on terminals that draw ambiguous characters two cells wide.
    Unicode,
    /// Only `+ - |`.
    Ascii,
    /// ASCII where box drawing is known to fail (the Linux console, the classic Windows console), else Unicode.
    Auto,
}

/// The characters for frames and marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlyphSet {
    /// Box drawing.
    Unicode,
    /// Only `+ - |`.
    Ascii,
}

impl Glyphs {
    /// The characters for the terminal that `env` describes.
    #[must_use]
    pub fn choose(self, env: impl Fn(&str) -> Option<String>, windows: bool) -> GlyphSet {
        match self {
            Self::Unicode => GlyphSet::Unicode,
            Self::Ascii => GlyphSet::Ascii,
            Self::Auto if windows => {
                // Windows Terminal and its imitators set one of these; the classic console does not.
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

/// Drawings, or sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Rich,
    Plain,
}

/// How a screen should look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub lang: Lang,
    pub layout: Layout,
    /// Cells in a line; `usize::MAX` if lines are not broken.
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

    /// The mark of something that is as it should be.
    pub fn tick(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "✔" } else { "[ok]" }
    }

    /// The mark of something that is not as it should be.
    pub fn cross(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "✘" } else { "[!!]" }
    }

    /// The mark of something that is in progress, or unknown.
    pub fn open(&self) -> &'static str {
        if self.glyphs == GlyphSet::Unicode { "-" } else { "[--]" }
    }

    /// The mark of the chosen line of a menu.
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
