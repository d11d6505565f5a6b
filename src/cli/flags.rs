//! Flags and values that several verbs share, before `words.rs` sets their help texts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::i18n::Lang;
use crate::sandbox::Pace;
use crate::session::settings::{Settings, WebServer};
use crate::ui::Glyphs;

/// Flags of every verb.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangArg>,
    #[arg(long, global = true)]
    pub plain: bool,
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    #[arg(long, global = true, value_enum, default_value_t = DiagramArg::Auto)]
    pub diagram: DiagramArg,
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "DIR")]
    pub labs: Option<PathBuf>,
    #[arg(long, global = true, value_enum)]
    pub nginx: Option<NginxArg>,
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

impl Common {
    /// Converts the flags into the settings of the rest of the program.
    pub fn settings(self) -> Settings {
        Settings {
            keeps_language: false,
            plain: self.plain,
            json: self.output == Output::Json,
            glyphs: match self.diagram {
                DiagramArg::Auto => Glyphs::Auto,
                DiagramArg::Unicode => Glyphs::Unicode,
                DiagramArg::Ascii => Glyphs::Ascii,
            },
            state_dir: self.state_dir,
            labs: self.labs,
            web_server: self.nginx.map(|nginx| match nginx {
                NginxArg::Real => WebServer::Real,
                NginxArg::Builtin => WebServer::Builtin,
            }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    Ja,
    En,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Ja => Self::Ja,
            LangArg::En => Self::En,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum NginxArg {
    Real,
    Builtin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagramArg {
    Auto,
    Unicode,
    Ascii,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    Sandbox,
    Aws,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PaceArg {
    Instant,
    Quick,
    Real,
}

impl PaceArg {
    pub fn pace(self) -> Pace {
        match self {
            Self::Instant => Pace::Instant,
            Self::Quick => Pace::Quick,
            Self::Real => Pace::Real,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ThrottleArg {
    Off,
    Aws,
}

#[derive(Debug, Args)]
pub(super) struct OneRun {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

pub(super) fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| "KEY=VALUE".to_owned())?;
    Ok((key.to_owned(), value.to_owned()))
}
