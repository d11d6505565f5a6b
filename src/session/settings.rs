//! What the flags of every verb come to.

use std::path::PathBuf;

use crate::ui::Glyphs;

/// The settings of one call of the program, whatever it does.
pub struct Settings {
    /// Whether the language was chosen for this call.
    pub lang_is_chosen: bool,
    /// Text without frames, colours and prompts that move.
    pub plain: bool,
    /// Results as JSON.
    pub json: bool,
    /// What frames are drawn with.
    pub glyphs: Glyphs,
    /// Where runs are kept, if not at the usual place.
    pub state_dir: Option<PathBuf>,
    /// A folder of labs beside the built-in ones.
    pub labs: Option<PathBuf>,
    /// The web server of the sandbox's instances, where it was chosen.
    pub web_server: Option<WebServer>,
}

/// The web server that the sandbox's instances run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebServer {
    /// The nginx of this machine.
    Real,
    /// The page server that is part of the sandbox.
    Builtin,
}

impl WebServer {
    /// Its word on the command line and in the file that remembers it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Builtin => "builtin",
        }
    }

    /// The one that the word means.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Real, Self::Builtin].into_iter().find(|it| it.name() == word)
    }
}
