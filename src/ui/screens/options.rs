//! What a screen is opened with, and in which form.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::i18n::Lang;
use crate::ui::text::style::GlyphSet;

/// The form of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Drawings, live progress, menus.
    Pretty,
    /// Sentences and numbered choices.
    Plain,
    /// One event per line.
    Json,
}

impl Form {
    /// The form to take: JSON where it is asked for; plain where it is asked for (`--plain`, `PLLAB_PLAIN`), in CI, on a
    /// simple terminal (`TERM` is `dumb`, or unset outside Windows), and where standard output and error are not both a
    /// terminal; else pretty.
    #[must_use]
    pub fn choose(json: bool, plain: bool, terminal: bool, env: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| env(name).is_some_and(|value| !value.is_empty() && value != "0" && value != "false");
        let simple = match env("TERM").as_deref() {
            None | Some("") => !cfg!(windows),
            Some(term) => term == "dumb",
        };
        if json {
            Self::Json
        } else if plain || !terminal || simple || set("PLLAB_PLAIN") || set("CI") {
            Self::Plain
        } else {
            Self::Pretty
        }
    }
}

/// What a screen is opened with.
pub struct UiOptions {
    /// The language to begin with; a learner may change it at any menu.
    pub lang: Lang,
    /// Told when the learner changes it.
    pub on_language_change: Box<dyn Fn(Lang) + Send + Sync>,
    /// The form.
    pub form: Form,
    /// Whether every question takes its default.
    pub yes: bool,
    /// Whether a person can be asked: standard input and standard error are terminals.
    pub interactive: bool,
    /// Cells in a line; `None` asks the terminal, and leaves the plain form's lines unbroken.
    pub width: Option<u16>,
    /// What frames are drawn with.
    pub glyphs: GlyphSet,
    /// Whether colours may be used.
    pub color: bool,
    /// Set by the signal task at Ctrl-C: a plain question that is waiting then gives up. Menus read the key themselves.
    pub interrupt: Arc<AtomicBool>,
    /// Where the plain form reads answers; `None` where nobody and nothing answers.
    pub input: Option<Box<dyn BufRead + Send>>,
    /// Standard output.
    pub out: Box<dyn Write + Send>,
    /// Standard error: live progress and prompts.
    pub err: Box<dyn Write + Send>,
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn pretty_only_where_somebody_looks() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let xterm = env(&[("TERM", "xterm")]);
        assert_eq!(Form::choose(false, false, true, xterm), Form::Pretty);
        assert_eq!(Form::choose(false, false, false, xterm), Form::Plain);
        assert_eq!(Form::choose(false, true, true, xterm), Form::Plain);
        assert_eq!(Form::choose(true, true, true, xterm), Form::Json);
        assert_eq!(Form::choose(false, false, true, env(&[("TERM", "dumb")])), Form::Plain);
        assert_eq!(Form::choose(false, false, true, env(&[("TERM", "xterm"), ("CI", "true")])), Form::Plain);
        assert_eq!(Form::choose(false, false, true, env(&[("TERM", "xterm"), ("PLLAB_PLAIN", "1")])), Form::Plain);
    }
}
