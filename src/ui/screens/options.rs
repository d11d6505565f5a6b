//! The options of a screen, and the choice of its form.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::terminal_notices::TerminalNotices;
use crate::i18n::Lang;
use crate::ui::text::style::GlyphSet;

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
    /// The form to use: JSON on request; plain on request (`--plain`, `PLLAB_PLAIN`), in CI, on a simple terminal
    /// (`TERM` is `dumb`, or unset outside Windows), and unless standard output and error are both terminals; else
    /// pretty.
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

pub struct UiOptions {
    /// The initial language; a learner may change it at any menu.
    pub lang: Lang,
    /// Called when the learner changes the language.
    pub on_language_change: Box<dyn Fn(Lang) + Send + Sync>,
    pub form: Form,
    /// Whether every question takes its default.
    pub yes: bool,
    /// Whether a person can be asked: standard input and standard error are terminals.
    pub interactive: bool,
    /// Cells in a line; `None` asks the terminal, and leaves the plain form's lines unbroken.
    pub width: Option<u16>,
    /// The characters for frames and marks.
    pub glyphs: GlyphSet,
    pub color: bool,
    /// What the terminal itself may be told, in the pretty form.
    pub notices: TerminalNotices,
    /// The signal task sets this at Ctrl-C, and a waiting plain question then gives up. Menus read the key
    /// themselves.
    pub interrupt: Arc<AtomicBool>,
    /// Where the plain form reads answers; `None` if there is nothing to read from.
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
