//! The settings from the flags that every verb has.

use std::path::PathBuf;

use crate::host::shell_word;
use crate::i18n::{Flag, Lang};
use crate::ui::Glyphs;

pub struct Settings {
    /// Whether the language that was chosen for this call is the learner's from now on.
    pub keeps_language: bool,
    pub plain: bool,
    pub json: bool,
    /// The characters for frames.
    pub glyphs: Glyphs,
    /// Where runs are kept, if not in the usual place.
    pub state_dir: Option<PathBuf>,
    /// A folder of labs beside the built-in ones.
    pub labs: Option<PathBuf>,
    /// The web server of the sandbox's instances, if it was chosen.
    pub web_server: Option<WebServer>,
}

impl Settings {
    /// The flags that a printed command repeats, so that it works as pasted: what another call would not know. `lang`
    /// is the language of this call if another call would choose another one.
    pub fn to_repeat(&self, lang: Option<Lang>) -> Vec<Flag> {
        let flag = |name, value: &str| Flag { name, words: format!("{name} {}", shell_word(value)) };
        let folder = |dir: &Option<PathBuf>| dir.as_ref().map(|dir| dir.display().to_string());
        let mut flags = Vec::new();
        flags.extend(folder(&self.state_dir).map(|dir| flag("--state-dir", &dir)));
        flags.extend(folder(&self.labs).map(|dir| flag("--labs", &dir)));
        flags.extend(lang.map(|lang| flag("--lang", lang.tag())));
        flags.extend(self.plain.then(|| Flag { name: "--plain", words: "--plain".to_owned() }));
        let glyphs = match self.glyphs {
            Glyphs::Auto => None,
            Glyphs::Unicode => Some("unicode"),
            Glyphs::Ascii => Some("ascii"),
        };
        flags.extend(glyphs.map(|glyphs| flag("--diagram", glyphs)));
        flags.extend(self.web_server.map(|server| flag("--nginx", server.name())));
        flags
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebServer {
    /// The nginx of this machine.
    Real,
    /// The page server that is part of the sandbox.
    Builtin,
}

impl WebServer {
    /// The word on the command line and in the file that remembers it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Builtin => "builtin",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        [Self::Real, Self::Builtin].into_iter().find(|it| it.name() == word)
    }
}
