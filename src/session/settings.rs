//! The settings from the flags that every verb has.

use std::path::PathBuf;

use crate::ui::Glyphs;

pub struct Settings {
    /// Whether the language was chosen for this call.
    pub lang_is_chosen: bool,
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
